/** Code of a {@link ClerkError}. */
export type ClerkErrorCode =
  | 'options-invalid'
  | 'route-pattern-invalid'
  | 'path-not-canonical'
  | 'envelope-invalid'
  | 'resource-id-invalid'
  | 'webhook-secret-missing'
  | 'webhook-headers-missing'
  | 'webhook-too-large'
  | 'webhook-invalid'

/** What each failure answers if it reaches the wire. */
const STATUS: { readonly [C in ClerkErrorCode]: number } = {
  'options-invalid': 500,
  'route-pattern-invalid': 500,
  'path-not-canonical': 400,
  'envelope-invalid': 400,
  'resource-id-invalid': 400,
  'webhook-secret-missing': 500,
  'webhook-headers-missing': 400,
  'webhook-too-large': 413,
  'webhook-invalid': 400,
}

/**
 * Says that something is wrong that a person must fix: an option, a route pattern, a path.
 *
 * A visitor who cannot be trusted is never an error; that is a state with a reason. No message
 * carries a token, a cookie, a key or an address.
 */
export class ClerkError extends Error {
  /** Tells the class where `instanceof` cannot: across copies of the package, and in logs. */
  override readonly name = 'ClerkError'
  /** Marks errors of this product, as other packages of it do. */
  readonly clerkError = true
  /** What is wrong, for programs. The message says it to people, with the remedy. */
  readonly code: ClerkErrorCode
  /** HTTP status to answer with where the error reaches the wire. */
  readonly status: number

  constructor(code: ClerkErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.code = code
    this.status = STATUS[code]
  }
}

/** Why a token was not accepted. */
export type TokenReason =
  | 'token-expired'
  | 'token-invalid'
  | 'token-invalid-algorithm'
  | 'token-invalid-authorized-parties'
  | 'token-invalid-signature'
  | 'token-not-active-yet'
  | 'token-iat-in-the-future'
  | 'token-verification-failed'
  | 'token-type-mismatch'
  | 'secret-key-invalid'
  | 'jwk-remote-failed-to-load'
  | 'jwk-failed-to-resolve'
  | 'jwk-kid-mismatch'

/** What each reason says to the developer. The text never depends on what a forged token contains. */
const TOKEN_MESSAGES: { readonly [K in TokenReason]: string } = {
  'token-expired': 'The token has expired.',
  'token-invalid': 'The token is not a well-formed JWT.',
  'token-invalid-algorithm': 'The token is not signed with the algorithm of its key.',
  'token-invalid-authorized-parties': 'The token was requested by a party that is not authorized.',
  'token-invalid-signature': 'The signature of the token does not match.',
  'token-not-active-yet': 'The token is not active yet.',
  'token-iat-in-the-future': 'The token was issued in the future.',
  'token-verification-failed': 'The token lacks a claim, or one has a value that is not accepted.',
  'token-type-mismatch': 'The token is of another type than a session token.',
  'secret-key-invalid': 'The Backend API refused the secret key. Check CLERK_SECRET_KEY.',
  'jwk-remote-failed-to-load':
    'The signing keys could not be loaded. Check CLERK_API_URL, or set CLERK_JWT_KEY.',
  'jwk-failed-to-resolve': 'There is no key to verify with. Set CLERK_JWT_KEY or CLERK_SECRET_KEY.',
  'jwk-kid-mismatch': 'The token names a signing key that the instance does not have.',
}

/** Where a session token came from. */
export type TokenCarrier = 'header' | 'cookie'

/** Writes what a developer reads about a token that was not accepted. */
export function tokenMessage(reason: TokenReason, carrier?: TokenCarrier): string {
  return `${TOKEN_MESSAGES[reason]} (reason=${reason}, token-carrier=${carrier})`
}

/** Thrown by `verifyToken()` for a token that is not accepted; `reason` says why. */
export class TokenVerificationError extends Error {
  /** Tells the class where `instanceof` cannot: across copies of the package, and in logs. */
  override readonly name = 'TokenVerificationError'
  /** Marks errors of this product, as other packages of it do. */
  readonly clerkError = true
  /** Why the token is not accepted. */
  readonly reason: TokenReason
  /** Where the token came from, if it came with a request. */
  readonly tokenCarrier: TokenCarrier | undefined

  constructor(reason: TokenReason, tokenCarrier?: TokenCarrier) {
    super(tokenMessage(reason, tokenCarrier))
    this.reason = reason
    this.tokenCarrier = tokenCarrier
  }
}

const UNKNOWN_IDENTITY: ReadonlySet<string> = new Set<TokenReason>([
  'jwk-remote-failed-to-load',
  'secret-key-invalid',
])

/**
 * Tells whether a reason means that nobody could find out who is asking. Such a visitor may well be
 * signed in, so is never sent to sign in again.
 */
export function isIdentityUnknown(reason: string | null | undefined): boolean {
  return typeof reason === 'string' && UNKNOWN_IDENTITY.has(reason)
}
