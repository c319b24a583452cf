/** The identity server as tests run it, in their process or in one of its own. */

import type { DatabaseHandle } from '../database/database.ts'
import { assembleIdentity } from '../identity.ts'
import { createPasswordHasher, type Identity, type Mail } from '../index.ts'
import type { PasswordHasher } from '../passwords/hasher.ts'
import { generateSigningKeyPair, type KeyPair } from '../tokens/signing-key.ts'

/** What is left to the tests. */
export interface Hooks {
  /** What private keys are kept under. */
  readonly secret: string
  readonly now: () => number
  readonly send: (mail: Mail) => Promise<void>
  /** What happens while a password is being checked. */
  readonly duringVerify: () => Promise<unknown>
}

/** Where the proxies are that the server trusts. */
const TRUSTED_NETWORK = '10.0.0.0/8'

/** Making keys takes long, so that all servers of a process have the same. */
let keys: Promise<readonly [KeyPair, KeyPair]> | undefined
let made = 0

/** Hashes at hardly any cost, for tests that are not about it. */
export const cheapPasswords: PasswordHasher = createPasswordHasher({
  cost: { memoryCost: 64, timeCost: 1, parallelism: 1 },
})

/** Puts a server together. Hashing is cheap here, and instances take one of two signing keys in turn. */
export async function assembleForTests(opened: DatabaseHandle, hooks: Hooks): Promise<Identity> {
  keys ??= Promise.all([generateSigningKeyPair(), generateSigningKeyPair()])
  const [odd, even] = await keys
  return assembleIdentity(opened, null, {
    now: hooks.now,
    secret: hooks.secret,
    trustedProxies: TRUSTED_NETWORK,
    accountless: { host: 'localhost:4000', claimedBy: 'holder' },
    passwords: {
      hash: cheapPasswords.hash,
      verify: async (digest, password) => {
        const isRight = await cheapPasswords.verify(digest, password)
        await hooks.duringVerify()
        return isRight
      },
    },
    createSigningKey: async (algorithm) =>
      algorithm === 'RS256' ? (made++ % 2 === 0 ? odd : even) : generateSigningKeyPair(algorithm),
    mailer: { send: (_instance, mail) => hooks.send(mail) },
  })
}
