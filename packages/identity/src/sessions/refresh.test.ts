import { SignJWT, decodeJwt, decodeProtectedHeader, generateKeyPair } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { cookiesOf, handshakeCookies } from '../testing/directives.ts'
import {
  openTestServer,
  type Answer,
  type TestBrowser,
  type TestInstance,
  type TestServer,
} from '../testing/server.ts'

const APP = 'http://localhost:3000'

let server: TestServer
let instance: TestInstance
let browser: TestBrowser
let sessionId: string
beforeAll(async () => {
  server = await openTestServer()
  instance = await server.addInstance()
  browser = await instance.openBrowser()
  const { client } = (await browser.signUp('ada@example.com')).body
  sessionId = client.sessions[0].id
})
afterAll(() => server.close())

interface Pair {
  readonly session: string
  readonly refresh: string
}

/** What an app holds whose visitor was away for two minutes. */
async function expiredPair(of: TestBrowser = browser, app: string = APP): Promise<Pair> {
  const pair = await handshakeCookies(of, `${app}/`)
  server.advance(120_000)
  return pair
}

function exchange(
  pair: Pair,
  change: Readonly<Record<string, unknown>> = {},
  { id = sessionId, suffixed = true, at = instance } = {},
): Promise<Answer> {
  return at.call('POST', `/sessions/${id}/refresh${suffixed ? '?suffixed_cookies=true' : ''}`, {
    format: 'cookie',
    expired_token: pair.session,
    refresh_token: pair.refresh,
    request_origin: APP,
    request_headers: { host: ['localhost:3000'] },
    ...change,
  })
}

/** The pair that an answer leaves in the cookies of an app. */
function pairOf(answer: Answer): Pair {
  const cookies = cookiesOf(answer.body.cookies as string[])
  const refresh = Object.entries(cookies).find(([name]) => name.startsWith('__refresh_'))
  return { session: cookies['__session'] ?? '', refresh: refresh?.[1] ?? '' }
}

async function refusal(answer: Promise<Answer>): Promise<string> {
  const { status, body } = await answer
  expect(status).toBe(401)
  return body.errors[0].code as string
}

describe('an exchange', () => {
  it('brings a fresh session token last, and the next refresh token for servers only', async () => {
    const pair = await expiredPair()
    const answer = await exchange(pair)
    expect(answer.status).toBe(200)
    expect(answer.body.object).toBe('cookies')
    const [refresh, plain, suffixed] = answer.body.cookies as string[]
    expect(refresh).toMatch(
      /^__refresh_[\w-]{8}=rt_[\w-]{22}\.[\w-]{43}; Path=\/; HttpOnly; Max-Age=604800; SameSite=Lax$/,
    )
    expect(plain).toMatch(/^__session=[\w.-]+; Path=\/; Max-Age=31536000; SameSite=Lax$/)
    expect(suffixed).toBe(plain?.replace('__session', suffixed?.split('=')[0] ?? ''))
    const next = pairOf(answer)
    expect(next.refresh).not.toBe(pair.refresh)
    const claims = await instance.verify(next.session)
    expect(claims).toMatchObject({ sid: sessionId, azp: APP, iat: Math.floor(server.now / 1000) })
    expect((await instance.call('GET', `/sessions/${sessionId}`)).body.last_active_at).toBe(
      server.now,
    )
  })

  it('leaves suffixed session cookies out where the app reads none', async () => {
    const answer = await exchange(await expiredPair(), {}, { suffixed: false })
    const names = (answer.body.cookies as string[]).map((line) => line.split('=')[0])
    expect(names).toEqual([expect.stringMatching(/^__refresh_.{8}$/), '__session'])
  })

  it('goes on and on, and each pair is good for the next', async () => {
    let pair = await expiredPair()
    for (let i = 0; i < 3; i++) {
      const answer = await exchange(pair)
      expect(answer.status).toBe(200)
      pair = pairOf(answer)
      server.advance(120_000)
    }
  })

  it('gives the bare token to those who ask for it, and uses nothing up', async () => {
    const pair = await expiredPair()
    for (let i = 0; i < 2; i++) {
      const { body } = await exchange(pair, { format: 'token' })
      expect(body).toEqual({ object: 'token', jwt: expect.any(String) })
      expect(await instance.verify(body.jwt)).toMatchObject({ sid: sessionId })
    }
    expect((await exchange(pair)).status).toBe(200)
    expect(await refusal(exchange({ ...pair, refresh: 'x' }, { format: 'token' }))).toBe(
      'refresh_token_not_found',
    )
  })

  it('keeps a session in use from being given up', async () => {
    const other = await server.addInstance({ settings: { session_inactivity_timeout: 300 } })
    const visitor = await other.openBrowser()
    const { client } = (await visitor.signUp('ada@example.com')).body
    const id = client.sessions[0].id
    let pair = await expiredPair(visitor)
    for (let i = 0; i < 4; i++) {
      const answer = await exchange(pair, {}, { id, at: other })
      expect(answer.status).toBe(200)
      pair = pairOf(answer)
      server.advance(200_000)
    }
    server.advance(200_000)
    expect(await refusal(exchange(pair, {}, { id, at: other }))).toBe(
      'session_refresh_inactive_session',
    )
  })
})

