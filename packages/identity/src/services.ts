import type { Logger } from 'pino'

import type { Database } from './database/database.ts'
import type { Mailer } from './mail/mailer.ts'
import type { Metrics } from './metrics/metrics.ts'
import type { PasswordHasher } from './passwords/hasher.ts'
import type { Signer } from './tokens/signing-key.ts'

/** What the server is made of. Everything that touches the world is in here, and injected. */
export interface Services {
  readonly database: Database
  readonly passwords: PasswordHasher
  readonly mailer: Mailer
  readonly signerOf: (instanceId: string) => Promise<Signer>
  /** Unix milliseconds. */
  readonly now: () => number
  readonly logger: Logger
  /** Absent where nobody asks for figures. */
  readonly metrics?: Metrics
}
