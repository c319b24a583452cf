/** Everything that is thrown, for those who catch it. */

export { type ClerkAPIError, ClerkAPIResponseError, isClerkAPIResponseError } from './api/errors.ts'
export {
  ClerkError,
  type ClerkErrorCode,
  type TokenCarrier,
  type TokenReason,
  TokenVerificationError,
} from './errors.ts'
export { SignJWTError } from './jwt/sign-jwt-error.ts'

/** Why a token was not accepted, by name: the values of `reason`. */
export const TokenVerificationErrorReason: {
  readonly TokenExpired: 'token-expired'
  readonly TokenInvalid: 'token-invalid'
  readonly TokenInvalidAlgorithm: 'token-invalid-algorithm'
  readonly TokenInvalidAuthorizedParties: 'token-invalid-authorized-parties'
  readonly TokenInvalidSignature: 'token-invalid-signature'
  readonly TokenNotActiveYet: 'token-not-active-yet'
  readonly TokenIatInTheFuture: 'token-iat-in-the-future'
  readonly TokenVerificationFailed: 'token-verification-failed'
  readonly TokenTypeMismatch: 'token-type-mismatch'
  readonly InvalidSecretKey: 'secret-key-invalid'
  readonly RemoteJWKFailedToLoad: 'jwk-remote-failed-to-load'
  readonly JWKFailedToResolve: 'jwk-failed-to-resolve'
  readonly JWKKidMismatch: 'jwk-kid-mismatch'
} = {
  TokenExpired: 'token-expired',
  TokenInvalid: 'token-invalid',
  TokenInvalidAlgorithm: 'token-invalid-algorithm',
  TokenInvalidAuthorizedParties: 'token-invalid-authorized-parties',
  TokenInvalidSignature: 'token-invalid-signature',
  TokenNotActiveYet: 'token-not-active-yet',
  TokenIatInTheFuture: 'token-iat-in-the-future',
  TokenVerificationFailed: 'token-verification-failed',
  TokenTypeMismatch: 'token-type-mismatch',
  InvalidSecretKey: 'secret-key-invalid',
  RemoteJWKFailedToLoad: 'jwk-remote-failed-to-load',
  JWKFailedToResolve: 'jwk-failed-to-resolve',
  JWKKidMismatch: 'jwk-kid-mismatch',
}

/** A value of {@link TokenVerificationErrorReason}. */
export type TokenVerificationErrorReason =
  (typeof TokenVerificationErrorReason)[keyof typeof TokenVerificationErrorReason]
