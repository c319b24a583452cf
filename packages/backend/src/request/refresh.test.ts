import { describe, expect, it } from 'vitest'
import { CONTEXT, stateOf } from '../../test/authenticate.ts'
import { SECONDS, cookies, createIssuer, pageRequest } from '../../test/issuer.ts'
import { createAuthenticator } from '../authenticator.ts'
import type { RefreshReason } from './reasons.ts'
import type { RequestState } from './state.ts'

const production = await createIssuer()
const stranger = await createIssuer({ name: 'b', host: 'clerk.other.com' })
const { secretKey, suffix } = production

const over = production.session({ iat: SECONDS - 90, exp: SECONDS - 30 })
const fresh = production.session()
const directives = [
  `__session=${fresh}; Path=/; Secure; SameSite=Lax`,
  `__session_${suffix}=${fresh}; Path=/; Secure; SameSite=Lax`,
  `__refresh_${suffix}=rt_2; Path=/; Secure; HttpOnly; SameSite=Lax`,
]

const JAR = { __session: over, __client_uat: SECONDS - 100, [`__refresh_${suffix}`]: 'rt_1' }

interface Answered {
  readonly state: RequestState
  readonly calls: readonly Request[]
}

/** Authenticates a request while the Backend API answers like this. */
async function refresh(
  answer: () => Response | Promise<Response>,
  request: Request = pageRequest('/dashboard', cookies(JAR)),
  options: object = { secretKey },
): Promise<Answered> {
  const calls: Request[] = []
  const state = await stateOf(production, request, options, {
    fetch: (input, init) => {
      calls.push(new Request(input, init))
      return Promise.resolve().then(answer)
    },
  })
  return { state, calls }
}

const grant = (given: unknown = directives): Response =>
  Response.json(
    { object: 'cookies', cookies: given },
    { headers: { 'content-type': 'application/json' } },
  )
const refuse = (body: unknown, status = 401): Response => Response.json(body, { status })
const withCode = (code: unknown): Response => refuse({ errors: [{ code, message: 'x' }] })

