import { describe, expect, it } from 'vitest'
import { CONTEXT } from '../test/authenticate.ts'
import { SECONDS, cookies, createIssuer, pageRequest } from '../test/issuer.ts'
import {
  type AuthenticatorOptionsOrCallback,
  type ContinueOutcome,
  createAuthenticator,
  toErrorResponse,
} from './authenticator.ts'
import { ClerkError } from './errors.ts'
import { createRouteMatcher } from './paths/route-matcher.ts'

const issuer = await createIssuer()
const development = await createIssuer({ name: 'dev', type: 'development', host: 'localhost:4000' })
const { publishableKey, jwtKey } = issuer

async function continued(
  request: Request,
  options: AuthenticatorOptionsOrCallback = { publishableKey, jwtKey },
): Promise<ContinueOutcome> {
  const outcome = await createAuthenticator(options, CONTEXT).handle(request)
  if (outcome.type !== 'continue') throw new Error('expected to continue')
  return outcome
}

const signedIn = cookies({ __session: issuer.session(), __client_uat: SECONDS - 100 })

describe('an authenticator', () => {
  it('lets a signed-in request continue, for its visitor alone', async () => {
    const { auth, headers, url, redirects } = await continued(pageRequest('/dashboard', signedIn))
    expect(auth).toMatchObject({ userId: 'user_1', sessionId: 'sess_1' })
    expect(headers.get('cache-control')).toBe('private, no-store')
    expect(url.href).toBe('https://app.example.com/dashboard')
    expect(redirects.redirectToSignIn()).toContain('https://accounts.example.com/sign-in')
  })

  it('lets a signed-out request continue', async () => {
    const { auth, state } = await continued(pageRequest('/'))
    expect(auth.userId).toBe(null)
    expect(state.reason).toBe('session-token-and-uat-missing')
  })

  it('answers a request that the identity server must see first', async () => {
    const outcome = await createAuthenticator({ publishableKey, jwtKey }, CONTEXT).handle(
      pageRequest('/', cookies({ __client_uat: 1 })),
    )
    if (outcome.type !== 'respond') throw new Error('expected to respond')
    const { response } = outcome
    expect(response.status).toBe(307)
    expect(response.headers.get('location')).toMatch(
      /^https:\/\/clerk\.example\.com\/v1\/client\/handshake\?/,
    )
    expect(response.headers.get('cache-control')).toBe('private, no-store')
    expect(response.headers.getSetCookie()).toHaveLength(1)
    expect(await response.text()).toBe('')
  })

  it('answers with the clean page, and every cookie, after a handshake in development', async () => {
    const token = development.handshake([
      `__session=${development.session()}; Path=/`,
      `__client_uat=${SECONDS}; Path=/`,
      '__clerk_db_jwt=dvb_1; Path=/',
    ])
    const authenticator = createAuthenticator(
      { publishableKey: development.publishableKey, jwtKey: development.jwtKey },
      CONTEXT,
    )
    const outcome = await authenticator.handle(pageRequest(`/a?b=c&__clerk_handshake=${token}`))
    if (outcome.type !== 'respond') throw new Error('expected to respond')
    expect(outcome.response.headers.get('location')).toBe('https://app.example.com/a?b=c')
    expect(outcome.response.headers.getSetCookie()).toHaveLength(3)
  })

  it('carries the cookies of a handshake on in production', async () => {
    const token = issuer.handshake([
      `__session=${issuer.session()}; Path=/`,
      '__client_uat=1; Path=/',
    ])
    const { auth, headers } = await continued(
      pageRequest('/', cookies({ __clerk_handshake: token })),
    )
    expect(auth.userId).toBe('user_1')
    expect(headers.getSetCookie()).toHaveLength(2)
  })

  it('asks a function of options for each request, as the framework has it', async () => {
    const asked: string[] = []
    const authenticator = createAuthenticator<{ tenant: string }>(async ({ tenant }) => {
      asked.push(tenant)
      return { publishableKey, jwtKey, signInUrl: `/${tenant}/in` }
    }, CONTEXT)
    const outcomes = await Promise.all(
      ['a', 'b'].map((tenant) => authenticator.handle(pageRequest('/', signedIn), { tenant })),
    )
    expect(asked).toEqual(['a', 'b'])
    expect(
      outcomes.map((outcome) =>
        outcome.type === 'continue'
          ? outcome.redirects.redirectToSignIn({ returnBackUrl: null })
          : null,
      ),
    ).toEqual(['https://app.example.com/a/in', 'https://app.example.com/b/in'])
  })

  it('reads nothing before it is used, so that a module can create one without an environment', () => {
    expect(() => createAuthenticator({ signInUrl: '//bad' }, CONTEXT)).not.toThrow()
  })

  it('takes the options from the environment it was given', async () => {
    const env = { CLERK_PUBLISHABLE_KEY: publishableKey, CLERK_JWT_KEY: jwtKey }
    const outcome = await createAuthenticator(undefined, { ...CONTEXT, env }).handle(
      pageRequest('/', signedIn),
    )
    expect(outcome).toMatchObject({ type: 'continue', state: { isSignedIn: true } })
  })
})

describe('toErrorResponse', () => {
  it('answers a path with two readings with 400', () => {
    let thrown: unknown
    try {
      createRouteMatcher('/admin')('//admin')
    } catch (error) {
      thrown = error
    }
    const response = toErrorResponse(thrown)
    expect(response?.status).toBe(400)
    expect(response?.headers.get('cache-control')).toBe('no-store')
  })

  it('leaves every other error to the framework', () => {
    expect(toErrorResponse(new ClerkError('options-invalid', 'x'))).toBe(null)
    expect(toErrorResponse(new Error('x'))).toBe(null)
    expect(toErrorResponse(null)).toBe(null)
  })
})
