import { TokenVerificationError } from '../errors.ts'
import { type ParsedToken, type TokenHeader, parseToken } from '../session/token-gate.ts'

/** A JSON Web Token, taken apart. Nothing in it has been proved. */
export interface Jwt {
  /** Its header (RFC 7515, section 4). */
  readonly header: TokenHeader & Readonly<Record<string, unknown>>
  /** Its claims (RFC 7519, section 4). */
  readonly payload: Readonly<Record<string, unknown>>
  /** The bytes of its signature. */
  readonly signature: Uint8Array<ArrayBuffer>
  /** Its segments as they were written, and the whole. */
  readonly raw: {
    readonly header: string
    readonly payload: string
    readonly signature: string
    readonly text: string
  }
}

/**
 * Takes a token apart without verifying anything. Never decide by what it returns: anybody can
 * write a token.
 *
 * As strict as verification: padding, spaces, duplicate members and `crit` are refused.
 *
 * @throws {TokenVerificationError} `token-invalid`
 */
export function decodeJwt(token: string): Jwt {
  const { header, claims, signature } = parse(token)
  const [first = '', second = '', third = ''] = token.split('.')
  return {
    header: header as Jwt['header'],
    payload: claims,
    signature,
    raw: { header: first, payload: second, signature: third, text: token },
  }
}

/** @throws {TokenVerificationError} `token-invalid` */
export function parse(token: string): ParsedToken {
  // JavaScript callers pass on whatever a header or a cookie gave them.
  const parsed = typeof token === 'string' ? parseToken(token) : null
  if (parsed === null) throw new TokenVerificationError('token-invalid')
  return parsed
}
