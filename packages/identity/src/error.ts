/** Why the identity server cannot start or go on. */
export type IdentityErrorCode =
  | 'data-in-use'
  | 'data-unreadable'
  | 'database-foreign'
  | 'database-unreachable'
  | 'database-url-invalid'
  | 'disk-full'
  | 'import-refused'
  | 'invalid-host'
  | 'invalid-option'
  | 'invalid-setting'
  | 'no-instance'
  | 'no-key'
  | 'port-taken'
  | 'refused'
  | 'schema-outdated'
  | 'secret-missing'
  | 'secret-weak'
  | 'secret-wrong'
  | 'unsafe-in-production'

/** A problem that a person must solve. Its message is a sentence that says how. */
export class IdentityError extends Error {
  readonly code: IdentityErrorCode

  constructor(code: IdentityErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'IdentityError'
    this.code = code
  }
}
