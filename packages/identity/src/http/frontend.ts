/** The Frontend API: what browsers speak. Turns a route of the table into an HTTP handler. */

import { HANDSHAKE_PATH, QUERY } from '@core/protocol'
import { Hono, type Context } from 'hono'

import { VISITOR } from '../audit/actor.ts'
import { handleRecorded } from '../audit/recorded.ts'
import { readClientJson } from '../clients/client-json.ts'
import { identifyBrowser, readClientCookie } from '../clients/identify.ts'
import { clientRoutes } from '../clients/routes.ts'
import { TOUCH_PATH, answerTouch } from '../clients/touch.ts'
import { emailAddressRoutes } from '../email-addresses/routes.ts'
import { answerHandshake } from '../handshake/handshake.ts'
import { LINK_PATH, SYNC_PATH, answerLink, answerSync } from '../handshake/satellite.ts'
import { readUpload } from '../images/image.ts'
import type { Instance } from '../instances/instance.ts'
import { instanceRoutes } from '../instances/routes.ts'
import { domainRoutes } from '../organizations/domain-routes.ts'
import { invitationRoutes } from '../organizations/invitation-routes.ts'
import { organizationRoutes } from '../organizations/routes.ts'
import { reverificationRoutes } from '../reverification/routes.ts'
import type { Services } from '../services.ts'
import { refuseUnmet } from '../sessions/needs.ts'
import { ownSessionRoutes } from '../sessions/own-routes.ts'
import { sessionRoutes } from '../sessions/routes.ts'
import { signInRoutes } from '../sign-ins/routes.ts'
import { signUpRoutes } from '../sign-ups/routes.ts'
import { acceptTicket } from '../tickets/accept.ts'
import { answerInvitationLink } from '../tickets/link.ts'
import { isTestingToken } from '../tickets/testing-token.ts'
import { ACCEPT_PATH } from '../tickets/ticket-url.ts'
import { waitlistRoutes } from '../waitlist/routes.ts'
import { meRoutes } from '../users/routes.ts'
import { VERIFY_PATH } from '../verifications/link.ts'
import { wantsPage } from '../portal/answer.ts'
import { problemResponse } from '../portal/problem.ts'
import { openLink } from '../verifications/open-link.ts'
import type { HostEnv } from './app-env.ts'
import { answerPreflight } from './cors.ts'
import { ApiError, headersOfError, toErrorBody } from './errors.ts'
import { jsonResponse } from './json.ts'
import { isAllowedOrigin } from './origins.ts'
import { Params, bodyParams, pathParams, queryParams } from './params.ts'
import type { FrontendRoute } from './route.ts'
import type { Visit } from './visit.ts'

/** Every endpoint of the Frontend API, but for the handshake. */
export const frontendRoutes: readonly FrontendRoute[] = [
  ...instanceRoutes,
  ...clientRoutes,
  ...sessionRoutes,
  ...signInRoutes,
  ...signUpRoutes,
  ...meRoutes,
  ...waitlistRoutes,
  ...emailAddressRoutes,
  ...ownSessionRoutes,
  ...reverificationRoutes,
  ...organizationRoutes,
  ...invitationRoutes,
  ...domainRoutes,
]

const MAX_BODY_BYTES = 64 * 1024

/** The Frontend API. The instance of a request has been found by then. */
export interface FrontendApi {
  fetch(request: Request, env: HostEnv['Bindings']): Promise<Response>
}

/**
 * Creates the Frontend API.
 *
 * @param onError writes the answer to what went wrong
 */
export function createFrontendApi(
  services: Services,
  onError: (error: unknown, traceId: string) => Response,
): FrontendApi {
  const app = new Hono<HostEnv>({ strict: false })
  app.onError((error, c) => onError(error, c.env.traceId))
  app.notFound(() => {
    throw new ApiError('resource_not_found')
  })

  app.all(HANDSHAKE_PATH, async (c) => {
    if (c.req.method !== 'GET') throw new ApiError('method_not_allowed')
    return answerHandshake(services, (await readVisit(services, c)).visit, c.req.raw)
  })
  app.get(SYNC_PATH, async (c) =>
    answerSync(services, (await readVisit(services, c)).visit, c.req.raw),
  )
  app.get(TOUCH_PATH, async (c) =>
    answerTouch(services, (await readVisit(services, c)).visit, c.req.raw),
  )
  app.get(LINK_PATH, async (c) => answerLink(services, (await readVisit(services, c)).visit))
  app.get(`/v1${ACCEPT_PATH}`, (c) =>
    answerPerson(c, async () => {
      const { visit } = await readVisit(services, c)
      return (await answerInvitationLink(services, visit)) ?? acceptTicket(visit)
    }),
  )
  app.on(['GET', 'POST'], `/v1${VERIFY_PATH}`, (c) =>
    answerPerson(c, async () => {
      const { visit, cookies } = await readVisit(services, c)
      const response = await openLink(services, visit, c.req.raw)
      for (const cookie of cookies) response.headers.append('set-cookie', cookie)
      return response
    }),
  )
  for (const route of frontendRoutes) {
    app.on(route.method, `/v1${route.path}`, (c) => answer(services, route, c))
  }
  // The key set is where the standard looks for it, too.
  app.get('/.well-known/jwks.json', (c) => c.redirect('/v1/.well-known/jwks.json', 308))
  return {
    // Before the router, and not one more handler of every path: it then finds one, and calls it.
    fetch: async (request, env) => {
      if (request.method === 'OPTIONS') return answerPreflight(env.common)
      return app.fetch(request, env)
    },
  }
}

