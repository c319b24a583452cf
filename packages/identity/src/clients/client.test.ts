import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { openTestServer, send, type TestBrowser, type TestServer } from '../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

const DAY = 24 * 60 * 60 * 1000

async function signedIn(
  type: 'development' | 'production' = 'production',
  settings: object = { client_lifetime: 3600 * 24 * 30 },
) {
  const instance = await server.addInstance({ type, settings })
  const browser = await instance.openBrowser()
  const { response } = (await browser.signUp('ada@example.com')).body
  return { instance, browser, sessionId: response.created_session_id as string }
}

/** What a page does that sends its browser somewhere: there is no origin then. */
const touch = (browser: TestBrowser, target: string) =>
  browser.get(`/client/touch?redirect_url=${encodeURIComponent(target)}`, { origin: '' })

const jwtOf = async (browser: TestBrowser, sessionId: string) =>
  (await browser.post(`/client/sessions/${sessionId}/tokens`)).body.jwt as string

describe('the cookie of a browser', () => {
  it('is good for as long as it was set for, whatever the browser keeps', async () => {
    const { browser } = await signedIn()
    server.advance(30 * DAY - 1)
    expect(await browser.client()).not.toBeNull()
    server.advance(1)
    expect(await browser.client()).toBeNull()
  })

  it('lives on from a visit to the touch address, which leads back', async () => {
    const { instance, browser } = await signedIn()
    const token = browser.clientToken
    server.advance(29 * DAY)
    const answer = await touch(browser, `${instance.keys.apiUrl}/back?x=1,2#here`)
    expect(answer.status).toBe(302)
    expect(answer.headers.get('location')).toBe(`${instance.keys.apiUrl}/back?x=1,2#here`)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.cookies).toEqual([
      `__client=${token}; Path=/; HttpOnly; Max-Age=2592000; Secure; SameSite=Lax`,
    ])
    server.advance(29 * DAY)
    expect(await browser.client()).not.toBeNull()
  })

  it.each(['https://evil.example', '//evil.example', 'javascript:alert(1)', ''])(
    'is not touched on the way to %j',
    async (target) => {
      const { browser } = await signedIn()
      const answer = await touch(browser, target)
      expect(answer.status).toBe(400)
      expect(answer.body.errors[0].code).toBe('redirect_url_invalid')
      expect(answer.cookies).toEqual([])
    },
  )

  it('is given to nobody who has none, nor in development', async () => {
    const { instance } = await signedIn()
    const stranger = await instance.openBrowser()
    stranger.cookies.set('__client', 'planted')
    expect((await touch(stranger, instance.keys.apiUrl)).cookies).toEqual([])
    const development = await signedIn('development')
    const answer = await touch(development.browser, 'http://localhost:3000/back')
    expect(answer.status).toBe(302)
    expect(answer.cookies).toEqual([])
  })

  it('is given once to a browser that signs in with its first request', async () => {
    const { instance, browser } = await signedIn()
    const other = await instance.openBrowser()
    const answer = await other.post('/client/sign_ins', {
      strategy: 'password',
      identifier: 'ada@example.com',
      password: 'correct horse',
    })
    expect(answer.status).toBe(200)
    expect(answer.cookies.filter((cookie) => cookie.startsWith('__client='))).toHaveLength(1)
    expect(other.clientToken).not.toBe(browser.clientToken)
    expect((await other.client())?.sessions.map(({ id }) => id)).toEqual([
      answer.body.response.created_session_id,
    ])
  })
})

it('is one, however many first requests of a development browser arrive at once', async () => {
  const instance = await server.addInstance()
  const browser = await instance.openBrowser()
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => browser.post('/client/sign_ins')),
  )
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  const clients = new Set(answers.map(({ body }) => body.client.id as string))
  expect(clients.size).toBe(1)
  const listed = (await instance.call('GET', '/clients')).body
  expect(listed.map(({ id }: { id: string }) => id)).toEqual([...clients])
})

it('shows who is signed in beside one who acts as them, each whole', async () => {
  const { instance, browser } = await signedIn('production', { single_session_mode: false })
  const [own] = (await browser.client())?.sessions ?? []
  const userId = own?.user?.id ?? ''
  const second = { user_id: userId, email_address: 'countess@example.com', verified: true }
  expect((await instance.call('POST', '/email_addresses', second)).status).toBe(200)
  // Sessions are shown in the order of their beginning.
  server.advance(1000)
  const actor = { sub: 'user_admin' }
  const { token } = (await instance.call('POST', '/actor_tokens', { user_id: userId, actor })).body
  const used = await browser.post('/client/sign_ins', { strategy: 'ticket', ticket: token })
  expect(used.status).toBe(200)
  const sessions = (await browser.client())?.sessions ?? []
  expect(sessions.map((session) => [session.user?.id, session.actor])).toEqual([
    [userId, null],
    [userId, actor],
  ])
  for (const { user } of sessions) {
    expect(user?.email_addresses.map(({ email_address }) => email_address)).toEqual([
      'ada@example.com',
      'countess@example.com',
    ])
  }
})

it('answers a solved riddle with the client, though none is ever posed', async () => {
  const { browser, sessionId } = await signedIn()
  const answer = await browser.post('/client/verify', { captcha_token: 'x' })
  expect(answer.status).toBe(200)
  expect(answer.body.response).toMatchObject({ object: 'client', sessions: [{ id: sessionId }] })
})

