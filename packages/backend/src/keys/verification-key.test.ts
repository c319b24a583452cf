import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import { createIssuer } from '../../test/issuer.ts'
import { parseToken } from '../session/token-gate.ts'
import { parsePem } from './pem.ts'
import { keyFromJwk, keyFromPem, nativeCrypto } from './verification-key.ts'

const issuer = await createIssuer()
const forged = await createIssuer({ name: 'b' })
const pem = parsePem(issuer.jwtKey)
if (pem === null) throw new Error('The key of the test is not valid')

// Node's own cryptography is one way; every other runtime goes the portable one.
const WAYS = [
  ['node:crypto', nativeCrypto()],
  ['WebCrypto', null],
] as const

describe.each(WAYS)('verification with %s', (_, native) => {
  const check = async (token: string): Promise<boolean[]> => {
    const parsed = parseToken(token)
    if (parsed === null) throw new Error('The token of the test is not valid')
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

  it('verifies P-256 and Ed25519', async () => {
    const pairs = [
      [generateKeyPairSync('ec', { namedCurve: 'P-256' }), 'ES256', 'sha256'],
      [generateKeyPairSync('ed25519'), 'EdDSA', null],
    ] as const
    for (const [{ publicKey, privateKey }, alg, digest] of pairs) {
      const signed = `${Buffer.from(JSON.stringify({ alg })).toString('base64url')}.e30`
      const signature = sign(digest, Buffer.from(signed), {
        key: privateKey,
        dsaEncoding: 'ieee-p1363',
      })
      const token = `${signed}.${signature.toString('base64url')}`
      const parsed = parseToken(token)
      const key = parsePem(
        createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString(),
      )
      const exported = publicKey.export({ format: 'jwk' })
      const jwk = { ...exported, kty: exported.kty ?? '', kid: 'k', alg }
      if (key === null || parsed === null) throw new Error('The key of the test is not valid')
      expect(await (await keyFromPem(key, native)).verify(parsed)).toBe(true)
      expect(await (await keyFromJwk(jwk, native))?.verify(parsed)).toBe(true)
    }
  })
})

it('goes without the crypto of Node where a runtime has only the function, which throws', () => {
  vi.stubGlobal('process', {
    getBuiltinModule: () => {
      throw new Error('not supported in the Edge Runtime')
    },
  })
  const native = nativeCrypto()
  vi.unstubAllGlobals()
  expect(native).toBeNull()
})
