import { AsyncLocalStorage } from 'node:async_hooks'
import { type ForwardedState, openRequestState } from '@core/backend/internal'
import { HEADERS } from '@core/protocol'
import { headers } from 'next/headers'
import { unstable_rethrow } from 'next/navigation'
import { environment } from './environment.ts'

// Inside a middleware handler nothing has been sealed yet: the state is at hand.
const inMiddleware = new AsyncLocalStorage<ForwardedState>()

/** Runs a middleware handler, in which the helpers of this package see this state. */
export function runWithState<T>(state: ForwardedState, run: () => T): T {
  return inMiddleware.run(state, run)
}

// Next.js gives each request one object of headers, so that is what the state belongs to.
const opened = new WeakMap<object, Promise<ForwardedState>>()

/**
 * Returns what the middleware has found out about the current request. It is opened once per request,
 * and it opens only if this app has sealed it.
 *
 * @throws {TypeError} if the middleware has not run for the request, for the helper of this name.
 * @throws {ClerkError} `envelope-invalid`
 */
export async function readState(caller: string): Promise<ForwardedState> {
  const state = await findState()
  if (state !== null) return state
  throw new TypeError(
    `${caller}() needs clerkMiddleware(), which has not run for this request. ` +
      'Add the file `proxy.ts` (`middleware.ts` before Next.js 16) beside the `app` folder, in the root of the project or in `src/`, with `export default clerkMiddleware()`. ' +
      'If it is there, let the `matcher` of its `config` include this path.',
  )
}

/** As {@link readState}, but `null` wherever there is no state that could be read. */
export async function readStateIfAny(): Promise<ForwardedState | null> {
  try {
    return await findState()
  } catch (error) {
    // Next.js throws to stop the prerendering of a page that needs a request.
    unstable_rethrow(error)
    return null
  }
}

async function findState(): Promise<ForwardedState | null> {
  const current = inMiddleware.getStore()
  if (current !== undefined) return current

  const requestHeaders = await headers()
  const sealed = requestHeaders.get(HEADERS.requestState)
  if (sealed === null) return null
  let state = opened.get(requestHeaders)
  if (state === undefined) {
    state = openRequestState(sealed, environment, Date.now())
    opened.set(requestHeaders, state)
  }
  return state
}