it('lists the clients of an instance for its servers, newest first', async () => {
  const { instance, sessionId } = await signedIn()
  server.advance(1000)
  const other = await (await instance.openBrowser()).signUp('eve@example.com')
  const page = await instance.call('GET', '/clients?paginated=true&limit=1')
  expect(page.body.total_count).toBe(2)
  expect(page.body.data).toMatchObject([
    { object: 'client', session_ids: [other.body.response.created_session_id] },
  ])
  const all = await instance.call('GET', '/clients')
  expect(all.body.map((client: { session_ids: string[] }) => client.session_ids[0])).toContain(
    sessionId,
  )
})

describe('a session token that a server has checked here', () => {
  it('is answered with its session', async () => {
    const { instance, browser, sessionId } = await signedIn()
    const token = await jwtOf(browser, sessionId)
    const answer = await instance.call('POST', `/sessions/${sessionId}/verify`, { token })
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ object: 'session', id: sessionId, status: 'active' })
  })

  it.each([
    ['has expired', async () => server.advance(60_000)],
    ['is signed out of', async (browser: TestBrowser) => browser.signOut()],
  ])('is refused when it %s', async (_what, happen) => {
    const { instance, browser, sessionId } = await signedIn()
    const token = await jwtOf(browser, sessionId)
    await happen(browser)
    const answer = await instance.call('POST', `/sessions/${sessionId}/verify`, { token })
    expect(answer.status).toBe(400)
    expect(answer.body.errors[0].code).toBe('invalid_session_token')
  })

  it('is refused for another session, with another signature, of another instance or class', async () => {
    const { instance, browser, sessionId } = await signedIn()
    const other = await signedIn()
    const token = await jwtOf(browser, sessionId)
    const foreign = await jwtOf(other.browser, other.sessionId)
    const second = await (await instance.openBrowser()).signUp('eve@example.com')
    await instance.call('POST', '/jwt_templates', { name: 't', claims: { sid2: 1 } })
    const template = await browser.post(`/client/sessions/${sessionId}/tokens/t`)
    for (const [id, value] of [
      [second.body.response.created_session_id, token],
      [sessionId, `${token.slice(0, -8)}AAAAAAAA`],
      [sessionId, foreign],
      [sessionId, template.body.jwt],
      [sessionId, 'a.b.c'],
      [sessionId, 'nonsense'],
    ]) {
      const answer = await instance.call('POST', `/sessions/${id}/verify`, { token: value })
      expect(answer.body.errors?.[0].code).toBe('invalid_session_token')
    }
  })
})

/** A page whose script asks for no token. */
const openPlain = async () => {
  const instance = await server.addInstance()
  const browser = await instance.openBrowser()
  browser.devBrowser = null
  return { instance, browser }
}

describe('a browser of a development instance that has no token of its own', () => {
  it('is known by a cookie, which a sign-in replaces', async () => {
    const { browser } = await openPlain()
    await browser.post('/client', {}, 'PUT')
    const before = browser.clientToken
    expect(before).toBeDefined()
    const { response } = (await browser.signUp('ada@example.com')).body
    expect(browser.clientToken).not.toBe(before)
    const client = await browser.client()
    expect(client?.sessions.map(({ id }) => id)).toEqual([response.created_session_id])
    await browser.signOut()
    expect((await browser.client())?.sessions).toEqual([])
  })

  it('stays who it is when an app sends it through the handshake', async () => {
    const { browser } = await openPlain()
    await browser.signUp('ada@example.com')
    const client = await browser.client()
    const answer = await browser.handshake({ redirect_url: 'http://localhost:3000/' })
    const token = new URL(answer.headers.get('location') ?? '').searchParams.get(
      '__clerk_handshake',
    )
    const payload = JSON.parse(Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString()) as {
      handshake: string[]
    }
    const directive = payload.handshake.find((it) => it.startsWith('__clerk_db_jwt='))
    browser.cookies.clear()
    browser.devBrowser = directive?.split(';')[0]?.slice('__clerk_db_jwt='.length) ?? null
    expect((await browser.client())?.id).toBe(client?.id)
  })

  it('changes nothing without an origin, for the cookie comes along by itself', async () => {
    const { instance, browser } = await openPlain()
    await browser.signUp('ada@example.com')
    const answer = await send(
      server,
      new Request(`${instance.keys.apiUrl}/v1/client/sessions?_method=DELETE`, {
        method: 'POST',
        headers: { cookie: `__client=${browser.clientToken}` },
      }),
    )
    expect(answer.status).toBe(400)
    expect(answer.body.errors[0].code).toBe('origin_invalid')
    expect((await browser.client())?.sessions).toHaveLength(1)
  })

  it('is refused with a token that nobody knows, whatever its cookie', async () => {
    const { browser } = await openPlain()
    await browser.signUp('ada@example.com')
    browser.devBrowser = 'unknown'
    expect(await browser.client()).toBeNull()
    const refused = await browser.post('/client/sign_ins')
    expect(refused.status).toBe(401)
    expect(refused.body.errors[0].code).toBe('dev_browser_unauthenticated')
  })
})

it('touches nothing over another method', async () => {
  const { instance, browser } = await signedIn()
  const answer = await send(
    server,
    new Request(`${instance.keys.apiUrl}/v1/client/touch`, {
      method: 'POST',
      headers: { origin: browser.origin },
    }),
  )
  expect(answer.status).toBe(404)
})
