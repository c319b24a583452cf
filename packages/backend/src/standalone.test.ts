import { afterEach, describe, expect, it, vi } from 'vitest'
import { jwksServer } from '../test/authenticate.ts'
import { createIssuer } from '../test/issuer.ts'
import { ClerkError, authenticateRequest } from './index.ts'

const issuer = await createIssuer()
const { publishableKey, jwtKey } = issuer

// This door takes the clock of the process.
const seconds = Math.floor(Date.now() / 1000)
const token = issuer.session({ iat: seconds - 5, nbf: seconds - 5, exp: seconds + 600 })
const request = (): Request =>
  new Request('https://app.example.com/', { headers: { authorization: `Bearer ${token}` } })

afterEach(() => {
  vi.unstubAllEnvs()
  vi.unstubAllGlobals()
})

describe('authenticateRequest', () => {
  it('takes its options from the call, else from the environment', async () => {
    expect((await authenticateRequest(request(), { publishableKey, jwtKey })).isSignedIn).toBe(true)
    vi.stubEnv('CLERK_PUBLISHABLE_KEY', publishableKey)
    vi.stubEnv('CLERK_JWT_KEY', jwtKey)
    expect((await authenticateRequest(request())).isSignedIn).toBe(true)
    const { reason } = await authenticateRequest(request(), {
      authorizedParties: ['https://other.example.com'],
    })
    expect(reason).toBe('token-invalid-authorized-parties')
  })

  it('keeps key sets from one call to the next, apart for each instance', async () => {
    const jwks = jwksServer(() => Response.json({ keys: [issuer.jwk] }))
    vi.stubGlobal('fetch', jwks.fetch)
    for (const [secretKey, fetches] of [
      ['sk_test_standalone_1', 1],
      ['sk_test_standalone_1', 1],
      ['sk_test_standalone_2', 2],
    ] as const) {
      const { status } = await authenticateRequest(request(), { publishableKey, secretKey })
      expect(status).toBe('signed-in')
      expect(jwks.requests).toHaveLength(fetches)
    }
  })

  it('rejects with everything that is missing', async () => {
    vi.stubEnv('CLERK_PUBLISHABLE_KEY', '')
    vi.stubEnv('CLERK_JWT_KEY', '')
    vi.stubEnv('CLERK_SECRET_KEY', '')
    const error: unknown = await authenticateRequest(request()).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ClerkError)
    expect(error).toMatchObject({
      code: 'options-invalid',
      message: expect.stringMatching(/CLERK_PUBLISHABLE_KEY[^]*CLERK_JWT_KEY/),
    })
  })
})
