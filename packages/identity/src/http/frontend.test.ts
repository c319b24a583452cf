import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { openTestServer, send, type Answer, type TestServer } from '../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

describe('cross-origin requests', () => {
  it.each([
    ['http://localhost:3000', true],
    ['http://localhost:65535', true],
    ['http://127.0.0.1:3001', true],
    ['http://app.localhost', true],
    ['http://[::1]:3000', true],
    ['https://app.example.com', true],
    ['https://app.example.com.evil.com', false],
    ['http://app.example.com', false],
    ['https://sub.app.example.com', false],
    ['http://localhost.evil.com', false],
    ['http://192.168.0.1:3000', false],
    ['null', false],
    ['HTTPS://APP.EXAMPLE.COM', false],
    ['https://app.example.com/', false],
  ])('of %s may be read in development: %s', async (origin, isAllowed) => {
    const instance = await server.addInstance({
      settings: { allowed_origins: ['https://app.example.com'] },
    })
    const answer = await send(
      server,
      new Request(`${instance.keys.apiUrl}/v1/dev_browser`, {
        method: 'POST',
        headers: { origin },
      }),
    )
    expect(answer.status).toBe(isAllowed ? 200 : 400)
    expect(answer.headers.get('access-control-allow-origin')).toBe(isAllowed ? origin : null)
    expect(answer.headers.get('vary')).toBe('Origin')
    expect(answer.headers.get('access-control-allow-credentials')).toBe(isAllowed ? 'true' : null)
    expect(answer.headers.get('access-control-expose-headers') ?? '').toMatch(
      isAllowed ? /Clerk-Db-Jwt/ : /^$/,
    )
    expect(answer.body.errors?.[0].code).toBe(isAllowed ? undefined : 'origin_invalid')
  })

  it('may read errors, too', async () => {
    const browser = await (await server.addInstance()).openBrowser()
    for (const answer of [
      await browser.get('/nothing-here'),
      await browser.get('/me'),
      await browser.post('/client/sign_ins', { identifier: 'nobody@example.com' }),
    ]) {
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(answer.headers.get('access-control-allow-origin')).toBe(browser.origin)
    }
  })

  it('are told so before they are sent', async () => {
    const instance = await server.addInstance()
    const preflight = (origin: string): Promise<Answer> =>
      send(
        server,
        new Request(`${instance.keys.apiUrl}/v1/client`, {
          method: 'OPTIONS',
          headers: { origin },
        }),
      )
    const allowed = await preflight('http://localhost:3000')
    expect(allowed.status).toBe(204)
    expect(allowed.headers.get('access-control-allow-headers')).toMatch(/Authorization/)
    const foreign = await preflight('https://evil.com')
    expect(foreign.headers.get('access-control-allow-origin')).toBeNull()
  })
})

it('is what an answer says it is, whoever makes it, and however it ends', async () => {
  const instance = await server.addInstance()
  const browser = await instance.openBrowser()
  await browser.signUp('ada@example.com')
  const { apiUrl } = instance.keys
  const fetched = (path: string, init?: RequestInit) =>
    send(server, new Request(apiUrl + path, init))
  const answers = {
    health: await fetched('/health'),
    page: await fetched('/sign-in'),
    preflight: await fetched('/v1/client', { method: 'OPTIONS' }),
    'key set': await fetched('/.well-known/jwks.json'),
    nothing: await fetched('/v1/nothing-here'),
    resource: await browser.get('/client'),
    'a refusal of a route': await browser.post('/client/sign_ins', { strategy: 'none' }),
    'a refusal before it': await browser.get('/client', { origin: 'https://evil.example' }),
    handshake: await browser.get('/client/handshake?redirect_url=http%3A%2F%2Flocalhost%3A3000%2F'),
    'for a server': await instance.call('GET', '/users'),
    'a refusal for a server': await instance.call('GET', '/users/user_none'),
  }
  for (const [what, { headers }] of Object.entries(answers)) {
    expect([what, headers.get('x-content-type-options')]).toEqual([what, 'nosniff'])
  }
})

