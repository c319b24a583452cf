import type { JwkJSON } from '@core/protocol'
import { MIN_RSA_BITS, type PemKey, type SigningAlgorithm } from './pem.ts'
import type { ParsedToken } from '../session/token-gate.ts'

/** A public key that is pinned to its one algorithm. */
export interface VerificationKey {
  readonly algorithm: SigningAlgorithm
  /** Tells whether the signature is this key's. The token's `alg` was compared before. */
  readonly verify: (token: ParsedToken) => boolean | Promise<boolean>
}

type PublicKeyInput =
  | { readonly format: 'der'; readonly type: 'spki'; readonly key: Uint8Array }
  | { readonly format: 'jwk'; readonly key: object }

interface NodeKey {
  readonly asymmetricKeyDetails?: { readonly modulusLength?: number }
}

/** The two functions of `node:crypto` that are used, typed here because this package has no Node types. */
export interface NativeCrypto {
  createPublicKey(input: PublicKeyInput): NodeKey
  verify(algorithm: string, data: Uint8Array, key: NodeKey, signature: Uint8Array): boolean
}

/**
 * Node's own cryptography, where there is one. Used for RSA alone, which it verifies faster than
 * WebCrypto does; other keys gain nothing, and some runtimes that stand in for Node cannot.
 */
export function nativeCrypto(): NativeCrypto | null {
  const { process } = globalThis as {
    process?: { getBuiltinModule?: (id: string) => NativeCrypto | undefined }
  }
  try {
    return process?.getBuiltinModule?.('node:crypto') ?? null
  } catch {
    // The edge runtime of Next.js has the function, and it throws.
    return null
  }
}

/** Imports a PEM key. */
export async function keyFromPem(
  pem: PemKey,
  native: NativeCrypto | null = nativeCrypto(),
): Promise<VerificationKey> {
  const { algorithm, der } = pem
  if (native && isRsa(algorithm)) {
    return nativeKey(native, algorithm, { key: der, format: 'der', type: 'spki' })
  }
  const parameters = PARAMETERS[algorithm]
  const key = await crypto.subtle.importKey('spki', der, parameters, false, ['verify'])
  return await portableKey(algorithm, key)
}

/**
 * Imports a key of a key set. Returns `null` for one that must not verify session tokens: secret
 * keys, other algorithms, RSA below 2048 bits, keys meant for encryption.
 */
export async function keyFromJwk(
  jwk: JwkJSON,
  native: NativeCrypto | null = nativeCrypto(),
): Promise<VerificationKey | null> {
  const algorithm = algorithmOf(jwk)
  if (algorithm === null || (jwk.use !== undefined && jwk.use !== 'sig')) return null
  // Only the public members: a private key in the set must not be imported as one.
  const { kty, crv, x, y, n, e } = jwk as Readonly<Record<string, string>>
  const exported = JSON.parse(JSON.stringify({ kty, crv, x, y, n, e })) as Record<string, string>
  try {
    if (native && isRsa(algorithm)) {
      return nativeKey(native, algorithm, { key: exported, format: 'jwk' })
    }
    const parameters = PARAMETERS[algorithm]
    const key = await crypto.subtle.importKey('jwk', exported, parameters, false, ['verify'])
    return await portableKey(algorithm, key)
  } catch {
    return null
  }
}

const ALGORITHMS: Readonly<Record<string, readonly SigningAlgorithm[]>> = {
  RSA: ['RS256', 'RS384', 'RS512'],
  'EC P-256': ['ES256'],
  'OKP Ed25519': ['EdDSA'],
}

function algorithmOf(jwk: JwkJSON): SigningAlgorithm | null {
  const type = jwk.kty === 'RSA' ? 'RSA' : `${jwk.kty} ${String(jwk['crv'])}`
  const allowed = Object.hasOwn(ALGORITHMS, type) ? ALGORITHMS[type] : undefined
  if (jwk.alg === undefined) return allowed?.[0] ?? null
  return allowed?.find((algorithm) => algorithm === jwk.alg) ?? null
}

const encoder = new TextEncoder()

function nativeKey(
  native: NativeCrypto,
  algorithm: SigningAlgorithm,
  exported: PublicKeyInput,
): VerificationKey {
  const key = native.createPublicKey(exported)
  refuseShort(key.asymmetricKeyDetails?.modulusLength)
  const digest = algorithm.replace('RS', 'sha')
  return {
    algorithm,
    verify: ({ signed, signature }) =>
      native.verify(digest, encoder.encode(signed), key, signature),
  }
}

const PARAMETERS = {
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  RS384: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-384' },
  RS512: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-512' },
  ES256: { name: 'ECDSA', hash: 'SHA-256', namedCurve: 'P-256' },
  EdDSA: { name: 'Ed25519' },
} as const satisfies Readonly<Record<SigningAlgorithm, object>>

/** What `jose` calls a signature that is not the key's. */
const REFUSED = 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED'

type ImportedKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>

/** A key that `jose` verifies with, by WebCrypto: on every runtime, and for every algorithm. */
async function portableKey(
  algorithm: SigningAlgorithm,
  key: ImportedKey,
): Promise<VerificationKey> {
  const { modulusLength } = key.algorithm as { readonly modulusLength?: number }
  refuseShort(modulusLength)
  // Not before a key needs it: on Node most apps never do, and start sooner without.
  const { compactVerify } = await import('jose/jws/compact/verify')
  return {
    algorithm,
    async verify({ text }) {
      try {
        await compactVerify(text, key, { algorithms: [algorithm] })
        return true
      } catch (error) {
        // Any other error says nothing about the signature.
        if ((error as { code?: unknown }).code === REFUSED) return false
        throw error
      }
    },
  }
}

function isRsa(algorithm: SigningAlgorithm): boolean {
  return algorithm.startsWith('RS')
}

function refuseShort(bits: number | undefined): void {
  if (bits !== undefined && bits < MIN_RSA_BITS) throw new RangeError('The RSA key is too small')
}
