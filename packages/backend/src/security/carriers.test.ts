/** What requests carry, by accident or on purpose: none of it throws, and none of it proves anything. */
import { describe, expect, it } from 'vitest'
import { CONTEXT, stateOf } from '../../test/authenticate.ts'
import { SECONDS, cookies, createIssuer, pageRequest } from '../../test/issuer.ts'
import { type Outcome, createAuthenticator } from '../authenticator.ts'

const production = await createIssuer()
const development = await createIssuer({ name: 'dev', type: 'development', host: 'localhost:4000' })
const stranger = await createIssuer({ name: 'b', host: 'clerk.other.com' })
const { suffix } = production
const session = production.session()
const UAT = SECONDS - 100

describe('a token that proves nothing', () => {
  const [head = '', body = '', signature = ''] = session.split('.')
  // oxfmt-ignore
  const TOKENS: readonly (readonly [string, string])[] = [
    ['a dot',                       '.'],
    ['two dots',                    '..'],
    ['two segments',                'a.b'],
    ['four segments',               'a.b.c.d'],
    ['five segments',               'a.b.c.d.e'],
    ['a payload that is null',      'e30.bnVsbA.AA'],
    ['a header that is null',       'bnVsbA.e30.AA'],
    ['lists',                       'W10.W10.AA'],
    ['texts',                       'IngiIngi.IngiIngi.AA'],
    ['numbers',                     'MQ.MQ.AA'],
    ['no signature',                `${head}.${body}.`],
    ['no header',                   `.${body}.${signature}`],
    ['no claims',                   `${head}..${signature}`],
    ['the header twice',            `${head}.${head}.${signature}`],
    ['10,000 dots',                 '.'.repeat(10_000)],
    ['100 kB',                      'A'.repeat(100_000)],
    ['a percent sign',              '%'],
    ['malformed escapes',           '%E0%A4%A.%zz.%'],
    ['quotes',                      `"${session}"`],
    ['the word null',               'null'],
    ['the word undefined',          'undefined'],
    ['the text of an object',       '[object Object]'],
  ]

  it.each(TOKENS)(
    'such as %s signs nobody in, whatever carries it, and is not repeated',
    async (_, token) => {
      const carriers = {
        header: { authorization: `Bearer ${token}` },
        plain: cookies({ __session: token, __client_uat: UAT }),
        suffixed: cookies({ [`__session_${suffix}`]: token, [`__client_uat_${suffix}`]: UAT }),
        handshake: cookies({ __clerk_handshake: token }),
        refresh: cookies({ __session: token, __client_uat: UAT, [`__refresh_${suffix}`]: token }),
      }
      for (const headers of Object.values(carriers)) {
        const state = await stateOf(production, pageRequest('/', headers))
        expect(state.isSignedIn).toBe(false)
        expect(state.reason).toMatch(/^(token-|session-token-|client-uat-)/)
        const told = JSON.stringify([state.message, state.toAuth()?.debug(), ...state.headers])
        expect(token.length > 9 && told.includes(token)).toBe(false)
      }
    },
  )

  it('tells no more about a forged token than that it is forged', async () => {
    const iss = production.issuer
    // oxfmt-ignore
    const claims = [{}, { exp: 1 }, { nbf: SECONDS + 999 }, { iat: SECONDS + 999 }, { sub: '' }, { sub: 'user_2' }, { sid: 5 }, { azp: 'https://evil.example' }, { aud: 'x' }, { exp: 'x' }]
    const told = await Promise.all(
      claims.map(async (given) => {
        const token = stranger.session({ iss, ...given })
        const request = pageRequest('/', { authorization: `Bearer ${token}` })
        const options = { authorizedParties: ['https://app.example.com'], audience: 'api' }
        const { status, reason, message, headers } = await stateOf(production, request, options)
        return JSON.stringify([status, reason, message, ...headers])
      }),
    )
    expect(new Set(told).size).toBe(1)
    expect(told[0]).toContain('token-invalid-signature')
  })
})

