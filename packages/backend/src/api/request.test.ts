/** How requests to the Backend API are sent, repeated and given up, and what is made of an answer. */

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CONTEXT } from '../../test/authenticate.ts'
import { createIssuer } from '../../test/issuer.ts'
import { createAuthenticator } from '../authenticator.ts'
import type { ClerkClient } from '../client.ts'
import type { ClerkAPIResponseError } from './errors.ts'

const { publishableKey, secretKey } = await createIssuer()

const userJson = { object: 'user', id: 'user_1' }

type Answer = (attempt: number, init: RequestInit) => Response | Promise<Response>

interface Sent {
  readonly client: ClerkClient
  /** Milliseconds from the start of the test to each request. */
  readonly times: number[]
  readonly lines: string[]
}

/** A client whose requests are answered, and when it sent them. */
function clientOver(answer: Answer): Sent {
  const start = Date.now()
  const times: number[] = []
  const lines: string[] = []
  const send: typeof fetch = async (input, init = {}) => {
    times.push(Date.now() - start)
    lines.push(`${init.method ?? 'GET'} ${new URL(String(input)).pathname}`)
    return await answer(times.length - 1, init)
  }
  const { client } = createAuthenticator({ publishableKey, secretKey }, { ...CONTEXT, fetch: send })
  return { client, times, lines }
}

/** Lets all pauses pass and returns what was thrown. */
async function errorOf(call: Promise<unknown>): Promise<ClerkAPIResponseError> {
  const settled = call.then(
    (result) => ({ result }),
    (error: unknown) => ({ error }),
  )
  await vi.runAllTimersAsync()
  const outcome = await settled
  if ('result' in outcome) throw new Error('Expected a rejection')
  return outcome.error as ClerkAPIResponseError
}

async function resultOf<T>(call: Promise<T>): Promise<T> {
  await vi.runAllTimersAsync()
  return await call
}

const lost = (): Promise<never> => Promise.reject(new TypeError('fetch failed'))
const brokenOff = (): Response =>
  new Response(
    new ReadableStream({ start: (controller) => controller.error(new TypeError('terminated')) }),
    { headers: { 'content-type': 'application/json' } },
  )
const busy = (retryAfter?: string): Response =>
  Response.json(
    { errors: [{ code: 'maintenance_mode', message: 'm' }] },
    { status: 503, headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter } },
  )

type Calls = readonly (readonly [string, (client: ClerkClient) => Promise<unknown>])[]

const CHANGES: Calls = [
  ['POST', ({ users }) => users.banUser('user_1')],
  ['PATCH', ({ users }) => users.updateUser('user_1', { firstName: 'A' })],
  ['PUT', ({ users }) => users.replaceUserMetadata('user_1', { publicMetadata: {} })],
  ['DELETE', ({ users }) => users.deleteUser('user_1')],
]

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('a request that gets no answer', () => {
  it.each([
    ['no connection', lost],
    ['an answer that breaks off', brokenOff],
  ])('is repeated twice if it only reads, then given up: %s', async (_, answer) => {
    const { client, times } = clientOver(answer)
    const error = await errorOf(client.users.getUser('user_1'))
    expect(times).toEqual([0, 50, 550])
    expect(error).toMatchObject({
      name: 'ClerkAPIResponseError',
      status: undefined,
      errors: [{ code: 'unexpected_error' }],
      cause: expect.any(TypeError),
    })
  })

  it('is of no consequence if a repetition gets one', async () => {
    const { client, times } = clientOver((attempt) =>
      attempt < 2 ? lost() : Response.json(userJson),
    )
    expect(await resultOf(client.users.getUser('user_1'))).toMatchObject({ id: 'user_1' })
    expect(times).toEqual([0, 50, 550])
  })

  it.each(CHANGES)('is never repeated if it changes something: %s', async (method, call) => {
    const { client, lines } = clientOver(lost)
    const error = await errorOf(call(client))
    expect(error.errors[0]?.code).toBe('unexpected_error')
    expect(lines).toEqual([expect.stringMatching(`^${method} `)])
  })
})

