import type { ApiErrorJSON, ApiErrorMeta } from '@core/protocol'
import { toCamelCase, type CamelCased } from './names.ts'

/** One error of an answer, in camelCase. */
export interface ClerkAPIError {
  /** Machine-readable, stable: `form_password_incorrect`. */
  readonly code: string
  readonly message: string
  /** Text for the person in front of the screen. */
  readonly longMessage?: string
  /** What it is about; `paramName` is the parameter at fault, as on the wire: `email_address`. */
  readonly meta: CamelCased<ApiErrorMeta>
}

/** The identity server said no. Thrown for every answer outside 2xx. */
export class ClerkAPIResponseError extends Error {
  override readonly name = 'ClerkAPIResponseError'
  readonly clerkError = true
  /** HTTP status. */
  readonly status: number
  /** At least one. */
  readonly errors: readonly ClerkAPIError[]
  /** Seconds to wait before the next try, where the server said so. */
  readonly retryAfter: number | undefined

  constructor(status: number, errors: readonly ApiErrorJSON[], retryAfter?: number) {
    const known = errors.length > 0 ? errors : [unreadable(status)]
    super(known[0]?.long_message ?? known[0]?.message)
    this.status = status
    this.errors = known.map(toClerkAPIError)
    this.retryAfter = retryAfter
  }
}

const MESSAGES = {
  network_error: 'The identity server cannot be reached. Check the connection and try again.',
  not_loaded: 'The client has not loaded yet. Await clerk.load() first.',
  no_attempt: 'There is no attempt in progress. Call create() first.',
  session_not_found: 'This browser has no such session.',
  publishable_key_invalid: 'The publishable key is missing or malformed. Copy it once more.',
  ui_not_available: 'Components need their bundle. Pass `loadUi` to the constructor.',
} as const

/** Why the client itself could not do what was asked. */
export type ClerkRuntimeErrorCode = keyof typeof MESSAGES

/** Something went wrong in the browser: no network, no client, no component bundle. */
export class ClerkRuntimeError extends Error {
  override readonly name = 'ClerkRuntimeError'
  readonly clerkRuntimeError = true
  readonly code: ClerkRuntimeErrorCode

  constructor(code: ClerkRuntimeErrorCode, options?: ErrorOptions) {
    super(MESSAGES[code], options)
    this.code = code
  }
}

/** Tells whether an error is an answer of the identity server. */
export function isClerkAPIResponseError(error: unknown): error is ClerkAPIResponseError {
  return error instanceof Error && 'clerkError' in error
}

/** Tells whether an error was raised by the client itself. */
export function isClerkRuntimeError(error: unknown): error is ClerkRuntimeError {
  return error instanceof Error && 'clerkRuntimeError' in error
}

function unreadable(status: number): ApiErrorJSON {
  return { code: 'unexpected_response', message: `The identity server answered ${status}.` }
}

function toClerkAPIError(json: ApiErrorJSON): ClerkAPIError {
  return { ...toCamelCase(json), meta: toCamelCase(json.meta ?? {}) }
}
