import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { CONTEXT, jwksServer } from '../../test/authenticate.ts'
import { NOW, createIssuer } from '../../test/issuer.ts'
import { createAuthenticator } from '../authenticator.ts'
import type { ClerkOptions } from '../options.ts'
import type { RequestState } from '../request/state.ts'
import { FAILURE_COOLDOWN_MS, FRESH_MS, STALE_MS, UNKNOWN_KID_COOLDOWN_MS } from './jwks.ts'

const issuer = await createIssuer()
const forger = await createIssuer({ name: 'b' })
const { publishableKey, secretKey, jwk } = issuer

const good = (): Response => Response.json({ keys: [jwk] })
const broken = (): Response => new Response('<h1>Oops</h1>', { status: 500 })

/** An instance whose keys are published, with a clock and an answer that a test can change. */
function instance(answer: () => Response | Promise<Response> = good, options: ClerkOptions = {}) {
  const surroundings = { now: NOW, answer }
  const server = jwksServer(() => surroundings.answer())
  const { client } = createAuthenticator(
    { publishableKey, secretKey, clockSkewInMs: 86_400_000, ...options },
    { ...CONTEXT, fetch: server.fetch, now: () => surroundings.now },
  )
  const stateOf = (token: string): Promise<RequestState> => {
    const headers = { authorization: `Bearer ${token}` }
    return client.authenticateRequest(new Request('https://app.example.com', { headers }))
  }
  const reasonOf = async (token: string): Promise<string | null> => (await stateOf(token)).reason
  let count = 0
  return {
    surroundings,
    requests: server.requests,
    reasonOf,
    /** What a developer is told about the keys. */
    keys: async (token: string) => (await stateOf(token)).toAuth()?.debug()['keys'],
    /** Brings a token that was never seen, good for a day and a half. */
    bring: (kid?: string) => {
      count += 1
      const claims = { sub: `user_${count}`, exp: NOW / 1000 + 130_000 }
      return reasonOf(issuer.session(claims, kid === undefined ? {} : { kid }))
    },
  }
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  const settle: { resolve?: (value: T) => void } = {}
  const promise = new Promise<T>((resolve) => {
    settle.resolve = resolve
  })
  return { promise, resolve: (value) => settle.resolve?.(value) }
}

