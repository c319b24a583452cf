import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CONTEXT, stateOf } from '../../test/authenticate.ts'
import { SECONDS, createIssuer } from '../../test/issuer.ts'
import { type Outcome, createAuthenticator } from '../authenticator.ts'
import type { ClerkOptions } from '../options.ts'

const issuers = [
  await createIssuer(),
  await createIssuer({ name: 'dev', type: 'development', host: 'localhost:4000' }),
] as const

const [issuer] = issuers
// Every kind of app: what a request may ask of one, it may not ask of another.
const KINDS: readonly ClerkOptions[] = [
  {},
  {
    proxyUrl: '/__clerk',
    organizationSyncOptions: {
      organizationPatterns: ['/:slug', '/orgs/:id/(.*)'],
      personalAccountPatterns: ['/(.*)'],
    },
  },
  { isSatellite: true, domain: 'a.example', signInUrl: 'https://b.example/in' },
  {
    isSatellite: (url) => url.search !== '',
    domain: () => 'a.example',
    proxyUrl: () => 'https://c.example/p',
    signInUrl: 'https://b.example/in',
    satelliteAutoSync: true,
  },
]
// Gives a session to whoever asks, so that every path is walked to its end.
const generous: typeof fetch = () => {
  const cookies = [`__session=${issuer.session()}; Path=/`]
  return Promise.resolve(Response.json({ directives: cookies, cookies }))
}
const authenticators = issuers.flatMap(({ publishableKey, jwtKey, secretKey }) =>
  KINDS.map((kind) =>
    createAuthenticator(
      { publishableKey, jwtKey, secretKey, ...kind },
      { ...CONTEXT, fetch: generous },
    ),
  ),
)

// Whatever `Headers` lets in: no line breaks, no characters above Latin-1.
const headerText = fc
  .string({ unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)) })
  .filter((text) => !text.includes('\x7f'))
const token = fc.oneof(
  fc.constantFrom(
    issuer.session(),
    issuer.session({ exp: 1 }),
    issuer.handshake([]),
    'e30.bnVsbA.AA',
    '..',
  ),
  headerText,
  fc.tuple(headerText, headerText, headerText).map((parts) => parts.join('.')),
  fc.json().map((json) => `e30.${Buffer.from(json).toString('base64url')}.AA`),
)
const cookieName = fc.constantFrom(
  ...['__session', '__client_uat', '__clerk_db_jwt', '__refresh'].flatMap((name) => [
    name,
    `${name}_${issuer.suffix}`,
  ]),
  '__clerk_handshake',
  '__clerk_handshake_nonce',
  '__clerk_redirect_count',
  '__proto__',
)
const cookieValue = fc.oneof(token, fc.constantFrom('0', '1', `${SECONDS}`, '-1', 'NaN', '%', '"'))
const cookieHeader = fc.oneof(
  headerText,
  fc
    .array(fc.tuple(cookieName, cookieValue))
    .map((pairs) => pairs.map((pair) => pair.join('=')).join('; ')),
)
const headers = fc.record(
  {
    authorization: fc.oneof(
      headerText,
      token.map((text) => `Bearer ${text}`),
    ),
    cookie: cookieHeader,
    host: headerText,
    'x-forwarded-host': headerText,
    'x-forwarded-proto': fc.oneof(headerText, fc.constantFrom('http', 'https', 'javascript')),
    accept: fc.oneof(headerText, fc.constant('text/html')),
    'sec-fetch-dest': fc.oneof(headerText, fc.constantFrom('document', 'empty')),
    origin: headerText,
    referer: fc.oneof(headerText, fc.webUrl()),
  },
  { requiredKeys: [] },
)
// Written behind an origin: resolved against one, `//evil.example/` would name another host.
const ORIGIN = 'https://app.example.com'
const path = fc.oneof(
  fc.webPath(),
  fc.constantFrom(
    '/',
    '//evil.example/',
    '/%zz',
    '/?__clerk_db_jwt',
    '/?__clerk_handshake=a.b.c',
    '/?__clerk_handshake_nonce=..%2f',
    '/?__clerk_synced=false',
    '/?__clerk_redirect_url=https%3A%2F%2Fx.example%2F',
    '/orgs/%2e%2e/x',
  ),
  headerText.map((text) => `/${text}`),
)
const method = fc.constantFrom('GET', 'HEAD', 'POST', 'OPTIONS', 'DELETE')

/** Says what is wrong with an outcome. Asks for everything that is made only when it is asked for. */
function faultOf(outcome: Outcome): string | null {
  if (outcome.type === 'respond') {
    const { status, headers } = outcome.response
    if (status !== 307 || !headers.has('location')) return 'responds with something else'
    return headers.getSetCookie().length <= 1
      ? null
      : 'sets cookies of a handshake it did not verify'
  }
  const { state, url, headers, redirects, auth } = outcome
  if (state.status !== 'signed-in' && state.status !== 'signed-out') return 'continues a handshake'
  if (state.status === 'signed-out' && !/^(?!unexpected)[a-z-]+$/.test(state.reason)) {
    return `has the reason ${state.reason}`
  }
  if (!(url instanceof URL) || !(headers instanceof Headers)) return 'lacks its URL or its headers'
  if (!URL.canParse(redirects.redirectToSignIn())) return 'leads nowhere'
  return (auth.userId !== null) === state.isSignedIn ? null : 'contradicts itself'
}

describe('whatever a request holds', () => {
  it('is answered with a typed state and never with an error', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...authenticators),
        method,
        path,
        headers,
        async (authenticator, method, path, headers) => {
          const request = new Request(`${ORIGIN}${path}`, { method, headers })
          const outcome = await authenticator.handle(request)
          expect(faultOf(outcome)).toBe(null)
        },
      ),
      { numRuns: 1500 },
    )
  })
})

describe('a token of which one bit was changed', () => {
  it('is refused', async () => {
    const good = issuer.session()
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: good.length - 1 }),
        fc.integer({ min: 0, max: 6 }),
        async (at, bit) => {
          const changed =
            good.slice(0, at) +
            String.fromCharCode(good.charCodeAt(at) ^ (1 << bit)) +
            good.slice(at + 1)
          fc.pre(/^[\x20-\x7e]+$/.test(changed))
          const request = new Request('https://app.example.com/', {
            headers: { authorization: `Bearer ${changed}` },
          })
          const state = await stateOf(issuer, request)
          expect(state.isSignedIn).toBe(false)
          expect(state.reason).toMatch(/^token-|^jwk-/)
        },
      ),
      { numRuns: 400 },
    )
  })
})
