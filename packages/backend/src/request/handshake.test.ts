import { describe, expect, it } from 'vitest'
import { stateOf } from '../../test/authenticate.ts'
import { type Issuer, SECONDS, cookies, createIssuer, pageRequest } from '../../test/issuer.ts'
import type { RequestState } from './state.ts'

const production = await createIssuer()
const development = await createIssuer({ name: 'dev', type: 'development', host: 'localhost:4000' })
const stranger = await createIssuer({ name: 'b', host: 'clerk.other.com' })

const session = production.session()
const directives = [
  `__session=${session}; Path=/; Secure; SameSite=Lax`,
  `__session_${production.suffix}=${session}; Path=/; Secure; SameSite=Lax`,
  `__client_uat=${SECONDS - 10}; Path=/; Domain=example.com; SameSite=Lax`,
  '__clerk_handshake=; Path=/; Domain=.example.com; Max-Age=0',
]

function answer(token: string): Request {
  return pageRequest('/dashboard', cookies({ __clerk_handshake: token, __client_uat: 1 }))
}

describe('the answer to a handshake', () => {
  it('signs in on the spot in production and forwards its cookies', async () => {
    const state = await stateOf(production, answer(production.handshake(directives)))
    expect(state).toMatchObject({ status: 'signed-in', token: session })
    expect(state.headers.getSetCookie()).toEqual(directives)
    expect(state.headers.get('cache-control')).toBe('private, no-store')
    expect(state.headers.has('location')).toBe(false)
    expect(state.headers.has('access-control-allow-origin')).toBe(false)
  })

  it('leads back to the clean page in development', async () => {
    const own = development.session()
    const token = development.handshake([
      `__session=${own}; Path=/`,
      '__clerk_db_jwt=dvb_1; Path=/',
    ])
    const path = `/dashboard?a=b&__clerk_handshake=${token}&__clerk_help=1&__clerk_db_jwt=dvb_1`
    const state = await stateOf(development, pageRequest(path))
    expect(state.status).toBe('signed-in')
    expect(state.headers.get('location')).toBe('https://app.example.com/dashboard?a=b')
    expect(state.headers.getSetCookie()).toHaveLength(2)
    expect(state.headers.get('cache-control')).toBe('private, no-store')
  })

  it('signs out when it brings no session', async () => {
    const gone = ['__session=; Path=/; Max-Age=0', '__client_uat=0; Path=/']
    const state = await stateOf(production, answer(production.handshake(gone)))
    expect(state).toMatchObject({ status: 'signed-out', reason: 'session-token-missing' })
    expect(state.headers.getSetCookie()).toEqual(gone)
    expect(state.headers.get('cache-control')).toBe('private, no-store')
  })

  it('takes the last session it brings', async () => {
    const token = production.handshake([
      `__session=${production.session({ sub: 'user_first' })}; Path=/`,
      `__session_${production.suffix}=${production.session({ sub: 'user_last' })}; Path=/`,
    ])
    expect((await stateOf(production, answer(token))).toAuth()?.userId).toBe('user_last')
  })

  it('is not read from the URL in production, where a link could sign a visitor in', async () => {
    const path = `/?__clerk_handshake=${production.handshake(directives)}`
    expect((await stateOf(production, pageRequest(path))).status).toBe('signed-out')
  })

  it('is not read beside an Authorization header', async () => {
    const request = pageRequest('/', {
      authorization: 'Bearer x',
      ...cookies({ __clerk_handshake: production.handshake(directives) }),
    })
    expect((await stateOf(production, request)).reason).toBe('token-invalid')
  })

  // oxfmt-ignore
  it.each([
    ['signed by another instance',        stranger.handshake(directives, { iss: production.issuer })],
    ['of another issuer',                 production.handshake(directives, { iss: stranger.issuer })],
    ['that is over',                      production.handshake(directives, { exp: SECONDS - 6 })],
    ['that has not begun',                production.handshake(directives, { nbf: SECONDS + 6 })],
    ['with an expiry that is no time',    production.handshake(directives, { exp: '1' })],
    ['of the template class',             production.sign({ handshake: directives }, { cat: 'cl_B7d4PD222AAA' })],
    ['of the machine class',              production.sign({ handshake: directives, sub: 'mch_1' })],
    ['of another type',                   production.sign({ handshake: directives }, { typ: 'at+jwt' })],
    ['that is a session token',           session],
    ['whose directives are no list',      production.handshake('__session=x')],
    ['that cannot be read',               'a.b.c'],
    ['that is too long',                  production.handshake([...directives, `x=${'x'.repeat(40_000)}`])],
    ['with a session of another instance', production.handshake([`__session=${stranger.session()}; Path=/`])],
    ['with a session that is over',       production.handshake([`__session=${production.session({ iat: SECONDS - 60, exp: SECONDS - 6 })}; Path=/`])],
    ['with a template token as session',  production.handshake([`__session=${production.session({}, { cat: 'cl_B7d4PD222AAA' })}; Path=/`])],
  ])('%s counts for nothing and sets no cookie', async (_, token) => {
    const state = await stateOf(production, answer(token))
    expect(state.status).toBe('handshake')
    expect(state.reason).toBe('client-uat-but-no-session-token')
    expect(state.headers.getSetCookie()).toEqual([expect.stringMatching(/^__clerk_redirect_count=1;/)])
  })

  it('does not fail a request in development either', async () => {
    const state = await stateOf(development, pageRequest('/?__clerk_handshake=forged'))
    expect(state).toMatchObject({ status: 'handshake', reason: 'dev-browser-missing' })
    expect(state.headers.get('location')).not.toContain('forged')
  })

  // oxfmt-ignore
  it.each([
    ['that is over',             { iat: SECONDS - 7200, exp: SECONDS - 7140 }, 'signed-in'],
    ['that has not begun',       { nbf: SECONDS + 7200 },                      'signed-in'],
    ['from the future',          { iat: SECONDS + 7200, exp: SECONDS + 7260 }, 'signed-in'],
    ['that is over for a day',   { iat: SECONDS - 86_460, exp: SECONDS - 86_400 }, 'handshake'],
    ['from beyond tomorrow',     { iat: SECONDS + 86_401, exp: SECONDS + 86_460 }, 'handshake'],
    ['of somebody else',         { iss: stranger.issuer },                     'handshake'],
  ])('may bring a session %s in development, where a clock was asleep', async (_, claims, status) => {
    const token = development.handshake([`__session=${development.session(claims)}; Path=/`])
    const state = await stateOf(development, pageRequest(`/?__clerk_handshake=${token}`))
    expect(state.status).toBe(status)
  })

  it('tells the developer why it was refused', async () => {
    const token = stranger.handshake(directives, { iss: production.issuer })
    const { message, headers } = await stateOf(production, answer(token))
    expect(message).toMatch(/^The answer to a handshake was refused\. The signature/)
    expect(headers.get('x-clerk-auth-message')).toBe(message)
  })

  it('ends a loop of answers that are refused', async () => {
    const values = { __clerk_redirect_count: 3, __clerk_handshake: 'forged', __client_uat: 1 }
    const state = await stateOf(production, pageRequest('/', cookies(values)))
    expect(state.status).toBe('signed-out')
  })

  // oxfmt-ignore
  it.each([
    ['a cookie of the app',            'role=admin; Path=/'],
    ['the identity server\'s cookie',  '__client=x; Path=/'],
    ['a cookie of another instance',   `__session_${stranger.suffix}=x; Path=/`],
    ['a name that only begins alike',  '__session2=x; Path=/'],
    ['a second line',                  '__client_uat=1; Path=/\r\nset-cookie: role=admin'],
    ['a line feed',                    '__client_uat=1\n'],
    ['a top-level domain',             '__client_uat=1; Path=/; Domain=.com'],
    ['a foreign domain',               '__client_uat=1; Path=/; Domain=evil.com'],
    ['a domain that only ends alike',  '__client_uat=1; Path=/; Domain=le.com'],
    ['a path',                         '__client_uat=1; Path=/..;'],
    ['no text',                        ['__client_uat=1; Path=/']],
    ['no name',                        '=x'],
  ])('forwards no directive with %s', async (_, directive) => {
    const token = production.handshake([...directives, directive])
    const state = await stateOf(production, answer(token))
    expect(state.status).toBe('signed-in')
    expect(state.headers.getSetCookie()).toEqual(directives)
  })
})

