import {
  COOKIES,
  type InstanceType,
  type PublishableKey,
  cookieSuffix,
  suffixedCookie,
} from '@core/protocol'
import { parse } from 'cookie'

/** Names under which one instance reads and writes its cookies. */
export interface CookieNames {
  readonly suffix: string
  readonly session: string
  readonly clientUat: string
  readonly devBrowser: string
  readonly refresh: string
}

/** Returns an instance's own cookie names. */
export async function cookieNamesOf(publishableKey: PublishableKey): Promise<CookieNames> {
  const suffix = await cookieSuffix(publishableKey.key)
  return {
    suffix,
    session: suffixedCookie(COOKIES.session, suffix),
    clientUat: suffixedCookie(COOKIES.clientUat, suffix),
    devBrowser: suffixedCookie(COOKIES.devBrowser, suffix),
    refresh: suffixedCookie(COOKIES.refresh, suffix),
  }
}

/** Cookies by name. The first of a name counts; there are no inherited members. */
export type Cookies = Readonly<Record<string, string | undefined>>

const NO_COOKIES: Cookies = Object.freeze(Object.create(null) as Cookies)

/** Parses a `Cookie` header. Values are decoded one by one, so that none can forge another cookie. */
export function parseCookies(header: string | null): Cookies {
  return header === null ? NO_COOKIES : parse(header)
}

/**
 * Counts the handshakes that a browser has just been through. Of several counters the highest counts,
 * and one that is not a number counts as too many: whoever can set cookies here (a sibling domain
 * can) may end a loop sooner, but not keep it going.
 */
export function countOf(header: string | null, name: string, most: number): number {
  const counts = (header ?? '').split(';').map((cookie) => {
    const at = cookie.indexOf('=')
    if (cookie.slice(0, at).trim() !== name) return 0
    const count = cookie.slice(at + 1).trim()
    return /^\d{1,3}$/.test(count) ? Number(count) : most
  })
  return Math.max(...counts)
}

/** The cookies that say who is asking, of the spelling that is in use. */
export interface SessionCookies {
  readonly isSuffixed: boolean
  readonly session: string | undefined
  readonly clientUat: string | undefined
  readonly devBrowser: string | undefined
}

/** Whose cookies are read: the type of the instance, and who issues its tokens. */
export interface CookieOwner {
  readonly instanceType: InstanceType
  readonly issuers: readonly string[]
}

/** Claims of a token that nobody has verified, or `null` if it cannot be read. */
export type PeekClaims = (token: string) => Readonly<Record<string, unknown>> | null

/**
 * Chooses between the suffixed and the plain spelling, for all cookies at once.
 *
 * Two instances can share a cookie jar (every port of `localhost` does), and either spelling can be
 * older than the other: an SDK that knows only plain names may have signed in, or out, last.
 */
export function selectCookies(
  cookies: Cookies,
  names: CookieNames,
  owner: CookieOwner,
  peek: PeekClaims,
  now: number,
): SessionCookies {
  return usesSuffixed(cookies, names, owner, peek, now)
    ? {
        isSuffixed: true,
        session: cookies[names.session],
        clientUat: cookies[names.clientUat],
        devBrowser: cookies[names.devBrowser],
      }
    : {
        isSuffixed: false,
        session: cookies[COOKIES.session],
        clientUat: cookies[COOKIES.clientUat],
        devBrowser: cookies[COOKIES.devBrowser],
      }
}

function usesSuffixed(
  cookies: Cookies,
  names: CookieNames,
  owner: CookieOwner,
  peek: PeekClaims,
  now: number,
): boolean {
  const plainUat = cookies[COOKIES.clientUat]
  // An empty cookie says nothing, as if it were not there.
  const ownUat = cookies[names.clientUat] || undefined
  const plainSession = cookies[COOKIES.session]
  const ownSession = cookies[names.session]
  const plainClaims = plainSession ? peek(plainSession) : null

  if (plainSession) {
    const issuer = plainClaims?.['iss']
    if (plainClaims === null || !issuer) return false
    // Some other instance wrote the plain cookie: only the suffixed ones are ours.
    if (typeof issuer !== 'string') return true
    if (!owner.issuers.some((own) => hostOf(own) === hostOf(issuer))) return true
  }
  if (ownUat === undefined && !ownSession) return false
  // Both spellings hold one token where one SDK wrote both.
  const ownClaims = ownSession === plainSession ? plainClaims : ownSession ? peek(ownSession) : null
  if (ownUat !== '0' && plainUat !== '0' && issuedAt(plainClaims) > issuedAt(ownClaims)) {
    return false
  }
  if (ownUat === '0' && plainUat !== '0') return false
  if (owner.instanceType !== 'production' && ownUat !== '0' && plainUat === '0') {
    const expiry = ownClaims?.['exp']
    if (typeof expiry === 'number' && expiry <= Math.floor(now / 1000)) return false
  }
  return ownUat !== undefined || !ownSession
}

/** Issuers were written without their scheme once. */
function hostOf(issuer: string): string {
  return issuer.replace(/^https?:\/\//, '')
}

function issuedAt(claims: Readonly<Record<string, unknown>> | null): number {
  const time = claims?.['iat']
  return typeof time === 'number' ? time : 0
}