describe('an instance that says when to come back', () => {
  it.each([
    ['0', [0, 0, 0]],
    ['1', [0, 1000, 2000]],
    ['5', [0, 5000, 10_000]],
  ])('is asked again after %s seconds, twice', async (retryAfter, expected) => {
    const { client, times } = clientOver(() => busy(retryAfter))
    const error = await errorOf(client.users.getUser('user_1'))
    expect(times).toEqual(expected)
    expect(error).toMatchObject({ status: 503, retryAfter: Number(retryAfter) })
  })

  it('is asked no further once it answers', async () => {
    const { client, times } = clientOver((attempt) =>
      attempt === 0 ? busy('2') : Response.json(userJson),
    )
    expect(await resultOf(client.users.getUser('user_1'))).toMatchObject({ id: 'user_1' })
    expect(times).toEqual([0, 2000])
  })

  it.each([
    ['6', 6],
    ['3600', 3600],
    [undefined, undefined],
    ['', undefined],
    ['-1', undefined],
    ['0.5', undefined],
    ['Wed, 21 Oct 2026 07:28:00 GMT', undefined],
  ])('is left to the caller where it asks for %j', async (retryAfter, expected) => {
    const { client, times } = clientOver(() => busy(retryAfter))
    const error = await errorOf(client.users.getUser('user_1'))
    expect(times).toEqual([0])
    expect(error.retryAfter).toBe(expected)
  })

  it.each([429, 500, 502, 504])('is not asked again after a %i', async (status) => {
    const { client, times } = clientOver(() =>
      Response.json({ errors: [] }, { status, headers: { 'retry-after': '1' } }),
    )
    expect(await errorOf(client.users.getUser('user_1'))).toMatchObject({ status, retryAfter: 1 })
    expect(times).toEqual([0])
  })

  it.each(CHANGES)('is not asked twice for a change: %s', async (_, call) => {
    const { client, times } = clientOver(() => busy('0'))
    expect(await errorOf(call(client))).toMatchObject({ status: 503, retryAfter: 0 })
    expect(times).toEqual([0])
  })
})

describe('a signal', () => {
  const reason = new Error('The visitor left')

  it('that has ended keeps a request from being sent', async () => {
    const { client, times } = clientOver(() => Response.json(userJson))
    const signal = AbortSignal.abort(reason)
    expect(await errorOf(client.users.getUser('user_1', { signal }))).toBe(reason)
    expect(await errorOf(client.users.banUser('user_1', { signal }))).toBe(reason)
    expect(times).toEqual([])
  })

  it.each([
    ['rejects', (signal: AbortSignal) => Promise.reject(signal.reason as Error)],
    ['answers all the same', () => Promise.resolve(Response.json(userJson))],
  ])('ends a request under way whose transport %s', async (_, settle) => {
    const controller = new AbortController()
    const { client, times } = clientOver(async (_, { signal }) => {
      await new Promise((resolve) => signal?.addEventListener('abort', resolve))
      return settle(controller.signal)
    })
    const call = client.users.getUser('user_1', { signal: controller.signal })
    setTimeout(() => controller.abort(reason), 10)
    expect(await errorOf(call)).toBe(reason)
    expect(times).toEqual([0])
  })

  it.each([
    ['no answer', lost, 10],
    ['an answer that says when to come back', () => busy('5'), 4000],
  ])('ends the pause after %s at once', async (_, answer, after) => {
    const { client, times } = clientOver(answer)
    const controller = new AbortController()
    const start = Date.now()
    let end = 0
    let timers = 0
    const call = client.users.getUser('user_1', { signal: controller.signal }).finally(() => {
      end = Date.now()
      timers = vi.getTimerCount()
    })
    setTimeout(() => controller.abort(reason), after)
    expect(await errorOf(call)).toBe(reason)
    expect(times).toEqual([0])
    expect(end - start).toBe(after)
    expect(timers).toBe(0)
  })

  it('ends a method of two requests after the first', async () => {
    const controller = new AbortController()
    const { client, lines } = clientOver(() => {
      queueMicrotask(() => controller.abort(reason))
      return Response.json(userJson)
    })
    const params = { firstName: 'A', publicMetadata: {} }
    const call = client.users.updateUser('user_1', params, { signal: controller.signal })
    expect(await errorOf(call)).toBe(reason)
    expect(lines).toEqual(['PATCH /v1/users/user_1'])
  })

  it('that never ends leaves nothing behind', async () => {
    const { signal } = new AbortController()
    const added = vi.spyOn(signal, 'addEventListener')
    const removed = vi.spyOn(signal, 'removeEventListener')
    const { client } = clientOver((attempt) => (attempt < 2 ? lost() : Response.json(userJson)))
    await resultOf(client.users.getUser('user_1', { signal }))
    expect(added).toHaveBeenCalledTimes(2)
    expect(removed).toHaveBeenCalledTimes(2)
  })
})

