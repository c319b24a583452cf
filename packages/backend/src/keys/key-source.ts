/** Where the keys that session tokens are verified with come from. */

import type { TokenReason } from '../errors.ts'
import type { PemKey } from './pem.ts'
import { type VerificationKey, keyFromPem } from './verification-key.ts'

/** The key a token must be verified with, or why there is none. */
export type KeyLookup =
  | VerificationKey
  | Extract<TokenReason, `jwk-${string}` | `secret-key-${string}`>

/**
 * What there is to verify tokens with: a key from the options, published keys, published keys that
 * could not be renewed for five minutes, or nothing.
 */
export type KeysState = 'pem' | 'fresh' | 'stale' | 'missing'

/** Finds verification keys. Never throws. */
export interface KeySource {
  readonly state: KeysState
  find(kid: string | undefined): KeyLookup | Promise<KeyLookup>
}

/** A source with one key, which verifies every token whatever key id it names. Uses no network. */
export function createPemSource(pem: PemKey): KeySource {
  let key: VerificationKey | undefined
  return {
    state: 'pem',
    find: async () => {
      try {
        key ??= await keyFromPem(pem)
        return key
      } catch {
        return 'jwk-failed-to-resolve'
      }
    },
  }
}

/** A source for a client that was given neither kind of key. */
export const NO_KEYS: KeySource = {
  state: 'missing',
  find: () => 'jwk-failed-to-resolve',
}
