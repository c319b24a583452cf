/**
 * Password hashes that other systems made, as a table: a hasher is a row. It reads a digest in the layout in
 * which that system writes it, and knows how to check a password against it. Each is used until its user's
 * next sign-in, which replaces it by one of ours.
 */

import { hash } from 'node:crypto'

import { verify as verifyArgon2 } from '@node-rs/argon2'
import { verify as verifyBcrypt } from '@node-rs/bcrypt'

import { ApiError, paramError } from '../../http/errors.ts'
import { phpass, salted, ssha, symfony, unsalted } from './iterated.ts'
import type { Layout } from './layout.ts'
import { pbkdf2 } from './pbkdf2.ts'
import { firebaseScrypt, werkzeugScrypt } from './scrypt.ts'

/** 2^15 rounds take seconds. */
const MAX_BCRYPT_COST = 15
const MAX_ARGON2_KIB = 256 * 1024
/** Memory times passes: as much as 64 MiB sixteen times. */
const MAX_ARGON2_WORK = 1024 * 1024

const bcrypt: Layout = (digest) => {
  const [, cost] = /^\$2[abxy]?\$(\d{2})\$[./A-Za-z0-9]{53}$/.exec(digest) ?? []
  if (cost === undefined || Number(cost) < 4 || Number(cost) > MAX_BCRYPT_COST) return null
  return (password) => verifyBcrypt(password, digest)
}

/** Django's: bcrypt of the hexadecimal SHA-256, so that long passwords count whole. */
const djangoBcrypt: Layout = (digest) => {
  const check = digest.startsWith('bcrypt_sha256$') ? bcrypt(digest.slice(14)) : null
  return check === null ? null : (password) => check(hash('sha256', password))
}

const argon2 =
  (variant: 'argon2i' | 'argon2id'): Layout =>
  (digest) => {
    const [, name, memory, passes, lanes] =
      /^\$(argon2id?)\$v=(?:16|19)\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$[\w+/-]{11,64}\$[\w+/-]{16,88}$/.exec(
        digest,
      ) ?? []
    const isAffordable =
      Number(memory) <= MAX_ARGON2_KIB &&
      Number(memory) * Number(passes) <= MAX_ARGON2_WORK &&
      Number(memory) >= 8 * Number(lanes) &&
      Number(passes) * Number(lanes) > 0
    if (name !== variant || !isAffordable) return null
    return (password) => verifyArgon2(digest, password)
  }

// oxfmt-ignore
const HASHERS: Readonly<Record<string, Layout>> = {
  argon2i:              argon2('argon2i'),
  argon2id:             argon2('argon2id'),
  bcrypt,
  bcrypt_sha256_django: djangoBcrypt,
  ldap_ssha:            ssha,
  md5:                  unsalted('md5'),
  md5_phpass:           phpass,
  md5_salted:           salted('md5'),
  pbkdf2_sha1:          pbkdf2({ name: 'pbkdf2_sha1',       digest: 'sha1',   salt: 'utf8',   hash: 'hex' }),
  pbkdf2_sha256:        pbkdf2({ name: 'pbkdf2_sha256',     digest: 'sha256', salt: 'base64', hash: 'base64' }),
  pbkdf2_sha256_django: pbkdf2({ name: 'pbkdf2_sha256',     digest: 'sha256', salt: 'utf8',   hash: 'base64' }),
  pbkdf2_sha512:        pbkdf2({ name: 'pbkdf2_sha512',     digest: 'sha512', salt: 'utf8',   hash: 'hex' }),
  pbkdf2_sha512_hex:    pbkdf2({ name: 'pbkdf2_sha512_hex', digest: 'sha512', salt: 'hex',    hash: 'hex' }),
  phpass,
  scrypt_firebase:      firebaseScrypt,
  scrypt_werkzeug:      werkzeugScrypt,
  sha256:               unsalted('sha256'),
  sha256_salted:        salted('sha256'),
  sha512_symfony:       symfony,
}

/** Why hashers that exist elsewhere do not exist here. */
const IMPOSSIBLE: Readonly<Record<string, string>> = {
  awscognito:
    'Only Amazon Cognito can check these passwords. Create the user without one, and let them set a new one by e-mail.',
  bcrypt_peppered:
    'A digest with a pepper cannot be checked without it. Create the user without a password.',
}

/** Names of the hashers there are. */
export const HASHER_NAMES: readonly string[] = Object.keys(HASHERS)

/**
 * Turns a digest from elsewhere into the text that is stored, which names its hasher. Digests of argon2id
 * are like ours, and stay as they are.
 *
 * @throws {ApiError} `form_param_value_invalid` if there is no such hasher, and
 * `form_password_digest_invalid_code` if it would not read the digest
 */
export function importDigest(hasher: string, digest: string): string {
  const layout = Object.hasOwn(HASHERS, hasher) ? HASHERS[hasher] : undefined
  if (layout === undefined) {
    const detail = Object.hasOwn(IMPOSSIBLE, hasher) ? IMPOSSIBLE[hasher] : undefined
    throw new ApiError('form_param_value_invalid', {
      meta: { param_name: 'password_hasher' },
      ...(detail === undefined ? {} : { detail }),
    })
  }
  if (layout(digest) === null) {
    throw paramError('form_password_digest_invalid_code', 'password_digest')
  }
  return hasher === 'argon2id' ? digest : `{${hasher}}${digest}`
}

/** Tells whether a stored digest came from elsewhere. */
export function isForeign(stored: string): boolean {
  return stored.startsWith('{')
}

/** Checks a password against a stored digest that came from elsewhere. What cannot be read is not right. */
export async function checkForeign(stored: string, password: string): Promise<boolean> {
  const [, hasher = '', digest = ''] = /^\{(\w+)\}(.*)$/s.exec(stored) ?? []
  const check = Object.hasOwn(HASHERS, hasher) ? HASHERS[hasher]?.(digest) : null
  if (check === null || check === undefined) return false
  // Other systems took the letters as they were typed; keyboards compose them differently.
  for (const spelling of new Set([
    password,
    password.normalize('NFC'),
    password.normalize('NFD'),
  ])) {
    if (await check(spelling).catch(() => false)) return true
  }
  return false
}
