import { HEADERS, INTERNAL_HEADER_PREFIX } from '@core/protocol'
import { NextResponse } from 'next/server'

// How Next.js takes the request headers that a middleware hands on: their names in one header,
// their values in one header each.
const OVERRIDDEN_NAMES = 'x-middleware-override-headers'
const OVERRIDDEN_VALUE = 'x-middleware-request-'
const NEXT = 'x-middleware-next'
const REWRITE = 'x-middleware-rewrite'

/** The part of `NextRequest` that decides what is handed on. */
export interface ForwardedRequest {
  readonly url: string
  readonly headers: Headers
}

/**
 * Hands the sealed state on to the server that renders the request, with the request headers that
 * the response already overrides, or else the client's own. Of both, headers under `x-clerk-` are
 * dropped: nobody but this function sends them.
 */
export function forwardState(
  request: ForwardedRequest,
  response: NextResponse,
  sealed: string,
): void {
  const headers = overriddenHeaders(response) ?? new Headers(request.headers)
  deleteAll(headers, INTERNAL_HEADER_PREFIX)
  headers.set(HEADERS.requestState, sealed)

  deleteAll(response.headers, OVERRIDDEN_VALUE)
  const carrier = NextResponse.next({ request: { headers } })
  for (const [name, value] of carrier.headers) {
    if (name === OVERRIDDEN_NAMES || name.startsWith(OVERRIDDEN_VALUE)) {
      response.headers.set(name, value)
    }
  }
}

/**
 * Tells whether this application answers after the middleware: `next()`, or a rewrite within the
 * origin. Redirects, answers and rewrites to other origins get no state.
 */
export function staysHere(request: ForwardedRequest, response: NextResponse): boolean {
  if (response.headers.has(HEADERS.location)) return false
  const rewrite = response.headers.get(REWRITE)
  if (rewrite !== null) return new URL(rewrite, request.url).origin === new URL(request.url).origin
  return response.headers.get(NEXT) === '1'
}

function overriddenHeaders(response: NextResponse): Headers | null {
  const names = response.headers.get(OVERRIDDEN_NAMES)
  if (names === null) return null
  const headers = new Headers()
  for (const name of names.split(',').map((part) => part.trim())) {
    const value = response.headers.get(OVERRIDDEN_VALUE + name)
    if (name !== '' && value !== null) headers.set(name, value)
  }
  return headers
}

function deleteAll(headers: Headers, prefix: string): void {
  const names = [...headers.keys()].filter((name) => name.startsWith(prefix))
  for (const name of names) headers.delete(name)
}
