import { API_VERSION, COOKIES, HANDSHAKE_PATH, QUERY, type SessionClaims } from '@core/protocol'
import type { ApiCaller } from '../api/request.ts'
import { type TokenReason, isIdentityUnknown } from '../errors.ts'
import type { Setup } from '../instance.ts'
import {
  type ClaimRules,
  findFaultInTime,
  findForeignClass,
  isIssuer,
  isOptionalDate,
} from '../session/claims.ts'
import { parseToken } from '../session/token-gate.ts'
import { type Verifier, findFaultInSignature, verifySessionToken } from '../session/verify-token.ts'
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

/** Returns where a handshake begins: at the identity server, or at the other domain of the instance. */
export function startOfHandshake(facts: RequestFacts, setup: Setup, reason: RequestReason): string {
  const isDevelopment = facts.instance === 'development'
  const { satelliteUrl } = facts
  if (reason === 'satellite-needs-syncing' && isDevelopment && setup.options.signInUrl !== null) {
    const url = new URL(setup.options.signInUrl)
    url.searchParams.append(QUERY.satelliteReturnUrl, cleanUrl(facts.publicUrl).href)
    return url.href
  }
  if (reason === 'primary-responds-to-syncing' && satelliteUrl !== null) {
    const { devBrowserToken } = facts
    if (devBrowserToken !== undefined) {
      satelliteUrl.searchParams.set(QUERY.devBrowser, devBrowserToken)
    }
    satelliteUrl.searchParams.set(QUERY.synced, 'true')
    return satelliteUrl.href
  }
  return handshakeUrl(facts, setup, reason)
}

/**
 * Builds the address of the identity server that answers who is signed in. The session token is not
 * in it: query strings end up in logs.
 */
function handshakeUrl(facts: RequestFacts, setup: Setup, reason: RequestReason): string {
  const url = new URL(facts.site.frontendApi + HANDSHAKE_PATH)
  const target = facts.organizationTarget
  const parameters = {
    [QUERY.redirectUrl]: cleanUrl(facts.publicUrl).href,
    [QUERY.apiVersion]: API_VERSION,
    [QUERY.suffixedCookies]: String(facts.usesSuffixedCookies),
    [QUERY.handshakeReason]: reason,
    // Only who has a secret key can fetch what is kept under a nonce.
    [QUERY.format]: setup.instance.requestApi === null ? undefined : 'nonce',
    [QUERY.devBrowser]: facts.instance === 'development' ? facts.devBrowserToken : undefined,
    [QUERY.organizationId]: target?.type === 'personal' ? '' : target?.value,
  }
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.append(name, value)
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
  /** Nothing is kept under the nonce, or it cannot be fetched. */
  | { readonly outcome: 'lost'; readonly cookies: readonly [] }

/** In development, a clock may be this far off when somebody signs in: the machine was asleep. */
const DEVELOPMENT_CLOCK_SKEW_MS = 86_400_000

/**
 * Verifies the answer to a handshake and the session inside.
 *
 * An answer that does not hold is refused, and the request goes on as if it had brought none: the
 * protocol lets a development instance fail here, but no request may be answered with a 500.
 */
export async function resolveHandshake(
  facts: RequestFacts,
  { options, instance }: Setup,
  names: CookieNames,
  now: number,
): Promise<HandshakeAnswer> {
  const { type, text } = facts.handshakeAnswer
  const { issuers, audience, authorizedParties } = facts.site.rules
  const isDevelopment = facts.instance === 'development'
  const clockSkewInMs = isDevelopment ? DEVELOPMENT_CLOCK_SKEW_MS : options.clockSkewInMs
  const rules: ClaimRules = { issuers, audience, authorizedParties, clockSkewInMs }

  const given =
    type === 'nonce'
      ? await fetchDirectives(text, instance.requestApi)
      : await verifyDirectives(text, instance.verifier, rules, now)
  if ('outcome' in given) return given
  const { cookies, sessionToken } = readDirectives(
    given.directives,
    names,
    facts.publicUrl.hostname,
  )
  if (sessionToken === undefined) return { outcome: 'signed_out', cookies }

  const verification = await verifySessionToken(sessionToken, instance.verifier, rules, now)
  if ('reason' in verification) {
    const { reason } = verification
    return { outcome: isIdentityUnknown(reason) ? 'unknown' : 'refused', reason }
  }
  return { outcome: 'signed_in', cookies, token: sessionToken, claims: verification.claims }
}

interface Directives {
  readonly directives: readonly unknown[]
}

/** Fetches what the identity server keeps under a nonce. It is handed out once. */
async function fetchDirectives(
  nonce: string,
  api: ApiCaller | null,
): Promise<Directives | HandshakeAnswer> {
  try {
    const body = await api?.({
      method: 'GET',
      path: ['clients', 'handshake_payload'],
      query: { nonce },
    })
    const { directives } = body as { readonly directives: unknown }
    if (Array.isArray(directives)) return { directives }
  } catch {
    // Refused, or out of reach: either way there is nothing to go by.
  }
  return { outcome: 'lost', cookies: [] }
}

async function verifyDirectives(
  text: string,
  { keys }: Verifier,
  rules: ClaimRules,
  now: number,
): Promise<Directives | HandshakeAnswer> {
  const token = parseToken(text, MAX_HANDSHAKE_CHARACTERS)
  if (token === null || findForeignClass(token.header, token.claims) !== null) {
    return { outcome: 'refused', reason: 'token-invalid' }
  }
  const fault = await findFaultInSignature(token, keys)
  if (fault !== null) {
    return { outcome: isIdentityUnknown(fault) ? 'unknown' : 'refused', reason: fault }
  }
  const { handshake, sid, iss, exp, nbf, iat } = token.claims
  // Both are of one class, and an app may choose what else its session tokens say.
  if (sid !== undefined) return { outcome: 'refused', reason: 'token-type-mismatch' }
  const isOurs = iss === undefined || isIssuer(iss, rules)
  if (!isOurs || !isOptionalDate(exp) || !isOptionalDate(nbf) || !isOptionalDate(iat)) {
    return { outcome: 'refused', reason: 'token-verification-failed' }
  }
  const late = findFaultInTime({ exp, nbf, iat }, rules.clockSkewInMs, now)
  if (late !== null) return { outcome: 'refused', reason: late }
  if (!Array.isArray(handshake)) return { outcome: 'refused', reason: 'token-invalid' }
  return { directives: handshake as readonly unknown[] }
}