describe('cookies', () => {
  const newer = stranger.session({ sub: 'user_evil', iat: SECONDS - 1 })
  const own = { [`__session_${suffix}`]: session, [`__client_uat_${suffix}`]: UAT }

  // Another app of the host, or of a parent domain, writes the plain names.
  // oxfmt-ignore
  it.each([
    ['a session of another app',       `__session=${newer}; __client_uat=${UAT}`],
    ['two sessions of other apps',     `__session=${newer}; __session=${stranger.session()}; __client_uat=${UAT}`],
    ['an older session of this app',   `__session=${production.session({ sub: 'user_evil', iat: SECONDS - 50 })}; __client_uat=${UAT}`],
    ['the time of a client',           `__client_uat=${SECONDS}`],
    ['names with the suffix in capitals', `__session_${suffix.toUpperCase()}x=${stranger.session()}`],
    ['a name behind a space',          `x=1;__session =${stranger.session()}`],
    ['a session within a value',       `x=1%3B%20__session%3D${production.session({ sub: 'user_evil' })}`],
    ['a session within quotes',        `x="; __session_${suffix}y=z"; y="`],
  ])('of this instance count before %s', async (_, others) => {
    const header = `${others}; ${cookies(own).cookie}`
    const state = await stateOf(production, pageRequest('/', { cookie: header }))
    expect(state.toAuth()?.userId).toBe('user_1')
  })

  // oxfmt-ignore
  it.each([
    ['-1'], ['0'], ['00'], ['+1'], ['1e99'], ['1e9'], ['NaN'], ['Infinity'], ['0x10'], ['1.5'], ['1,2'], ['1 2'], [''],
    ['null'], ['true'], ['%31'.repeat(9)], ['9'.repeat(16)], ['9'.repeat(400)],
  ])('with the client time %j sign nobody in that a time would not', async (time) => {
    const values = { __session: session, __client_uat: time }
    const state = await stateOf(production, pageRequest('/', cookies(values)))
    const seconds = /^\d{1,15}$/.test(decodeURIComponent(time)) ? Number(decodeURIComponent(time)) : 0
    expect(state.isSignedIn).toBe(seconds > 0 && seconds <= SECONDS - 5)
  })

  it('that count redirects end a loop, whatever is in them', async () => {
    for (const count of [
      '3',
      '4',
      '999',
      '-1',
      'NaN',
      '3abc',
      '1e9999',
      '0x1',
      '',
      ' ',
      '%33',
      '\u00b2',
    ]) {
      const cookie = `__clerk_redirect_count=${count}; __client_uat=${UAT}`
      const { status, headers } = await stateOf(production, pageRequest('/', { cookie }))
      expect([count, status]).toEqual([count, 'signed-out'])
      expect(headers.has('location')).toBe(false)
    }
  })
})

