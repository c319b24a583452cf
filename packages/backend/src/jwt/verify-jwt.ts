import type { JwkJSON, SessionClaims } from '@core/protocol'
import { TokenVerificationError } from '../errors.ts'
import { parsePem } from '../keys/pem.ts'
import { type VerificationKey, keyFromJwk, keyFromPem } from '../keys/verification-key.ts'
import { findFault, findFaultNow } from '../session/claims.ts'
import { findFaultInSignature } from '../session/verify-token.ts'
import { type Jwt, parse } from './decode-jwt.ts'

/** A public key: PEM (SPKI), or a JSON Web Key. Its algorithm is pinned, whatever a token says. */
export type JwtKey = string | { readonly kty: string; readonly [member: string]: unknown }

/** Options of {@link verifyJwt}. */
export interface VerifyJwtOptions {
  /** Key that the token must be signed with. */
  readonly key: JwtKey
  /** Accepted `aud` claims. With it, a token without a matching `aud` is refused. */
  readonly audience?: string | readonly string[] | undefined
  /** Accepted `azp` claims. With it, a token without `azp` is refused. */
  readonly authorizedParties?: readonly string[] | undefined
  /** How far clocks may differ, in milliseconds. Default: 5000. */
  readonly clockSkewInMs?: number | undefined
  /** Accepted `typ` headers. Default: none, or `JWT`. */
  readonly headerType?: string | readonly string[] | undefined
}

const DEFAULT_CLOCK_SKEW_MS = 5000

/**
 * Verifies a token with one key and returns its claims: form, type, signature, then `sub`, `aud`,
 * `azp`, `exp`, `nbf` and `iat`. The class of the token is not looked at: for session tokens use
 * `verifyToken`.
 *
 * @throws {TokenVerificationError} whose `reason` says why the token is not accepted.
 */
export async function verifyJwt(token: string, options: VerifyJwtOptions): Promise<SessionClaims> {
  const parsed = parse(token)
  const { typ } = parsed.header
  const accepted = listOf(options.headerType)
  const isExpected =
    accepted === null ? typ === undefined || typ === 'JWT' : accepted.includes(`${typ}`)
  if (!isExpected) throw new TokenVerificationError('token-invalid')

  const key = await keyOf(options.key)
  const rules = {
    issuers: null,
    audience: listOf(options.audience) ?? [],
    authorizedParties: options.authorizedParties ?? [],
    clockSkewInMs: options.clockSkewInMs ?? DEFAULT_CLOCK_SKEW_MS,
    isSessionOptional: true,
  }
  const claims = parsed.claims as unknown as SessionClaims
  const reason =
    (await findFaultInSignature(parsed, { state: 'pem', find: () => key })) ??
    findFault(parsed.claims) ??
    findFaultNow(claims, rules, Date.now())
  if (reason !== null) throw new TokenVerificationError(reason)
  return claims
}

/**
 * Tells whether a token is signed with a key. Says nothing about its claims.
 *
 * @throws {TokenVerificationError} `jwk-failed-to-resolve`, if the key cannot be used.
 */
export async function hasValidSignature(jwt: Jwt, key: JwtKey): Promise<boolean> {
  const own = await keyOf(key)
  const parsed = parse(jwt.raw.text)
  return (await findFaultInSignature(parsed, { state: 'pem', find: () => own })) === null
}

/** @throws {TokenVerificationError} `jwk-failed-to-resolve` */
async function keyOf(given: JwtKey): Promise<VerificationKey> {
  const pem = typeof given === 'string' ? parsePem(given) : null
  const key =
    typeof given === 'object' && given !== null
      ? await keyFromJwk(given as JwkJSON)
      : pem && (await keyFromPem(pem).catch(() => null))
  if (key === null) throw new TokenVerificationError('jwk-failed-to-resolve')
  return key
}

function listOf(given: string | readonly string[] | undefined): readonly string[] | null {
  return given === undefined ? null : typeof given === 'string' ? [given] : given
}