describe('published keys', () => {
  it('are fetched once for a hundred requests that wait, with the secret key, from the instance', async () => {
    const { bring, requests } = instance()
    const reasons = await Promise.all(Array.from({ length: 100 }, () => bring()))
    expect(reasons.every((reason) => reason === null)).toBe(true)
    expect(requests).toHaveLength(1)
    expect(requests[0]?.url).toBe('https://clerk.example.com/v1/jwks')
    expect(requests[0]?.headers.get('authorization')).toBe(`Bearer ${secretKey}`)
  })

  it('are not looked for where a redirect points, which would get the secret key', async () => {
    const headers = { location: 'https://example.org/v1/jwks' }
    const moved = (): Response => Response.json({ keys: [jwk] }, { status: 302, headers })
    const { bring, requests } = instance(moved)
    expect(await bring()).toBe('jwk-remote-failed-to-load')
    expect(requests[0]?.redirect).toBe('manual')
  })

  it('are fetched from where CLERK_API_URL says', async () => {
    const { bring, requests } = instance(good, {
      apiUrl: 'http://identity:4000/api/',
      apiVersion: 'v2',
    })
    await bring()
    expect(requests[0]?.url).toBe('http://identity:4000/api/v2/jwks')
  })

  it('are not fetched with a PEM key', async () => {
    const { bring, requests } = instance(good, { jwtKey: issuer.jwtKey })
    expect(await bring()).toBe(null)
    expect(requests).toHaveLength(0)
  })

  it('stay for five minutes', async () => {
    const { bring, requests, surroundings } = instance()
    await bring()
    surroundings.now += FRESH_MS - 1
    await bring()
    expect(requests).toHaveLength(1)
    surroundings.now += 1
    await bring()
    expect(requests).toHaveLength(2)
  })

  it('are fetched once per cooldown for unknown key ids, whatever the traffic', async () => {
    const { bring, requests, surroundings } = instance()
    await bring()
    const attack = async (): Promise<void> => {
      const reasons = await Promise.all(
        Array.from({ length: 100 }, (_, index) => bring(`kid_${index}`)),
      )
      expect(new Set(reasons)).toEqual(new Set(['jwk-kid-mismatch']))
    }
    await attack()
    expect(requests).toHaveLength(1)
    surroundings.now += UNKNOWN_KID_COOLDOWN_MS
    await attack()
    await attack()
    expect(requests).toHaveLength(2)
  })

  it('are found after a rotation', async () => {
    const { bring, surroundings } = instance()
    await bring()
    surroundings.now += UNKNOWN_KID_COOLDOWN_MS
    surroundings.answer = () => Response.json({ keys: [{ ...jwk, kid: 'ins_new' }, jwk] })
    expect(await bring('ins_new')).toBe(null)
  })

  it('are fetched again when the clock was set back', async () => {
    const { bring, requests, surroundings } = instance()
    await bring()
    surroundings.now -= 3_600_000
    expect(await bring()).toBe(null)
    expect(requests).toHaveLength(2)
  })

  it('are no longer used once they are withdrawn', async () => {
    const { bring, surroundings } = instance()
    await bring()
    surroundings.now += FRESH_MS
    surroundings.answer = () => Response.json({ keys: [{ ...jwk, kid: 'ins_new' }] })
    expect(await bring()).toBe('jwk-kid-mismatch')
  })

  // oxfmt-ignore
  it.each([
    ['__proto__',              '__proto__',           'jwk-kid-mismatch'],
    ['constructor',            'constructor',         'jwk-kid-mismatch'],
    ['toString',               'toString',            'jwk-kid-mismatch'],
    ['hasOwnProperty',         'hasOwnProperty',      'jwk-kid-mismatch'],
    ['a path',                 '../../x',             'jwk-kid-mismatch'],
    ['an address',             'https://evil.example/jwks', 'jwk-kid-mismatch'],
    ['a query',                `' OR 1=1--`,          'jwk-kid-mismatch'],
    ['a line break',           'ins_a\r\nx: y',       'jwk-kid-mismatch'],
    ['a NUL',                  'ins_a\0',             'jwk-kid-mismatch'],
    ['upper case',             'INS_A',               'jwk-kid-mismatch'],
    ['a space behind',         'ins_a ',              'jwk-kid-mismatch'],
    ['256 characters',         'k'.repeat(256),       'jwk-kid-mismatch'],
    ['another instance',       'ins_b',               'jwk-kid-mismatch'],
    ['257 characters',         'k'.repeat(257),       'token-invalid'],
    ['10 kB',                  'k'.repeat(10_000),    'token-invalid'],
    ['nothing',                '',                    'token-invalid'],
    ['a number',               1,                     'token-invalid'],
    ['null',                   null,                  'token-invalid'],
    ['a list',                 ['ins_a'],             'token-invalid'],
    ['an object',              { kid: 'ins_a' },      'token-invalid'],
  ])('have no key whose id is %s, and are not fetched again for it', async (_, kid, reason) => {
    const { bring, reasonOf, requests } = instance()
    await bring()
    for (const sub of ['user_1', 'user_2', 'user_3']) {
      expect(await reasonOf(issuer.session({ sub }, { kid }))).toBe(reason)
    }
    expect(requests).toHaveLength(1)
  })

  it('are fetched from nowhere that a token names', async () => {
    const elsewhere = {
      jku: 'https://evil.example/jwks',
      x5u: 'https://evil.example/x',
      jwk: forger.jwk,
    }
    const { reasonOf, requests } = instance()
    const forged = forger.session({ iss: issuer.issuer }, elsewhere)
    expect(await reasonOf(forged)).toBe('token-invalid-signature')
    const unknown = forger.session({ iss: issuer.issuer }, { ...elsewhere, kid: 'ins_evil' })
    expect(await reasonOf(unknown)).toBe('jwk-kid-mismatch')
    expect(requests.map(({ url }) => url)).toEqual(['https://clerk.example.com/v1/jwks'])
  })

  // oxfmt-ignore
  it.each([
    ['an algorithm that no key has', { alg: 'HS256' },             'token-invalid-algorithm'],
    ['no algorithm',                 { alg: 'none' },              'token-invalid-algorithm'],
    ['the class of a template',      { cat: 'cl_B7d4PD222AAA' },   'token-type-mismatch'],
    ['the type of an OAuth token',   { typ: 'at+jwt' },            'token-type-mismatch'],
    ['an extension',                 { crit: ['exp'] },            'token-invalid'],
  ])('are not fetched at all for a token with %s', async (_, header, reason) => {
    const { reasonOf, requests } = instance()
    expect(await reasonOf(issuer.session({}, header))).toBe(reason)
    expect(requests).toEqual([])
  })

  it('are not guessed for a token without a key id', async () => {
    const { reasonOf, requests } = instance()
    expect(await reasonOf(issuer.session({}, { kid: undefined }))).toBe('jwk-kid-mismatch')
    expect(requests).toHaveLength(0)
  })
})