describe('where a request says it went', () => {
  const needs = cookies({ __client_uat: UAT })
  const redirectUrlOf = async (headers: Record<string, string>): Promise<URL> => {
    const request = new Request('https://app.example.com/a?b=c', {
      headers: { accept: 'text/html', ...needs, ...headers },
    })
    const state = await stateOf(production, request)
    const location = new URL(state.headers.get('location') ?? '')
    // The identity server is named by the key, never by a request.
    expect(location.origin).toBe('https://clerk.example.com')
    return new URL(location.searchParams.get('redirect_url') ?? '')
  }

  const HOSTS = [
    'evil.com@app.example.com',
    'app.example.com:80@evil.com',
    'app.example.com evil.com',
    'app.example.com/evil.com',
    'app.example.com\\evil.com',
    'app.example.com?evil.com',
    'app.example.com#evil.com',
    'javascript:alert(1)',
    'https://evil.com',
    '//evil.com',
    '[::::]',
    '[::1',
    ':80',
    ':',
    '@',
    '',
    ' ',
    ',',
    '.',
    '..',
    '%65vil.com/x',
    'app.example.com:99999',
    'app.example.com:x',
    '\u00e9vil.com/',
  ]
  it.each(HOSTS)('is not believed as host: %j', async (host) => {
    for (const name of ['host', 'x-forwarded-host']) {
      const url = await redirectUrlOf({ [name]: host })
      expect([name, url.href]).toEqual([name, 'https://app.example.com/a?b=c'])
    }
  })

  // oxfmt-ignore
  it.each([
    ['javascript'], ['data'], ['file'], ['ftp'], ['ws'], ['https:'], ['https://evil.com/'], ['http s'], [''], [' '], [','], ['https\t'], ['//'],
  ])('is not believed as scheme: %j', async (scheme) => {
    const url = await redirectUrlOf({ host: 'app.example.com', 'x-forwarded-proto': scheme })
    expect(url.href).toBe('https://app.example.com/a?b=c')
  })

  // oxfmt-ignore
  it.each([
    ['upper case',     { host: 'APP.EXAMPLE.COM' },                         'https://app.example.com'],
    ['a port',         { host: 'app.example.com:8443' },                    'https://app.example.com:8443'],
    ['IPv6',           { host: '[::1]:3000' },                              'https://[::1]:3000'],
    ['the first host', { 'x-forwarded-host': 'a.example, b.example' },      'https://a.example'],
    ['the first scheme', { host: 'a.example', 'x-forwarded-proto': 'http, https' }, 'http://a.example'],
  ])('may be said with %s', async (_, headers, origin) => {
    expect((await redirectUrlOf(headers)).origin).toBe(origin)
  })
})

describe('a response that sets a cookie or belongs to one visitor', () => {
  const directives = [`__session=${development.session()}; Path=/`, '__clerk_db_jwt=dvb_1; Path=/']
  const gone = ['__session=; Path=/; Max-Age=0']
  // oxfmt-ignore
  const REQUESTS: readonly (readonly [string, 'production' | 'development', Request])[] = [
    ['a page without a visitor',         'production',  pageRequest('/')],
    ['a page of a visitor',              'production',  pageRequest('/', cookies({ __session: session, __client_uat: UAT }))],
    ['a call of a visitor',              'production',  pageRequest('/', { authorization: `Bearer ${session}` })],
    ['a pending session',                'production',  pageRequest('/', { authorization: `Bearer ${production.session({ sts: 'pending' })}` })],
    ['the beginning of a handshake',     'production',  pageRequest('/', cookies({ __client_uat: UAT }))],
    ['the end of a handshake',           'production',  pageRequest('/', cookies({ __clerk_handshake: production.handshake([`__session=${session}; Path=/`]) }))],
    ['a handshake that signs out',       'production',  pageRequest('/', cookies({ __clerk_handshake: production.handshake(gone) }))],
    ['a forged handshake',               'production',  pageRequest('/', cookies({ __clerk_handshake: 'a.b.c' }))],
    ['a loop that ends',                 'production',  pageRequest('/', cookies({ __client_uat: UAT, __clerk_redirect_count: 3 }))],
    ['a browser that is new',            'development', pageRequest('/')],
    ['a handshake in the URL',           'development', pageRequest(`/?__clerk_handshake=${development.handshake(directives)}`)],
    ['a handshake in the URL that signs out', 'development', pageRequest(`/?__clerk_handshake=${development.handshake(gone)}`)],
  ]

  it.each(REQUESTS)('is kept by no cache: %s', async (_, type, request) => {
    const { publishableKey, jwtKey } = type === 'production' ? production : development
    const authenticator = createAuthenticator({ publishableKey, jwtKey }, CONTEXT)
    const outcome: Outcome = await authenticator.handle(request)
    const headers = outcome.type === 'respond' ? outcome.response.headers : outcome.headers
    const isPrivate =
      headers.getSetCookie().length > 0 ||
      headers.has('location') ||
      (outcome.type === 'continue' && outcome.state.token !== null)
    expect(headers.get('cache-control')).toBe(isPrivate ? 'private, no-store' : null)
  })
})
