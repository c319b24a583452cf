import { type ForwardedState, isIdentityUnknown } from '@core/backend/internal'
import { NextResponse } from 'next/server'

// Pages and Route Handlers cannot choose the status 503; a middleware can. So they send the visitor
// to the same address with this parameter, which the middleware answers.
const PARAMETER = '__clerk_unavailable'

/** Seconds after which a page that could not be protected may be asked for again. */
const RETRY_AFTER_SECONDS = 5

/** Thrown in a middleware handler while nobody can find out who is asking. */
export class UnavailableInterrupt extends Error {
  override readonly name = 'UnavailableInterrupt'
  readonly retryAfterSeconds: number

  constructor(retryAfterSeconds: number) {
    super('Nobody can find out who is asking, because the signing keys could not be loaded.')
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** Returns the address at which the middleware answers 503. */
export function unavailablePath(url: URL): string {
  const target = new URL(url)
  target.searchParams.set(PARAMETER, '1')
  return target.pathname + target.search
}

/**
 * Answers the address of {@link unavailablePath}: 503 for as long as nobody can find out who is
 * asking, then the page itself. Returns `null` for every other address.
 */
export function answerUnavailable({
  state,
  url,
}: Pick<ForwardedState, 'state' | 'url'>): NextResponse | null {
  if (!url.searchParams.has(PARAMETER)) return null
  if (isIdentityUnknown(state.reason)) return unavailableResponse(RETRY_AFTER_SECONDS)
  const target = new URL(url)
  target.searchParams.delete(PARAMETER)
  return NextResponse.redirect(target, 307)
}

/** The answer while nobody can find out who is asking. */
export function unavailableResponse(retryAfterSeconds: number): NextResponse {
  return new NextResponse('The service is not available. Try again in a moment.\n', {
    status: 503,
    headers: {
      'cache-control': 'no-store',
      'content-type': 'text/plain; charset=utf-8',
      'retry-after': String(retryAfterSeconds),
    },
  })
}
