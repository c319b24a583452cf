/** One error of an API response. */
export interface ApiErrorJSON {
  /** Machine-readable, stable: `form_password_incorrect`. */
  readonly code: string
  readonly message: string
  /** Text for the person in front of the screen. */
  readonly long_message?: string
  readonly meta?: ApiErrorMeta
}

/** What an error is about. */
export interface ApiErrorMeta {
  /** Body parameter at fault, in snake case. */
  readonly param_name?: string
  readonly session_id?: string
  readonly email_addresses?: readonly string[]
  readonly identifiers?: readonly string[]
}

/** Body of every API response outside 2xx. */
export interface ApiErrorBody {
  readonly errors: readonly ApiErrorJSON[]
  /** State of the browser's client at the time of the error (Frontend API). */
  readonly meta?: { readonly client?: unknown }
  readonly clerk_trace_id?: string
}

/** Reads the errors out of a parsed response body, whatever it is. */
export function errorsOf(body: unknown): readonly ApiErrorJSON[] {
  if (typeof body !== 'object' || body === null || !('errors' in body)) return []
  return Array.isArray(body.errors) ? body.errors.filter(isApiError) : []
}

function isApiError(value: unknown): value is ApiErrorJSON {
  return (
    typeof value === 'object' && value !== null && 'code' in value && typeof value.code === 'string'
  )
}
