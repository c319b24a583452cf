import {
  type AuthenticatorOptions,
  type ContinueOutcome,
  type ForwardedState,
  createRequestAuthenticator,
  mergeHeaders,
  requestKind,
  sealRequestState,
  toErrorResponse,
} from '@core/backend/internal'
import { redirect } from 'next/navigation'
import {
  type NextFetchEvent,
  type NextMiddleware,
  type NextRequest,
  NextResponse,
} from 'next/server'
import { type AuthFunction, createAuthFunction } from './auth-function.ts'
import { CONTEXT, environment } from './environment.ts'
import { forwardState, staysHere } from './forward-state.ts'
import { interruptOf, toResponse } from './interrupt.ts'
import { runWithState } from './request-state.ts'
import { UnavailableInterrupt, answerHandedBack, unavailableResponse } from './hand-back.ts'

/** Options of {@link clerkMiddleware}. What is left out comes from the environment. */
export interface ClerkMiddlewareOptions extends AuthenticatorOptions {
  /** Prints who was asking and why, once per request. Nothing secret. */
  readonly debug?: boolean | undefined
}

/** Chooses the options for each request. */
export type ClerkMiddlewareOptionsCallback = (
  request: NextRequest,
) => ClerkMiddlewareOptions | Promise<ClerkMiddlewareOptions>

/** `auth` as a middleware handler gets it. */
export type ClerkMiddlewareAuth = AuthFunction

type HandlerResult = Response | null | undefined | void

/** Runs for each request, after it was authenticated. What it returns is the answer; nothing means "go on". */
export type ClerkMiddlewareHandler = (
  auth: ClerkMiddlewareAuth,
  request: NextRequest,
  event: NextFetchEvent,
) => HandlerResult | Promise<HandlerResult>

/**
 * Authenticates every request and tells the server who is asking. Protects nothing by itself.
 *
 * Belongs into `proxy.ts` (`middleware.ts` before Next.js 16), beside the `app` folder.
 *
 * @example
 * export default clerkMiddleware()
 *
 * @example
 * const isProtected = createRouteMatcher(['/dashboard(.*)'])
 *
 * export default clerkMiddleware(async (auth, request) => {
 *   if (isProtected(request)) await auth.protect()
 * })
 */
export function clerkMiddleware(
  handler: ClerkMiddlewareHandler,
  options?: ClerkMiddlewareOptions | ClerkMiddlewareOptionsCallback,
): NextMiddleware
export function clerkMiddleware(options?: ClerkMiddlewareOptions): NextMiddleware
export function clerkMiddleware(
  request: NextRequest,
  event: NextFetchEvent,
): ReturnType<NextMiddleware>
export function clerkMiddleware(
  first?: ClerkMiddlewareHandler | ClerkMiddlewareOptions | NextRequest,
  second?: ClerkMiddlewareOptions | ClerkMiddlewareOptionsCallback | NextFetchEvent,
): NextMiddleware | ReturnType<NextMiddleware> {
  if (first instanceof Request) return plain(first, second as NextFetchEvent)
  if (typeof first === 'function') {
    return createMiddleware(first, second as ClerkMiddlewareOptions | undefined)
  }
  return createMiddleware(undefined, first)
}

const plain = createMiddleware(undefined, undefined)

function createMiddleware(
  handler: ClerkMiddlewareHandler | undefined,
  options: ClerkMiddlewareOptions | ClerkMiddlewareOptionsCallback | undefined,
): NextMiddleware {
  const debugged = new WeakSet<NextRequest>()
  const { debug: isDebug, ...fixed } = typeof options === 'function' ? {} : (options ?? {})
  const authenticator = createRequestAuthenticator<NextRequest>(
    typeof options === 'function'
      ? async (request) => {
          const { debug, ...chosen } = await options(request)
          if (debug) debugged.add(request)
          return chosen
        }
      : fixed,
    CONTEXT,
  )

  return async (request, event) => {
    const outcome = await authenticator.handle(request, request)
    if (outcome.type === 'respond') return outcome.response

    const state = Object.assign(outcome, { kind: requestKind(request) })
    if (isDebug || debugged.has(request)) print(state)
    const response = answerHandedBack(state) ?? (await answer(handler, state, request, event))
    mergeHeaders(response.headers, state.headers)
    if (staysHere(request, response)) {
      const sealed = await sealRequestState(state, state.kind, environment, Date.now())
      forwardState(request, response, sealed)
    }
    return response
  }
}

/** Runs the handler and turns what it returns or throws into a response. */
async function answer(
  handler: ClerkMiddlewareHandler | undefined,
  state: ForwardedState,
  request: NextRequest,
  event: NextFetchEvent,
): Promise<NextResponse> {
  if (handler === undefined) return NextResponse.next()
  const auth = createAuthFunction({
    read: () => Promise.resolve(state),
    kindOf: ({ kind }) => kind,
    leave: (_, url) => redirect(url),
    unavailable: (_, retryAfterSeconds) => {
      throw new UnavailableInterrupt(retryAfterSeconds)
    },
  })
  try {
    const result = await runWithState(state, () => handler(auth, request, event))
    // A copy, because headers of a response that was fetched cannot be changed.
    return result ? new NextResponse(result.body, result) : NextResponse.next()
  } catch (error) {
    const response = responseTo(error, state, request)
    if (response === null) throw error
    return response
  }
}

function responseTo(
  error: unknown,
  state: ForwardedState,
  request: NextRequest,
): NextResponse | null {
  if (error instanceof UnavailableInterrupt) return unavailableResponse(error.retryAfterSeconds)
  const interrupt = interruptOf(error)
  if (interrupt === null) {
    const response = toErrorResponse(error)
    return response && new NextResponse(response.body, response)
  }
  if (interrupt.type === 'status' && interrupt.status === 404 && state.kind === 'document') {
    // The page that Next.js shows for this, with its status.
    const notFoundPage = request.nextUrl.clone()
    notFoundPage.pathname = '/_not-found'
    return NextResponse.rewrite(notFoundPage)
  }
  return toResponse(interrupt, state.url)
}

function print({ auth, url }: ContinueOutcome): void {
  // oxlint-disable-next-line eslint/no-console -- what `debug` asks for
  console.log(`[clerk] ${url.pathname}`, auth.debug())
}
