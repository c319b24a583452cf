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
import type { RequestReason } from './decide.ts'
import type { RequestFacts } from './facts.ts'

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
      readonly directives: readonly string[]
      readonly token: string
      readonly claims: SessionClaims
    }
  | { readonly outcome: 'signed_out'; readonly directives: readonly string[] }
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

  const directives = handshake.filter((directive) => isAllowed(directive, names, host))
  const session = directives
    .map(readDirective)
    .findLast(({ name }) => name === COOKIES.session || name === names.session)
  if (!session?.value) return { outcome: 'signed_out', directives }

  const verification = await verifySessionToken(session.value, instance.verifier, options, now)
  if ('reason' in verification) {
    const { reason } = verification
    return { outcome: isIdentityUnknown(reason) ? 'unknown' : 'refused', reason }
  }
  return { outcome: 'signed_in', directives, token: session.value, claims: verification.claims }
}

/**
 * Tells whether a `Set-Cookie` directive may reach the browser: one of the protocol's cookies, in
 * the plain spelling or this instance's own, for this host and every path, on one line.
 */
function isAllowed(directive: unknown, names: CookieNames, host: string): directive is string {
  if (typeof directive !== 'string' || !/^[\x20-\x7e]+$/.test(directive)) return false
  const { name, attributes } = readDirective(directive)
  const own: readonly string[] = [
    COOKIES.session,
    COOKIES.clientUat,
    COOKIES.devBrowser,
    COOKIES.refresh,
    COOKIES.handshake,
    COOKIES.handshakeNonce,
    names.session,
    names.clientUat,
    names.devBrowser,
    names.refresh,
  ]
  if (!own.includes(name)) return false
  const domain = attributes.get('domain')?.toLowerCase().replace(/^\./, '')
  const isOurs = domain === undefined || host === domain || host.endsWith(`.${domain}`)
  // A name without a dot is a top-level domain, unless it is the host itself.
  const isNarrow = domain === undefined || domain.includes('.') || host === domain
  const path = attributes.get('path')
  return isOurs && isNarrow && (path === undefined || path === '/')
}

function readDirective(directive: string): {
  readonly name: string
  readonly value: string
  readonly attributes: ReadonlyMap<string, string>
} {
  const [[name = '', value = ''] = [], ...rest] = directive.split(';').map((part) => {
    const [key = '', ...text] = part.split('=')
    return [key.trim(), text.join('=').trim()] as const
  })
  return {
    name,
    value,
    attributes: new Map(rest.map(([key, text]) => [key.toLowerCase(), text])),
  }
}
