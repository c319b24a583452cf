import type { Logger } from 'pino'

import type { TrustedProxies } from './http/address.ts'
import type { AccountlessPolicy } from './accountless/policy.ts'
import type { Database } from './database/database.ts'
import type { Mailer } from './mail/mailer.ts'
import type { Metrics } from './metrics/metrics.ts'
import type { PasswordHasher } from './passwords/hasher.ts'
import type { RateCounter } from './rate-limits/counter.ts'
import type { SigningAlgorithm } from './tokens/compact.ts'
import type { KeyPair, Signer } from './tokens/signing-key.ts'
import type { Vault } from './vault/vault.ts'

/** What the server is made of. Everything that touches the world is in here, and injected. */
export interface Services {
  readonly database: Database
  readonly passwords: PasswordHasher
  readonly mailer: Mailer
  readonly signerOf: (instanceId: string) => Promise<Signer>
  /** Makes the next token of an instance ask which key is in use. */
  readonly forgetSigner: (instanceId: string) => void
  readonly createSigningKey: (algorithm: SigningAlgorithm) => Promise<KeyPair>
  /** Keeps private keys from whoever has a copy of the database. */
  readonly vault: Vault
  /** How applications without an account are made; `null` where none are. */
  readonly accountless: AccountlessPolicy | null
  /** Unix milliseconds. */
  readonly now: () => number
  /** Counts what there is a limit to. */
  readonly rateCounter: RateCounter
  readonly logger: Logger
  /** Whose word on the address of a client counts. */
  readonly trustedProxies: TrustedProxies
  /** Absent where nobody asks for figures. */
  readonly metrics?: Metrics
}
