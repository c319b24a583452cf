import { describe, expect, it } from 'vitest'
import { CONTEXT, jwksServer } from '../../test/authenticate.ts'
import { NOW, SECONDS, createIssuer } from '../../test/issuer.ts'
import { createAuthenticator } from '../authenticator.ts'
import { VerifiedTokens } from './verified-tokens.ts'

const a = await createIssuer({ kid: 'same' })
const b = await createIssuer({ name: 'b', host: 'clerk.other.com', kid: 'same' })

const claims = { iss: a.issuer, sub: 'user_1', sid: 'sess_1', iat: SECONDS, exp: SECONDS + 60 }

function bearer(token: string): Request {
  return new Request('https://app.example.com', { headers: { authorization: `Bearer ${token}` } })
}

describe('the memory of verified tokens', () => {
  it('ends with the token', () => {
    const tokens = new VerifiedTokens()
    tokens.add('t', claims, NOW)
    expect(tokens.get('t', NOW + 59_999)).toBe(claims)
    expect(tokens.get('t', NOW + 60_000)).toBeUndefined()
    expect(tokens.size).toBe(0)
  })

  it('knows a token by all of it, not only by how it ends', () => {
    const tokens = new VerifiedTokens()
    const end = 'x'.repeat(100)
    tokens.add(`a${end}`, claims, NOW)
    expect(tokens.get(`b${end}`, NOW)).toBeUndefined()
    expect(tokens.get(`a${end}`, NOW)).toBe(claims)
  })

  it('ends after five minutes, however long the token lives', () => {
    const tokens = new VerifiedTokens()
    tokens.add('t', { ...claims, exp: SECONDS + 9999 }, NOW)
    expect(tokens.get('t', NOW + 299_999)).toBeDefined()
    expect(tokens.get('t', NOW + 300_000)).toBeUndefined()
  })

  it('is bounded, forgets the oldest first, and rarely stops to do so', () => {
    const tokens = new VerifiedTokens()
    for (let index = 0; index < 5001; index++) tokens.add(`t${index}`, claims, NOW)
    expect(tokens.size).toBe(2501)
    expect(tokens.get('t0', NOW)).toBeUndefined()
    expect(tokens.get('t5000', NOW)).toBe(claims)
    for (let index = 0; index < 20_000; index++) {
      tokens.add(`u${index}`, claims, NOW)
      if (tokens.size > 5000) throw new Error('unbounded')
    }
    expect(tokens.size).toBeLessThanOrEqual(5000)
  })

  it('forgets what has expired before what has not', () => {
    const tokens = new VerifiedTokens()
    for (let index = 0; index < 4999; index++) tokens.add(`t${index}`, claims, NOW)
    tokens.add('long', { ...claims, exp: SECONDS + 200 }, NOW)
    tokens.add('new', { ...claims, exp: SECONDS + 200 }, NOW + 61_000)
    expect(tokens.size).toBe(2)
  })

  it('does not answer for the time, the party and the audience', async () => {
    let now = NOW
    const { publishableKey, jwtKey } = a
    const { client } = createAuthenticator(
      { publishableKey, jwtKey },
      { ...CONTEXT, now: () => now },
    )
    const token = a.session()
    const authenticate = async (options = {}): Promise<string | null> =>
      (await client.authenticateRequest(bearer(token), options)).reason
    expect(await authenticate()).toBe(null)
    expect(await authenticate({ authorizedParties: ['https://x.example'] })).toBe(
      'token-invalid-authorized-parties',
    )
    expect(await authenticate({ audience: 'api' })).toBe('token-verification-failed')
    now += 61_000
    expect(await authenticate()).toBe(
      'session-token-expired-refresh-non-eligible-no-refresh-cookie',
    )
    now -= 3_600_000
    expect(await authenticate()).toBe('session-token-nbf')
  })

  it('does not answer for another key, in either order, although the key ids are the same', async () => {
    const { client } = createAuthenticator({}, CONTEXT)
    const pairs = [
      [a, b],
      [b, a],
    ] as const
    for (const [own, foreign] of pairs) {
      const { publishableKey, jwtKey } = own
      const authenticate = async (token: string): Promise<boolean> =>
        (await client.authenticateRequest(bearer(token), { publishableKey, jwtKey })).isSignedIn
      expect(await authenticate(own.session())).toBe(true)
      expect(await authenticate(foreign.session())).toBe(false)
      expect(await authenticate(foreign.session({ iss: own.issuer }))).toBe(false)
    }
  })

  it('does not answer for another key of the same instance, which may have been replaced', async () => {
    const { publishableKey } = a
    const fetchKeys: typeof fetch = (input, init) => {
      const caller = new Request(input, init).headers.get('authorization')
      return Promise.resolve(
        Response.json({ keys: [caller === `Bearer ${b.secretKey}` ? b.jwk : a.jwk] }),
      )
    }
    const { client } = createAuthenticator({}, { ...CONTEXT, fetch: fetchKeys })
    const token = a.session()
    const forged = b.session({ iss: a.issuer })
    for (const kind of ['jwtKey', 'secretKey'] as const) {
      const isSignedIn = async (text: string, key: string): Promise<boolean> =>
        (await client.authenticateRequest(bearer(text), { publishableKey, [kind]: key })).isSignedIn
      for (const _ of ['new', 'known']) {
        expect(await isSignedIn(token, a[kind])).toBe(true)
        expect(await isSignedIn(token, b[kind])).toBe(false)
        expect(await isSignedIn(forged, b[kind])).toBe(true)
        expect(await isSignedIn(forged, a[kind])).toBe(false)
      }
    }
  })

  it('keeps two tenants apart a thousand times over, each with its published keys', async () => {
    const fetchKeys: typeof fetch = (input, init) => {
      const { headers } = new Request(input, init)
      const tenant = [a, b].find(
        ({ secretKey }) => headers.get('authorization') === `Bearer ${secretKey}`,
      )
      return Promise.resolve(Response.json({ keys: [tenant?.jwk] }))
    }
    const { client } = createAuthenticator({}, { ...CONTEXT, fetch: fetchKeys })
    const tokens = { a: a.session(), b: b.session() }
    const crossed = await Promise.all(
      Array.from({ length: 1000 }, async (_, index) => {
        const [own, token] = index % 2 ? [a, tokens.b] : [b, tokens.a]
        const { publishableKey, secretKey } = own
        const right = own === a ? tokens.a : tokens.b
        const good = await client.authenticateRequest(bearer(right), { publishableKey, secretKey })
        const bad = await client.authenticateRequest(bearer(token), { publishableKey, secretKey })
        return good.isSignedIn && !bad.isSignedIn
      }),
    )
    expect(crossed.every(Boolean)).toBe(true)
  })

  it('is not asked where every verification must fetch the keys', async () => {
    const server = jwksServer(() => Response.json({ keys: [a.jwk] }))
    const { publishableKey, secretKey } = a
    const { client } = createAuthenticator(
      { publishableKey, secretKey, skipJwksCache: true },
      { ...CONTEXT, fetch: server.fetch },
    )
    const request = bearer(a.session())
    expect((await client.authenticateRequest(request)).isSignedIn).toBe(true)
    expect((await client.authenticateRequest(request)).isSignedIn).toBe(true)
    expect(server.requests).toHaveLength(2)
  })
})
