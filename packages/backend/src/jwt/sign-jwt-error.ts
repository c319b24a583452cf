/** Thrown by `signJwt()` when a token cannot be signed. */
export class SignJWTError extends Error {
  /** Tells the class where `instanceof` cannot: across copies of the package, and in logs. */
  override readonly name = 'SignJWTError'
  /** Marks errors of this product, as other packages of it do. */
  readonly clerkError = true
}
