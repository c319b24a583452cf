import { decodePortably } from '../session/base64url.ts'

/** Signature algorithms that session tokens may use. A key has exactly one. */
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number]

const SIGNING_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'EdDSA'] as const

/** Tells whether a key could be pinned to this algorithm at all. */
export function isSigningAlgorithm(algorithm: string): algorithm is SigningAlgorithm {
  return SIGNING_ALGORITHMS.some((known) => known === algorithm)
}

/** A public key in SPKI form, and the one algorithm it verifies. */
export interface PemKey {
  /** The PEM as it was given. */
  readonly text: string
  readonly der: Uint8Array<ArrayBuffer>
  readonly algorithm: SigningAlgorithm
}

const ARMOR = /^-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=]+)-----END PUBLIC KEY-----$/

/** Smallest RSA modulus that is accepted. */
export const MIN_RSA_BITS = 2048

// Object identifiers, as hex of their DER contents.
const RSA = '2a864886f70d010101'
const ELLIPTIC = '2a8648ce3d0201'
const P256 = '2a8648ce3d030107'
const ED25519 = '2b6570'

/**
 * Parses a PEM public key: `-----BEGIN PUBLIC KEY-----`, RSA of any size from 2048 bits (RS256),
 * P-256 (ES256) or Ed25519 (EdDSA). Line breaks may be real, written as `\n`, or missing.
 *
 * Returns `null` for anything else. The key type comes from the key, never from a token.
 */
export function parsePem(text: string): PemKey | null {
  const body = ARMOR.exec(
    text
      .replaceAll(String.raw`\n`, '\n')
      .replace(/\s*\n\s*/g, '')
      .trim(),
  )?.[1]
  if (body === undefined) return null
  try {
    const der = decodePortably(body)
    const algorithm = algorithmOf(der)
    return algorithm === null ? null : { text, der, algorithm }
  } catch {
    return null
  }
}

/** SubjectPublicKeyInfo ::= SEQUENCE { SEQUENCE { oid, parameters }, BIT STRING } (RFC 5280, 4.1.2.7). */
function algorithmOf(der: Uint8Array): SigningAlgorithm | null {
  const [info] = readElements(der)
  const [identifier, bits] = readElements(info)
  const [type, parameters] = readElements(identifier).map(toHex)
  if (type === ED25519) return 'EdDSA'
  if (type === ELLIPTIC) return parameters === P256 ? 'ES256' : null
  if (type !== RSA || bits === undefined) return null
  // The first byte of a bit string counts its unused bits.
  const [modulus] = readElements(readElements(bits.subarray(1))[0])
  return bitLength(modulus) >= MIN_RSA_BITS ? 'RS256' : null
}

function bitLength(integer: Uint8Array = new Uint8Array(1)): number {
  return BigInt(`0x${toHex(integer)}`).toString(2).length
}

/** Reads the DER elements that stand side by side in `bytes`; each is given by its contents. */
function readElements(bytes: Uint8Array = new Uint8Array()): Uint8Array[] {
  const found: Uint8Array[] = []
  for (let at = 0; at < bytes.length;) {
    let length = bytes[at + 1] ?? 0
    let start = at + 2
    if (length > 127) {
      const size = length & 127
      length = bytes.subarray(start, start + size).reduce((sum, byte) => sum * 256 + byte, 0)
      start += size
    }
    if (start + length > bytes.length) throw new RangeError('Truncated DER element')
    found.push(bytes.subarray(start, start + length))
    at = start + length
  }
  return found
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
