/**
 * How a satellite learns who a browser is. Cookies of one domain are not sent to another, so the browser
 * is sent to the primary domain, which knows it, and comes back with a token that says who it is:
 *
 * satellite (what was asked, and a secret in a cookie) → primary (who is it?) → satellite (token and cookie)
 */

import { HANDSHAKE_PATH, QUERY, originOfHost } from '@core/protocol'
import { parseCookie } from 'cookie'

import { clearedClientCookie, clientCookie, uatCookies } from '../clients/cookies.ts'
import { findClient, newBrowserToken } from '../clients/client.ts'
import { ApiError } from '../http/errors.ts'
import { parseRedirectTarget } from '../http/origins.ts'
import type { Visit } from '../http/visit.ts'
import type { Instance, Satellite } from '../instances/instance.ts'
import { hashToken, newToken } from '../secrets.ts'
import type { Services } from '../services.ts'
import { findClientWithSessions } from '../sessions/session.ts'
import { toSeconds } from '../time.ts'
import { keepOnce, takeOnce } from '../tokens/one-time-payload.ts'

/** Where the primary domain says who a browser is, below its origin. */
export const LINK_PATH = '/v1/client/link'

/** Where a page of a satellite has its browser made known, below the satellite's Frontend API. */
export const SYNC_PATH = '/v1/client/sync'

/** One redirect. */
const LIFETIME_MS = 60_000

/** Carries the primary domain's answer back. */
const LINK_TOKEN = '__clerk_link'

/** Holds the secret that only the browser has that was sent away. */
const LINK_COOKIE = '__clerk_link'

/** What the primary domain says about a browser. */
interface Link {
  readonly clientId: string | null
  readonly satelliteId: string
  /** Hash of the secret in the browser's cookie. */
  readonly stateHash: string
}

/** Who a browser on a satellite turned out to be, and what its cookies must say. */
export interface Linked {
  readonly clientId: string | null
  readonly cookies: readonly string[]
}

/** Tells whether a browser must be sent to the primary domain before anything is said about it. */
export function mustAskPrimary({ instance, browser, query }: Visit): boolean {
  return (
    instance.type === 'production' &&
    instance.satellite !== null &&
    browser.tokenHash === null &&
    query.text(LINK_TOKEN) === null
  )
}

/** Sends a browser from a satellite to the primary domain. */
export function askPrimary({ instance }: Visit, request: Request): Response {
  const { satellite } = instance
  if (satellite === null) throw new ApiError('resource_not_found')
  const state = newToken()
  const url = new URL(`${instance.origin}${LINK_PATH}`)
  const asked = new URL(request.url)
  url.searchParams.set('domain', satellite.name)
  url.searchParams.set('state', hashToken(state))
  url.searchParams.set('endpoint', asked.pathname === SYNC_PATH ? 'sync' : 'handshake')
  url.searchParams.set('query', asked.search)
  return redirect(url.href, [linkCookie(instance, state, LIFETIME_MS / 1000)])
}

/**
 * Answers `GET /v1/client/link` on the primary domain. Where the browser goes is put together here, from
 * what is known about the satellite.
 *
 * @throws {ApiError} `resource_not_found` if there is no such satellite
 */
export async function answerLink(
  { database }: Services,
  { instance, query, clientId, now }: Visit,
): Promise<Response> {
  const domain = query.text('domain')
  const satellite = instance.satellites.find(({ name }) => name === domain)
  const stateHash = query.text('state')
  // In development a browser is the same on every domain: its token travels in addresses.
  const isPrimary = instance.type === 'production' && instance.satellite === null
  if (!isPrimary || satellite === undefined || stateHash === null) {
    throw new ApiError('resource_not_found')
  }
  const link: Link = { clientId, satelliteId: satellite.id, stateHash }
  const token = await keepOnce(
    database,
    { instanceId: instance.id, purpose: 'satellite' },
    link,
    now + LIFETIME_MS,
    now,
  )
  const path = query.text('endpoint') === 'sync' ? SYNC_PATH : HANDSHAKE_PATH
  const target = new URL(addressOf(satellite) + path)
  target.search = query.text('query', 32_768) ?? ''
  target.searchParams.set(LINK_TOKEN, token)
  return redirect(target.href, [])
}

/**
 * Takes the primary domain's answer. It counts only in the browser that was sent away, and once: nobody
 * can make a browser into somebody else by a link. What does not fit says nothing.
 *
 * @returns `null` where there is no answer to take
 */
export async function takeLink(
  { database }: Services,
  { instance, query, now }: Visit,
  request: Request,
): Promise<Linked | null> {
  const token = query.text(LINK_TOKEN)
  const { satellite } = instance
  if (token === null || satellite === null) return null
  const place = { instanceId: instance.id, purpose: 'satellite' } as const
  const link = (await takeOnce(database, place, token, now)) as Link | null
  const state = parseCookie(request.headers.get('cookie') ?? '')[LINK_COOKIE] ?? ''
  if (link === null || link.satelliteId !== satellite.id) return null
  if (link.stateHash !== hashToken(state)) return null
  const done = linkCookie(instance, '', 0)
  const client =
    link.clientId === null ? null : await findClient(database, instance.id, link.clientId)
  if (client === null) return { clientId: null, cookies: [done, clearedClientCookie(instance)] }
  const clientToken = await newBrowserToken(database, { instance, now }, 'cookie', client.id)
  return { clientId: client.id, cookies: [done, clientCookie(instance, clientToken)] }
}

/**
 * Answers `GET /v1/client/sync` on a satellite: a page of it has its browser made known, and gets it back.
 *
 * @throws {ApiError} `redirect_url_invalid`; `resource_not_found` on the primary domain
 */
export async function answerSync(
  services: Services,
  visit: Visit,
  request: Request,
): Promise<Response> {
  const { instance, query, now } = visit
  if (instance.satellite === null) throw new ApiError('resource_not_found')
  const target = parseRedirectTarget(instance, query.text(QUERY.redirectUrl, 16_384))
  if (target === null) throw new ApiError('redirect_url_invalid')
  if (mustAskPrimary(visit)) return askPrimary(visit, request)
  const linked = await takeLink(services, visit, request)
  const clientId = linked === null ? visit.clientId : linked.clientId
  const arrived = { instance, clientId, now }
  const { client, live } = await findClientWithSessions(services.database, arrived)
  const uat = client === null || live.length === 0 ? 0 : toSeconds(client.updatedAt)
  target.searchParams.set(QUERY.synced, 'true')
  return redirect(target.href, [
    ...(linked?.cookies ?? []),
    ...(instance.type === 'production' ? uatCookies(instance, uat) : []),
  ])
}

function addressOf({ name, frontendApi, proxyUrl }: Satellite): string {
  return proxyUrl ?? originOfHost(frontendApi ?? `clerk.${name}`)
}

function linkCookie(instance: Instance, value: string, maxAge: number): string {
  return [
    `${LINK_COOKIE}=${value}`,
    'Path=/',
    `Max-Age=${maxAge}`,
    'HttpOnly',
    ...(instance.origin.startsWith('https:') ? ['Secure'] : []),
    // It comes back from another site, by a link.
    'SameSite=Lax',
  ].join('; ')
}

function redirect(location: string, cookies: readonly string[]): Response {
  const headers = new Headers({
    location,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
  })
  for (const cookie of cookies) headers.append('set-cookie', cookie)
  return new Response(null, { status: 307, headers })
}