/** Answers what a link in a mail asks. Whoever follows it reads a refusal as a page. */
async function answerPerson(c: Context<HostEnv>, work: () => Promise<Response>): Promise<Response> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ApiError) || !wantsPage(c.req.raw)) throw error
    return problemResponse(c.env.instance, error)
  }
}

async function answer(
  services: Services,
  route: FrontendRoute,
  c: Context<HostEnv>,
): Promise<Response> {
  refuseNative(c.env.url)
  refuseForeignOrigin(c.req.raw, c.env.instance)
  const { visit, cookies } = await readVisit(services, c, route.takes)
  let body: unknown
  let status = 200
  let kept = cookies
  let headers = {}
  try {
    if (route.needs !== undefined) await refuseUnmet(services.database, visit, route.needs)
    const handle = (given: Services): Promise<unknown> => route.handle(given, visit)
    const resource =
      route.event === undefined
        ? await handle(services)
        : await handleRecorded(services, visit, route.event, handle)
    body =
      route.reply === 'bare'
        ? resource
        : {
            response: resource,
            client: route.reply === 'envelope' ? await readClientJson(services, visit) : null,
          }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    status = error.status
    headers = headersOfError(error)
    // A refused change may have changed something all the same: a counted attempt, say.
    const isMutation = route.method !== 'GET' && route.reply === 'envelope'
    const client = isMutation ? await readClientJson(services, visit) : null
    // What made the browser known was undone, so it keeps nothing of it.
    if (isMutation && client === null) kept = []
    body = toErrorBody(error, c.env.traceId, client ?? undefined)
  }
  const response = jsonResponse(body, status, headers, c.env.common)
  for (const cookie of kept) response.headers.append('set-cookie', cookie)
  return response
}

async function readVisit(
  services: Services,
  c: Context<HostEnv>,
  takes?: 'file',
): Promise<{ readonly visit: Visit; readonly cookies: readonly string[] }> {
  const request = c.req.raw
  const { instance } = c.env
  const search = c.env.url.searchParams
  const now = services.now()
  const { token, client, session } = c.env.standing
  const browser = identifyBrowser(instance, search, token, now)
  const isKnown = browser.tokenHash !== null
  const cookies: string[] = []
  const visit: Visit = {
    instance,
    browser,
    client: isKnown ? client : null,
    clientId: isKnown ? (client?.id ?? null) : null,
    hasNewToken: false,
    session: isKnown ? session : null,
    origin: request.headers.get('origin'),
    address: c.env.address,
    actor: VISITOR,
    userAgent: request.headers.get('user-agent')?.slice(0, 512) ?? null,
    query: queryParams(search),
    body:
      request.method === 'GET' || takes === 'file'
        ? new Params(new Map())
        : await bodyParams(request, MAX_BODY_BYTES),
    upload: () => readUpload(request),
    path: pathParams(c.req.param()),
    isTest: await readTestingToken(services, instance, search.get(QUERY.testingToken)),
    now,
    setCookie: (cookie) => {
      // Of two values for one cookie the later counts.
      const name = cookie.slice(0, cookie.indexOf('=') + 1)
      const earlier = cookies.findIndex((other) => other.startsWith(name))
      if (earlier >= 0) cookies.splice(earlier, 1)
      cookies.push(cookie)
    },
  }
  return { visit, cookies }
}

/** One that is over or belongs to another instance counts as none: the checks are then made. */
async function readTestingToken(
  { database, now }: Services,
  instance: Instance,
  token: string | null,
): Promise<boolean> {
  return token !== null && isTestingToken(database, instance.id, token, now())
}

/** Refuses apps that are no pages: they would be answered as browsers that forget who they are. */
function refuseNative({ searchParams }: URL): void {
  if (searchParams.get(QUERY.isNative) === '1') throw new ApiError('native_api_disabled')
}

/**
 * Refuses requests of pages that the instance does not know. Bodies are simple, so any site could post
 * one; where the browser adds a cookie by itself, a change without an origin is refused as well.
 */
function refuseForeignOrigin(request: Request, instance: Instance): void {
  const origin = request.headers.get('origin')
  const isChange = request.method !== 'GET' && request.method !== 'HEAD'
  const isRefused =
    origin === null
      ? isChange && (instance.type === 'production' || readClientCookie(request) !== undefined)
      : !isAllowedOrigin(instance, origin)
  if (isRefused) throw new ApiError('origin_invalid')
}
