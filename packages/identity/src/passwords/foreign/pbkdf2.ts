import { pbkdf2 as derive } from 'node:crypto'
import { promisify } from 'node:util'

import { isSame, readBytes, type Encoding } from './bytes.ts'
import type { Layout } from './layout.ts'

const deriveKey = promisify(derive)

/** About a second. Django 6 takes 1.2 million. */
const MAX_ITERATIONS = 2_000_000
/** The longest hash there is. A longer key costs as many times more. */
const MAX_KEY_BYTES = 64

/** `name$iterations$salt$hash`, after which some write the length of the key. */
export function pbkdf2(form: {
  readonly name: string
  readonly digest: 'sha1' | 'sha256' | 'sha512'
  readonly salt: Encoding
  readonly hash: Encoding
}): Layout {
  return (digest) => {
    const [name, rounds = '', saltText = '', hashText = '', lengthText, ...rest] = digest.split('$')
    const salt = readBytes(saltText, form.salt)
    const hash = readBytes(hashText, form.hash)
    if (name !== form.name || rest.length > 0 || salt === null || hash === null) return null
    const iterations = /^[1-9]\d{0,6}$/.test(rounds) ? Number(rounds) : Infinity
    if (iterations > MAX_ITERATIONS || hash.length < 16 || hash.length > MAX_KEY_BYTES) return null
    if (lengthText !== undefined && lengthText !== String(hash.length)) return null
    return async (password) =>
      isSame(await deriveKey(password, salt, iterations, hash.length, form.digest), hash)
  }
}
