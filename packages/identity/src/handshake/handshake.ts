/**
 * The handshake: an app sends a browser here when its cookies do not add up, and gets it back with the
 * cookies it should have. The answer is the same for a browser nobody knows, only that it says so:
 * an app that has been answered does not ask again.
 */

import { COOKIES, QUERY } from '@core/protocol'

import { newBrowserToken } from '../clients/client.ts'
import { transact } from '../database/transact.ts'
import { ApiError } from '../http/errors.ts'
import { parseRedirectTarget } from '../http/origins.ts'
import type { Visit } from '../http/visit.ts'
import type { Instance } from '../instances/instance.ts'
import { activate } from '../organizations/active.ts'
import type { Services } from '../services.ts'
import {
  findClientWithSessions,
  findSession,
  signSessionToken,
  type Session,
} from '../sessions/session.ts'
import { toSeconds } from '../time.ts'
import { keepOnce } from '../tokens/one-time-payload.ts'
import { issueRefreshToken } from '../tokens/refresh-token.ts'
import { askPrimary, mustAskPrimary, takeLink } from './satellite.ts'
import { handshakeCookie, writeDirectives, type HandshakeState } from './directives.ts'

/** How long a handshake is good for: one redirect. */
const LIFETIME_SECONDS = 60

/** Directives up to this many characters fit into a cookie or an address once they are signed. */
const MAX_TOKEN_PAYLOAD = 2048

/**
 * Answers `GET /v1/client/handshake`.
 *
 * @throws {ApiError} `redirect_url_invalid`
 */
export async function answerHandshake(
  services: Services,
  visit: Visit,
  request: Request,
): Promise<Response> {
  const { instance, query } = visit
  const target = parseRedirectTarget(instance, query.text(QUERY.redirectUrl, 16_384))
  if (target === null) throw new ApiError('redirect_url_invalid')
  if (mustAskPrimary(visit)) return askPrimary(visit, request)
  const linked = await takeLink(services, visit, request)
  if (linked !== null) visit.clientId = linked.clientId

  const state = await readState(services, visit, target.origin)
  const directives = writeDirectives(instance, state, {
    isSuffixed: query.text(QUERY.suffixedCookies) === 'true',
    isSecure: target.protocol === 'https:',
  })
  const answer = await carry(services, visit, directives)
  const headers = new Headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
  if (instance.type === 'production') {
    headers.append('set-cookie', handshakeCookie(instance, answer.name, answer.value))
  } else {
    target.search = withHandshake(target.search, answer.name, answer.value)
  }
  for (const cookie of linked?.cookies ?? []) headers.append('set-cookie', cookie)
  headers.set('location', target.href)
  return new Response(null, { status: 307, headers })
}

/** How directives get to the app: in a token, or kept here under a nonce if they are many. */
interface Carrier {
  readonly name: typeof COOKIES.handshake | typeof COOKIES.handshakeNonce
  readonly value: string
}

async function carry(
  services: Services,
  { instance, query, now }: Visit,
  directives: readonly string[],
): Promise<Carrier> {
  const isLarge = JSON.stringify(directives).length > MAX_TOKEN_PAYLOAD
  // Only an app that asks for one can fetch what a nonce stands for.
  if (isLarge && query.text(QUERY.format) === 'nonce') {
    return {
      name: COOKIES.handshakeNonce,
      value: await keepOnce(
        services.database,
        { instanceId: instance.id, purpose: 'handshake' },
        directives,
        now + LIFETIME_SECONDS * 1000,
        now,
      ),
    }
  }
  return { name: COOKIES.handshake, value: await signHandshake(services, instance, directives) }
}

async function readState(
  services: Services,
  visit: Visit,
  origin: string,
): Promise<HandshakeState> {
  const { instance, now } = visit
  const devBrowser = await readDevBrowser(services, visit)
  const { client, live } = await findClientWithSessions(services.database, visit)
  const chosen = live.find(({ id }) => id === client?.lastActiveSessionId) ?? live[0]
  const session =
    chosen === undefined ? undefined : await followOrganization(services, visit, chosen)
  if (client === null || session === undefined) {
    return { sessionToken: null, refreshToken: null, uat: 0, devBrowser }
  }
  const { jwt } = await signSessionToken(services, instance, session, {
    origin,
    clientUpdatedAt: client.updatedAt,
  })
  const refreshToken = await issueRefreshToken(
    services.database,
    { instance, sessionId: session.id, origin },
    now,
  )
  return { sessionToken: jwt, refreshToken, uat: toSeconds(client.updatedAt), devBrowser }
}

/**
 * Makes the organization that an app's address names the active one. If the user is no member of it,
 * the session is left alone: the app then sees that it did not get what it asked for, and does not ask
 * again.
 */
async function followOrganization(
  { database }: Services,
  { instance, query, now }: Visit,
  session: Session,
): Promise<Session> {
  if (!query.has(QUERY.organizationId)) return session
  const wanted = query.text(QUERY.organizationId, 256)
  await transact(database, (tx) => activate(tx, instance, session, wanted, now))
  return (await findSession(database, instance.id, session.id)) ?? session
}

/**
 * The token of a development browser. One that is missing or unknown is replaced, or the app asks again. A
 * browser that is known by its cookie stays the client it is.
 */
async function readDevBrowser(services: Services, visit: Visit): Promise<string | null> {
  const { instance, browser, query, clientId } = visit
  if (instance.type === 'production') return null
  if (browser.kind === 'dev_browser' && browser.tokenHash !== null) {
    return query.text(QUERY.devBrowser)
  }
  return newBrowserToken(services.database, visit, 'dev_browser', clientId)
}

async function signHandshake(
  services: Services,
  instance: Instance,
  directives: readonly string[],
): Promise<string> {
  const issuedAt = toSeconds(services.now())
  const signer = await services.signerOf(instance.id)
  return signer.sign(
    {
      iss: instance.origin,
      iat: issuedAt,
      nbf: issuedAt - 10,
      exp: issuedAt + LIFETIME_SECONDS,
      purpose: 'handshake',
      handshake: directives,
    },
    // No category and no subject: it passes for no token of another class.
    { typ: 'JWT' },
  )
}

/** Adds the answer to a query and takes older ones out. The rest stays as it was written. */
function withHandshake(search: string, name: string, value: string): string {
  const replaced = new Set<string>([
    QUERY.handshake,
    QUERY.handshakeNonce,
    QUERY.devBrowser,
    QUERY.legacyDevSession,
    QUERY.help,
  ])
  const kept = search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '' && !replaced.has(pair.split('=', 1)[0] ?? ''))
  return [...kept, `${name}=${value}`].join('&')
}