const json = (text: string, type = 'application/json', status = 200): Response =>
  new Response(text, { status, headers: { 'content-type': type } })

describe('an answer', () => {
  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/json;charset=UTF-8',
    'Application/JSON',
  ])('is read as JSON where it is %s', async (type) => {
    const { client } = clientOver(() => json('{"object":"user","first_name":"A"}', type))
    expect(await client.users.getUser('user_1')).toMatchObject({ firstName: 'A' })
    const failing = clientOver(() => json('{"errors":[{"code":"x","message":"m"}]}', type, 422))
    const error = await errorOf(failing.client.users.getUser('user_1'))
    expect(error.errors).toMatchObject([{ code: 'x' }])
  })

  it.each([
    ['a page', () => json('<h1>Sign in to the proxy</h1>', 'text/html')],
    ['a page without a media type', () => new Response('Hello')],
    ['JSON that is cut off', () => json('{"object":"user","first_na')],
    ['JSON of another name', () => json('{}', 'application/jsonp')],
  ])('that is %s is no success', async (_, answer) => {
    const { client, times } = clientOver(answer)
    expect(await errorOf(client.users.getUser('user_1'))).toMatchObject({
      errors: [{ code: 'unexpected_error' }],
    })
    expect(times).toEqual([0])
  })

  it.each([
    ['204', () => new Response(null, { status: 204 })],
    ['202 without a body', () => new Response('', { status: 202 })],
    ['200 with an empty body of JSON', () => json('')],
  ])('may be empty: %s', async (_, answer) => {
    const { client } = clientOver(answer)
    expect(await client.instance.update({ testMode: true })).toBe(undefined)
  })

  it('of a kind that is not known passes as it is, in lists too', async () => {
    const thing = { object: 'hologram', a_b: [{ c_d: null }], at: 1 }
    for (const body of [thing, { a_b: 1 }, [1, 'a', null, thing], 7, 'text', true, null]) {
      const { client } = clientOver(() => Response.json(body))
      expect(await client.users.getUser('user_1')).toEqual(body)
    }
    const { client } = clientOver(() => Response.json({ data: [thing, null], total_count: 2 }))
    const list = await client.sessions.getSessionList()
    expect(list).toEqual({ data: [thing, null], totalCount: 2 })
  })

  it('of a kind that is known keeps members that are not', async () => {
    const { client } = clientOver(() =>
      Response.json({
        ...userJson,
        brand_new: { in_side: [{ a_b: 1 }] },
        public_metadata: { a_b: 1 },
      }),
    )
    const user = await client.users.getUser('user_1')
    expect(user).toMatchObject({ brandNew: { inSide: [{ aB: 1 }] }, publicMetadata: { a_b: 1 } })
  })

  it.each([
    ['a page of a list', { data: [userJson], total_count: 31 }, 1, 31],
    ['a bare list', [userJson, userJson], 2, 2],
    ['an empty page', { data: [], total_count: 3 }, 0, 3],
    ['nothing', {}, 0, 0],
  ])('that is %s becomes data and a count', async (_, body, length, totalCount) => {
    const { client } = clientOver(() => Response.json(body))
    const list = await client.organizations.getOrganizationList()
    expect(Object.keys(list).toSorted()).toEqual(['data', 'totalCount'])
    expect(list).toMatchObject({ totalCount })
    expect(list.data).toHaveLength(length)
  })

  it('that leads elsewhere is not followed: the secret key would go along', async () => {
    vi.useRealTimers()
    const seen: string[] = []
    const server = createServer((request, response) => {
      seen.push(request.url ?? '')
      response.writeHead(302, { location: '/elsewhere' }).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    try {
      const { client } = createAuthenticator(
        { publishableKey, secretKey, apiUrl: `http://127.0.0.1:${port}` },
        { ...CONTEXT, fetch },
      )
      await expect(client.users.banUser('user_1')).rejects.toHaveProperty('clerkError', true)
      expect(seen).toEqual(['/v1/users/user_1/ban'])
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })
})

const failWith = (
  body: unknown,
  headers: Record<string, string> = {},
): Promise<ClerkAPIResponseError> =>
  errorOf(clientOver(() => Response.json(body, { status: 422, headers })).client.users.getUser('u'))

describe('an error of the Backend API', () => {
  it('carries all that may be known of its cause, and nothing else', async () => {
    const { errors } = await failWith({
      errors: [
        {
          code: 'form_password_not_strong_enough',
          message: 'm',
          meta: {
            param_name: 'password',
            session_id: 'sess_1',
            email_addresses: ['a@b.c'],
            identifiers: ['x'],
            zxcvbn: { suggestions: [{ code: 'c', message: 'm' }] },
            plan: 'pro',
            is_plan_upgrade_possible: false,
            seats_quantity: 5,
            seats_quantity_to_add: 0,
            internal: 'secret',
            __proto__: 1,
          },
        },
      ],
    })
    expect(errors[0]?.meta).toEqual({
      paramName: 'password',
      sessionId: 'sess_1',
      emailAddresses: ['a@b.c'],
      identifiers: ['x'],
      zxcvbn: { suggestions: [{ code: 'c', message: 'm' }] },
      plan: 'pro',
      isPlanUpgradePossible: false,
      seatsQuantity: 5,
      seatsQuantityToAdd: 0,
    })
  })

  it.each([
    ['its body', { clerk_trace_id: 'trace_1' }, { 'cf-ray': 'ray_1' }, 'trace_1'],
    ['a header', {}, { 'cf-ray': 'ray_1' }, 'ray_1'],
    ['a header, if the body has nonsense', { clerk_trace_id: 5 }, { 'cf-ray': 'r' }, 'r'],
    ['nowhere', {}, {}, ''],
  ])('takes its trace id from %s', async (_, body, headers, expected) => {
    const error = await failWith({ errors: [], ...body }, headers)
    expect(error.clerkTraceId).toBe(expected)
  })

  it.each([
    [{}],
    [{ errors: null }],
    [{ errors: 'x' }],
    [{ errors: [null, 5, 'x', {}, { code: 5, message: 'm' }] }],
    [[]],
    ['text'],
  ])('has no errors where the body has none: %j', async (body) => {
    expect(await failWith(body)).toMatchObject({ status: 422, errors: [] })
  })

  it('says something where there is no status text', async () => {
    expect((await failWith({ errors: [{ code: 'c', message: 'Too short.' }] })).message).toBe(
      'Too short.',
    )
    expect((await failWith({})).message).toBe('The Backend API answered 422.')
  })
})
