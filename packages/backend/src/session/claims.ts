import { TOKEN_CATEGORIES, type SessionClaims } from '@core/protocol'
import type { TokenReason } from '../errors.ts'
import type { TokenHeader } from './token-gate.ts'

/** What the claims of a session token are held against on each call. */
export interface ClaimRules {
  /** Accepted `iss` claims, or `null` where no publishable key tells them. */
  readonly issuers: readonly string[] | null
  readonly audience: readonly string[]
  readonly authorizedParties: readonly string[]
  readonly clockSkewInMs: number
  /** Accepts a token that names no session, which says who, but not since when. Default: `false`. */
  readonly isSessionOptional?: boolean
}

type Claims = Readonly<Record<string, unknown>>

/**
 * Tells why a token is of another class than a session token, or returns `null`. Looks at the
 * unproved header and subject, so that no token of another class is ever verified as a session.
 */
export function findForeignClass(header: TokenHeader, claims: Claims): TokenReason | null {
  const { cat, typ } = header
  const isSession = cat === undefined || cat === TOKEN_CATEGORIES.session
  if (!isSession && cat !== TOKEN_CATEGORIES.ignore) return 'token-type-mismatch'
  if (typ === 'at+jwt' || typ === 'application/at+jwt') return 'token-type-mismatch'
  if (typ !== undefined && typ !== 'JWT') return 'token-invalid'
  const { sub } = claims
  return typeof sub === 'string' && sub.startsWith('mch_') ? 'token-type-mismatch' : null
}

/** Visible ASCII: no control characters, nothing that another system might read as another id. */
const ID = /^[\x21-\x7e]{1,255}$/

/** Checks the claims that never change their answer. `null` means that they hold. */
export function findFault(claims: Claims): TokenReason | null {
  if (!isId(claims['sub'])) return 'token-verification-failed'
  if (claims['sid'] !== undefined && !isId(claims['sid'])) return 'token-verification-failed'
  if (!isDate(claims['exp'])) return 'token-verification-failed'
  if (claims['nbf'] !== undefined && !isDate(claims['nbf'])) return 'token-verification-failed'
  if (claims['iat'] !== undefined && !isDate(claims['iat'])) return 'token-verification-failed'
  if (isDate(claims['iat']) && claims['iat'] > claims['exp']) return 'token-verification-failed'
  return null
}

/** Checks the claims whose answer depends on the call and the clock. `null` means that they hold. */
export function findFaultNow(
  claims: SessionClaims,
  rules: ClaimRules,
  now: number,
): TokenReason | null {
  // `sid` is there in every type of claims; what a token holds is another matter.
  const sessionId: unknown = claims.sid
  if (sessionId === undefined && rules.isSessionOptional !== true) {
    return 'token-verification-failed'
  }
  if (!isIssuer(claims.iss, rules)) return 'token-verification-failed'
  if (!isForAudience(claims.aud, rules.audience)) return 'token-verification-failed'
  if (rules.authorizedParties.length > 0 && !isOneOf(claims.azp, rules.authorizedParties)) {
    return 'token-invalid-authorized-parties'
  }
  return findFaultInTime(claims, rules.clockSkewInMs, now)
}

/** Checks `exp`, `nbf` and `iat`, where present. Written so that a clock that is not a number denies. */
export function findFaultInTime(
  claims: {
    readonly exp?: number | undefined
    readonly nbf?: number | undefined
    readonly iat?: number | undefined
  },
  clockSkewInMs: number,
  now: number,
): TokenReason | null {
  const isPast = (seconds: number): boolean => seconds * 1000 <= now + clockSkewInMs
  if (claims.exp !== undefined && !(claims.exp * 1000 > now - clockSkewInMs)) return 'token-expired'
  if (claims.nbf !== undefined && !isPast(claims.nbf)) return 'token-not-active-yet'
  if (claims.iat !== undefined && !isPast(claims.iat)) return 'token-iat-in-the-future'
  return null
}

/** Tells whether a token comes from the instance, as far as its keys tell who that is. */
export function isIssuer(issuer: unknown, { issuers }: ClaimRules): boolean {
  return issuers === null || isOneOf(issuer, issuers)
}

function isForAudience(audience: unknown, accepted: readonly string[]): boolean {
  if (accepted.length === 0) return true
  const named = Array.isArray(audience) ? audience : [audience]
  return (
    named.every((name) => typeof name === 'string') && named.some((name) => isOneOf(name, accepted))
  )
}

function isOneOf(value: unknown, accepted: readonly string[]): boolean {
  return typeof value === 'string' && value !== '' && accepted.includes(value)
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && ID.test(value)
}

/** Whole Unix seconds that a `Date` can hold. */
function isDate(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= 8.64e12
}

/** Tells whether an optional numeric date is absent or well-formed. */
export function isOptionalDate(value: unknown): value is number | undefined {
  return value === undefined || isDate(value)
}
