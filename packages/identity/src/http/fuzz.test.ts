import {
  anything,
  assert,
  asyncProperty,
  constant,
  constantFrom,
  dictionary,
  json,
  oneof,
  string,
} from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'

import {
  openTestServer,
  send,
  type TestBrowser,
  type TestInstance,
  type TestServer,
} from '../testing/server.ts'
import { backendRoutes } from './backend-routes.ts'
import { frontendRoutes } from './frontend.ts'

let server: TestServer
let instance: TestInstance
let browser: TestBrowser
let ids: string[]
beforeAll(async () => {
  server = await openTestServer()
  // Who is signed in stays, so that what comes after finds them.
  const settings = { single_session_mode: false, delete_self: false }
  instance = await server.addInstance({ settings })
  browser = await instance.openBrowser()
  const done = (await browser.signUp('ada@example.com')).body
  // Somebody else: whoever is signed in already does not begin anew.
  await instance.call('POST', '/users', {
    email_address: ['bob@example.com'],
    password: 'correct horse',
  })
  const signIn = (await browser.post('/client/sign_ins', { identifier: 'bob@example.com' })).body
  const signUp = (await browser.post('/client/sign_ups', { email_address: 'eve@example.com' })).body
  ids = [
    done.response.created_user_id,
    done.response.created_session_id,
    done.client.id,
    signIn.response.id,
    signUp.response.id,
  ]
})
afterAll(() => server.close())

const NAMES = [
  'identifier',
  'password',
  'strategy',
  'code',
  'email_address',
  'email_address_id',
  'first_name',
  'unsafe_metadata',
  'public_metadata',
  'locale',
  'legal_accepted',
  'organization_id',
  'active_organization_id',
  'limit',
  'offset',
  'order_by',
  'query',
  'user_id',
  'status',
  'created_at',
  'expires_in_seconds',
  'primary_email_address_id',
  'sign_out_of_other_sessions',
  'username',
  'paginated',
  'token',
]

const name = oneof(constantFrom(...NAMES), string())
const text = oneof(
  string({ unit: 'binary' }),
  json(),
  constantFrom(
    '',
    'email_code',
    'password',
    'reset_password_email_code',
    'ada@example.com',
    '__proto__',
    '\0',
    '\uD800',
    '1e999',
    '-1',
    '9999999999999999',
    "' or 1=1 --",
    '%',
    'null',
    'true',
    '2026-01-01T00:00:00Z',
    '{"__proto__":{"a":1}}',
    '{"a":"\\u0000"}',
    'x'.repeat(5000),
  ),
)

it('answers any form to the Frontend API with what it says, never with a failure of its own', async () => {
  await assert(
    asyncProperty(
      constantFrom(...frontendRoutes),
      oneof(constantFrom(0, 1, 2, 3, 4), string({ unit: 'binary' })),
      dictionary(name, text, { maxKeys: 6 }),
      dictionary(name, text, { maxKeys: 3 }),
      async (route, id, form, query) => {
        const part = typeof id === 'number' ? (ids[id] ?? '') : encodeURIComponent(wellFormed(id))
        const search = new URLSearchParams({ ...query })
        search.set('__clerk_db_jwt', browser.devBrowser ?? '')
        if (route.method !== 'GET') search.set('_method', route.method)
        const url = `${instance.keys.apiUrl}/v1${route.path.replace(':id', part)}?${search}`
        const answer = await send(
          server,
          new Request(url, {
            method: route.method === 'GET' ? 'GET' : 'POST',
            headers: { origin: browser.origin },
            ...(route.method === 'GET' ? {} : { body: new URLSearchParams({ ...form }) }),
          }),
        )
        expectSound(answer.status, answer.body, route.path)
      },
    ),
    { numRuns: 300 },
  )
})

it('answers any JSON to the Backend API with what it says, never with a failure of its own', async () => {
  await assert(
    asyncProperty(
      constantFrom(...backendRoutes.filter(({ method }) => method !== 'DELETE')),
      oneof(constantFrom(0, 1, 2), string({ unit: 'binary' })),
      oneof(dictionary(name, oneof(text, anything(), constant(null)), { maxKeys: 6 }), anything()),
      dictionary(name, text, { maxKeys: 3 }),
      async (route, id, body, query) => {
        const part = typeof id === 'number' ? (ids[id] ?? '') : encodeURIComponent(wellFormed(id))
        const path = `${route.path.replace(':id', part)}?${new URLSearchParams({ ...query })}`
        const answer = await instance.call(
          route.method,
          path,
          route.method === 'GET' ? undefined : toJson(body),
        )
        expectSound(answer.status, answer.body, route.path)
      },
    ),
    { numRuns: 300 },
  )
})

it('answers a body that is nested ten thousand deep', async () => {
  const depth = 10_000
  const body = `{"public_metadata":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}}`
  const answer = await send(
    server,
    new Request(`${instance.keys.apiUrl}/v1/users/${ids[0]}`, {
      method: 'PATCH',
      headers: {
        authorization: `Bearer ${instance.keys.secretKey}`,
        'content-type': 'application/json',
      },
      body,
    }),
  )
  expect(answer.status).toBe(422)
})

function expectSound(status: number, body: unknown, path: string): void {
  // 503 is the queue of password hashes, which says so.
  expect([path, status]).not.toEqual([path, 500])
  expect(body).toBeTypeOf(status === 204 ? 'string' : 'object')
}

/** `encodeURIComponent` knows no half of a character. */
function wellFormed(value: string): string {
  return value.replaceAll(/\p{Surrogate}/gu, '').replaceAll('.', '')
}

/** What JSON cannot say is left out. */
function toJson(value: unknown): unknown {
  try {
    return JSON.parse(
      JSON.stringify(value, (_key, it) => (typeof it === 'bigint' ? String(it) : it)) ?? 'null',
    )
  } catch {
    return null
  }
}
