import { describe, expect, it } from 'vitest'
import { CONTEXT, stateOf } from '../../test/authenticate.ts'
import { type Issuer, NOW, SECONDS, cookies, createIssuer, pageRequest } from '../../test/issuer.ts'
import { createAuthenticator } from '../authenticator.ts'
import type { ClerkOptions } from '../options.ts'

const production = await createIssuer()
const development = await createIssuer({ name: 'dev', type: 'development', host: 'localhost:4000' })
const portal = await createIssuer({
  name: 'dev',
  type: 'development',
  host: 'a-b-1.clerk.accounts.dev',
})

const UAT = SECONDS - 100
const SIGN_IN = 'https://primary.example/sign-in?from=satellite'
const SATELLITE: ClerkOptions = {
  isSatellite: true,
  domain: 'app.example.com',
  signInUrl: SIGN_IN,
}
const session = cookies({ __session: production.session(), __client_uat: UAT })
const developmentSession = cookies({
  __session: development.session(),
  __client_uat: UAT,
  __clerk_db_jwt: 'dvb_1',
})

/** Who visits which instance. */
interface Visit {
  readonly issuer: Issuer
  readonly headers: Record<string, string>
}

function parametersOf(location: string | null): Record<string, string> {
  return Object.fromEntries(new URL(location ?? '').searchParams)
}

