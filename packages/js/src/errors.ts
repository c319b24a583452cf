import type { ApiErrorJSON } from '@core/protocol'

/** One error of an answer, in camelCase. */
export interface ClerkAPIError {
  /** Machine-readable, stable: `form_password_incorrect`. */
  readonly code: string
  readonly message: string
  /** Text for the person in front of the screen. */
  readonly longMessage?: string
  readonly meta: {
    /** Name of the parameter at fault, as on the wire: `email_address`. */
    readonly paramName?: string
    readonly sessionId?: string
    readonly emailAddresses?: readonly string[]
    readonly identifiers?: readonly string[]
  }
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
  session_not_found: 'This session is not one of the sessions of this browser.',
  publishable_key_invalid:
    'The publishable key is missing or malformed. Copy it again from the output of `core keys`.',
  ui_not_available:
    'Prebuilt components need their bundle. Pass `loadUi: () => import("@core/ui")` to the constructor.',
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

function toClerkAPIError({ code, message, long_message, meta }: ApiErrorJSON): ClerkAPIError {
  return {
    code,
    message,
    ...(long_message !== undefined && { longMessage: long_message }),
    meta: {
      ...(meta?.param_name !== undefined && { paramName: meta.param_name }),
      ...(meta?.session_id !== undefined && { sessionId: meta.session_id }),
      ...(meta?.email_addresses !== undefined && { emailAddresses: meta.email_addresses }),
      ...(meta?.identifiers !== undefined && { identifiers: meta.identifiers }),
    },
  }
}
