/**
 * Encrypts what must be read again and must not be read by whoever has a copy of the database: private keys.
 * The key for it comes from a secret that the database does not hold.
 */

import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto'

import { IdentityError } from '../error.ts'

/** Where something sealed belongs. Copied to another row, it opens nowhere. */
export interface SealedPlace {
  readonly instanceId: string
  readonly purpose: 'signing-key' | 'template-key' | 'keys-page'
  /** Id of the row within its instance; of what leaves the database, until when it is good. */
  readonly id: string
}

/** Seals under the newest of its secrets, opens under any of them. */
export interface Vault {
  seal(place: SealedPlace, text: string): string
  /** @throws {IdentityError} `secret-wrong` */
  open(place: SealedPlace, sealed: string): string
  /** Whether something was sealed under the newest secret. */
  isCurrent(sealed: string): boolean
  /** Whether one of the secrets opens what this names. */
  knows(fingerprint: string): boolean
}

/** What stands before everything sealed. The part behind it names the secret, without telling it. */
export const SEALED_PREFIX = 'sealed.'

const NONCE_BYTES = 12
const TAG_BYTES = 16

interface SecretKey {
  readonly fingerprint: string
  readonly key: Buffer
  readonly nonceKey: Buffer
}

/**
 * Creates a vault.
 *
 * @param secrets newest first, at least one
 */
export function createVault(secrets: readonly [string, ...string[]]): Vault {
  const keys = secrets.map(toKey)
  const newest = toKey(secrets[0])
  return {
    seal: (place, text) => {
      // Follows from what it is for: the same again is the same, and nothing else shares it.
      const nonce = createHmac('sha256', newest.nonceKey)
        .update(labelOf(place))
        .update(text)
        .digest()
        .subarray(0, NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', newest.key, nonce)
      cipher.setAAD(labelOf(place))
      const bytes = [nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]
      return `${SEALED_PREFIX}${newest.fingerprint}.${Buffer.concat(bytes).toString('base64url')}`
    },
    open: (place, sealed) => {
      const [, fingerprint, text = ''] = sealed.split('.')
      const found = keys.find((key) => key.fingerprint === fingerprint)
      if (found === undefined) throw wrongSecret()
      const bytes = Buffer.from(text, 'base64url')
      try {
        const decipher = createDecipheriv('aes-256-gcm', found.key, bytes.subarray(0, NONCE_BYTES))
        decipher.setAAD(labelOf(place))
        decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
        const content = bytes.subarray(NONCE_BYTES, -TAG_BYTES)
        return Buffer.concat([decipher.update(content), decipher.final()]).toString('utf8')
      } catch (cause) {
        throw new IdentityError(
          'secret-wrong',
          'A private key in the database was changed, or belongs elsewhere. Restore the database from a backup, or replace the key with "core rotate".',
          { cause },
        )
      }
    },
    isCurrent: (sealed) => fingerprintOf(sealed) === newest.fingerprint,
    knows: (fingerprint) => keys.some((key) => key.fingerprint === fingerprint),
  }
}

/** The error of a database whose keys were sealed under another secret. */
export function wrongSecret(): IdentityError {
  return new IdentityError(
    'secret-wrong',
    'The private keys in the database were encrypted under another secret. Set CORE_SECRET to the one that was used, or to both as "new,old".',
  )
}

/** Names the secret that something was sealed under. */
export function fingerprintOf(sealed: string): string {
  return sealed.split('.')[1] ?? ''
}

function labelOf({ instanceId, purpose, id }: SealedPlace): Buffer {
  return Buffer.from(JSON.stringify([purpose, instanceId, id]))
}

function toKey(secret: string): SecretKey {
  const derive = (info: string, bytes: number): Buffer =>
    Buffer.from(hkdfSync('sha256', secret, '', info, bytes))
  return {
    fingerprint: derive('core secret: name', 6).toString('base64url'),
    key: derive('core secret: private keys', 32),
    nonceKey: derive('core secret: nonces', 32),
  }
}
