/** The pages of an application that somebody began without an account: claiming it, and its keys afterwards. */

import { isLoopbackHost, originOfHost } from '@core/protocol'
import { Hono, type Context } from 'hono'

import { VISITOR } from '../audit/actor.ts'
import type { InstanceAuthor } from '../audit/record.ts'
import type { HostEnv } from '../http/app-env.ts'
import { ApiError } from '../http/errors.ts'
import { parseRedirectTarget } from '../http/origins.ts'
import { bodyParams, queryParams } from '../http/params.ts'
import { environmentOf } from '../instances/app-environment.ts'
import { issueSecretKey } from '../instances/secret-keys.ts'
import { answerPage } from '../portal/answer.ts'
import type { Services } from '../services.ts'
import { CLAIM_PATH, KEYS_PAGE_PATH, keysPageUrl } from './application-json.ts'
import { claimWithToken, isClaimToken } from './claim.ts'
import { claimPage, keysPage, noKeysPage, nothingToClaimPage, operatorClaimPage } from './html.ts'
import { hasKeysPass, issueKeysPass } from './keys-pass.ts'

const MAX_BODY_BYTES = 4096

/** Where the developer comes from, in the query of both pages. */
const RETURN_URL = 'return_url'

type PageContext = Context<HostEnv>

/** Creates the pages. */
export function applicationPages(services: Services): Hono<HostEnv> {
  const app = new Hono<HostEnv>({ strict: false })
  app.get(CLAIM_PATH, (c) => showClaim(services, c))
  app.post(CLAIM_PATH, (c) => takeClaim(services, c))
  app.get(KEYS_PAGE_PATH, (c) => showKeys(services, c))
  app.post(KEYS_PAGE_PATH, (c) => makeKey(services, c))
  return app
}

async function showClaim(services: Services, c: PageContext): Promise<Response> {
  const { instance } = c.env
  if (!(await isClaimToken(services.database, instance, readToken(c)))) return refuseClaim(c)
  return isClaimedByHolder(services)
    ? answer(c, claimPage(instance))
    : answer(c, operatorClaimPage(instance))
}

/** Whoever holds the link is known by nothing else. */
function authorOf({ env }: PageContext, now: number): InstanceAuthor {
  return { instance: env.instance, actor: VISITOR, address: env.address, now }
}

/** Programs that follow links send no forms, and no other site can: the address of the form says where it is from. */
async function takeClaim(services: Services, c: PageContext): Promise<Response> {
  const { database, vault, now } = services
  const { instance } = c.env
  refuseForeignForm(c)
  const token = readToken(c)
  if (!(await isClaimToken(database, instance, token))) return refuseClaim(c)
  if (!isClaimedByHolder(services)) throw new ApiError('resource_forbidden')
  const name = (await bodyParams(c.req.raw, MAX_BODY_BYTES)).text('application_name', 256)?.trim()
  if (name === undefined || name === '') {
    return answer(c, claimPage(instance, 'Enter a name for the application.'), 422)
  }
  const isMine = await claimWithToken(database, authorOf(c, now()), token, name)
  if (!isMine || instance.application === null) return refuseClaim(c)
  const target = keysPageUrl(instance, instance.application.id)
  const returnTo = readReturnUrl(c)
  if (returnTo !== null) target.searchParams.set(RETURN_URL, returnTo.href)
  return new Response(null, {
    status: 303,
    headers: {
      location: target.href,
      'cache-control': 'no-store',
      'set-cookie': issueKeysPass(vault, instance, now()),
    },
  })
}

async function showKeys(services: Services, c: PageContext): Promise<Response> {
  if (!maySeeKeys(services, c)) return refuse(c, noKeysPage(c.env.instance))
  return answer(c, keysPage(c.env.instance, null, readReturnUrl(c)))
}

async function makeKey(services: Services, c: PageContext): Promise<Response> {
  const { database, accountless, now } = services
  const { instance } = c.env
  refuseForeignForm(c)
  if (!maySeeKeys(services, c)) return refuse(c, noKeysPage(instance))
  const secretKey = await issueSecretKey(database, authorOf(c, now()), 'page of keys')
  const variables = environmentOf({
    publishableKey: instance.publishableKey,
    secretKey,
    // On this machine by a name that every system resolves: few but browsers know those below it.
    apiUrl:
      accountless !== null && isLoopbackHost(instance.frontendApi)
        ? originOfHost(accountless.host)
        : instance.origin,
  })
  return answer(c, keysPage(instance, variables, readReturnUrl(c)))
}

function isClaimedByHolder({ accountless }: Services): boolean {
  return accountless?.claimedBy === 'holder'
}

function maySeeKeys({ vault, now }: Services, c: PageContext): boolean {
  const { instance } = c.env
  const { application, instance: id } = c.req.param()
  return (
    instance.type === 'development' &&
    instance.application !== null &&
    instance.application.claimedAt !== null &&
    instance.application.id === application &&
    instance.id === id &&
    hasKeysPass(vault, instance, c.req.raw, now())
  )
}

function refuseForeignForm(c: PageContext): void {
  if (c.req.header('origin') !== c.env.instance.origin) throw new ApiError('origin_invalid')
}

function readToken(c: PageContext): string {
  return queryParams(new URL(c.req.url).searchParams).text('token', 256) ?? ''
}

/** An address that is not allowed is left out: claiming does not depend on it. */
function readReturnUrl(c: PageContext): URL | null {
  return parseRedirectTarget(c.env.instance, c.req.query(RETURN_URL) ?? null)
}

function answer(c: PageContext, page: string, status = 200): Response {
  return answerPage(c.env.instance, page, { status, referrers: 'same-origin' })
}

function refuseClaim(c: PageContext): Response {
  return refuse(c, nothingToClaimPage(c.env.instance))
}

/** Tells people by a page, programs by the error. */
function refuse(c: PageContext, page: string): Response {
  if (c.req.header('accept')?.includes('application/json')) throw new ApiError('resource_not_found')
  return answer(c, page, 404)
}