describe('the same refresh token', () => {
  it('leads fifty requests at once to one successor, and signs nobody out', async () => {
    const pair = await expiredPair()
    const answers = await Promise.all(Array.from({ length: 50 }, () => exchange(pair)))
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200))
    const successors = new Set(answers.map((answer) => pairOf(answer).refresh))
    expect(successors.size).toBe(1)
    const [next] = answers
    expect((await exchange(pairOf(next as Answer))).status).toBe(200)
  })

  it('leads a late request of the same page to the same successor', async () => {
    const pair = await expiredPair()
    const first = pairOf(await exchange(pair))
    server.advance(9_999)
    expect(pairOf(await exchange(pair)).refresh).toBe(first.refresh)
  })

  it('ends its whole family when it comes back later, but not the session', async () => {
    const pair = await expiredPair()
    const first = pairOf(await exchange(pair))
    server.advance(10_000)
    expect(await refusal(exchange(pair))).toBe('session_refresh_expired_session_token_consumed')
    expect(await refusal(exchange(first))).toBe('refresh_token_not_found')
    // The browser itself still knows who it is.
    expect((await exchange(await expiredPair())).status).toBe(200)
  })

  it('ends its family however many exchanges ago it was used', async () => {
    const pair = await expiredPair()
    const second = pairOf(await exchange(pair))
    const third = pairOf(await exchange(second))
    expect(await refusal(exchange(pair))).toBe('session_refresh_expired_session_token_consumed')
    expect(await refusal(exchange(third))).toBe('refresh_token_not_found')
  })

  it('ends with the next handshake of its app, but not that of another app', async () => {
    const pair = await expiredPair()
    const other = await handshakeCookies(browser, 'http://localhost:3999/')
    expect((await exchange(pair, { format: 'token' })).status).toBe(200)
    await handshakeCookies(browser, `${APP}/`)
    expect(await refusal(exchange(pair))).toBe('refresh_token_not_found')
    expect((await exchange(other, { request_origin: 'http://localhost:3999' })).status).toBe(200)
  })
})

