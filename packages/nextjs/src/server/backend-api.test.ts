import type { NextRequest } from 'next/server'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  answerBackendApi,
  renderThrough,
  request,
  signedIn,
  startApp,
  stopApp,
} from './app.test-server.ts'
import { clerkClient, clerkMiddleware, currentUser } from './index.ts'

vi.mock('next/headers', async () => (await import('./app.test-server.ts')).nextHeaders())

beforeEach(() => startApp({ CLERK_ENCRYPTION_KEY: 'ab'.repeat(32) }))
afterEach(stopApp)

const render = (to: NextRequest, middleware = clerkMiddleware()) => renderThrough(middleware, to)

describe('currentUser', () => {
  it('asks the Backend API once for each request', async () => {
    const calls = answerBackendApi()
    await render(request('/', await signedIn()))
    const [one, two] = await Promise.all([currentUser(), currentUser()])
    expect(one?.firstName).toBe('Ada')
    expect(two).toBe(one)
    expect(calls.map(({ url }) => url)).toEqual(['https://clerk.app.test/v1/users/user_1'])

    await render(request('/', await signedIn()))
    await currentUser()
    expect(calls).toHaveLength(2)
  })

  it('is null when signed out, without a request', async () => {
    const calls = answerBackendApi()
    await render(request('/'))
    expect(await currentUser()).toBeNull()
    expect(calls).toEqual([])
  })
})

describe('clerkClient', () => {
  it.each([
    ['awaited', async () => (await clerkClient()).users.getUser('user_1')],
    ['called', () => clerkClient().users.getUser('user_1')],
    ['as it is', () => clerkClient.users.getUser('user_1')],
  ])('works %s, with the keys that the middleware has chosen', async (_, call) => {
    const secretKey = 'sk_live_tenant'
    const headers = await render(request('/'), clerkMiddleware({ secretKey }))
    expect([...headers].join()).not.toContain(secretKey)

    const calls = answerBackendApi()
    await call()
    expect(calls.map(({ key }) => key)).toEqual([`Bearer ${secretKey}`])
  })

  it('has, in a handler of the middleware, the keys that were chosen for its request', async () => {
    const calls = answerBackendApi()
    const secretKey = 'sk_live_tenant'
    const middleware = clerkMiddleware(
      async () => {
        await clerkClient.users.getUser('user_1')
      },
      { secretKey },
    )
    await render(request('/'), middleware)
    expect(calls.map(({ key }) => key)).toEqual([`Bearer ${secretKey}`])
  })

  it('has the keys of the environment where no request is answered', async () => {
    const calls = answerBackendApi()
    await clerkClient.users.getUser('user_1')
    expect(calls.map(({ key }) => key)).toEqual(['Bearer sk_live_secret'])
  })
})
