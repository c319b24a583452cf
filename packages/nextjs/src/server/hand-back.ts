import { type ForwardedState, isIdentityUnknown, wantsHandshake } from '@core/backend/internal'
import { NextResponse } from 'next/server'

// A page can neither choose the status 503 nor make the router of Next.js load it in full, as the
// identity server must see some requests. A middleware can do both. So pages and Route Handlers hand
// such a request back to it: they redirect to the same address with this parameter.
const PARAMETER = '__clerk_hand_back'

/** Why a request is handed back to the middleware. */
export type HandBackReason = 'load' | 'unavailable'

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

/** Returns the address at which the middleware takes a request back. */
export function handBackPath(url: URL, reason: HandBackReason): string {
  const target = new URL(url)
  target.searchParams.set(PARAMETER, reason)
  return target.pathname + target.search
}

/**
 * Tells whether a page that the router of Next.js fetches must be loaded in full instead: the visitor
 * might be signed in, and only a load can find out. Without that, router and sign-in page would send
 * each other back and forth.
 */
export function needsLoad({ state, kind }: ForwardedState): boolean {
  return kind === 'api' && wantsHandshake(state.reason)
}

/**
 * Answers the addresses of {@link handBackPath}. Returns `null` for every other one.
 *
 * | handed back for | answer |
 * |---|---|
 * | `load` by the router | not a page, so that the router loads the address in full |
 * | `load` by a load, after the handshake | the page itself |
 * | `unavailable` | 503 for as long as nobody can find out who is asking, then the page itself |
 */
export function answerHandedBack({ state, url, kind }: ForwardedState): NextResponse | null {
  const reason = url.searchParams.get(PARAMETER)
  if (reason === null) return null
  if (isIdentityUnknown(state.reason)) return unavailableResponse(RETRY_AFTER_SECONDS)
  if (reason === 'load' && kind !== 'document') {
    return new NextResponse(null, { status: 404, headers: { 'cache-control': 'no-store' } })
  }
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