describe('no exchange', () => {
  it.each([
    ['without an expired token', { expired_token: '' }, 'expired_session_token_invalid'],
    ['for what is no text', { expired_token: 7 }, 'expired_session_token_invalid'],
    ['for what is no token', { expired_token: 'a.b.c' }, 'expired_session_token_invalid'],
    ['without a refresh token', { refresh_token: null }, 'refresh_token_not_found'],
    ['for a refresh token of no form', { refresh_token: 'rt_x' }, 'refresh_token_not_found'],
    [
      'for a refresh token nobody issued',
      { refresh_token: `rt_${'a'.repeat(22)}.${'a'.repeat(43)}` },
      'refresh_token_not_found',
    ],
    ['without an origin', { request_origin: '' }, 'refresh_request_origin_invalid'],
    ['for no origin', { request_origin: 'x' }, 'refresh_request_origin_invalid'],
    ['for an origin with a path', { request_origin: `${APP}/` }, 'refresh_request_origin_invalid'],
    [
      'for a foreign origin',
      { request_origin: 'https://evil.com' },
      'refresh_request_origin_invalid',
    ],
    [
      'for another app',
      { request_origin: 'http://localhost:3001' },
      'refresh_request_origin_azp_mismatch',
    ],
  ])('happens %s', async (_title, change, code) => {
    const pair = await expiredPair()
    expect(await refusal(exchange(pair, change))).toBe(code)
    // The pair has not been used up by a request that was wrong in itself.
    expect((await exchange(pair)).status).toBe(200)
  })

  it('happens under the name of another session, whoever it belongs to', async () => {
    const pair = await expiredPair()
    const stranger = await instance.openBrowser()
    const { client } = (await stranger.signUp(`eve${server.now}@example.com`)).body
    const id = client.sessions[0].id
    const own = await expiredPair(stranger)
    expect(await refusal(exchange(pair, {}, { id }))).toBe('refresh_sid_mismatch')
    expect(await refusal(exchange({ ...own, refresh: pair.refresh }, {}, { id }))).toBe(
      'refresh_token_not_found',
    )
    expect(await refusal(exchange({ ...pair, refresh: own.refresh }))).toBe(
      'refresh_token_not_found',
    )
    expect(await refusal(exchange(pair, {}, { id: 'sess_x' }))).toBe('refresh_sid_mismatch')
  })

  it('happens at another instance', async () => {
    const pair = await expiredPair()
    const other = await server.addInstance()
    expect(await refusal(exchange(pair, {}, { at: other }))).toBe('expired_session_token_invalid')
    expect((await exchange(pair)).status).toBe(200)
  })

  it('happens for a token that somebody else signed under the same name', async () => {
    const pair = await expiredPair()
    const { privateKey } = await generateKeyPair('RS256')
    const forged = await new SignJWT(decodeJwt(pair.session))
      .setProtectedHeader(decodeProtectedHeader(pair.session) as { alg: string })
      .sign(privateKey)
    expect(await refusal(exchange({ ...pair, session: forged }))).toBe(
      'expired_session_token_invalid',
    )
  })

  it('happens for a handshake token in the place of a session token', async () => {
    const answer = await browser.handshake({ redirect_url: `${APP}/` })
    const token = new URL(answer.headers.get('location') ?? '').searchParams.get(
      '__clerk_handshake',
    )
    const pair = await expiredPair()
    expect(await refusal(exchange({ ...pair, session: token ?? '' }))).toBe(
      'session_refresh_session_token_ineligible',
    )
    expect(await refusal(exchange({ ...pair, refresh: token ?? '' }))).toBe(
      'refresh_token_not_found',
    )
  })

  it('happens for a token of a template, which says who but not in which session', async () => {
    await instance.call('POST', '/jwt_templates', { name: 'other', claims: {} })
    const pair = await expiredPair()
    const { jwt } = (await browser.post(`/client/sessions/${sessionId}/tokens/other`)).body
    expect(await refusal(exchange({ ...pair, session: jwt }))).toBe(
      'session_refresh_session_token_ineligible',
    )
  })

  it('happens for a token that named no origin', async () => {
    const pair = await expiredPair()
    await server.identity.fetch(new Request(`${instance.keys.apiUrl}/v1/client`))
    const bare = await server.identity.fetch(
      new Request(
        `${instance.keys.apiUrl}/v1/client/sessions/${sessionId}/tokens?__clerk_db_jwt=${browser.devBrowser}`,
        { method: 'POST' },
      ),
    )
    const { jwt } = (await bare.json()) as { jwt: string }
    expect(await refusal(exchange({ ...pair, session: jwt }))).toBe(
      'expired_session_token_missing_azp',
    )
  })

  it('happens once the session token is older than refresh tokens get', async () => {
    const other = await server.addInstance({ settings: { refresh_token_lifetime: 600 } })
    const visitor = await other.openBrowser()
    const { client } = (await visitor.signUp('ada@example.com')).body
    const id = client.sessions[0].id
    const old = await handshakeCookies(visitor, `${APP}/`)
    server.advance(599_000)
    const fresh = await handshakeCookies(visitor, `${APP}/`)
    server.advance(61_000)
    expect(await refusal(exchange({ ...fresh, session: old.session }, {}, { id, at: other }))).toBe(
      'session_refresh_expired_session_token_too_old',
    )
    server.advance(540_000)
    expect(await refusal(exchange(fresh, {}, { id, at: other }))).toBe('refresh_token_not_found')
  })

  it('happens after the session was revoked, its user banned, or both deleted', async () => {
    for (const [method, path, code] of [
      ['POST', 'sessions/:session/revoke', 'session_refresh_inactive_session'],
      ['POST', 'users/:user/ban', 'session_refresh_inactive_session'],
      ['DELETE', 'users/:user', 'session_refresh_session_not_found'],
    ] as const) {
      const visitor = await instance.openBrowser()
      const email = `${path.length}${server.now}@example.com`
      const [session] = (await visitor.signUp(email)).body.client.sessions
      const pair = await expiredPair(visitor)
      const target = path.replace(':session', session.id).replace(':user', session.user.id)
      expect((await instance.call(method, `/${target}`)).status).toBe(200)
      expect(await refusal(exchange(pair, {}, { id: session.id }))).toBe(code)
    }
  })

  it('happens where the instance leaves renewal to the handshake', async () => {
    const other = await server.addInstance({ settings: { refresh_token_lifetime: 0 } })
    const visitor = await other.openBrowser()
    const { client } = (await visitor.signUp('ada@example.com')).body
    const pair = await expiredPair(visitor)
    expect(pair.refresh).toBe('')
    expect(await refusal(exchange(pair, {}, { id: client.sessions[0].id, at: other }))).toBe(
      'feature_not_enabled',
    )
  })

  it('happens without the secret key', async () => {
    const answer = await instance.call(
      'POST',
      `/sessions/${sessionId}/refresh`,
      {},
      'sk_test_unknown',
    )
    expect(answer.body.errors[0].code).toBe('clerk_key_invalid')
  })
})
