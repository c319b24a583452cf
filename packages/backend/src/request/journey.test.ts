/** What a browser goes through: an app, an identity server, and the redirects between them. */

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CONTEXT } from '../../test/authenticate.ts'
import { type Issuer, NOW, SECONDS, createIssuer } from '../../test/issuer.ts'
import { createAuthenticator } from '../authenticator.ts'

const production = await createIssuer()
const development = await createIssuer({ name: 'dev', type: 'development', host: 'localhost:4000' })

const APP = 'https://app.example.com'

/** How the identity server is disposed. */
interface Server {
  /** Claims of the session that the visitor has there; `null` when signed out. */
  readonly session: Readonly<Record<string, unknown>> | null
  /** Whether it lets the visitor into the organization that a handshake asks for. */
  readonly activates: boolean
  /** What it answers: the truth, a token of somebody else, or nothing at all. */
  readonly answers: 'well' | 'forged' | 'not'
}

type Jar = Map<string, string>

/** Follows redirects as a browser does; returns how often it was sent to the identity server. */
async function load(
  issuer: Issuer,
  server: Server,
  path: string,
  jar: Jar,
): Promise<{ readonly handshakes: number; readonly userId: string | null; readonly path: string }> {
  const authenticator = createAuthenticator(
    {
      publishableKey: issuer.publishableKey,
      jwtKey: issuer.jwtKey,
      organizationSyncOptions: { organizationPatterns: ['/orgs/:slug'] },
    },
    CONTEXT,
  )
  let handshakes = 0
  let url = new URL(path, APP)
  // Browsers give up after twenty.
  for (let redirects = 0; redirects < 20; redirects += 1) {
    const cookie = Array.from(jar, (pair) => pair.join('=')).join('; ')
    const headers = { host: url.host, 'sec-fetch-dest': 'document', ...(cookie && { cookie }) }
    const outcome = await authenticator.handle(new Request(url, { headers }))
    const answer = outcome.type === 'respond' ? outcome.response.headers : outcome.headers
    store(jar, answer.getSetCookie())
    if (outcome.type === 'continue') {
      return { handshakes, userId: outcome.auth.userId, path: url.pathname + url.search }
    }
    const next = new URL(answer.get('location') ?? '')
    if (next.pathname === '/v1/client/handshake') {
      handshakes += 1
      url = answerHandshake(issuer, server, next, jar)
    } else url = next
  }
  throw new Error('The browser gave up')
}

/** Answers like the identity server: by a cookie in production, in the URL in development. */
function answerHandshake(issuer: Issuer, server: Server, request: URL, jar: Jar): URL {
  const back = new URL(request.searchParams.get('redirect_url') ?? '')
  if (server.answers === 'not') return back
  const slug = request.searchParams.get('organization_id')
  const organization = slug && server.activates ? { org_id: 'org_1', org_slug: slug } : {}
  const session = server.session && issuer.session({ ...server.session, ...organization })
  const names = (name: string): readonly string[] => [name, `${name}_${issuer.suffix}`]
  const directives = [
    ...names('__session').map((name) => (session ? `${name}=${session}` : `${name}=; Max-Age=0`)),
    ...names('__client_uat').map((name) => `${name}=${session ? SECONDS - 10 : 0}`),
    ...(issuer === development ? names('__clerk_db_jwt').map((name) => `${name}=dvb_1`) : []),
    '__clerk_handshake=; Max-Age=0',
  ].map((directive) => `${directive}; Path=/`)
  const signer = server.answers === 'forged' ? forger : issuer
  const token = signer.handshake(directives)
  if (issuer === development) back.searchParams.set('__clerk_handshake', token)
  else jar.set('__clerk_handshake', token)
  return back
}

const forger = await createIssuer({ name: 'forger', host: 'clerk.evil.com' })

function store(jar: Jar, directives: readonly string[]): void {
  for (const directive of directives) {
    const [pair = ''] = directive.split(';')
    const at = pair.indexOf('=')
    if (/max-age=0/i.test(directive)) jar.delete(pair.slice(0, at))
    else jar.set(pair.slice(0, at), pair.slice(at + 1))
  }
}

