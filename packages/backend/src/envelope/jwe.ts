/**
 * The one kind of JWE that envelopes are: compact, `dir`, `A256GCM` (RFC 7516, RFC 7518, 5.3). WebCrypto
 * does the cryptography; nothing is read from a header, so there is nothing to negotiate.
 */

import { decodeBase64Url } from '../session/base64url.ts'

/** `{"alg":"dir","enc":"A256GCM"}`. Any other header, even one that means the same, is refused. */
const HEADER = 'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0'

const KEY_BYTES = 32
const IV_BYTES = 12
const TAG_BYTES = 16

// Canonical base64url alone: of two spellings of the same bytes only one is read.
const BODY =
  /^\.\.([\w-]{16})\.((?:[\w-]{4})*(?:[\w-][AQgw]|[\w-]{2}[AEIMQUYcgkosw048])?)\.([\w-]{21}[AQgw])$/

const additionalData = new TextEncoder().encode(HEADER)

/** A key that cannot be taken out again. */
export type JweKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>

/** Imports 32 bytes. Any other number is refused. */
export async function importJweKey(bytes: Uint8Array<ArrayBuffer>): Promise<JweKey> {
  if (bytes.length !== KEY_BYTES) throw new RangeError('The key of a JWE has 32 bytes')
  return crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt'])
}

/** Encrypts with a random nonce. */
export async function encryptJwe(plaintext: Uint8Array<ArrayBuffer>, key: JweKey): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
  const sealed = new Uint8Array(
    await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, key, plaintext),
  )
  const end = sealed.length - TAG_BYTES
  const parts = [iv, sealed.subarray(0, end), sealed.subarray(end)].map(encodeBase64Url)
  return [HEADER, '', ...parts].join('.')
}

/** Decrypts what {@link encryptJwe} made. Returns `null` for everything else. */
export async function decryptJwe(
  text: string,
  key: JweKey,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const match = text.startsWith(HEADER) ? BODY.exec(text.slice(HEADER.length)) : null
  if (match === null) return null
  const [iv, ciphertext, tag] = match.slice(1).map(decodeBase64Url)
  if (iv === undefined || ciphertext === undefined || tag === undefined) return null
  const sealed = new Uint8Array(ciphertext.length + TAG_BYTES)
  sealed.set(ciphertext)
  sealed.set(tag, ciphertext.length)
  try {
    return new Uint8Array(
      await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData }, key, sealed),
    )
  } catch {
    return null
  }
}

function encodeBase64Url(bytes: Uint8Array): string {
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}