describe('a page of a satellite', () => {
  // oxfmt-ignore
  it.each([
    ['knows its visitor',                             '/',                          session,                          {},                          'signed-in',  null],
    ['knows that its visitor is signed out',          '/',                          cookies({ __client_uat: 0 }),     {},                          'signed-out', 'session-token-and-uat-missing'],
    ['knows nothing and was not told to ask',         '/',                          {},                               {},                          'signed-out', 'session-token-and-uat-missing'],
    ['knows nothing and asks by itself',              '/',                          {},                               { satelliteAutoSync: true }, 'handshake',  'satellite-needs-syncing'],
    ['is told to ask',                                '/?__clerk_synced=false',     {},                               {},                          'handshake',  'satellite-needs-syncing'],
    ['is told to ask about a visitor it knows',       '/?__clerk_synced=false',     session,                          {},                          'handshake',  'satellite-needs-syncing'],
    ['was answered',                                  '/?__clerk_synced=true',      {},                               { satelliteAutoSync: true }, 'signed-out', 'session-token-and-uat-missing'],
    ['was answered, and knows its visitor',           '/?__clerk_synced=true',      session,                          {},                          'signed-in',  null],
    ['was told something else',                       '/?__clerk_synced=1',         {},                               { satelliteAutoSync: true }, 'handshake',  'satellite-needs-syncing'],
    ['was told both: the first counts',               '/?__clerk_synced=true&__clerk_synced=false', {},               { satelliteAutoSync: true }, 'signed-out', 'session-token-and-uat-missing'],
    ['has half of what it needs',                     '/',                          cookies({ __client_uat: UAT }),   {},                          'handshake',  'client-uat-but-no-session-token'],
  ])('that %s', async (_, path, headers, options, status, reason) => {
    const state = await stateOf(production, pageRequest(path, headers), { ...SATELLITE, ...options })
    expect([state.status, state.reason]).toEqual([status, reason])
  })

  // oxfmt-ignore
  it.each([
    ['what is no page',            { 'sec-fetch-dest': 'empty' }, 'GET'],
    ['what says not what it is',   { 'sec-fetch-dest': '' },      'GET'],
    ['a frame',                    { 'sec-fetch-dest': 'iframe' }, 'GET'],
    ['a form',                     {},                            'POST'],
  ])('asks about nobody for %s', async (_, headers, method) => {
    const request = pageRequest('/', headers, { method })
    const state = await stateOf(production, request, { ...SATELLITE, satelliteAutoSync: true })
    expect([state.status, state.reason]).toEqual(['signed-out', 'session-token-and-uat-missing'])
  })

  it('asks at the Frontend API of its own domain in production', async () => {
    const request = pageRequest('/a?b=c&__clerk_synced=false')
    const { headers } = await stateOf(production, request, SATELLITE)
    const location = new URL(headers.get('location') ?? '')
    expect(location.origin + location.pathname).toBe(
      'https://clerk.app.example.com/v1/client/handshake',
    )
    expect(parametersOf(location.href)).toMatchObject({
      redirect_url: 'https://app.example.com/a?b=c&__clerk_synced=false',
      __clerk_hs_reason: 'satellite-needs-syncing',
    })
  })

  it('asks at the sign-in page of the primary domain in development', async () => {
    const request = pageRequest('/a?b=c', {})
    const options = { ...SATELLITE, satelliteAutoSync: true }
    const { headers } = await stateOf(development, request, options)
    expect(headers.get('location')?.split('?')[0]).toBe('https://primary.example/sign-in')
    expect(parametersOf(headers.get('location'))).toEqual({
      from: 'satellite',
      __clerk_redirect_url: 'https://app.example.com/a?b=c',
    })
    expect(headers.getSetCookie()).toEqual([
      '__clerk_redirect_count=1; SameSite=Lax; HttpOnly; Max-Age=2',
    ])
    expect(headers.get('cache-control')).toBe('private, no-store')
  })

  it('takes the development browser that comes back to the identity server', async () => {
    const request = pageRequest('/a?__clerk_db_jwt=dvb_9&__clerk_synced=true')
    const options = { ...SATELLITE, satelliteAutoSync: true }
    const { reason, headers } = await stateOf(development, request, options)
    expect(reason).toBe('dev-browser-sync')
    expect(headers.get('location')).toMatch(/^http:\/\/localhost:4000\/v1\/client\/handshake\?/)
    expect(parametersOf(headers.get('location'))).toMatchObject({
      redirect_url: 'https://app.example.com/a?__clerk_synced=true',
      __clerk_db_jwt: 'dvb_9',
    })
  })

  it('stops asking after three redirects', async () => {
    const request = pageRequest('/?__clerk_synced=false', cookies({ __clerk_redirect_count: 3 }))
    const state = await stateOf(production, request, SATELLITE)
    expect([state.status, state.reason]).toEqual(['signed-out', 'satellite-needs-syncing'])
  })

  it('tells what it is', async () => {
    const state = await stateOf(production, pageRequest('/'), SATELLITE)
    expect(state).toMatchObject({ isSatellite: true, domain: 'app.example.com', proxyUrl: '' })
    const primary = await stateOf(production, pageRequest('/'))
    expect(primary).toMatchObject({ isSatellite: false, domain: '', proxyUrl: '' })
  })

  it('accepts sessions of its own domain and of the primary one, and no others', async () => {
    const issuers = [
      'https://clerk.app.example.com',
      'https://clerk.example.com',
      'https://clerk.evil.com',
    ]
    const states = issuers.map((iss) => {
      const request = pageRequest('/', { authorization: `Bearer ${production.session({ iss })}` })
      return stateOf(production, request, SATELLITE)
    })
    expect((await Promise.all(states)).map(({ isSignedIn }) => isSignedIn)).toEqual([
      true,
      true,
      false,
    ])
  })

  it('sends visitors to the primary domain, who ask again when they are back', async () => {
    const { publishableKey, jwtKey } = production
    const authenticator = createAuthenticator({ publishableKey, jwtKey, ...SATELLITE }, CONTEXT)
    const outcome = await authenticator.handle(pageRequest('/a?b=c'))
    if (outcome.type !== 'continue') throw new Error('expected to continue')
    expect(parametersOf(outcome.redirects.redirectToSignIn())).toEqual({
      from: 'satellite',
      redirect_url: 'https://app.example.com/a?b=c&__clerk_synced=false',
    })
  })
})

/** A satellite asks the primary domain. */
function ask(url: string, headers: Record<string, string> = developmentSession): Request {
  return pageRequest(`/sign-in?__clerk_redirect_url=${encodeURIComponent(url)}`, headers)
}

