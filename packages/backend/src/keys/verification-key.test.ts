import { type KeyPairKeyObjectResult, generateKeyPairSync, sign } from 'node:crypto'
import type { JwkJSON } from '@core/protocol'
import { describe, expect, it, vi } from 'vitest'
import { createIssuer } from '../../test/issuer.ts'
import { type ParsedToken, parseToken } from '../session/token-gate.ts'
import { findFaultInSignature } from '../session/verify-token.ts'
import { NO_KEYS } from './key-source.ts'
import { type SigningAlgorithm, parsePem } from './pem.ts'
import { type NativeCrypto, keyFromJwk, keyFromPem, nativeCrypto } from './verification-key.ts'

const issuer = await createIssuer()
const forged = await createIssuer({ name: 'b' })
const pem = parsePem(issuer.jwtKey)
if (pem === null) throw new Error('The key of the test is not valid')

// Node's own cryptography is one way; every other runtime goes the portable one.
const WAYS = [
  ['node:crypto', nativeCrypto()],
  ['jose', null],
] as const

interface Pair {
  readonly alg: string
  readonly digest: string | null
  readonly generate: () => KeyPairKeyObjectResult
  readonly keys: KeyPairKeyObjectResult
}

const pairOf = (
  alg: string,
  digest: string | null,
  generate: () => KeyPairKeyObjectResult,
): Pair => ({ alg, digest, generate, keys: generate() })

const rsa = (): KeyPairKeyObjectResult => generateKeyPairSync('rsa', { modulusLength: 2048 })

const PAIRS = [
  pairOf('RS256', 'sha256', rsa),
  pairOf('RS384', 'sha384', rsa),
  pairOf('RS512', 'sha512', rsa),
  pairOf('ES256', 'sha256', () => generateKeyPairSync('ec', { namedCurve: 'P-256' })),
  pairOf('EdDSA', null, () => generateKeyPairSync('ed25519')),
] as const

