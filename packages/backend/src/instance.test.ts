import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { stateOf } from '../test/authenticate.ts'
import { SECONDS, cookies, createIssuer, pageRequest } from '../test/issuer.ts'
import type { RequestState } from './request/state.ts'

const issuer = await createIssuer()
const { secretKey, suffix } = issuer

const over = issuer.session({ iat: SECONDS - 90, exp: SECONDS - 30 })
const jar = { __session: over, __client_uat: SECONDS - 100, [`__refresh_${suffix}`]: 'rt_1' }

/** Timers of the platform that somebody waits for: they end when a test says so. */
const timers: { readonly ms: number; readonly controller: AbortController }[] = []

beforeEach(() => {
  timers.length = 0
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    const controller = new AbortController()
    timers.push({ ms, controller })
    return controller.signal
  })
})
afterEach(() => {
  vi.restoreAllMocks()
})

const passTime = (): void => {
  for (const { controller } of timers) controller.abort(new DOMException('x', 'TimeoutError'))
}

/** Authenticates a page load with a session to refresh, while the Backend API behaves like this. */
async function load(
  transport: (signal: AbortSignal) => Promise<Response>,
): Promise<{ readonly state: RequestState; readonly signals: readonly AbortSignal[] }> {
  const signals: AbortSignal[] = []
  const state = await stateOf(
    issuer,
    pageRequest('/dashboard', cookies(jar)),
    { secretKey },
    {
      fetch: (_, init) => {
        const signal = init?.signal as AbortSignal
        signals.push(signal)
        return transport(signal)
      },
    },
  )
  return { state, signals }
}

const LATE = {
  status: 'handshake',
  reason: 'session-token-expired-refresh-fetch-error',
}

describe('a visitor who waits for the Backend API', () => {
  it.each([
    [
      'hangs and heeds its signal',
      (signal: AbortSignal) =>
        new Promise<Response>((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error))
          queueMicrotask(passTime)
        }),
    ],
    [
      'hangs whatever it is told',
      () =>
        new Promise<Response>(() => {
          queueMicrotask(passTime)
        }),
    ],
    [
      'sends a body without an end',
      () => {
        const body = new ReadableStream({ pull: () => queueMicrotask(passTime) })
        return Promise.resolve(
          new Response(body, { headers: { 'content-type': 'application/json' } }),
        )
      },
    ],
  ])('waits five seconds, then goes the long way, if it %s', async (_, transport) => {
    const { state, signals } = await load(transport)
    expect(state).toMatchObject(LATE)
    expect(timers.map(({ ms }) => ms)).toEqual([5000])
    expect(signals).toHaveLength(1)
    expect(signals[0]?.aborted).toBe(true)
  })

  it('is not disturbed by time that passes after the answer', async () => {
    const { state } = await load(() =>
      Promise.resolve(
        Response.json({ object: 'cookies', cookies: [`__session=${issuer.session()}`] }),
      ),
    )
    expect(state).toMatchObject({ status: 'signed-in' })
    passTime()
    // A rejection that nobody waits for would be noticed now.
    await new Promise((resolve) => setImmediate(resolve))
    expect(state.toAuth()?.userId).toBe('user_1')
  })
})