describe('a primary domain in development, asked by a satellite,', () => {
  it('answers with its development browser', async () => {
    const url = 'https://satellite.example/a?b=c&__clerk_synced=false#d'
    const state = await stateOf(development, ask(url))
    expect([state.status, state.reason]).toEqual(['handshake', 'primary-responds-to-syncing'])
    expect(state.headers.get('location')).toBe(
      'https://satellite.example/a?b=c&__clerk_synced=true&__clerk_db_jwt=dvb_1#d',
    )
  })

  it('answers also when it has no development browser', async () => {
    const state = await stateOf(development, ask('http://localhost:3001/', {}))
    expect(state.headers.get('location')).toBe('http://localhost:3001/?__clerk_synced=true')
  })

  // oxfmt-ignore
  it.each([
    ['a script',                    'javascript:alert(1)'],
    ['data',                        'data:text/html,x'],
    ['a path',                      '//evil.example/'],
    ['no address',                  'https://'],
    ['nothing',                     ''],
  ])('does not answer %s', async (_, url) => {
    expect((await stateOf(development, ask(url))).status).toBe('signed-in')
  })

  it('answers only the apps that are listed, where there is a list', async () => {
    const options = { authorizedParties: ['https://app.example.com', 'https://satellite.example'] }
    const reasons = ['https://satellite.example/a', 'https://evil.example/a'].map(
      async (url) => (await stateOf(development, ask(url), options)).reason,
    )
    expect(await Promise.all(reasons)).toEqual(['primary-responds-to-syncing', null])
  })

  it('answers nobody in production', async () => {
    const state = await stateOf(production, ask('https://satellite.example/', session))
    expect(state.status).toBe('signed-in')
  })
})

const live: Visit = { issuer: production, headers: session }
const test: Visit = {
  issuer: portal,
  headers: cookies({ __session: portal.session(), __client_uat: UAT, __clerk_db_jwt: 'dvb_1' }),
}

describe('a signed-in visitor of a primary domain who comes from', () => {
  // oxfmt-ignore
  it.each([
    ['nowhere',                                   live, '',                                     false],
    ['the app itself',                            live, 'https://app.example.com/a',            false],
    ['another site',                              live, 'https://satellite.example/',           true],
    ['another port',                              live, 'https://app.example.com:8443/',        true],
    ['the same host without encryption',          live, 'http://app.example.com/',              true],
    ['the Frontend API',                          live, 'https://clerk.example.com/x',          false],
    ['the sign-in pages',                         live, 'https://accounts.example.com/sign-in', false],
    ['sign-in pages of somebody else',            live, 'https://accounts.attacker.com/',       true],
    ['a host that only begins like ours',         live, 'https://clerk.example.com.evil.com/',  true],
    ['shared sign-in pages, in production',       live, 'https://x.accounts.dev/',              true],
    ['shared sign-in pages, in development',      test, 'https://x.accounts.dev/',              false],
    ['an API on their domain',                    test, 'https://x.clerk.accounts.dev/',        true],
    ['old sign-in pages, in development',         test, 'https://accounts.x.lcl.dev/',          false],
    ['a host that only ends like them',           test, 'https://xaccounts.dev/',               true],
    ['its own Frontend API, in development',      test, 'https://a-b-1.clerk.accounts.dev/',    false],
    ['what is no address',                        live, 'null',                                 false],
    ['what cannot be one',                        live, 'https://',                             false],
    ['an app of a phone',                         live, 'android-app://com.example/',           false],
  ])('%s', async (_, { issuer, headers }, referer, asks) => {
    const state = await stateOf(issuer, pageRequest('/', { ...headers, ...(referer && { referer }) }))
    expect([state.status, state.reason]).toEqual(
      asks ? ['handshake', 'primary-domain-cross-origin-sync'] : ['signed-in', null],
    )
  })

  // oxfmt-ignore
  it.each([
    ['was asked about already',                 { cookie: `${session.cookie}; __clerk_redirect_count=1` }, 'GET', {}],
    ['does not load a page',                    { 'sec-fetch-dest': 'empty' },                   'GET',  {}],
    ['loads a frame',                           { 'sec-fetch-dest': 'iframe' },                  'GET',  {}],
    ['submits a form',                          {},                                              'POST', {}],
    ['comes from here, as the browser says',    { 'sec-fetch-site': 'same-origin' },             'GET',  {}],
    ['is on a satellite',                       {},                                              'GET',  SATELLITE],
    ['brings a token in the header',            { authorization: `Bearer ${production.session()}` }, 'GET', {}],
  ])('another site is not asked about who %s', async (_, headers, method, options) => {
    const given = { ...session, referer: 'https://satellite.example/', ...headers }
    const state = await stateOf(production, pageRequest('/', given, { method }), options)
    expect([state.status, state.reason]).toEqual(['signed-in', null])
  })

  it('another site is not asked about who is signed out', async () => {
    const request = pageRequest('/', { referer: 'https://satellite.example/' })
    expect((await stateOf(production, request)).reason).toBe('session-token-and-uat-missing')
  })
})