/** The key, imported both ways. A PEM does not say which digest goes with RSA. */
async function keysOf({ alg, keys }: Pair, native: NativeCrypto | null) {
  const text = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const parsed = parsePem(text)
  const jwk = { ...keys.publicKey.export({ format: 'jwk' }), kid: 'k', alg } as JwkJSON
  const fromJwk = await keyFromJwk(jwk, native)
  if (parsed === null || fromJwk === null) throw new Error('The key of the test is not valid')
  const algorithm = alg as SigningAlgorithm
  return [await keyFromPem({ ...parsed, algorithm }, native), fromJwk] as const
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Signs as this pair does, whatever the header says. */
function signedBy({ alg, digest, keys }: Pair, claimed = alg): ParsedToken {
  const signed = `${encode({ alg: claimed })}.${encode({ sub: 'user_1' })}`
  const key = { key: keys.privateKey, dsaEncoding: 'ieee-p1363' } as const
  const signature = sign(digest, Buffer.from(signed), key)
  return parse(`${signed}.${signature.toString('base64url')}`)
}

function withSignature({ signed }: ParsedToken, signature: Uint8Array): ParsedToken {
  return parse(`${signed}.${Buffer.from(signature).toString('base64url')}`)
}

function parse(text: string): ParsedToken {
  const token = parseToken(text)
  if (token === null) throw new Error('The token of the test is not valid')
  return token
}

describe.each(WAYS)('verification with %s', (_, native) => {
  const check = async (token: string): Promise<boolean[]> => {
    const parsed = parse(token)
    const keys = [await keyFromPem(pem, native), await keyFromJwk(issuer.jwk, native)]
    return Promise.all(keys.map(async (key) => (await key?.verify(parsed)) ?? false))
  }

  it('tells a right signature from a wrong one', async () => {
    expect(await check(issuer.session())).toEqual([true, true])
    expect(await check(forged.session())).toEqual([false, false])
  })

  it('refuses short keys', async () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
    const jwk = { ...publicKey.export({ format: 'jwk' }), kty: 'RSA', kid: 'k', alg: 'RS256' }
    expect(await keyFromJwk(jwk, native)).toBe(null)
  })

  it.each(PAIRS)('verifies $alg', async (pair) => {
    const [fromPem, fromJwk] = await keysOf(pair, native)
    const signed = signedBy(pair)
    expect(await fromPem.verify(signed)).toBe(true)
    expect(await fromJwk.verify(signed)).toBe(true)
    const { signature } = signed
    for (const wrong of [
      signature.map((byte, index) => (index === 7 ? byte ^ 1 : byte)),
      signature.subarray(1),
      signature.subarray(0, -1),
      Uint8Array.of(...signature, 0),
      Uint8Array.of(0),
      new Uint8Array(signature.length),
      new Uint8Array(signature.length).fill(255),
    ]) {
      const forgery = withSignature(signed, wrong)
      expect(await fromPem.verify(forgery)).toBe(false)
      expect(await fromJwk.verify(forgery)).toBe(false)
    }
    expect(await fromPem.verify(withSignature(signed, signature))).toBe(true)
  })

  it.each(PAIRS)('verifies $alg with no key but its own', async (pair) => {
    const [fromPem, fromJwk] = await keysOf(pair, native)
    const other = signedBy({ ...pair, keys: pair.generate() })
    expect(await fromPem.verify(other)).toBe(false)
    expect(await fromJwk.verify(other)).toBe(false)
  })

  it('refuses a signature of P-256 as other formats have it, or whose numbers are out of range', async () => {
    const pair = PAIRS.find(({ alg }) => alg === 'ES256') ?? PAIRS[0]
    const [fromPem, fromJwk] = await keysOf(pair, native)
    const signed = signedBy(pair)
    const r = signed.signature.subarray(0, 32)
    const s = signed.signature.subarray(32)
    const order = Buffer.from(
      'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551',
      'hex',
    )
    const zero = Buffer.alloc(32)
    const { privateKey } = pair.keys
    const der = sign('sha256', Buffer.from(signed.signed), { key: privateKey, dsaEncoding: 'der' })
    for (const wrong of [
      der,
      Buffer.concat([zero, zero]),
      Buffer.concat([zero, s]),
      Buffer.concat([r, zero]),
      Buffer.concat([order, s]),
      Buffer.concat([r, order]),
      Buffer.concat([order, order]),
      Buffer.concat([s, r]),
      Buffer.concat([zero, r, s]),
    ]) {
      const forgery = withSignature(signed, wrong)
      expect(await fromPem.verify(forgery)).toBe(false)
      expect(await fromJwk.verify(forgery)).toBe(false)
    }
  })

  it.each(PAIRS)(
    'lets a key of $alg verify no other algorithm, whatever a token says',
    async (pair) => {
      for (const key of await keysOf(pair, native)) {
        const source = { ...NO_KEYS, find: () => key }
        expect(await findFaultInSignature(signedBy(pair), source)).toBe(null)
        for (const alg of ['none', 'HS256', 'PS256', ...PAIRS.map((other) => other.alg)]) {
          if (alg === pair.alg) continue
          const fault = await findFaultInSignature(signedBy(pair, alg), source)
          expect(fault).toBe('token-invalid-algorithm')
        }
        for (const digest of ['sha256', 'sha384', 'sha512']) {
          if (digest === pair.digest || pair.digest === null) continue
          const fault = await findFaultInSignature(signedBy({ ...pair, digest }), source)
          expect(fault).toBe('token-invalid-signature')
        }
      }
    },
  )
})

it.each(PAIRS)(
  'has jose refuse every algorithm but $alg, even if nobody has looked before',
  async (pair) => {
    for (const key of await keysOf(pair, null)) {
      for (const alg of ['none', 'HS256', 'PS256', 'RS256', 'RS384', 'ES256', 'EdDSA']) {
        if (alg === pair.alg) continue
        await expect(key.verify(signedBy(pair, alg))).rejects.toMatchObject({
          code: 'ERR_JOSE_ALG_NOT_ALLOWED',
        })
      }
    }
  },
)

const edge = (): never => {
  throw new Error('not supported in the Edge Runtime')
}
// oxfmt-ignore
it.each([
  ['there is no process',             undefined],
  ['process is only a name',          {}],
  ['it does not know the module',     { getBuiltinModule: () => undefined }],
  ['it has the function, which throws', { getBuiltinModule: edge }],
])('goes without the crypto of Node on a runtime where %s', (_, process) => {
  vi.stubGlobal('process', process)
  const native = nativeCrypto()
  vi.unstubAllGlobals()
  expect(native).toBeNull()
})