describe('forged requests of other sites, in production', () => {
  it.each([
    ['another site', { origin: 'https://evil.com' }],
    ['a sibling', { origin: 'https://other.example.com' }],
    ['nobody says', {}],
    ['a sandboxed page', { origin: 'null' }],
  ])('change nothing: %s', async (_who, headers) => {
    const instance = await server.addInstance({ type: 'production' })
    const browser = await instance.openBrowser()
    await browser.signUp('ada@example.com')
    const answer = await send(
      server,
      new Request(`${instance.keys.apiUrl}/v1/client/sessions?_method=DELETE`, {
        method: 'POST',
        headers: {
          ...headers,
          cookie: `__client=${browser.clientToken}`,
          'content-type': 'text/plain',
        },
      }),
    )
    expect(answer.status).toBe(400)
    expect(answer.body.errors[0].code).toBe('origin_invalid')
    expect((await browser.client())?.sessions).toHaveLength(1)
  })

  it('cannot sign out with a link', async () => {
    const instance = await server.addInstance({ type: 'production' })
    const browser = await instance.openBrowser()
    await browser.signUp('ada@example.com')
    await browser.get('/client/sessions?_method=DELETE', { origin: '' })
    expect((await browser.client())?.sessions).toHaveLength(1)
  })
})

describe('a development browser', () => {
  it('changes nothing under a token that is not known', async () => {
    const browser = await (await server.addInstance()).openBrowser()
    for (const token of ['unknown', '__proto__', 'x'.repeat(10_000)]) {
      browser.devBrowser = token
      const answer = await browser.post('/client/sign_ins', {})
      expect(answer.status).toBe(401)
      expect(answer.body.errors[0].code).toBe('dev_browser_unauthenticated')
    }
  })

  it('is nobody, but never refused, when it asks who it is', async () => {
    const browser = await (await server.addInstance()).openBrowser()
    for (const token of [null, 'unknown', '__proto__', 'x'.repeat(10_000)]) {
      browser.devBrowser = token
      const answer = await browser.get('/client')
      expect(answer.status).toBe(200)
      expect(answer.body).toEqual({ response: null, client: null })
    }
  })

  it('gets one client however many first requests it sends at once', async () => {
    const browser = await (await server.addInstance()).openBrowser()
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => browser.post('/client/sign_ins', {})),
    )
    expect(new Set(answers.map(({ body }) => body.client.id)).size).toBe(1)
  })

  it('does not exist in production, where the cookie counts', async () => {
    const instance = await server.addInstance({ type: 'production' })
    const browser = await instance.openBrowser()
    await browser.signUp('ada@example.com')
    const stranger = await instance.openBrowser()
    stranger.devBrowser = browser.clientToken ?? null
    expect(await stranger.client()).toBeNull()
    stranger.devBrowser = null
    const refused = await stranger.post('/dev_browser')
    expect(refused.status).toBe(400)
    expect(refused.body.errors[0].code).toBe('request_invalid_for_environment')
  })
})

describe('a production browser that nobody knows yet', () => {
  it('keeps nothing of a first request that is undone', async () => {
    const browser = await (await server.addInstance({ type: 'production' })).openBrowser()
    for (const form of [
      { strategy: 'ticket', ticket: 'nothing' },
      { transfer: 'true' },
      { identifier: 'nobody@example.com' },
    ]) {
      const refused = await browser.post('/client/sign_ins', form)
      expect(refused.status).toBe(422)
      expect(refused.cookies).toEqual([])
    }
  })

  it('stays known by a first request that is refused after it began something', async () => {
    const instance = await server.addInstance({ type: 'production' })
    await (await instance.openBrowser()).signUp('ada@example.com')
    const browser = await instance.openBrowser()
    const refused = await browser.post('/client/sign_ins', {
      identifier: 'ada@example.com',
      password: 'wrong horse',
    })
    expect(refused.status).toBe(422)
    expect((await browser.client())?.id).toBe(refused.body.meta.client.id)
  })
})

describe('an app that is no page', () => {
  it.each([
    ['GET', '/client', null],
    ['GET', '/environment', null],
    ['POST', '/client/sign_ins', null],
    ['POST', '/client/sign_ins', 'chrome-extension://abcdefgh'],
  ] as const)('is told so: %s %s from %s', async (method, path, origin) => {
    for (const type of ['development', 'production'] as const) {
      const { keys } = await server.addInstance({ type })
      const answer = await send(
        server,
        new Request(`${keys.apiUrl}/v1${path}?_is_native=1`, {
          method,
          headers: { authorization: '', ...(origin === null ? {} : { origin }) },
        }),
      )
      expect(answer.status).toBe(403)
      expect(answer.body.errors[0].code).toBe('native_api_disabled')
    }
  })
})