describe('a refresh', () => {
  it('signs in with the new token and passes its cookies on', async () => {
    const { state } = await refresh(() => grant())
    expect(state).toMatchObject({ status: 'signed-in', token: fresh, reason: null })
    expect(state.toAuth()?.userId).toBe('user_1')
    expect(state.headers.getSetCookie()).toEqual(directives)
    expect(state.headers.get('cache-control')).toBe('private, no-store')
    expect(state.headers.has('location')).toBe(false)
  })

  it('asks the Backend API for the session of the old token', async () => {
    const { calls } = await refresh(() => grant())
    expect(calls).toHaveLength(1)
    const [call] = calls as [Request]
    expect([call.method, call.url]).toEqual([
      'POST',
      'https://clerk.example.com/v1/sessions/sess_1/refresh',
    ])
    expect(call.headers.get('authorization')).toBe(`Bearer ${secretKey}`)
    expect(await call.json()).toEqual({
      format: 'cookie',
      expired_token: over,
      refresh_token: 'rt_1',
      request_origin: 'https://app.example.com',
      request_headers: {
        accept: ['text/html,application/xhtml+xml'],
        cookie: [cookies(JAR).cookie],
        host: ['app.example.com'],
        'sec-fetch-dest': ['document'],
      },
    })
  })

  it('says so where the suffixed cookies are in use', async () => {
    const values = {
      [`__session_${suffix}`]: over,
      [`__client_uat_${suffix}`]: SECONDS - 100,
      [`__refresh_${suffix}`]: 'rt_1',
    }
    const { state, calls } = await refresh(() => grant(), pageRequest('/', cookies(values)))
    expect(state.status).toBe('signed-in')
    expect(calls[0]?.url).toMatch(/\/refresh\?suffixed_cookies=true$/)
  })

  it('happens for any GET, and for a token in the Authorization header', async () => {
    const values = cookies({ [`__refresh_${suffix}`]: 'rt_1' })
    const api = new Request('https://app.example.com/api/me', {
      headers: { ...values, authorization: `Bearer ${over}` },
    })
    expect((await refresh(() => grant(), api)).state).toMatchObject({ token: fresh })
  })

  it('happens once for requests that come at once', async () => {
    const { publishableKey, jwtKey } = production
    let calls = 0
    const answer = async (): Promise<Response> => {
      calls += 1
      // By then, every request that was there has come this far.
      await new Promise((resolve) => setImmediate(resolve))
      return grant()
    }
    const { client } = createAuthenticator(
      { publishableKey, jwtKey, secretKey },
      { ...CONTEXT, fetch: answer },
    )
    const load = (): Promise<RequestState> =>
      client.authenticateRequest(pageRequest('/', cookies(JAR)))
    await client.authenticateRequest(pageRequest())
    const states = await Promise.all(Array.from({ length: 50 }, load))
    expect(new Set(states.map(({ token }) => token))).toEqual(new Set([fresh]))
    expect(calls).toBe(1)
    await load()
    expect(calls).toBe(2)
  })

  // oxfmt-ignore
  it.each([
    ['by another method',                  pageRequest('/', cookies(JAR), { method: 'POST' }),                            'non-eligible-non-get'],
    ['by HEAD',                            pageRequest('/', cookies(JAR), { method: 'HEAD' }),                            'non-eligible-non-get'],
    ['by POST without a refresh token',    pageRequest('/', cookies({ ...JAR, [`__refresh_${suffix}`]: '' }), { method: 'POST' }), 'non-eligible-non-get'],
    ['without a refresh token',            pageRequest('/', cookies({ ...JAR, [`__refresh_${suffix}`]: '' })),            'non-eligible-no-refresh-cookie'],
    ['with a refresh token of no instance', pageRequest('/', cookies({ __session: over, __client_uat: 1, __refresh: 'rt' })), 'non-eligible-no-refresh-cookie'],
    ['with one of another instance',       pageRequest('/', cookies({ __session: over, __client_uat: 1, [`__refresh_${stranger.suffix}`]: 'rt' })), 'non-eligible-no-refresh-cookie'],
  ])('is not tried %s', async (_, request, failure) => {
    const { state, calls } = await refresh(() => grant(), request)
    expect(state.reason).toBe(`session-token-expired-refresh-${failure}`)
    expect(state.status).toBe(request.method === 'GET' ? 'handshake' : 'signed-out')
    expect(calls).toEqual([])
  })

  it('is not tried without a secret key', async () => {
    const { state, calls } = await refresh(() => grant(), undefined, {})
    expect(state.reason).toBe(
      'session-token-expired-refresh-missing-api-client' satisfies RefreshReason,
    )
    expect(calls).toEqual([])
  })

  // oxfmt-ignore
  it.each([
    ['has not begun',    production.session({ nbf: SECONDS + 60 }),                    'handshake',  'session-token-nbf'],
    ['is older than its client', production.session({ iat: SECONDS - 200, exp: SECONDS - 100 }), 'handshake', 'session-token-iat-before-client-uat'],
    ['is over and was signed by somebody else', stranger.session({ iss: production.issuer, exp: SECONDS - 30, iat: SECONDS - 90 }), 'signed-out', 'token-invalid-signature'],
    ['is over and names no session', production.session({ sid: undefined, iat: SECONDS - 90, exp: SECONDS - 30 }), 'signed-out', 'token-verification-failed'],
  ])('is not tried for a token that %s', async (_, __session, status, reason) => {
    const request = pageRequest('/', cookies({ ...JAR, __session }))
    const { state, calls } = await refresh(() => grant(), request)
    expect(state).toMatchObject({ status, reason })
    expect(calls).toEqual([])
  })

  // oxfmt-ignore
  it.each([
    ['refuses',                             () => withCode('refresh_token_not_found'),                 'refresh_token_not_found'],
    ['refuses with a code of its own',      () => withCode('a_new_code'),                              'a_new_code'],
    ['refuses with a code that breaks lines', () => withCode('x\r\nset-cookie: a=b'),                  'unexpected-bapi-error'],
    ['refuses with a code that is no text', () => withCode({}),                                        'unexpected-bapi-error'],
    ['refuses without a code',              () => refuse({}),                                          'unexpected-bapi-error'],
    ['fails with a page',                   () => new Response('<html>', { status: 500 }),             'unexpected-bapi-error'],
    ['cannot be reached',                   () => Promise.reject(new TypeError('fetch failed')),       'fetch-error'],
    ['answers half of a text',              () => new Response('{"cook', { headers: { 'content-type': 'application/json' } }), 'fetch-error'],
    ['answers nothing',                     () => new Response(null, { status: 204 }),                 'unexpected-sdk-error'],
    ['answers null',                        () => Response.json(null),                                 'unexpected-sdk-error'],
    ['sends no cookies',                    () => grant([]),                                           'unexpected-sdk-error'],
    ['sends something else than cookies',   () => grant('__session=x'),                                'unexpected-sdk-error'],
    ['sends no session',                    () => grant([`__client_uat=0; Path=/`]),                   'unexpected-sdk-error'],
    ['ends the session',                    () => grant([`__session=; Path=/`]),                       'unexpected-sdk-error'],
    ['sends a session that is over',        () => grant([`__session=${over}; Path=/`]),                'invalid-session-token'],
    ['sends a session of another instance', () => grant([`__session=${stranger.session()}; Path=/`]),  'invalid-session-token'],
    ['sends another session',               () => grant([`__session=${production.session({ sid: 'sess_2' })}; Path=/`]), 'invalid-session-token'],
    ['sends a template token',              () => grant([`__session=${production.session({}, { cat: 'cl_B7d4PD222AAA' })}; Path=/`]), 'invalid-session-token'],
  ])('gives way to a handshake where the Backend API %s', async (_, answer, failure) => {
    const reason = `session-token-expired-refresh-${failure}`
    const { state } = await refresh(answer)
    expect(state).toMatchObject({ status: 'handshake', reason, isSignedIn: false })
    expect(new URL(state.headers.get('location') ?? '').searchParams.get('__clerk_hs_reason')).toBe(reason)
    expect(state.headers.getSetCookie()).toEqual([expect.stringMatching(/^__clerk_redirect_count=/)])
    expect(state.message).toContain('(reason=token-expired, token-carrier=cookie)')

    const api = new Request('https://app.example.com/api', { headers: cookies(JAR) })
    expect((await refresh(answer, api)).state).toMatchObject({ status: 'signed-out', reason })
  })

  it('holds the new token against the options of the call', async () => {
    const authorizedParties = ['https://app.example.com']
    const accepts = { secretKey, authorizedParties }
    expect((await refresh(() => grant(), undefined, accepts)).state.status).toBe('signed-in')
    const foreign = production.session({ azp: 'https://evil.example' })
    const { state } = await refresh(
      () => grant([`__session=${foreign}; Path=/`]),
      undefined,
      accepts,
    )
    expect(state.reason).toBe('session-token-expired-refresh-invalid-session-token')
  })

  it('passes on no cookie but the protocol’s own', async () => {
    const more = [...directives, 'role=admin; Path=/', '__client=x', '__session=x; Domain=.com']
    const { state } = await refresh(() => grant(more))
    expect(state.headers.getSetCookie()).toEqual(directives)
  })

  it('sends nothing anywhere for a session id that is no path segment', async () => {
    const token = production.session({ sid: '../users', iat: SECONDS - 90, exp: SECONDS - 30 })
    const request = pageRequest('/', cookies({ ...JAR, __session: token }))
    const { state, calls } = await refresh(() => grant(), request)
    expect(state.reason).toBe('session-token-expired-refresh-unexpected-sdk-error')
    expect(calls).toEqual([])
  })
})
