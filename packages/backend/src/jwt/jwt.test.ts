import { generateKeyPairSync } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { NOW, SECONDS, createIssuer } from '../../test/issuer.ts'
import {
  type TokenReason,
  TokenVerificationError,
  TokenVerificationErrorReason,
} from '../error-classes.ts'
import {
  type SignJwtOptions,
  SignJWTError,
  decodeJwt,
  hasValidSignature,
  signJwt,
  verifyJwt,
} from './index.ts'

const issuer = await createIssuer()
const stranger = await createIssuer({ name: 'b', host: 'clerk.other.com' })
const token = issuer.session()

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ['Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

async function reasonOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  return error instanceof TokenVerificationError ? error.reason : `no reason: ${String(error)}`
}

describe('the names of reasons', () => {
  it('are there for every reason', () => {
    // A reason without a name does not compile.
    const names = TokenVerificationErrorReason satisfies Readonly<Record<string, TokenReason>>
    const complete: TokenReason extends TokenVerificationErrorReason ? true : false = true
    expect(complete).toBe(true)
    expect(new Set(Object.values(names)).size).toBe(Object.keys(names).length)
  })
})

describe('decodeJwt', () => {
  it('takes a token apart', () => {
    const jwt = decodeJwt(token)
    const [header = '', payload = '', signature = ''] = token.split('.')
    expect(jwt.header).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'ins_a' })
    expect(jwt.payload).toMatchObject({ sub: 'user_1', sid: 'sess_1' })
    expect(Buffer.from(jwt.signature).toString('base64url')).toBe(signature)
    expect(jwt.raw).toEqual({ header, payload, signature, text: token })
  })

  it.each([
    ['nothing', ''],
    ['text', 'a.b.c'],
    ['two segments', 'e30.e30'],
    ['padding', `${token}==`],
    ['no text', null as unknown as string],
  ])('takes no %s apart', (_, text) => {
    expect(() => decodeJwt(text)).toThrow(expect.objectContaining({ reason: 'token-invalid' }))
  })
})

describe('verifyJwt', () => {
  it('gives the claims of a token, with a PEM or a JSON Web Key', async () => {
    for (const key of [issuer.jwtKey, issuer.jwk]) {
      expect(await verifyJwt(token, { key })).toMatchObject({ sub: 'user_1' })
    }
  })

  it('does not look at the class of a token', async () => {
    const template = issuer.session({ sid: undefined }, { cat: 'cl_B7d4PD222AAA' })
    expect(await verifyJwt(template, { key: issuer.jwtKey })).toMatchObject({ sub: 'user_1' })
  })

  // oxfmt-ignore
  it.each([
    ['of another key',         stranger.session(),                     {},                                        'token-invalid-signature'],
    ['of another algorithm',   issuer.session({}, { alg: 'RS512' }),   {},                                        'token-invalid-algorithm'],
    ['of no algorithm',        issuer.session({}, { alg: 'none' }),    {},                                        'token-invalid-algorithm'],
    ['of another type',        issuer.session({}, { typ: 'at+jwt' }),  {},                                        'token-invalid'],
    ['of no type',             issuer.session({}, { typ: undefined }), { headerType: 'at+jwt' },                  'token-invalid'],
    ['that is over',           issuer.session({ exp: SECONDS - 5 }),   {},                                        'token-expired'],
    ['that is over, strictly', issuer.session({ exp: SECONDS }),       { clockSkewInMs: 0 },                      'token-expired'],
    ['that has not begun',     issuer.session({ nbf: SECONDS + 6 }),   {},                                        'token-not-active-yet'],
    ['of nobody',              issuer.session({ sub: '' }),            {},                                        'token-verification-failed'],
    ['for somebody else',      issuer.session({ aud: 'x' }),           { audience: 'y' },                         'token-verification-failed'],
    ['for nobody',             token,                                  { audience: ['y'] },                       'token-verification-failed'],
    ['of another party',       token,                                  { authorizedParties: ['https://x.com'] },  'token-invalid-authorized-parties'],
    ['that cannot be read',    'a.b.c',                                {},                                        'token-invalid'],
  ])('refuses a token %s', async (_, text, options, reason) => {
    expect(await reasonOf(verifyJwt(text, { key: issuer.jwtKey, ...options }))).toBe(reason)
  })

  it('accepts the types and audiences it is told', async () => {
    const text = issuer.session({ aud: ['x', 'y'] }, { typ: 'at+jwt' })
    const options = { key: issuer.jwtKey, headerType: ['JWT', 'at+jwt'], audience: 'y' }
    expect(await verifyJwt(text, options)).toMatchObject({ aud: ['x', 'y'] })
  })

  it.each([
    ['no key', ''],
    ['a secret', 'secret'],
    ['a secret key', { kty: 'oct', kid: 'x', k: 'AAAA', alg: 'HS256', use: 'sig' }],
  ])('needs more than %s', async (_, key) => {
    expect(await reasonOf(verifyJwt(token, { key }))).toBe(
      TokenVerificationErrorReason.JWKFailedToResolve,
    )
  })
})

describe('hasValidSignature', () => {
  it('tells whose signature it is, whatever the claims say', async () => {
    const old = decodeJwt(issuer.session({ exp: 1 }))
    expect(await hasValidSignature(old, issuer.jwtKey)).toBe(true)
    expect(await hasValidSignature(old, stranger.jwtKey)).toBe(false)
  })
})

describe('signJwt', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const ed = generateKeyPairSync('ed25519')

  // oxfmt-ignore
  it.each([
    ['RS256', rsa], ['RS512', rsa], ['ES256', ec], ['EdDSA', ed],
  ] as const)('signs with %s what verifyJwt accepts', async (algorithm, pair) => {
    const claims = { sub: 'user_1', exp: SECONDS + 60 }
    const pem = pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
    const jwk = pair.privateKey.export({ format: 'jwk' })
    for (const key of [pem, jwk as Record<string, unknown>]) {
      const signed = await signJwt(claims, key, { algorithm, header: { kid: 'k1' } })
      expect(decodeJwt(signed).header).toEqual({ typ: 'JWT', kid: 'k1', alg: algorithm })
      const own = { ...pair.publicKey.export({ format: 'jwk' }), kid: 'k1', alg: algorithm, kty: jwk.kty ?? '' }
      expect(await verifyJwt(signed, { key: own })).toEqual({ ...claims, iat: SECONDS })
    }
  })

  it.each([
    ['no key', 'secret', 'RS256'],
    ['a public key', issuer.jwtKey, 'RS256'],
    [
      'a key of another kind',
      ec.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
      'EdDSA',
    ],
  ])('does not sign with %s, and does not show it', async (_, key, algorithm) => {
    const options = { algorithm } as SignJwtOptions
    const error: unknown = await signJwt({ sub: 'user_1' }, key, options).catch((e: unknown) => e)
    expect(error).toBeInstanceOf(SignJWTError)
    expect(String(error)).not.toContain(key)
  })
})
