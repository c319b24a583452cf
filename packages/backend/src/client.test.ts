import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { CONTEXT } from '../test/authenticate.ts'
import { createIssuer } from '../test/issuer.ts'
import {
  type ClerkClient,
  ClerkError,
  type RequestState,
  TokenVerificationError,
  createClerkClient,
  verifyToken,
} from './index.ts'

const issuer = await createIssuer()
const { publishableKey, jwtKey } = issuer

// These are the doors that take the clock of the process.
const seconds = Math.floor(Date.now() / 1000)
const fresh = { iat: seconds - 5, nbf: seconds - 5, exp: seconds + 600 }

describe('createClerkClient', () => {
  it('authenticates a request', async () => {
    const clerk = createClerkClient({ publishableKey, jwtKey })
    const request = new Request('https://app.example.com/', {
      headers: { authorization: `Bearer ${issuer.session(fresh)}` },
    })
    expect((await clerk.authenticateRequest(request)).isSignedIn).toBe(true)
    const { isSignedIn, toAuth } = await createClerkClient().authenticateRequest(request, {
      publishableKey,
      jwtKey,
      authorizedParties: ['https://other.example.com'],
    })
    expect(isSignedIn).toBe(false)
    expect(toAuth).toBeTypeOf('function')
  })

  it('says at the first request what is missing for it', async () => {
    const clerk = createClerkClient({ jwtKey })
    await expect(clerk.authenticateRequest(new Request('https://a.com'))).rejects.toThrow(
      /CLERK_PUBLISHABLE_KEY/,
    )
  })

  it('accepts every option of the documents and no other', () => {
    const clerk = createClerkClient({})
    type Options = NonNullable<Parameters<ClerkClient['authenticateRequest']>[1]>
    const options = {
      secretKey: 'sk_test_x',
      publishableKey,
      jwtKey,
      signInUrl: '/sign-in',
      signUpUrl: '/sign-up',
      afterSignInUrl: '/',
      afterSignUpUrl: '/',
      audience: ['a'],
      authorizedParties: ['https://app.example.com'],
      clockSkewInMs: 5000,
      jwksCacheTtlInMs: 1,
      skipJwksCache: false,
    } satisfies Options
    expectTypeOf(options).toExtend<Options>()
    // @ts-expect-error -- misspelled
    const misspelled: Options = { authorisedParties: [] }
    return expect(
      clerk.authenticateRequest(new Request('https://a.com'), misspelled),
    ).rejects.toThrow(ClerkError)
  })

  it('narrows a state by its status and by isSignedIn', async () => {
    const request = new Request('https://app.example.com/')
    const state: RequestState = await createClerkClient({
      publishableKey,
      jwtKey,
    }).authenticateRequest(request)
    if (state.status === 'handshake') expectTypeOf(state.toAuth()).toEqualTypeOf<null>()
    if (state.isSignedIn) {
      expectTypeOf(state.token).toEqualTypeOf<string>()
      expectTypeOf(state.toAuth().userId).toEqualTypeOf<string>()
    }
    expect(state.toAuth()?.userId).toBe(null)
  })
})

describe('verifyToken', () => {
  it('needs no session in the token, which a request does', async () => {
    const token = issuer.session({ ...fresh, sid: undefined })
    const claims = await verifyToken(token, { jwtKey })
    expect(claims).toMatchObject({ sub: 'user_1' })
    expect(claims.sid).toBe(undefined)
    const request = new Request('https://app.example.com/', {
      headers: { authorization: `Bearer ${token}` },
    })
    const { reason } = await createClerkClient({ publishableKey, jwtKey }).authenticateRequest(
      request,
    )
    expect(reason).toBe('token-verification-failed')
    await expect(
      verifyToken(issuer.session({ ...fresh, sid: '' }), { jwtKey }),
    ).rejects.toMatchObject({ reason: 'token-verification-failed' })
  })

  it('gives the claims of a session token', async () => {
    const claims = await verifyToken(issuer.session(fresh), { jwtKey })
    expect(claims.sub).toBe('user_1')
  })

  it('throws with the reason', async () => {
    const { privateKey: _, ...other } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const foreign = other.publicKey.export({ type: 'spki', format: 'pem' }).toString()
    const error: unknown = await verifyToken(issuer.session(fresh), { jwtKey: foreign }).catch(
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(TokenVerificationError)
    expect(error).toMatchObject({
      reason: 'token-invalid-signature',
      message:
        'The signature of the token does not match. (reason=token-invalid-signature, token-carrier=undefined)',
    })
  })

  it.each([undefined, null, 5, {}, ''])('refuses %j, which is no token', async (token) => {
    await expect(verifyToken(token as string, { jwtKey })).rejects.toMatchObject({
      reason: 'token-invalid',
    })
  })

  it('holds the issuer against the publishable key', async () => {
    const token = issuer.session({ ...fresh, iss: 'https://clerk.other.com' })
    await expect(verifyToken(token, { jwtKey })).resolves.toHaveProperty('sub')
    await expect(verifyToken(token, { jwtKey, publishableKey })).rejects.toMatchObject({
      reason: 'token-verification-failed',
    })
  })

  it('needs a key', async () => {
    await expect(verifyToken(issuer.session(fresh), {})).rejects.toMatchObject({
      code: 'options-invalid',
      message: expect.stringContaining('CLERK_JWT_KEY'),
    })
  })
})

describe('what is told to developers', () => {
  const POISON = 'p0is0n'

  it('never holds a token, a cookie or a key', async () => {
    const { createAuthenticator } = await import('./internal.ts')
    const secretKey = `sk_live_${POISON}`
    const told: string[] = []
    const context = {
      ...CONTEXT,
      warn: (text: string) => void told.push(text),
      fetch: () => Promise.reject(new TypeError('fetch failed')),
    }
    const tell = (thing: unknown): void => {
      const { message } = thing as { message?: unknown }
      told.push(JSON.stringify(thing) ?? '', String(message))
    }

    for (const options of [
      { publishableKey, secretKey },
      { publishableKey, jwtKey, secretKey },
    ]) {
      const { client } = createAuthenticator(options, context)
      for (const token of [
        POISON,
        `${POISON}.${POISON}.${POISON}`,
        issuer.session({ sub: POISON, exp: 1 }),
        issuer.session({ aud: POISON }, { kid: POISON }),
      ]) {
        for (const headers of [
          { authorization: `Bearer ${token}` },
          {
            cookie: `__session=${token}; __client_uat=1; __clerk_handshake=${token}; __clerk_db_jwt=${POISON}`,
          },
        ]) {
          const state = await client.authenticateRequest(
            new Request('https://a.com', { headers }),
            {
              authorizedParties: ['https://app.example.com'],
            },
          )
          tell({ message: state.message, debug: state.toAuth()?.debug() })
          told.push(JSON.stringify([...state.headers]))
        }
      }
      // One after the other: a rejection that nobody waits for yet would end the process.
      for (const id of ['user_1', `../${POISON}`]) await client.users.getUser(id).catch(tell)
    }
    for (const options of [
      { secretKey: `${POISON} ${POISON}` },
      { jwtKey: POISON },
      { publishableKey: POISON },
      { apiUrl: `https://${POISON}:${POISON}@x` },
      { signInUrl: `javascript:${POISON}` },
    ]) {
      expect(() => createClerkClient(options)).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining(POISON) }),
      )
    }
    expect(told.length).toBeGreaterThan(30)
    expect(told.filter((text) => text.includes(POISON))).toEqual([])
  })
})
