import { decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { openTestServer, type TestServer } from '../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

async function signedIn(settings = {}, type: 'development' | 'production' = 'development') {
  const instance = await server.addInstance({ settings, type })
  const browser = await instance.openBrowser()
  const done = await browser.signUp('ada@example.com')
  const id = done.body.response.created_session_id as string
  const userId = done.body.response.created_user_id as string
  const tokens = (form = {}) => browser.post(`/client/sessions/${id}/tokens`, form)
  return { instance, browser, id, userId, tokens, client: done.body.client }
}

describe('a session token', () => {
  it('is answered bare, signed, of the class of sessions and with the claims of version 1', async () => {
    const { instance, browser, id, userId, tokens } = await signedIn()
    server.advance(90_000)
    const answer = await tokens({ organization_id: '', tab_state: 'focused' })
    expect(Object.keys(answer.body)).toEqual(['object', 'jwt'])
    const now = Math.floor(server.now / 1000)
    expect(await instance.verify(answer.body.jwt)).toEqual({
      iss: instance.keys.apiUrl,
      sub: userId,
      sid: id,
      iat: now,
      nbf: now - 10,
      exp: now + 60,
      azp: browser.origin,
      fva: [1, -1],
    })
    expect(decodeProtectedHeader(answer.body.jwt)).toMatchObject({
      alg: 'RS256',
      typ: 'JWT',
      cat: 'cl_B7d4PD111AAA',
      kid: expect.stringMatching(/^ins_/),
    })
  })

  it('lives as long as the instance says', async () => {
    const { instance, tokens } = await signedIn({ session_token_lifetime: 8 })
    const { iat = 0, exp } = await instance.verify((await tokens()).body.jwt)
    expect(exp).toBe(iat + 8)
  })

  it('is never issued before the second of the client’s last sign-in', async () => {
    const { instance, browser, tokens } = await signedIn()
    // The clock of the machine is set back.
    server.advance(-5000)
    const client = await browser.client()
    const { iat = 0 } = await instance.verify((await tokens()).body.jwt).finally(() => {
      server.advance(5000)
    })
    expect(iat).toBeGreaterThanOrEqual(Math.floor((client?.updated_at ?? 0) / 1000))
  })

  it('is refused to an organization that nobody is a member of', async () => {
    const { tokens } = await signedIn()
    expect((await tokens({ organization_id: 'org_x' })).status).toBe(404)
  })
})

describe('an organization whose name can be that of none', () => {
  it.each([
    ['too long', 'x'.repeat(300)],
    ['not to be stored', 'org_\0'],
  ])('is one that nobody is in, and no status that signs out: %s', async (_why, name) => {
    const { browser, id, tokens } = await signedIn()
    for (const answer of [
      await tokens({ organization_id: name }),
      await browser.post(`/client/sessions/${id}/touch`, { active_organization_id: name }),
    ]) {
      expect(answer.status).toBe(404)
      expect(answer.body.errors[0].code).toBe('organization_not_found_or_unauthorized')
    }
    expect((await browser.client())?.sessions).toHaveLength(1)
  })
})

describe('a session ends', () => {
  it('when its browser signs out, which keeps the browser known', async () => {
    const { browser, tokens, client } = await signedIn()
    const out = await browser.signOut()
    expect(out.body.response).toMatchObject({ id: client.id, sessions: [] })
    expect(out.body.client.last_active_session_id).toBeNull()
    expect(out.body.client.updated_at).toBeGreaterThan(client.updated_at)
    const refused = await tokens()
    expect(refused.status).toBe(401)
    expect(refused.body.errors[0].code).toBe('authentication_invalid')
    expect((await browser.get('/me')).status).toBe(401)
  })

  it.each(['end', 'remove'])('by %s', async (action) => {
    const { browser, id, tokens } = await signedIn()
    const done = await browser.post(`/client/sessions/${id}/${action}`)
    expect(done.body.response).toMatchObject({ id, last_active_token: null })
    expect(done.body.response.status).toBe(action === 'end' ? 'ended' : 'removed')
    expect(done.body.client.sessions).toEqual([])
    expect((await tokens()).status).toBe(401)
  })

  it('when its time is over', async () => {
    const { instance, browser, id, tokens } = await signedIn({ session_lifetime: 3600 })
    server.advance(3_600_000)
    expect((await tokens()).status).toBe(401)
    expect((await browser.client())?.sessions).toEqual([])
    expect((await instance.call('GET', `/sessions/${id}`)).body.status).toBe('expired')
  })

  it('when it is not used for long, but not while it is used', async () => {
    const { instance, id, tokens } = await signedIn({
      session_inactivity_timeout: 3600,
      session_lifetime: 86_400,
    })
    for (let i = 0; i < 3; i++) {
      server.advance(3_000_000)
      expect((await tokens()).status).toBe(200)
    }
    server.advance(3_600_000)
    expect((await tokens()).status).toBe(401)
    expect((await instance.call('GET', `/sessions/${id}`)).body.status).toBe('abandoned')
  })

  it.each([
    ['revoked', (id: string) => ['POST', `/sessions/${id}/revoke`]],
    ['banned', (_id: string, userId: string) => ['POST', `/users/${userId}/ban`]],
    ['deleted', (_id: string, userId: string) => ['DELETE', `/users/${userId}`]],
  ])('when it or its user is %s', async (_how, request) => {
    const { instance, browser, id, userId, tokens } = await signedIn()
    const [method = '', path = ''] = request(id, userId)
    expect((await instance.call(method, path)).status).toBe(200)
    expect((await tokens()).status).toBe(401)
    expect((await browser.client())?.sessions).toEqual([])
  })

  it('tells a production browser with a zero in both cookies', async () => {
    const { browser } = await signedIn({}, 'production')
    const out = await browser.signOut()
    const uats = out.cookies.filter((cookie) => cookie.startsWith('__client_uat'))
    expect(uats).toHaveLength(2)
    for (const cookie of uats) {
      expect(cookie).toMatch(/^__client_uat(_.{8})?=0; Path=\/; Domain=i\d+\.example\.com; /)
    }
  })
})

describe('a touch', () => {
  it('brings a fresh token, the client, and a later time of change', async () => {
    const { browser, id, client } = await signedIn()
    const touched = await browser.post(`/client/sessions/${id}/touch`, {
      active_organization_id: '',
      intent: 'select_session',
    })
    expect(touched.body.response).toMatchObject({ id, status: 'active' })
    expect(touched.body.response.updated_at).toBeGreaterThan(client.sessions[0].updated_at)
    expect(touched.body.client.last_active_session_id).toBe(id)
    // The time of sign-in must not move, or every token in use would look too old.
    expect(touched.body.client.updated_at).toBe(client.updated_at)
  })

  it('makes another session the active one', async () => {
    const { instance, browser, id } = await signedIn({ single_session_mode: false })
    await instance.call('POST', '/users', {
      email_address: ['eve@example.com'],
      password: 'correct horse',
    })
    await browser.post('/client/sign_ins', {
      identifier: 'eve@example.com',
      password: 'correct horse',
    })
    const touched = await browser.post(`/client/sessions/${id}/touch`, { intent: 'select_session' })
    expect(touched.body.client.last_active_session_id).toBe(id)
    const left = await browser.post(`/client/sessions/${id}/remove`)
    expect(left.body.client.sessions).toHaveLength(1)
    expect(left.body.client.last_active_session_id).toBe(left.body.client.sessions[0].id)
  })
})

it.each(['touch', 'tokens', 'end', 'remove'])(
  'lets no other browser %s a session',
  async (action) => {
    const { instance, id, tokens } = await signedIn()
    const other = await instance.openBrowser()
    await other.post('/client', {}, 'PUT')
    expect((await other.post(`/client/sessions/${id}/${action}`)).status).toBe(401)
    expect((await tokens()).status).toBe(200)
  },
)

it('forgets a browser that deletes its client', async () => {
  const { browser, tokens } = await signedIn({}, 'production')
  const deleted = await browser.post('/client', {}, 'DELETE')
  expect(deleted.body.client).toBeNull()
  expect(browser.clientToken).toBeUndefined()
  expect((await tokens()).status).toBe(401)
})
