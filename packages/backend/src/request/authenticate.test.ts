import { describe, expect, it } from 'vitest'
import { stateOf } from '../../test/authenticate.ts'
import { NOW, SECONDS, cookies, createIssuer, pageRequest } from '../../test/issuer.ts'
import type { RequestState } from './state.ts'

const production = await createIssuer()
const development = await createIssuer({ name: 'dev', type: 'development', host: 'localhost:4000' })
const stranger = await createIssuer({ name: 'b', host: 'clerk.other.com' })

const UAT = SECONDS - 100
const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` })

describe('the session token in the Authorization header', () => {
  it('signs in', async () => {
    const token = production.session()
    const state = await stateOf(production, pageRequest('/', bearer(token)))
    expect(state).toMatchObject({ status: 'signed-in', isSignedIn: true, reason: null, token })
    expect(state.toAuth()).toMatchObject({ userId: 'user_1', sessionId: 'sess_1' })
  })

  it('wins over the cookies', async () => {
    const request = pageRequest('/', {
      ...bearer(production.session({ sub: 'user_header' })),
      ...cookies({ __session: production.session({ sub: 'user_cookie' }), __client_uat: UAT }),
    })
    expect((await stateOf(production, request)).toAuth()?.userId).toBe('user_header')
  })

  it('is not excused by good cookies', async () => {
    const request = pageRequest('/', {
      ...bearer('garbage'),
      ...cookies({ __session: production.session(), __client_uat: UAT }),
    })
    expect(await stateOf(production, request)).toMatchObject({
      status: 'signed-out',
      reason: 'token-invalid',
    })
  })

  // oxfmt-ignore
  it.each([
    ['the bare token',            (token: string) => token,                   'signed-in',  null],
    ['a lower-case scheme',       (token: string) => `bearer ${token}`,       'signed-out', 'session-token-and-uat-missing'],
    ['another scheme',            (token: string) => `Basic ${token}`,        'signed-out', 'session-token-and-uat-missing'],
    ['two spaces',                (token: string) => `Bearer  ${token}`,      'signed-out', 'token-invalid'],
    ['no token',                  () => 'Bearer',                             'signed-out', 'token-invalid'],
    ['something behind the token', (token: string) => `Bearer ${token} x`,    'signed-out', 'token-invalid'],
    ['two tokens',                (token: string) => `Bearer ${token}, Bearer ${token}`, 'signed-out', 'token-invalid'],
  ])('reads %s', async (_, write, status, reason) => {
    const request = new Request('https://app.example.com/', {
      headers: { authorization: write(production.session()) },
    })
    expect(await stateOf(production, request)).toMatchObject({ status, reason })
  })

  it('starts a handshake for a page whose token is over', async () => {
    const request = pageRequest(
      '/',
      bearer(production.session({ iat: SECONDS - 60, exp: SECONDS - 10 })),
    )
    expect(await stateOf(production, request)).toMatchObject({
      status: 'handshake',
      reason: 'session-token-expired-refresh-non-eligible-no-refresh-cookie',
    })
  })
})

describe('the session token in a cookie', () => {
  const session = production.session()

  // oxfmt-ignore
  it.each([
    ['neither session nor client',          {},                                                                                      'signed-out', 'session-token-and-uat-missing'],
    ['a signed-out client',                 { __client_uat: 0 },                                                                     'signed-out', 'session-token-and-uat-missing'],
    ['a session of a signed-out client',    { __session: session, __client_uat: 0 },                                                 'handshake',  'session-token-but-no-client-uat'],
    ['a session without a client',          { __session: session },                                                                  'handshake',  'session-token-but-no-client-uat'],
    ['a client without a session',          { __client_uat: UAT },                                                                   'handshake',  'client-uat-but-no-session-token'],
    ['a session and its client',            { __session: session, __client_uat: UAT },                                               'signed-in',  null],
    ['a session that is as old as its client', { __session: session, __client_uat: SECONDS - 5 },                                    'signed-in',  null],
    ['a session older than its client',     { __session: session, __client_uat: SECONDS - 4 },                                       'handshake',  'session-token-iat-before-client-uat'],
    ['a session that does not say its age', { __session: production.session({ iat: undefined }), __client_uat: UAT },                 'handshake',  'session-token-iat-before-client-uat'],
    ['a client from the future',            { __session: session, __client_uat: SECONDS + 9999 },                                    'handshake',  'session-token-iat-before-client-uat'],
    ['a session that is over',              { __session: production.session({ exp: SECONDS - 5 }), __client_uat: UAT },               'handshake',  'session-token-expired-refresh-non-eligible-no-refresh-cookie'],
    ['a session that is over within the skew', { __session: production.session({ exp: SECONDS - 4 }), __client_uat: UAT },            'signed-in',  null],
    ['a session that has not begun',        { __session: production.session({ nbf: SECONDS + 6 }), __client_uat: UAT },               'handshake',  'session-token-nbf'],
    ['a session from the future',           { __session: production.session({ iat: SECONDS + 6 }), __client_uat: UAT },               'handshake',  'session-token-iat-in-the-future'],
    ['a session that cannot be read',       { __session: 'a.b.c', __client_uat: UAT },                                                'signed-out', 'token-invalid'],
    ['an unsigned session',                 { __session: 'e30.bnVsbA.AA', __client_uat: UAT },                                        'signed-out', 'token-invalid'],
    ['a session signed by somebody else',   { __session: stranger.session({ iss: production.issuer }), __client_uat: UAT },           'signed-out', 'token-invalid-signature'],
    ['a session of another instance',       { __session: stranger.session(), __client_uat: UAT },                                     'signed-out', 'session-token-and-uat-missing'],
    ['a template token',                    { __session: production.session({}, { cat: 'cl_B7d4PD222AAA' }), __client_uat: UAT },      'signed-out', 'token-type-mismatch'],
    ['an OAuth token',                      { __session: production.session({}, { typ: 'at+jwt' }), __client_uat: UAT },              'signed-out', 'token-type-mismatch'],
    ['a machine token',                     { __session: production.session({ sub: 'mch_1' }), __client_uat: UAT },                   'signed-out', 'token-type-mismatch'],
    ['a handshake token',                   { __session: production.handshake([], { iss: production.issuer }), __client_uat: UAT },   'handshake',  'session-token-iat-before-client-uat'],
    ['a client with a negative time',       { __session: session, __client_uat: '-1' },                                              'handshake',  'session-token-but-no-client-uat'],
    ['a client with a huge time',           { __session: session, __client_uat: '1e99' },                                            'handshake',  'session-token-but-no-client-uat'],
    ['a client with a time in hex',         { __session: session, __client_uat: '0x10' },                                            'handshake',  'session-token-but-no-client-uat'],
    ['a client with no time',               { __session: session, __client_uat: 'NaN' },                                             'handshake',  'session-token-but-no-client-uat'],
  ])('with %s', async (_, values, status, reason) => {
    const state = await stateOf(production, pageRequest('/', cookies(values)))
    expect([state.status, state.reason]).toEqual([status, reason])
    expect(state.isSignedIn).toBe(status === 'signed-in')
    expect(state.isAuthenticated).toBe(state.isSignedIn)
  })

  it('reads the suffixed cookies where another app of the host wrote the plain ones', async () => {
    const state = await stateOf(
      production,
      pageRequest(
        '/',
        cookies({
          __session: stranger.session({ sub: 'user_of_the_other_app' }),
          __client_uat: UAT,
          [`__session_${production.suffix}`]: session,
          [`__client_uat_${production.suffix}`]: UAT,
        }),
      ),
    )
    expect(state.toAuth()?.userId).toBe('user_1')
  })

  it('takes the first of two cookies of one name', async () => {
    const header = `__session=${production.session({ sub: 'user_first' })}; __session=${session}; __client_uat=${UAT}`
    const state = await stateOf(production, pageRequest('/', { cookie: header }))
    expect(state.toAuth()?.userId).toBe('user_first')
  })

  it('is not forged by the value of another cookie', async () => {
    const header = `a=1%3B%20__session%3D${session}%3B%20__client_uat%3D${UAT}`
    const state = await stateOf(production, pageRequest('/', { cookie: header }))
    expect(state.reason).toBe('session-token-and-uat-missing')
  })

  it.each([
    ['300 cookies', Array.from({ length: 300 }, (_, index) => `c${index}=x`).join('; ')],
    ['64 kB of cookies', `a=${'x'.repeat(65_536)}`],
    ['cookies named like members of objects', '__proto__=1; constructor=2; hasOwnProperty=3'],
  ])('is found among %s', async (_, others) => {
    const header = `${others}; __session=${session}; __client_uat=${UAT}`
    expect((await stateOf(production, pageRequest('/', { cookie: header }))).isSignedIn).toBe(true)
  })
})

describe('a development instance', () => {
  const signedIn = { __session: development.session(), __client_uat: UAT }

  // oxfmt-ignore
  it.each([
    ['a browser it does not know',        '/',                    {},                                    'handshake', 'dev-browser-missing'],
    ['a session without its browser',     '/',                    signedIn,                              'handshake', 'dev-browser-missing'],
    ['a browser that comes from the portal', '/?__clerk_db_jwt=dvb_1', { ...signedIn, __clerk_db_jwt: 'dvb_0' }, 'handshake', 'dev-browser-sync'],
    ['a browser whose link names none',   '/?__clerk_db_jwt=',    { ...signedIn, __clerk_db_jwt: 'dvb_1' }, 'signed-in', null],
    ['a known browser',                   '/',                    { __clerk_db_jwt: 'dvb_1' },           'signed-out', 'session-token-and-uat-missing'],
    ['a session of a known browser',      '/',                    { ...signedIn, __clerk_db_jwt: 'dvb_1' }, 'signed-in', null],
  ])('with %s', async (_, path, values, status, reason) => {
    const state = await stateOf(development, pageRequest(path, cookies(values)))
    expect([state.status, state.reason]).toEqual([status, reason])
  })

  it('does not mind the parameter in production', async () => {
    const request = pageRequest(
      '/?__clerk_db_jwt=dvb_1',
      cookies({ __session: production.session(), __client_uat: UAT }),
    )
    expect((await stateOf(production, request)).status).toBe('signed-in')
  })
})

describe('a handshake', () => {
  const needs = cookies({ __client_uat: UAT })

  // oxfmt-ignore
  it.each([
    ['GET',  'document', 'text/html',        'handshake'],
    ['GET',  'iframe',   '*/*',              'handshake'],
    ['GET',  undefined,  'text/html,*/*',    'handshake'],
    ['GET',  undefined,  '*/*, text/html',   'signed-out'],
    ['GET',  undefined,  'application/json', 'signed-out'],
    ['GET',  'empty',    'text/html',        'signed-out'],
    ['GET',  'image',    'text/html',        'signed-out'],
    ['POST', 'document', 'text/html',        'signed-out'],
    ['HEAD', 'document', 'text/html',        'signed-out'],
    ['PUT',  undefined,  'text/html',        'signed-out'],
  ])('%s with destination %s that accepts %s: %s', async (method, destination, accept, status) => {
    const request = new Request('https://app.example.com/', {
      method,
      headers: { accept, ...needs, ...(destination && { 'sec-fetch-dest': destination }) },
    })
    expect(await stateOf(production, request)).toMatchObject({
      status,
      reason: 'client-uat-but-no-session-token',
    })
  })

  // oxfmt-ignore
  it.each([
    [undefined, 'handshake',  '__clerk_redirect_count=1; SameSite=Lax; HttpOnly; Max-Age=2'],
    ['1',       'handshake',  '__clerk_redirect_count=2; SameSite=Lax; HttpOnly; Max-Age=2'],
    ['2',       'handshake',  '__clerk_redirect_count=3; SameSite=Lax; HttpOnly; Max-Age=2'],
    ['3',       'signed-out', null],
    ['4',       'signed-out', null],
    ['999',     'signed-out', null],
    ['-1',      'signed-out', null],
    ['NaN',     'signed-out', null],
    ['3abc',    'signed-out', null],
    ['1e9999',  'signed-out', null],
  ])('after a count of %s: %s', async (count, status, cookie) => {
    const values = { __client_uat: UAT, ...(count !== undefined && { __clerk_redirect_count: count }) }
    const state = await stateOf(production, pageRequest('/', cookies(values)))
    expect(state.status).toBe(status)
    expect(state.headers.get('set-cookie')).toBe(cookie)
    expect(state.headers.has('location')).toBe(status === 'handshake')
  })

  it('names the page, the reason and the spelling of the cookies, and no token', async () => {
    const token = development.session({ iat: UAT - 1 })
    const request = new Request(
      'http://127.0.0.1:3000/a?b=c&__clerk_db_jwt=dvb_2&__clerk_handshake=x',
      {
        headers: {
          host: 'localhost:3000',
          accept: 'text/html',
          ...cookies({ __session: token, __client_uat: UAT }),
        },
      },
    )
    const state = await stateOf(development, request)
    const url = new URL(state.headers.get('location') ?? '')
    expect(url.origin + url.pathname).toBe('http://localhost:4000/v1/client/handshake')
    expect([...url.searchParams]).toEqual([
      ['redirect_url', 'http://localhost:3000/a?b=c'],
      ['__clerk_api_version', '2026-05-12'],
      ['suffixed_cookies', 'false'],
      ['__clerk_hs_reason', 'dev-browser-sync'],
      ['__clerk_db_jwt', 'dvb_2'],
    ])
    expect(url.href).not.toContain(token.split('.')[2])
  })

  it('goes over https to any other host, without a development browser', async () => {
    const request = pageRequest('/a', cookies({ __client_uat: UAT, __clerk_db_jwt: 'dvb_1' }))
    const url = new URL((await stateOf(production, request)).headers.get('location') ?? '')
    expect(url.origin).toBe('https://clerk.example.com')
    expect(url.searchParams.has('__clerk_db_jwt')).toBe(false)
  })
})

describe('the headers of a state', () => {
  it('keep a page of a signed-in user out of shared caches', async () => {
    const values = { __session: production.session(), __client_uat: UAT }
    const { headers } = await stateOf(production, pageRequest('/', cookies(values)))
    expect([...headers]).toEqual([['cache-control', 'private, no-store']])
  })

  it('tell why a request is not signed in', async () => {
    const { headers } = await stateOf(production, pageRequest('/', bearer('x')))
    expect(headers.get('x-clerk-auth-status')).toBe('signed-out')
    expect(headers.get('x-clerk-auth-reason')).toBe('token-invalid')
    expect(headers.get('x-clerk-auth-message')).toBe(
      'The token is not a well-formed JWT. (reason=token-invalid, token-carrier=header)',
    )
  })

  it('keep every response that sets a cookie out of shared caches', async () => {
    const { headers } = await stateOf(production, pageRequest('/', cookies({ __client_uat: UAT })))
    expect(headers.getSetCookie()).toHaveLength(1)
    expect(headers.get('cache-control')).toBe('private, no-store')
    expect(headers.get('x-clerk-auth-status')).toBe('handshake')
  })
})

describe('a pending session', () => {
  it('counts as signed out unless asked otherwise', async () => {
    const token = production.session({ sts: 'pending' })
    const state = await stateOf(production, pageRequest('/', bearer(token)))
    expect(state).toMatchObject({ status: 'signed-in', isSignedIn: false, isAuthenticated: false })
    expect(state.toAuth()).toMatchObject({ userId: null, sessionStatus: 'pending' })
    expect(state.toAuth({ treatPendingAsSignedOut: false })).toMatchObject({
      userId: 'user_1',
      sessionStatus: 'pending',
    })
  })
})

describe('a state', () => {
  it('may be taken apart', async () => {
    const request = pageRequest('/', bearer(production.session()))
    const { isSignedIn, toAuth, headers, publishableKey } = await stateOf(production, request)
    expect(isSignedIn).toBe(true)
    expect(toAuth()?.userId).toBe('user_1')
    expect(headers.get('cache-control')).toBe('private, no-store')
    expect(publishableKey).toBe(production.publishableKey)
  })

  it('gives the same Auth object each time', async () => {
    const state = await stateOf(production, pageRequest('/', bearer(production.session())))
    expect(state.toAuth()).toBe(state.toAuth())
  })

  it('is not changed by what a client says in headers that are ours', async () => {
    const forged = {
      'x-clerk-auth-status': 'signed-in',
      'x-clerk-auth-token': production.session(),
      'x-clerk-auth-reason': 'x',
      'x-clerk-request-data': 'x',
      'x-middleware-subrequest': 'middleware',
    }
    const query = '/?__clerkAuthToken=x&__clerkAuthStatus=signed-in&__session=x'
    const signedOut = await stateOf(production, pageRequest(query, forged))
    expect(signedOut.reason).toBe('session-token-and-uat-missing')
    const token = production.session({ sub: 'user_2' })
    const signedIn = await stateOf(production, pageRequest(query, { ...forged, ...bearer(token) }))
    expect(signedIn.toAuth()?.userId).toBe('user_2')
  })
})

describe('tokens of every class in every place', () => {
  const classes = {
    session: production.session(),
    template: production.session({}, { cat: 'cl_B7d4PD222AAA' }),
    machine: production.session({ sub: 'mch_1' }, { cat: 'cl_B7d4PD333AAA' }),
    oauth: production.session({}, { typ: 'at+jwt' }),
    handshake: production.handshake([`__session=${production.session()}; Path=/`]),
    'id token': production.sign({
      iss: production.issuer,
      sub: 'user_1',
      aud: 'x',
      exp: SECONDS + 55,
    }),
    invitation: production.sign({ iss: production.issuer, eid: 'inv_1', exp: SECONDS + 55 }),
    'api key': 'ak_0123456789abcdef',
    'opaque machine token': 'mt_0123456789abcdef',
    'development browser': 'dvb_0123456789abcdef',
    webhook: 'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
  } as const
  const places = {
    authorization: (token: string) => pageRequest('/', bearer(token)),
    __session: (token: string) =>
      pageRequest('/', cookies({ __session: token, __client_uat: UAT })),
    __clerk_handshake: (token: string) => pageRequest('/', cookies({ __clerk_handshake: token })),
    __refresh: (token: string) =>
      pageRequest(
        '/',
        cookies({ __refresh: token, [`__refresh_${production.suffix}`]: token, __client_uat: UAT }),
      ),
    __clerk_db_jwt: (token: string) =>
      pageRequest('/', cookies({ __clerk_db_jwt: token, __client_uat: UAT })),
    query: (token: string) =>
      pageRequest(`/?__session=${token}&__clerk_handshake=${token}&__clerk_db_jwt=${token}`),
  } as const
  const DIAGONAL = new Set([
    'session in authorization',
    'session in __session',
    'handshake in __clerk_handshake',
  ])

  it.each(
    Object.entries(classes).flatMap(([kind, token]) =>
      Object.entries(places).map(([place, write]) => ({
        what: `${kind} in ${place}`,
        request: write(token),
      })),
    ),
  )('$what', async ({ what, request }) => {
    expect((await stateOf(production, request)).isSignedIn).toBe(DIAGONAL.has(what))
  })
})

describe('options of a call', () => {
  it('narrow the parties and the audience', async () => {
    const token = production.session({ aud: 'api' })
    const authenticate = (options: object) =>
      stateOf(production, pageRequest('/', bearer(token)), options)
    expect((await authenticate({ audience: 'api' })).isSignedIn).toBe(true)
    expect(await authenticate({ audience: ['other'] })).toMatchObject({
      reason: 'token-verification-failed',
    })
    expect(
      (await authenticate({ authorizedParties: ['https://app.example.com'] })).isSignedIn,
    ).toBe(true)
    expect(await authenticate({ authorizedParties: ['https://other.example.com'] })).toMatchObject({
      reason: 'token-invalid-authorized-parties',
    })
  })

  it('have a default skew of five seconds, and 0 is a skew', async () => {
    const request = pageRequest('/', bearer(production.session()))
    const at = (late: number, options: object): Promise<RequestState> =>
      stateOf(production, request, options, { now: () => NOW + 55_000 + late })
    expect((await at(4900, {})).isSignedIn).toBe(true)
    expect((await at(5100, {})).reason).toBe(
      'session-token-expired-refresh-non-eligible-no-refresh-cookie',
    )
    expect((await at(0, { clockSkewInMs: 0 })).reason).toBe(
      'session-token-expired-refresh-non-eligible-no-refresh-cookie',
    )
    expect((await at(-1, { clockSkewInMs: 0 })).isSignedIn).toBe(true)
  })
})
