import {
  API_VERSION,
  COOKIES,
  HANDSHAKE_PATH,
  type PublishableKey,
  QUERY,
  type SessionClaims,
  originOfHost,
} from '@core/protocol'
import type { TokenReason } from '../errors.ts'
import { isIdentityUnknown } from '../errors.ts'
import type { Setup } from '../instance.ts'
import { findFaultInTime, findForeignClass, isOptionalDate } from '../session/claims.ts'
import { parseToken } from '../session/token-gate.ts'
import { findFaultInSignature, verifySessionToken } from '../session/verify-token.ts'
import type { CookieNames } from './cookies.ts'
import { readDirectives } from './directives.ts'
import type { RequestFacts } from './facts.ts'
import type { RequestReason } from './reasons.ts'

/** Parameters that belong to one trip between app and identity server, never to the page's own URL. */
const TRIP_PARAMETERS = [
  QUERY.handshake,
  QUERY.handshakeNonce,
  QUERY.help,
  QUERY.devBrowser,
  QUERY.legacyDevSession,
] as const

/** Longest handshake token that is read: it carries several cookies, a session token in two of them. */
const MAX_HANDSHAKE_CHARACTERS = 32_768

/** Returns the page's own URL: the public one without what a handshake or a redirect added to it. */
export function cleanUrl(url: URL): URL {
  const clean = new URL(url)
  for (const name of TRIP_PARAMETERS) {
    // Deleting rewrites the whole query, so it is left alone where there is nothing to delete.
    if (clean.searchParams.has(name)) clean.searchParams.delete(name)
  }
  return clean
}

/**
 * Builds the address of the identity server that answers who is signed in. The session token is not
 * in it: query strings end up in logs.
 */
export function handshakeUrl(
  facts: RequestFacts,
  publishableKey: PublishableKey,
  reason: RequestReason,
): string {
  const url = new URL(originOfHost(publishableKey.frontendApi) + HANDSHAKE_PATH)
  url.searchParams.append(QUERY.redirectUrl, cleanUrl(facts.publicUrl).href)
  url.searchParams.append(QUERY.apiVersion, API_VERSION)
  url.searchParams.append(QUERY.suffixedCookies, String(facts.usesSuffixedCookies))
  url.searchParams.append(QUERY.handshakeReason, reason)
  if (publishableKey.instanceType === 'development' && facts.devBrowserToken !== undefined) {
    url.searchParams.append(QUERY.devBrowser, facts.devBrowserToken)
  }
  return url.href
}

/** Writes the cookie that counts handshakes in a row. It lives as long as a loop would need. */
export function countHandshake(count: number): string {
  return `${COOKIES.redirectCount}=${count + 1}; SameSite=Lax; HttpOnly; Max-Age=2`
}

/** What the identity server answered: the cookies to set, and the session among them. */
export type HandshakeAnswer =
  | {
      readonly outcome: 'signed_in'
      readonly cookies: readonly string[]
      readonly token: string
      readonly claims: SessionClaims
    }
  | { readonly outcome: 'signed_out'; readonly cookies: readonly string[] }
  | { readonly outcome: 'refused' | 'unknown'; readonly reason: TokenReason }

/**
 * Verifies a handshake token and the session inside.
 *
 * A token that does not hold is refused, and the request goes on as if it had brought none: the
 * protocol lets a development instance fail here, but no request may be answered with a 500.
 */
export async function resolveHandshake(
  text: string,
  { options, instance }: Setup,
  names: CookieNames,
  host: string,
  now: number,
): Promise<HandshakeAnswer> {
  const token = parseToken(text, MAX_HANDSHAKE_CHARACTERS)
  if (token === null || findForeignClass(token.header, token.claims) !== null) {
    return { outcome: 'refused', reason: 'token-invalid' }
  }
  const fault = await findFaultInSignature(token, instance.verifier.keys)
  if (fault !== null) {
    return { outcome: isIdentityUnknown(fault) ? 'unknown' : 'refused', reason: fault }
  }
  const { handshake, iss, exp, nbf, iat } = token.claims
  const isIssuer = iss === undefined || iss === instance.verifier.issuer
  if (!isIssuer || !isOptionalDate(exp) || !isOptionalDate(nbf) || !isOptionalDate(iat)) {
    return { outcome: 'refused', reason: 'token-verification-failed' }
  }
  const times = {
    ...(exp !== undefined && { exp }),
    ...(nbf !== undefined && { nbf }),
    ...(iat !== undefined && { iat }),
  }
  const late = findFaultInTime(times, options.clockSkewInMs, now)
  if (late !== null) return { outcome: 'refused', reason: late }
  if (!Array.isArray(handshake)) return { outcome: 'refused', reason: 'token-invalid' }

  const { cookies, sessionToken } = readDirectives(handshake, names, host)
  if (sessionToken === undefined) return { outcome: 'signed_out', cookies }

  const verification = await verifySessionToken(sessionToken, instance.verifier, options, now)
  if ('reason' in verification) {
    const { reason } = verification
    return { outcome: isIdentityUnknown(reason) ? 'unknown' : 'refused', reason }
  }
  return { outcome: 'signed_in', cookies, token: sessionToken, claims: verification.claims }
}
