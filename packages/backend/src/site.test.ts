import { describe, expect, it } from 'vitest'
import { stateOf } from '../test/authenticate.ts'
import { cookies, createIssuer, pageRequest } from '../test/issuer.ts'
import type { ClerkOptions } from './options.ts'
import type { RequestState } from './request/state.ts'

const production = await createIssuer()
const development = await createIssuer({ name: 'dev', type: 'development', host: 'localhost:4000' })

/** A row whose options are typed as what they are. */
type Row = readonly [string, typeof production, ClerkOptions, string]

const asked = cookies({ __client_uat: 1, __clerk_db_jwt: 'dvb_1' })

async function handshakeOf(
  options: ClerkOptions,
  issuer = production,
  headers: Record<string, string> = {},
): Promise<{ readonly state: RequestState; readonly address: string }> {
  const state = await stateOf(issuer, pageRequest('/a', { ...asked, ...headers }), options)
  const url = new URL(state.headers.get('location') ?? '')
  return { state, address: url.origin + url.pathname }
}

describe('the Frontend API that a handshake goes to', () => {
  const forwarded = { 'x-forwarded-host': 'shop.example', 'x-forwarded-proto': 'https' }
  const satellite = { isSatellite: true, domain: 'shop.example', signInUrl: 'https://a.b/in' }

  // oxfmt-ignore
  it.each<Row>([
    ['the one of the key',                    production,  {},                                                    'https://clerk.example.com/v1/client/handshake'],
    ['a proxy elsewhere',                     production,  { proxyUrl: 'https://api.example.com/__clerk' },       'https://api.example.com/__clerk/v1/client/handshake'],
    ['a proxy without encryption',            production,  { proxyUrl: 'http://127.0.0.1:8080/p/' },              'http://127.0.0.1:8080/p/v1/client/handshake'],
    ['a proxy of this app',                   production,  { proxyUrl: '/__clerk' },                              'https://shop.example/__clerk/v1/client/handshake'],
    ['a proxy with a slash too many',         production,  { proxyUrl: '/__clerk//' },                            'https://shop.example/__clerk/v1/client/handshake'],
    ['a proxy in development',                development, { proxyUrl: '/__clerk' },                              'https://shop.example/__clerk/v1/client/handshake'],
    ['a proxy that is chosen',                production,  { proxyUrl: (url: URL) => `/${url.hostname}` },        'https://shop.example/shop.example/v1/client/handshake'],
    ['an absolute proxy that is chosen',      production,  { proxyUrl: (url: URL) => `https://api.${url.host}/` }, 'https://api.shop.example/v1/client/handshake'],
    ['no proxy that is chosen',               production,  { proxyUrl: () => '' },                                'https://clerk.example.com/v1/client/handshake'],
    ['a domain that is no satellite\'s',      production,  { domain: 'shop.example' },                            'https://clerk.example.com/v1/client/handshake'],
    ['that of a satellite',                   production,  satellite,                                             'https://clerk.shop.example/v1/client/handshake'],
    ['that of a satellite that is chosen',    production,  { ...satellite, isSatellite: () => true, domain: (url: URL) => url.host }, 'https://clerk.shop.example/v1/client/handshake'],
    ['that of a satellite with a proxy',      production,  { ...satellite, proxyUrl: '/p' },                      'https://shop.example/p/v1/client/handshake'],
    ['that of a satellite in development',    development, satellite,                                             'http://localhost:4000/v1/client/handshake'],
    ['a primary that is chosen',              production,  { ...satellite, isSatellite: () => false },            'https://clerk.example.com/v1/client/handshake'],
  ])('is %s', async (_, issuer, options, expected) => {
    expect((await handshakeOf(options, issuer, forwarded)).address).toBe(expected)
  })

  it('is told by the state, in full', async () => {
    const { state } = await handshakeOf({ proxyUrl: '/__clerk/' }, production, forwarded)
    expect(state.proxyUrl).toBe('https://shop.example/__clerk')
  })

  it('may be the issuer of tokens', async () => {
    const issuers = [
      'https://shop.example/p',
      production.issuer,
      'https://shop.example',
      'https://x.y/p',
    ]
    const states = issuers.map((iss) => {
      const authorization = `Bearer ${production.session({ iss })}`
      return stateOf(production, pageRequest('/', { authorization, ...forwarded }), {
        proxyUrl: '/p',
      })
    })
    const seen = (await Promise.all(states)).map(({ isSignedIn }) => isSignedIn)
    expect(seen).toEqual([true, true, false, false])
  })
})

