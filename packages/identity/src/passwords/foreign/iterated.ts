/** Digests of common hash functions, once or many times over. */

import { createHash, hash as digestOf } from 'node:crypto'
import { setImmediate as pause } from 'node:timers/promises'

import { isSame, readBytes } from './bytes.ts'
import type { Layout } from './layout.ts'

const LENGTHS = { md5: 16, sha256: 32 } as const

type Algorithm = keyof typeof LENGTHS | 'sha1' | 'sha512'

function digest(algorithm: Algorithm, ...parts: readonly (string | Buffer)[]): Buffer {
  const state = createHash(algorithm)
  for (const part of parts) state.update(part)
  return state.digest()
}

/** Repeats a step, and lets others have their turn meanwhile. */
async function repeat(
  times: number,
  start: Buffer,
  step: (value: Buffer) => Buffer,
): Promise<Buffer> {
  let value = start
  for (let round = 0; round < times; round++) {
    if (round % 1024 === 1023) await pause()
    value = step(value)
  }
  return value
}

/** The hash alone, hexadecimal. */
export function unsalted(algorithm: keyof typeof LENGTHS): Layout {
  return (text) => {
    const stored = readBytes(text, 'hex')
    if (stored?.length !== LENGTHS[algorithm]) return null
    return async (password) => isSame(digestOf(algorithm, password, 'buffer'), stored)
  }
}

/** `salt$hash`. Systems differ in which of salt and password comes first. */
export function salted(algorithm: keyof typeof LENGTHS): Layout {
  return (text) => {
    const [, salt = '', hash = ''] = /^([^$]+)\$([^$]+)$/.exec(text) ?? []
    const stored = readBytes(hash, 'hex')
    if (stored?.length !== LENGTHS[algorithm]) return null
    return async (password) =>
      [digest(algorithm, salt, password), digest(algorithm, password, salt)]
        .map((computed) => isSame(computed, stored))
        .includes(true)
  }
}

/** `{SSHA}` and, in base64, SHA-1 of password and salt, followed by the salt. */
export const ssha: Layout = (text) => {
  const bytes = text.startsWith('{SSHA}') ? readBytes(text.slice(6), 'base64') : null
  if (bytes === null || bytes.length <= 20 || bytes.length > 84) return null
  const [stored, salt] = [bytes.subarray(0, 20), bytes.subarray(20)]
  return async (password) => isSame(digest('sha1', password, salt), stored)
}

/** What Symfony's older hasher makes: `sha512_symfony$iterations$salt$hash`. */
export const symfony: Layout = (text) => {
  const [, rounds = '', salt = '', hash = ''] =
    /^sha512_symfony\$([1-9]\d{0,5})\$([^${}]+)\$([^$]+)$/.exec(text) ?? []
  const stored = readBytes(hash, 'base64')
  if (stored?.length !== 64 || Number(rounds) > 100_000) return null
  return async (password) => {
    const whole = `${password}{${salt}}`
    const start = digest('sha512', whole)
    return isSame(
      await repeat(Number(rounds) - 1, start, (value) => digest('sha512', value, whole)),
      stored,
    )
  }
}

const PHPASS_ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const MAX_PHPASS_LOG2 = 18

/** The portable hash of phpass, which WordPress (`$P$`) and phpBB (`$H$`) used. */
export const phpass: Layout = (text) => {
  const [, cost = '', salt = '', hash = ''] =
    /^\$[PH]\$([./0-9A-Za-z])([./0-9A-Za-z]{8})([./0-9A-Za-z]{22})$/.exec(text) ?? []
  const log2 = PHPASS_ALPHABET.indexOf(cost)
  if (hash === '' || log2 < 7 || log2 > MAX_PHPASS_LOG2) return null
  return async (password) => {
    const start = digest('md5', salt, password)
    const value = await repeat(2 ** log2, start, (value) => digest('md5', value, password))
    return isSame(Buffer.from(encodePhpass(value)), Buffer.from(hash))
  }
}

/** Six bits a letter, the lowest ones of three bytes first. */
function encodePhpass(bytes: Buffer): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const group = bytes.subarray(i, i + 3)
    const value = group.reduce((sum, byte, at) => sum | (byte << (8 * at)), 0)
    for (let letter = 0; letter <= group.length; letter++) {
      text += PHPASS_ALPHABET.charAt((value >>> (6 * letter)) & 63)
    }
  }
  return text
}
