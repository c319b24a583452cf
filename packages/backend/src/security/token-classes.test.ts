/** A token of one purpose, wherever it is shown, counts for no other. */
import { describe, expect, it } from 'vitest'
import { stateOf } from '../../test/authenticate.ts'
import { SECONDS, cookies, createIssuer, pageRequest } from '../../test/issuer.ts'

const production = await createIssuer()
const development = await createIssuer({ name: 'dev', type: 'development', host: 'localhost:4000' })
const ISSUERS = { production, development } as const

/** Tokens of every class, each as good as it can be and, where it can, with a session and directives. */
function classesOf({ issuer, session, sign }: (typeof ISSUERS)['production']) {
  const times = { iss: issuer, iat: SECONDS - 5, exp: SECONDS + 55 }
  const handshake = [
    `__session=${session({ sub: 'user_inside' })}; Path=/`,
    '__client_uat=1; Path=/',
  ]
  // What the author of a template, or of metadata, could put into a token of another class.
  const all = { ...times, sub: 'user_1', sid: 'sess_1', handshake }
  return {
    'session token': session({ sub: 'user_1' }),
    'session token of a declared class': session({}, { cat: 'cl_B7d4PD111AAA' }),
    'session token with directives among its claims': session({ handshake }),
    'handshake token': sign({ handshake }),
    'template token': sign(all, { cat: 'cl_B7d4PD222AAA' }),
    'machine token': sign({ ...all, sub: 'mch_1' }, { cat: 'cl_B7d4PD333AAA' }),
    'machine token without a class': sign({ ...all, sub: 'mch_1' }),
    'token of an unknown class': sign(all, { cat: 'cl_X' }),
    'token whose class is a list': sign(all, { cat: ['cl_B7d4PD111AAA'] }),
    'OAuth access token': sign(all, { typ: 'at+jwt' }),
    'OAuth access token, in full': sign(all, { typ: 'application/at+jwt' }),
    'ID token': sign({ ...times, sub: 'user_1', aud: 'client_1', nonce: 'x' }),
    'logout token': sign(
      { ...times, sub: 'user_1', sid: 'sess_1', handshake },
      { typ: 'logout+jwt' },
    ),
    'invitation ticket': sign({ ...times, eid: 'inv_1', st: 'organization_invitation' }),
    'sign-in ticket': sign(
      { ...times, sub: 'user_1', st: 'sign_in_token', sid: 'sit_1' },
      { typ: 'ticket' },
    ),
    'actor ticket': sign({ ...times, sub: 'user_1', act: { sub: 'user_2' } }),
    'nested token': sign(session()),
    'API key': 'ak_0123456789abcdef0123456789abcdef',
    'opaque machine token': 'mt_0123456789abcdef0123456789abcdef',
    'opaque OAuth token': 'oat_0123456789abcdef0123456789abcdef',
    'development browser': 'dvb_0123456789abcdef',
    'refresh token': 'rt_0123456789abcdef',
    'secret key': 'sk_test_0123456789abcdef',
    'publishable key': production.publishableKey,
    'webhook signature': 'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
    'encrypted token': 'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..AAAA.AAAA.AAAA',
  }
}

type Place = (token: string, suffix: string, handshake: (given: unknown) => string) => Request
const UAT = SECONDS - 100
const known = { __clerk_db_jwt: 'dvb_1' }
const PLACES: Readonly<Record<string, Place>> = {
  'the Authorization header': (token) => pageRequest('/', { authorization: `Bearer ${token}` }),
  'the plain session cookie': (token) =>
    pageRequest('/', cookies({ ...known, __session: token, __client_uat: UAT })),
  'the suffixed session cookie': (token, suffix) =>
    pageRequest(
      '/',
      cookies({
        [`__clerk_db_jwt_${suffix}`]: 'dvb_1',
        [`__session_${suffix}`]: token,
        [`__client_uat_${suffix}`]: UAT,
      }),
    ),
  'the handshake cookie': (token) =>
    pageRequest('/', cookies({ ...known, __clerk_handshake: token })),
  'a session inside a handshake': (token, _, handshake) =>
    pageRequest(
      '/',
      cookies({ ...known, __clerk_handshake: handshake([`__session=${token}; Path=/`]) }),
    ),
  'the handshake parameter': (token) =>
    pageRequest(`/?__clerk_handshake=${encodeURIComponent(token)}`, cookies(known)),
  'the nonce cookie': (token) =>
    pageRequest('/', cookies({ ...known, __clerk_handshake_nonce: encodeURIComponent(token) })),
  'the refresh cookies': (token, suffix) =>
    pageRequest(
      '/',
      cookies({ ...known, __refresh: token, [`__refresh_${suffix}`]: token, __client_uat: UAT }),
    ),
  'the cookie of the development browser': (token) =>
    pageRequest('/', cookies({ __clerk_db_jwt: token, __client_uat: UAT })),
  'the client cookie': (token) =>
    pageRequest('/', cookies({ ...known, __client: token, __client_uat: UAT })),
  'parameters that look like carriers': (token) => {
    const text = encodeURIComponent(token)
    return pageRequest(`/?__session=${text}&token=${text}&__clerk_ticket=${text}`, cookies(known))
  },
  'headers that look like carriers': (token) =>
    pageRequest('/', {
      ...cookies(known),
      'x-clerk-auth-token': token,
      'x-authorization': `Bearer ${token}`,
      'proxy-authorization': `Bearer ${token}`,
      'x-forwarded-authorization': `Bearer ${token}`,
    }),
}

const isCounter = (cookie: string): boolean => cookie.startsWith('__clerk_redirect_count=')

/** The only pairs that sign in. */
const SESSION_PLACES = [
  'the Authorization header',
  'the plain session cookie',
  'the suffixed session cookie',
  'a session inside a handshake',
]
const DIAGONAL = new Set([
  ...[
    'session token',
    'session token of a declared class',
    'session token with directives among its claims',
  ].flatMap((kind) => SESSION_PLACES.map((place) => `${kind} in ${place}`)),
  'handshake token in the handshake cookie',
  'development: handshake token in the handshake parameter',
])

describe.each(['production', 'development'] as const)('in %s', (type) => {
  const issuer = ISSUERS[type]
  const rows = Object.entries(classesOf(issuer)).flatMap(([kind, token]) =>
    Object.entries(PLACES).map(([place, write]) => [kind, place, token, write] as const),
  )

  it.each(rows)('a %s in %s counts for what it is alone', async (kind, place, token, write) => {
    const state = await stateOf(issuer, write(token, issuer.suffix, issuer.handshake))
    const pair = `${kind} in ${place}`
    const isExpected = DIAGONAL.has(pair) || DIAGONAL.has(`${type}: ${pair}`)
    expect(state.isSignedIn).toBe(isExpected)
    expect(state.toAuth()?.userId ?? null).toBe(
      isExpected ? (kind === 'handshake token' ? 'user_inside' : 'user_1') : null,
    )
    // What was not proved to be an answer of the identity server sets nothing.
    const isAnswer = isExpected && (kind === 'handshake token' || place.includes('inside'))
    expect(state.headers.getSetCookie().every(isCounter)).toBe(!isAnswer)
  })
})