const found = (): Response => Response.json({ directives })
const gone = (): Response =>
  Response.json({ errors: [{ code: 'resource_not_found', message: 'Not found' }] }, { status: 404 })

/** Authenticates a request while the Backend API answers like this; notes what it was asked. */
async function exchange(
  issuer: Issuer,
  request: Request,
  answer: () => Response | Promise<Response>,
  options = { secretKey: issuer.secretKey },
): Promise<{ readonly state: RequestState; readonly asked: readonly Request[] }> {
  const asked: Request[] = []
  const state = await stateOf(issuer, request, options, {
    fetch: async (input, init) => {
      asked.push(new Request(input, init))
      return answer()
    },
  })
  return { state, asked }
}

describe('the answer that the identity server keeps under a nonce', () => {
  const PAGE = '/dashboard?a=b'

  const withNonce = (values: Record<string, string | number> = {}): Request =>
    pageRequest(PAGE, cookies({ __clerk_handshake_nonce: 'nonce_1', ...values }))
  const inUrl = (headers: Record<string, string> = {}): Request =>
    pageRequest(`${PAGE}&__clerk_handshake_nonce=nonce_1`, headers)

  it('signs in on the spot in production', async () => {
    const { state, asked } = await exchange(production, withNonce(), found)
    expect(state).toMatchObject({ status: 'signed-in', token: session })
    expect(state.headers.getSetCookie()).toEqual(directives)
    expect(state.headers.get('cache-control')).toBe('private, no-store')
    expect(asked.map(({ url }) => url)).toEqual([
      'https://clerk.example.com/v1/clients/handshake_payload?nonce=nonce_1',
    ])
    expect(asked[0]?.headers.get('authorization')).toBe(`Bearer ${production.secretKey}`)
  })

  it('leads back to the clean page in development', async () => {
    const own = [`__session=${development.session()}; Path=/`]
    const { state } = await exchange(development, inUrl(), () => Response.json({ directives: own }))
    expect(state.status).toBe('signed-in')
    expect(state.headers.get('location')).toBe('https://app.example.com/dashboard?a=b')
  })

  it('wins over a token', async () => {
    const request = withNonce({ __clerk_handshake: production.handshake([]) })
    expect((await exchange(production, request, found)).state.status).toBe('signed-in')
  })

  it('is not fetched under a nonce in the URL in production, where a link could sign a visitor in', async () => {
    const { state, asked } = await exchange(production, inUrl(), found)
    expect([state.status, asked.length]).toEqual(['signed-out', 0])
  })

  it('is not fetched beside an Authorization header', async () => {
    const request = withNonce()
    request.headers.set('authorization', 'Bearer x')
    const { state, asked } = await exchange(production, request, found)
    expect([state.reason, asked.length]).toEqual(['token-invalid', 0])
  })

  it('is held to the same rules as a token', async () => {
    const given = [...directives, 'role=admin; Path=/']
    const { state } = await exchange(production, withNonce(), () =>
      Response.json({ directives: given }),
    )
    expect(state.headers.getSetCookie()).toEqual(directives)
    const foreign = [`__session=${stranger.session()}; Path=/`]
    const refused = await exchange(production, withNonce(), () =>
      Response.json({ directives: foreign }),
    )
    expect(refused.state.isSignedIn).toBe(false)
    expect(refused.state.headers.getSetCookie()).toEqual([])
  })

  it('cannot address another resource', async () => {
    const request = pageRequest('/', { cookie: '__clerk_handshake_nonce=..%2Fusers%3Fa%3Db%26c' })
    const { asked } = await exchange(production, request, found)
    expect(asked.map(({ url }) => url)).toEqual([
      'https://clerk.example.com/v1/clients/handshake_payload?nonce=..%2Fusers%3Fa%3Db%26c',
    ])
  })

  // oxfmt-ignore
  it.each([
    ['was handed out already',    gone],
    ['is out of reach',           () => Promise.reject(new Error('down'))],
    ['is no list',                () => Response.json({ directives: 'x' })],
    ['is null',                   () => Response.json(null)],
    ['is a page',                 () => new Response('<html>')],
  ])('counts for nothing where it %s', async (_, answer) => {
    const { state } = await exchange(production, withNonce(), answer)
    expect([state.status, state.reason]).toEqual(['signed-out', 'session-token-missing'])
    expect(state.headers.getSetCookie()).toEqual([])
    // Several requests of one page can bring one nonce; only the first gets the answer.
    const known = withNonce({ __session: session, __client_uat: 1 })
    expect((await exchange(production, known, answer)).state.status).toBe('signed-in')
  })

  it('leaves the URL where it was handed out already, in development', async () => {
    const { state } = await exchange(development, inUrl(), gone)
    expect([state.status, state.reason]).toEqual(['signed-out', 'session-token-missing'])
    expect(state.headers.get('location')).toBe('https://app.example.com/dashboard?a=b')
  })

  it('needs a secret key, and is asked for only with one', async () => {
    const { state, asked } = await exchange(production, withNonce(), found, { secretKey: '' })
    expect([state.reason, asked.length]).toEqual(['session-token-missing', 0])

    const formats = [production.secretKey, ''].map(async (secretKey) => {
      const request = pageRequest('/', cookies({ __client_uat: 1 }))
      const { headers } = await stateOf(production, request, { secretKey })
      return new URL(headers.get('location') ?? '').searchParams.get('format')
    })
    expect(await Promise.all(formats)).toEqual(['nonce', null])
  })
})