describe('what an app says of its place', () => {
  const IN = 'https://primary.example/in'

  // oxfmt-ignore
  it.each<Row>([
    ['a satellite without domain and proxy',             production,  { isSatellite: true },                                             'domain (CLERK_DOMAIN) or proxyUrl (CLERK_PROXY_URL) is missing'],
    ['one that is chosen without domain and proxy',      production,  { isSatellite: () => true, domain: () => '' },                      'domain (CLERK_DOMAIN) or proxyUrl'],
    ['a satellite in development without sign-in page',  development, { isSatellite: true, domain: 'localhost:3001' },                   'signInUrl (CLERK_SIGN_IN_URL) must be an absolute URL on the primary domain'],
    ['a satellite with a sign-in page of its own',       production,  { isSatellite: true, domain: 'a.example', signInUrl: '/in' },       'signInUrl (CLERK_SIGN_IN_URL) must be'],
    ['a satellite with an absolute one of its own',      production,  { isSatellite: true, domain: 'a.example', signInUrl: 'https://a.example/in' }, 'signInUrl (CLERK_SIGN_IN_URL) must be'],
    ['a function that returns no domain',                production,  { domain: () => 'https://a.example' },                             'The function of the option domain returned'],
    ['a function that returns no flag',                  production,  { isSatellite: () => 'yes' as unknown as boolean },                 'The function of the option isSatellite returned'],
    ['a function that returns no proxy',                 production,  { proxyUrl: () => 'ftp://a.example' },                             'The function of the option proxyUrl returned'],
    ['a domain with a scheme',                           production,  { domain: 'https://a.example' },                                   'domain (CLERK_DOMAIN) is not valid'],
    ['a domain that is a path',                          production,  { domain: '/x' },                                                  'domain (CLERK_DOMAIN) is not valid'],
    ['a proxy that is a host',                           production,  { proxyUrl: 'a.example' },                                         'proxyUrl (CLERK_PROXY_URL) is not valid'],
    ['a proxy without its scheme',                       production,  { proxyUrl: '//a.example/p' },                                     'proxyUrl (CLERK_PROXY_URL) is not valid'],
    ['a proxy that is the whole app',                    production,  { proxyUrl: '/' },                                                 'proxyUrl (CLERK_PROXY_URL) is not valid'],
    ['a flag in other words',                            production,  { isSatellite: 'yes' as unknown as boolean },                      'isSatellite (CLERK_IS_SATELLITE) is not valid'],
    ['patterns that cannot be compiled',                 production,  { organizationSyncOptions: { organizationPatterns: ['/('] } },     'organizationSyncOptions is not valid'],
  ])('is refused for %s', async (_, issuer, options, problem) => {
    await expect(
      (async () => stateOf(issuer, pageRequest('/'), options))(),
    ).rejects.toMatchObject({
      code: 'options-invalid',
      message: expect.stringContaining(problem),
    })
  })

  // oxfmt-ignore
  it.each([
    ['true', true], ['TRUE', true], ['1', true], ['2', true], ['false', false], ['False', false], ['0', false],
  ])('is read from the environment: %s', async (text, isSatellite) => {
    const env = { CLERK_IS_SATELLITE: text, CLERK_DOMAIN: 'a.example', CLERK_SIGN_IN_URL: IN }
    const state = await stateOf(production, pageRequest('/'), {}, { env })
    expect([state.isSatellite, state.domain]).toEqual([isSatellite, 'a.example'])
  })

  it('cannot be changed by a function that it asks', async () => {
    const options: ClerkOptions = {
      proxyUrl: (url) => {
        url.host = 'evil.example'
        return '/p'
      },
    }
    expect((await handshakeOf(options)).address).toBe(
      'https://app.example.com/p/v1/client/handshake',
    )
  })
})
