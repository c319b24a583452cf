/** What one part of an app tells another through the hands of a client, so that only they can read it. */

import { ClerkError } from '../errors.ts'
import { type JweKey, decryptJwe, encryptJwe, importJweKey } from './jwe.ts'

/** What an envelope is for. One that was made for another purpose does not open. */
export type EnvelopePurpose = 'request-state'

/** How to close an envelope. */
export interface SealOptions {
  readonly purpose: EnvelopePurpose
  /** Secret text: 64 hex characters are the key itself, anything else is stretched. */
  readonly key: string
  /** Unix milliseconds. */
  readonly now: number
}

/** How to open an envelope. */
export interface OpenOptions {
  readonly purpose: EnvelopePurpose
  /** Accepted secrets, newest first: during a rotation, the old one too. */
  readonly key: string | readonly string[]
  /** Unix milliseconds. */
  readonly now: number
  /** Oldest envelope that opens, in milliseconds. Default: 60 000. */
  readonly maxAgeMs?: number
}

interface Letter {
  readonly iat: number
  readonly purpose: string
  readonly payload: unknown
}

const DEFAULT_MAX_AGE_MS = 60_000
/** How far the clock of the machine that sealed may be ahead. */
const MAX_AHEAD_MS = 5000
const MAX_CHARACTERS = 65_536

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * Seals a payload so that only this app can read it and nobody can change it: a compact JWE
 * (`dir`, `A256GCM`) with an issue time and a purpose.
 */
export async function sealEnvelope(payload: unknown, options: SealOptions): Promise<string> {
  const letter: Letter = { iat: options.now, purpose: options.purpose, payload }
  return encryptJwe(encoder.encode(JSON.stringify(letter)), await keyOf(options.key))
}

/**
 * Opens an envelope of {@link sealEnvelope}.
 *
 * @throws {ClerkError} `envelope-invalid`, whatever is wrong with it: who tampered learns nothing.
 */
export async function openEnvelope(text: string, options: OpenOptions): Promise<unknown> {
  for (const key of typeof options.key === 'string' ? [options.key] : options.key) {
    const letter = await decrypt(text, await keyOf(key))
    if (letter === null) continue
    const { iat, purpose, payload } = letter
    const age = options.now - iat
    const isTimely = age >= -MAX_AHEAD_MS && age <= (options.maxAgeMs ?? DEFAULT_MAX_AGE_MS)
    if (purpose === options.purpose && isTimely) return payload
  }
  throw new ClerkError(
    'envelope-invalid',
    'The request state cannot be read. Give every part of the app the same CLERK_ENCRYPTION_KEY, or CLERK_SECRET_KEY.',
  )
}

async function decrypt(text: string, key: JweKey): Promise<Letter | null> {
  if (text.length > MAX_CHARACTERS) return null
  const plaintext = await decryptJwe(text, key)
  if (plaintext === null) return null
  try {
    const letter = JSON.parse(decoder.decode(plaintext)) as Letter | null
    return typeof letter?.iat === 'number' ? letter : null
  } catch {
    return null
  }
}

const known = new Map<string, Promise<JweKey>>()

/** Turns secret text into a key. Remembered, because stretching is the same work each time. */
function keyOf(secret: string): Promise<JweKey> {
  let key = known.get(secret)
  if (key === undefined) {
    if (known.size >= 100) known.clear()
    key = deriveBytes(secret).then(importJweKey)
    known.set(secret, key)
  }
  return key
}

async function deriveBytes(secret: string): Promise<Uint8Array<ArrayBuffer>> {
  if (secret === '') throw new TypeError('An envelope needs a key.')
  if (/^[0-9a-f]{64}$/i.test(secret)) {
    return Uint8Array.from(secret.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16))
  }
  const material = await crypto.subtle.importKey('raw', encoder.encode(secret), 'HKDF', false, [
    'deriveBits',
  ])
  const bits = await crypto.subtle.deriveBits(
    {
      name: 'HKDF',
      hash: 'SHA-256',
      salt: new Uint8Array(),
      info: encoder.encode('core request envelope'),
    },
    material,
    256,
  )
  return new Uint8Array(bits)
}
