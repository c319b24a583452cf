/**
 * When a request is repeated. Only a `GET` ever is, since nothing tells whether a change that got no
 * answer was made, and at most twice: a server in trouble is not helped by more.
 */

/** Pauses after an attempt that got no answer. The first covers a connection that had gone stale. */
const FAILURE_DELAYS_MS: readonly number[] = [50, 500]

/** Longest pause that a server may ask for. One that needs more is for the caller to come back to. */
const MAX_DELAY_MS = 5_000

/** Passes time, unless a signal ends it: then it rejects with the reason of the signal. */
export type Wait = (delayMs: number, signal?: AbortSignal) => Promise<void>

/** Returns the pause in milliseconds before a request that got no answer is repeated, or `null`. */
export function failureDelay(attempt: number): number | null {
  return FAILURE_DELAYS_MS[attempt] ?? null
}

/**
 * Returns the pause in milliseconds before a request with this answer is repeated, or `null`. Too many
 * requests (429) are not met with more: the caller gets the error, and its `retryAfter`.
 */
export function responseDelay(response: Response, attempt: number): number | null {
  const seconds = retryAfterOf(response)
  if (response.status !== 503 || seconds === undefined) return null
  const isWorthIt = attempt < FAILURE_DELAYS_MS.length && seconds * 1000 <= MAX_DELAY_MS
  return isWorthIt ? seconds * 1000 : null
}

/** Reads how many seconds a server asks to wait, where it says so in a number. */
export function retryAfterOf(response: Response): number | undefined {
  const text = response.headers.get('retry-after')
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : undefined
}

/** Waits by a timer, which goes with the signal. */
export const waitFor: Wait = (delayMs, signal) =>
  new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal?.reason as Error)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, delayMs)
    signal?.addEventListener('abort', stop, { once: true })
  })