describe('an identity server that is away', () => {
  it('is not asked about visitors who are signed in', async () => {
    let now = NOW
    let isAway = false
    const { publishableKey, secretKey } = production
    const { client } = createAuthenticator(
      {
        publishableKey,
        secretKey,
        organizationSyncOptions: { organizationPatterns: ['/orgs/:slug'] },
      },
      {
        ...CONTEXT,
        now: () => now,
        fetch: () =>
          isAway
            ? Promise.reject(new Error('away'))
            : Promise.resolve(Response.json({ keys: [production.jwk] })),
      },
    )
    const token = production.session({ exp: SECONDS + 3600 })
    const reasonOf = async (path: string, headers: Record<string, string>) => {
      const cookie = `__session=${token}; __client_uat=${UAT}`
      const request = pageRequest(path, { cookie, ...headers })
      return (await client.authenticateRequest(request)).reason
    }
    const ask = async () => [
      await reasonOf('/', { referer: 'https://satellite.example/' }),
      await reasonOf('/orgs/acme', {}),
    ]
    expect(await ask()).toEqual([
      'primary-domain-cross-origin-sync',
      'active-organization-mismatch',
    ])
    isAway = true
    now += 600_000
    // The first to notice is still sent away; nobody after is.
    await ask()
    expect(await ask()).toEqual([null, null])
  })
})

describe('the count of handshakes in a row', () => {
  // oxfmt-ignore
  it.each([
    ['none',                         '',                                                          'handshake'],
    ['one',                          '; __clerk_redirect_count=1',                                'handshake'],
    ['two',                          '; __clerk_redirect_count=2',                                'handshake'],
    ['three',                        '; __clerk_redirect_count=3',                                'signed-out'],
    ['more',                         '; __clerk_redirect_count=999',                              'signed-out'],
    ['no number',                    '; __clerk_redirect_count=NaN',                              'signed-out'],
    ['a negative number',            '; __clerk_redirect_count=-1',                               'signed-out'],
    ['half a number',                '; __clerk_redirect_count=3abc',                             'signed-out'],
    ['nothing in it',                '; __clerk_redirect_count=',                                 'signed-out'],
    ['a forged one before it',       '; __clerk_redirect_count=0; __clerk_redirect_count=3',      'signed-out'],
    ['a forged one behind it',       '; __clerk_redirect_count=3; __clerk_redirect_count=0',      'signed-out'],
    ['a low one before it',          '; __clerk_redirect_count=1; __clerk_redirect_count=3',      'signed-out'],
    ['another cookie that ends so',  '; x__clerk_redirect_count=3; __clerk_redirect_count=0',     'handshake'],
  ])('with %s', async (_, counters, status) => {
    const request = pageRequest('/', { cookie: `__client_uat=${UAT}${counters}` })
    expect((await stateOf(production, request)).status).toBe(status)
  })

  it('tells the developer what to look for once it ends a loop', async () => {
    const messages = [`__client_uat=${UAT}`, '__client_uat=0'].map(async (cookie) => {
      const request = pageRequest('/', { cookie: `${cookie}; __clerk_redirect_count=3` })
      return (await stateOf(production, request)).message
    })
    const [looping, signedOut] = await Promise.all(messages)
    expect(looping).toMatch(/^Three redirects to the identity server did not help\. Check that/)
    expect(signedOut).toBe('')
  })
})