/** Whatever a browser may hold after years of use. */
function jars(issuer: Issuer): fc.Arbitrary<Jar> {
  const tokens = fc.constantFrom(
    issuer.session(),
    issuer.session({ org_id: 'org_9', org_slug: 'other' }),
    issuer.session({ iat: SECONDS - 900, nbf: SECONDS - 900, exp: SECONDS - 840 }),
    issuer.session({ nbf: SECONDS + 90 }),
    forger.session(),
    forger.session({ iss: issuer.issuer }),
    'a.b.c',
    '',
  )
  const uats = fc.constantFrom('0', '1', String(SECONDS - 10), String(SECONDS + 90), 'x')
  return fc
    .record(
      {
        __session: tokens,
        [`__session_${issuer.suffix}`]: tokens,
        __client_uat: uats,
        [`__client_uat_${issuer.suffix}`]: uats,
        __clerk_db_jwt: fc.constant('dvb_1'),
        [`__clerk_db_jwt_${issuer.suffix}`]: fc.constant('dvb_1'),
        __clerk_handshake: fc.constantFrom('a.b.c', forger.handshake([])),
        theme: fc.constant('dark'),
      },
      { requiredKeys: [] },
    )
    .map((values) => new Map(Object.entries(values as Readonly<Record<string, string>>)))
}

const paths = fc.constantFrom(
  '/',
  '/a?b=c',
  '/orgs/acme',
  '/?__clerk_db_jwt=dvb_2',
  '/?__clerk_synced=true',
)

describe('a page that a browser loads', () => {
  it.each([
    ['production', production],
    ['development', development],
  ])('is there after one visit to the identity server at most, in %s', async (_, issuer) => {
    const sessions = fc.constantFrom(null, {}, { sub: 'user_2' })
    await fc.assert(
      fc.asyncProperty(jars(issuer), paths, sessions, async (jar, path, session) => {
        const server: Server = { session, activates: true, answers: 'well' }
        const { handshakes, userId } = await load(issuer, server, path, jar)
        expect(handshakes).toBeLessThanOrEqual(1)
        // Whoever was asked knows better than the cookies.
        const known = session && (session.sub ?? 'user_1')
        expect(userId).toBe(handshakes === 1 ? known : userId)
      }),
      { numRuns: 250 },
    )
  })

  it.each([
    ['production', production],
    ['development', development],
  ])('is there even if the identity server answers badly, in %s', async (_, issuer) => {
    const servers = fc.record<Server>({
      session: fc.constantFrom(null, {}, { exp: SECONDS - 900, iat: SECONDS - 960 }, { nbf: 9e9 }),
      activates: fc.boolean(),
      answers: fc.constantFrom('well', 'forged', 'not'),
    })
    await fc.assert(
      fc.asyncProperty(jars(issuer), paths, servers, async (jar, path, server) => {
        expect((await load(issuer, server, path, jar)).handshakes).toBeLessThanOrEqual(3)
      }),
      { numRuns: 250 },
    )
  })

  it('keeps the organization it has where the one of its URL is refused', async () => {
    const server: Server = {
      session: { org_id: 'org_9', org_slug: 'other' },
      activates: false,
      answers: 'well',
    }
    const visits = [production, development].map(async (issuer) => {
      const cookies = {
        __session: issuer.session(server.session ?? {}),
        __client_uat: String(NOW / 1000 - 10),
        __clerk_db_jwt: 'dvb_1',
      }
      return load(issuer, server, '/orgs/acme', new Map(Object.entries(cookies)))
    })
    const [inProduction, inDevelopment] = await Promise.all(visits)
    expect(inProduction).toEqual({ handshakes: 1, userId: 'user_1', path: '/orgs/acme' })
    expect(inDevelopment).toMatchObject({ userId: 'user_1', path: '/orgs/acme' })
    expect(inDevelopment?.handshakes).toBeLessThanOrEqual(3)
  })
})
