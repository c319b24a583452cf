import { type ApiErrorJSON, errorsOf } from '@core/protocol'
import { retryAfterOf } from './retry.ts'

/** One error of the Backend API. */
export interface ClerkAPIError {
  /** Machine-readable, stable: `resource_not_found`. */
  readonly code: string
  /** What is wrong, for developers. */
  readonly message: string
  /** What is wrong, for the person in front of the screen. */
  readonly longMessage: string | undefined
  /** What the error is about, as far as the API says. */
  readonly meta: {
    /** Parameter at fault, as the API spells it: `email_address`. */
    readonly paramName?: string
    /** Session at fault. */
    readonly sessionId?: string
    /** Addresses at fault: those that are invited already. */
    readonly emailAddresses?: readonly string[]
    /** Identifiers at fault. */
    readonly identifiers?: readonly string[]
    /** What is weak about a password. */
    readonly zxcvbn?: {
      readonly suggestions: readonly { readonly code: string; readonly message: string }[]
    }
    /** Plan that is exceeded. */
    readonly plan?: string
    /** Whether a larger plan exists. */
    readonly isPlanUpgradePossible?: boolean
    /** Seats there are. */
    readonly seatsQuantity?: number
    /** Seats that are missing. */
    readonly seatsQuantityToAdd?: number
  }
}

/** Thrown when the Backend API refuses a request, or cannot be reached. */
export class ClerkAPIResponseError extends Error {
  /** Tells the class where `instanceof` cannot: across copies of the package, and in logs. */
  override readonly name = 'ClerkAPIResponseError'
  /** Marks errors of this product, as other packages of it do. */
  readonly clerkError = true
  /** Always the same: what went wrong is in `errors`. */
  readonly code = 'api_response_error'
  /** HTTP status of the response; absent if there was none. */
  readonly status: number | undefined
  /** All that is wrong. `unexpected_error` if there was no answer, or none that is JSON. */
  readonly errors: readonly ClerkAPIError[]
  /** Identifies the request in the server's logs; empty if unknown. */
  readonly clerkTraceId: string
  /** Seconds to wait before another attempt, where the server says. */
  readonly retryAfter: number | undefined

  constructor(
    message: string,
    details: {
      readonly status?: number | undefined
      readonly errors: readonly ClerkAPIError[]
      readonly clerkTraceId?: string | undefined
      readonly retryAfter?: number | undefined
      readonly cause?: unknown
    },
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.status = details.status
    this.errors = details.errors
    this.clerkTraceId = details.clerkTraceId ?? ''
    this.retryAfter = details.retryAfter
  }
}

/** Tells whether something thrown is an error of the Backend API. */
export function isClerkAPIResponseError(error: unknown): error is ClerkAPIResponseError {
  return error instanceof ClerkAPIResponseError
}

/** Reads the error out of a response. */
export function fromResponse(response: Response, body: unknown): ClerkAPIResponseError {
  const errors = errorsOf(body).map(fromJson)
  const traceId = (body as { readonly clerk_trace_id?: unknown } | null)?.clerk_trace_id
  return new ClerkAPIResponseError(
    response.statusText || errors[0]?.message || `The Backend API answered ${response.status}.`,
    {
      status: response.status,
      errors,
      clerkTraceId: typeof traceId === 'string' ? traceId : (response.headers.get('cf-ray') ?? ''),
      retryAfter: retryAfterOf(response),
    },
  )
}

/** Wraps what stopped a request from being answered. */
export function fromFailure(cause: unknown): ClerkAPIResponseError {
  const message = 'The Backend API could not be reached. Check CLERK_API_URL.'
  return new ClerkAPIResponseError(message, {
    errors: [{ code: 'unexpected_error', message, longMessage: undefined, meta: {} }],
    cause,
  })
}

/** What an error may say about itself. Anything else is not for applications. */
const META: Readonly<Record<string, keyof ClerkAPIError['meta']>> = {
  param_name: 'paramName',
  session_id: 'sessionId',
  email_addresses: 'emailAddresses',
  identifiers: 'identifiers',
  zxcvbn: 'zxcvbn',
  plan: 'plan',
  is_plan_upgrade_possible: 'isPlanUpgradePossible',
  seats_quantity: 'seatsQuantity',
  seats_quantity_to_add: 'seatsQuantityToAdd',
}

function fromJson({ code, message, long_message: longMessage, meta }: ApiErrorJSON): ClerkAPIError {
  const entries = Object.entries(meta ?? {}).flatMap(([name, value]) =>
    Object.hasOwn(META, name) ? [[META[name], value]] : [],
  )
  return { code, message, longMessage, meta: Object.fromEntries(entries) as ClerkAPIError['meta'] }
}