describe('an outage of the identity server', () => {
  // oxfmt-ignore
  it.each([
    ['no connection',     () => Promise.reject(new TypeError('fetch failed')),               'jwk-remote-failed-to-load'],
    ['a page instead',    broken,                                                            'jwk-remote-failed-to-load'],
    ['truncated JSON',    () => new Response('{"keys":[', { status: 200 }),                  'jwk-remote-failed-to-load'],
    ['no keys',           () => Response.json({ keys: [] }),                                 'jwk-remote-failed-to-load'],
    ['keys that are none', () => Response.json({ keys: [null, 5, {}, { kid: 'ins_a' }] }),   'jwk-remote-failed-to-load'],
    ['no body',           () => new Response(null, { status: 200 }),                         'jwk-remote-failed-to-load'],
    ['a body that is null', () => Response.json(null),                                       'jwk-remote-failed-to-load'],
    ['ten megabytes',     () => Response.json({ keys: [jwk], x: 'x'.repeat(10_000_000) }), 'jwk-remote-failed-to-load'],
    ['too many requests', () => new Response('{}', { status: 429, headers: { 'retry-after': '0' } }), 'jwk-remote-failed-to-load'],
    ['a refused secret key', () => Response.json({ errors: [{ code: 'clerk_key_invalid', message: 'x' }] }, { status: 401 }), 'secret-key-invalid'],
  ])('with %s is told apart from a bad token', async (_, answer, reason) => {
    expect(await instance(answer).bring()).toBe(reason)
  })

  it('signs nobody out for a day', async () => {
    const { bring, surroundings, requests } = instance()
    await bring()
    surroundings.answer = broken
    surroundings.now += FRESH_MS
    expect(await bring()).toBe(null)
    surroundings.now = NOW + STALE_MS - 1
    expect(await bring()).toBe(null)
    expect(requests).toHaveLength(3)
    surroundings.now = NOW + STALE_MS + FAILURE_COOLDOWN_MS
    expect(await bring()).toBe('jwk-remote-failed-to-load')
  })

  it('holds nobody up while the server hangs, and ends by itself', async () => {
    const { bring, surroundings, requests } = instance()
    await bring()
    surroundings.now += FRESH_MS
    surroundings.answer = broken
    await bring()
    surroundings.now += FAILURE_COOLDOWN_MS
    const { promise, resolve } = withResolvers<Response>()
    surroundings.answer = () => promise
    expect(await Promise.all([bring(), bring(), bring()])).toEqual([null, null, null])
    expect(requests).toHaveLength(3)
    resolve(Response.json({ keys: [{ ...jwk, kid: 'ins_new' }] }))
    await expect.poll(() => bring('ins_new')).toBe(null)
    expect(await bring()).toBe('jwk-kid-mismatch')
  })

  it('that begins with a server that hangs holds nobody up for long', async () => {
    const { bring, surroundings, requests } = instance()
    await bring()
    surroundings.now += FRESH_MS
    const { promise, resolve } = withResolvers<Response>()
    surroundings.answer = () => promise
    const start = performance.now()
    expect(await Promise.all([bring(), bring()])).toEqual([null, null])
    expect(performance.now() - start).toBeLessThan(2000)
    const again = performance.now()
    expect(await bring()).toBe(null)
    expect(performance.now() - again).toBeLessThan(200)
    expect(requests).toHaveLength(2)
    resolve(good())
  })

  it('is told to a developer', async () => {
    const { keys, surroundings } = instance()
    const token = issuer.session({ exp: NOW / 1000 + 130_000 })
    expect(await keys(token)).toBe('fresh')
    surroundings.answer = broken
    surroundings.now += FRESH_MS
    expect(await keys(issuer.session({ sub: 'user_2', exp: NOW / 1000 + 130_000 }))).toBe('stale')
    // The first token is believed although nobody asked for keys again.
    expect(await keys(token)).toBe('stale')
    surroundings.now = NOW + STALE_MS + 1
    expect(await keys(token)).toBe('missing')
    expect(await instance(broken).keys(token)).toBe('missing')
    expect(await instance(good, { jwtKey: issuer.jwtKey }).keys(token)).toBe('pem')
  })

  it('is not made worse by asking again at once', async () => {
    const { bring, surroundings, requests } = instance(broken)
    await Promise.all(Array.from({ length: 50 }, () => bring()))
    await bring()
    expect(requests).toHaveLength(1)
    surroundings.now += FAILURE_COOLDOWN_MS
    surroundings.answer = good
    expect(await bring()).toBe(null)
  })

  it('does not call a key unknown that may just have been published', async () => {
    const { bring, surroundings } = instance()
    await bring()
    surroundings.now += UNKNOWN_KID_COOLDOWN_MS
    surroundings.answer = broken
    const start = performance.now()
    expect(await bring('ins_new')).toBe('jwk-remote-failed-to-load')
    expect(await bring('ins_new')).toBe('jwk-remote-failed-to-load')
    expect(performance.now() - start).toBeLessThan(50)
  })
})

describe('a published key', () => {
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 })
  // oxfmt-ignore
  it.each([
    ['is secret',                { kty: 'oct', kid: 'ins_a', alg: 'HS256', k: 'c2VjcmV0' }],
    ['names another algorithm',  { ...jwk, alg: 'PS256' }],
    ['is for encryption',        { ...jwk, use: 'enc' }],
    ['is shorter than 2048 bits', { ...weak.publicKey.export({ format: 'jwk' }), kid: 'ins_a', alg: 'RS256' }],
    ['has no modulus',           { ...jwk, n: undefined }],
    ['is of an unknown kind',    { ...jwk, kty: 'constructor' }],
  ])('that %s verifies nothing', async (_, key) => {
    expect(await instance(() => Response.json({ keys: [key] })).bring()).toBe('jwk-remote-failed-to-load')
  })

  it('is the first of its id', async () => {
    const other = (await createIssuer({ name: 'b' })).jwk
    const { bring } = instance(() => Response.json({ keys: [jwk, { ...other, kid: jwk.kid }] }))
    expect(await bring()).toBe(null)
  })
})