describe('the wire', () => {
  it('answers the exact media type, uncached, with a trace in errors', async () => {
    const browser = await (await server.addInstance()).openBrowser()
    for (const answer of [await browser.get('/client'), await browser.get('/nowhere')]) {
      expect(answer.headers.get('content-type')).toBe('application/json')
      expect(answer.headers.get('cache-control')).toBe('no-store')
    }
    const { errors, clerk_trace_id: trace } = (await browser.get('/nowhere')).body
    expect(errors[0]).toEqual({
      code: 'resource_not_found',
      message: expect.any(String),
      long_message: expect.any(String),
      meta: {},
    })
    expect(trace).toMatch(/^[0-9a-f]{32}$/)
  })

  it('ignores a slash at the end of a path', async () => {
    const browser = await (await server.addInstance()).openBrowser()
    expect((await browser.post('/client/sign_ins/')).status).toBe(200)
  })

  it.each([
    ['{"identifier":"a@b.com"', 'application/json', 400],
    ['["a"]', 'application/json', 400],
    ['a=1', 'text/plain', 415],
    ['<a/>', 'application/xml', 415],
    [`identifier=${'x'.repeat(70_000)}`, 'application/x-www-form-urlencoded', 413],
    [`identifier=${'x'.repeat(1000)}`, 'application/x-www-form-urlencoded', 422],
    ['identifier=a%00b', 'application/x-www-form-urlencoded', 422],
    [new Uint8Array([0x61, 0x3d, 0xc0, 0xaf]), 'application/x-www-form-urlencoded', 400],
    ['unsafe_metadata=nonsense', 'application/x-www-form-urlencoded', 200],
  ])('refuses %j as %s with %i, never with 500', async (body, type, status) => {
    const instance = await server.addInstance()
    const browser = await instance.openBrowser()
    const answer = await send(
      server,
      new Request(
        `${instance.keys.apiUrl}/v1/client/sign_ins?__clerk_db_jwt=${browser.devBrowser}`,
        {
          method: 'POST',
          headers: { origin: browser.origin, 'content-type': type },
          body,
        },
      ),
    )
    expect(answer.status).toBe(status)
  })

  it.each(['[]', '"text"', '{"a":', '{"a":"\\u0000"}'])(
    'refuses unsafe metadata that is not an object one can store: %s',
    async (text) => {
      const browser = await (await server.addInstance()).openBrowser()
      const answer = await browser.post('/client/sign_ups', { unsafe_metadata: text })
      expect(answer.status).toBe(422)
      expect(answer.body.errors[0].meta.param_name).toBe('unsafe_metadata')
    },
  )

  it('keeps a key named __proto__ a key', async () => {
    const browser = await (await server.addInstance()).openBrowser()
    const answer = await browser.post('/client/sign_ups', {
      unsafe_metadata: '{"__proto__":{"isAdmin":true}}',
    })
    expect(Object.hasOwn(answer.body.response.unsafe_metadata, '__proto__')).toBe(true)
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined()
  })

  it('serves the environment by GET, and by the POST that development browsers send', async () => {
    const instance = await server.addInstance({ settings: { application_name: 'Acme' } })
    const browser = await instance.openBrowser()
    const read = await browser.get('/environment')
    const patched = await browser.post('/environment', {}, 'PATCH')
    expect(read.body).toEqual(patched.body)
    expect(read.body).toMatchObject({
      object: 'environment',
      display_config: { application_name: 'Acme', instance_environment_type: 'development' },
      commerce_settings: { billing: { organization: {}, user: {} } },
    })
    expect(Object.keys(read.body.user_settings.attributes)).toHaveLength(10)
    expect(read.body).not.toHaveProperty('client')
  })

  it('publishes the key set, without private parts', async () => {
    const instance = await server.addInstance()
    const browser = await instance.openBrowser()
    const { keys } = (await browser.get('/.well-known/jwks.json')).body
    expect(keys).toEqual([
      {
        use: 'sig',
        kty: 'RSA',
        alg: 'RS256',
        kid: expect.stringMatching(/^ins_/),
        n: expect.any(String),
        e: 'AQAB',
      },
    ])
  })
})

it('serves nobody under a host it does not know', async () => {
  for (const path of ['/v1/client', '/v1/environment', '/sign-in', '/dev/outbox', '/']) {
    const answer = await send(server, new Request(`http://evil.com:4000${path}`))
    expect(answer.status).toBe(404)
  }
})

it.each(['/health', '/health/live', '/health/ready'])('is well, says %s', async (path) => {
  const answer = await send(server, new Request(`http://anything${path}`))
  expect(answer.status).toBe(200)
  expect(answer.body).toEqual({ status: 'ok' })
})
