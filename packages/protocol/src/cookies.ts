/** Names of the cookies on the wire. */
export const COOKIES = {
  /** Session JWT. Read plain and suffixed. */
  session: '__session',
  /** Unix seconds of the client's last sign-in or sign-out, `0` when signed out. Plain and suffixed. */
  clientUat: '__client_uat',
  /** Development-browser token. Plain and suffixed; development instances only. */
  devBrowser: '__clerk_db_jwt',
  /** Refresh token. Only its suffixed form is read. */
  refresh: '__refresh',
  /** Handshake JWT. Never suffixed. */
  handshake: '__clerk_handshake',
  /** Id under which the directives of a handshake wait. Never suffixed. */
  handshakeNonce: '__clerk_handshake_nonce',
  /** Counts handshake redirects in a row. Never suffixed. */
  redirectCount: '__clerk_redirect_count',
  /** The identity server's own cookie: which client this browser is. */
  client: '__client',
  /** `<sessionId>:<organizationId>` of the tab that may write `__session`. */
  activeContext: 'clerk_active_context',
} as const

/** Cookies that exist twice: under their plain name and with the instance's suffix. */
export type SuffixableCookie =
  | typeof COOKIES.session
  | typeof COOKIES.clientUat
  | typeof COOKIES.devBrowser
  | typeof COOKIES.refresh

/**
 * Computes the suffix that keeps the cookies of two instances on one host apart: the first eight
 * characters of base64url(SHA-1(publishable key)).
 *
 * @example
 * await cookieSuffix('pk_live_Y2xlcmsuY2xlcmsuZGV2JA') // '1Z8AzTQD'
 */
export async function cookieSuffix(publishableKey: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(publishableKey))
  return btoa(String.fromCharCode(...new Uint8Array(digest)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .slice(0, 8)
}

/** Returns the instance's own name of a cookie: `__session_1Z8AzTQD`. */
export function suffixedCookie(name: SuffixableCookie, suffix: string): string {
  return `${name}_${suffix}`
}
