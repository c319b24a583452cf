/** Session tokens: their form, their class, their signature and their claims. */

import type { SessionClaims } from '@core/protocol'
import type { TokenReason } from '../errors.ts'
import type { KeySource } from '../keys/key-source.ts'
import { isSigningAlgorithm } from '../keys/pem.ts'
import { type ClaimRules, findFault, findFaultNow, findForeignClass } from './claims.ts'
import { type ParsedToken, parseToken } from './token-gate.ts'
import type { VerifiedTokens } from './verified-tokens.ts'

/** What verification needs to know of an instance. */
export interface Verifier {
  readonly keys: KeySource
  /** Absent where every verification must fetch the keys anew. */
  readonly verified: VerifiedTokens | null
}

/** Claims that hold, or the reason why they do not. */
export type Verification = { readonly claims: SessionClaims } | { readonly reason: TokenReason }

/**
 * Verifies a session token: form, class, signature, claims, in this order. Until the signature is
 * proved the answer does not depend on what the claims say. Never throws.
 *
 * @param parsed The token, where it was taken apart already.
 */
export async function verifySessionToken(
  text: string,
  verifier: Verifier,
  rules: ClaimRules,
  now: number,
  parsed: ParsedToken | null = null,
): Promise<Verification> {
  const known = verifier.verified?.get(text, now)
  if (known) return holdAgainst(known, rules, now)

  const token = parsed ?? parseToken(text)
  if (token === null) return { reason: 'token-invalid' }
  const foreign = findForeignClass(token.header, token.claims)
  if (foreign) return { reason: foreign }
  const refusal = (await findFaultInSignature(token, verifier.keys)) ?? findFault(token.claims)
  if (refusal) return { reason: refusal }

  // Shared by every request that brings this token, so nobody may change it.
  const claims = freeze(token.claims) as unknown as SessionClaims
  verifier.verified?.add(text, claims, now)
  return holdAgainst(claims, rules, now)
}

/** Tells why a signature is not accepted, or returns `null` if it is the instance's own. */
export async function findFaultInSignature(
  token: ParsedToken,
  keys: KeySource,
): Promise<TokenReason | null> {
  // Nothing is fetched for a token that no key could ever prove.
  if (!isSigningAlgorithm(token.header.alg)) return 'token-invalid-algorithm'
  const key = await keys.find(token.header.kid)
  if (typeof key === 'string') return key
  if (token.header.alg !== key.algorithm) return 'token-invalid-algorithm'
  try {
    return (await key.verify(token)) ? null : 'token-invalid-signature'
  } catch {
    return 'token-verification-failed'
  }
}

/** Holds the claims of a proved token against what this call, at this time, demands. */
export function holdAgainst(claims: SessionClaims, rules: ClaimRules, now: number): Verification {
  const reason = findFaultNow(claims, rules, now)
  return reason === null ? { claims } : { reason }
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) freeze(member)
    Object.freeze(value)
  }
  return value
}
