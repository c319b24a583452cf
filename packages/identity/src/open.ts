/** From options to services: opens the database, finds the secret, and puts together what everything stands on. */

import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'

import { pino, type Logger } from 'pino'

import { createAccountlessPolicy, type AccountlessOptions } from './accountless/policy.ts'
import type { DatabaseHandle } from './database/database.ts'
import { lockDirectory } from './database/lock.ts'
import { openDatabase, type DatabaseOptions } from './database/open.ts'
import { IdentityError } from './error.ts'
import { parseTrustedProxies } from './http/address.ts'
import { createOutboxMailer, createSmtpMailer, type Mailer } from './mail/mailer.ts'
import type { Metrics } from './metrics/metrics.ts'
import { createPasswordHasher, type PasswordHasher } from './passwords/hasher.ts'
import { createRateCounter } from './rate-limits/counter.ts'
import type { Services } from './services.ts'
import type { SigningAlgorithm } from './tokens/compact.ts'
import { createSigners, generateSigningKeyPair, type KeyPair } from './tokens/signing-key.ts'
import {
  missingSecret,
  newDevelopmentSecret,
  parseSecrets,
  provisionSecret,
} from './vault/secret.ts'
import { checkStoredKeys } from './vault/stored-keys.ts'
import { createVault } from './vault/vault.ts'

/** How an identity server is set up. */
export interface IdentityOptions {
  /**
   * Data directory. Left out, everything is kept in memory and gone after `close()`, unless there is a
   * database server.
   */
  readonly data?: string
  /**
   * Connection string of a PostgreSQL server (`postgres://user:password@host:5432/database`), which any
   * number of processes may share. Left out, the database is embedded in this one.
   */
  readonly databaseUrl?: string
  /** Connections to the database server at most. Default: 10. */
  readonly databasePoolSize?: number
  /**
   * Brings the schema of the database server up to date. Default: false, an older schema is refused. The
   * embedded database always is up to date.
   */
  readonly migrates?: boolean
  /**
   * What private keys are encrypted under in the database: at least 32 random bytes as text. Several with
   * commas between them: the first encrypts, all decrypt. Left out, the data directory keeps one; a database
   * server without a data directory needs one.
   */
  readonly secret?: string
  /**
   * The reverse proxies whose `X-Forwarded-For` counts: addresses and networks (`10.0.0.0/8`) with commas
   * between them, `loopback`, `private`. Default: none, so the address of a client is that of its connection.
   */
  readonly trustedProxies?: string
  /** Mail server as an URL (`smtp://user:password@host:587`). Left out, mails wait in the outbox. */
  readonly smtpUrl?: string
  /** Sender of mails. */
  readonly mailFrom?: string
  readonly mailer?: Mailer
  /** Measures requests, connections and passwords, for `metrics()`. Default: false. */
  readonly measures?: boolean
  /** Makes applications for whoever asks, without an account: for development only. Left out, none are made. */
  readonly accountless?: AccountlessOptions
  readonly passwords?: PasswordHasher
  /** How signing keys are made. Left out: RSA keys with 2048 bits, or as the setting says. */
  readonly createSigningKey?: (algorithm: SigningAlgorithm) => Promise<KeyPair>
  readonly logger?: Logger
  /** Clock, in Unix milliseconds. */
  readonly now?: () => number
}

/** Everything that is open. Whoever opened it closes it. */
export interface OpenedServices {
  readonly services: Services
  readonly metrics: Metrics | null
  readonly close: () => Promise<void>
}

/**
 * Opens what a server or a command works with.
 *
 * @throws {IdentityError} `data-in-use`, `data-unreadable`, `disk-full`, `database-url-invalid`,
 * `database-unreachable`, `database-foreign`, `invalid-host`, `invalid-option`, `schema-outdated`,
 * `secret-missing`, `secret-weak`, `secret-wrong`
 */
export async function openServices(
  options: IdentityOptions,
  { isPatient = false }: Pick<DatabaseOptions, 'isPatient'> = {},
): Promise<OpenedServices> {
  const directory = options.data === undefined ? null : resolve(options.data)
  const { databaseUrl, databasePoolSize, migrates = false, logger } = options
  // Told before anything is opened or made.
  parseTrustedProxies(options.trustedProxies ?? '')
  if (options.accountless !== undefined) createAccountlessPolicy(options.accountless)
  if (options.secret !== undefined) parseSecrets(options.secret)
  else if (directory === null && databaseUrl !== undefined) throw missingSecret()
  const opened = await openWithDirectory(directory, {
    directory,
    migrates,
    isPatient,
    ...(databaseUrl === undefined ? {} : { url: databaseUrl }),
    ...(databasePoolSize === undefined ? {} : { poolSize: databasePoolSize }),
    onIdleError: (error) => logger?.warn({ err: error }, 'A database connection was lost'),
  })
  try {
    const kept =
      options.secret ?? (directory === null ? undefined : await provisionSecret(directory))
    const passwords = options.passwords ?? createPasswordHasher()
    const metrics = options.measures === true ? await createMetricsOf(opened, passwords) : null
    const given = { ...options, passwords, ...(kept === undefined ? {} : { secret: kept }) }
    const services = assembleServices(opened, given, metrics)
    await checkStoredKeys(services.database, services.vault)
    return { services, metrics, close: opened.close }
  } catch (error) {
    await opened.close()
    throw error
  }
}

/** Puts services together around an open database. Without a secret they make one that nobody else has. */
export function assembleServices(
  opened: DatabaseHandle,
  options: IdentityOptions,
  metrics: Metrics | null = null,
): Services {
  const now = options.now ?? Date.now
  const { database } = opened
  const vault = createVault(parseSecrets(options.secret ?? newDevelopmentSecret()))
  const signers = createSigners(database, vault, now)
  return {
    database,
    now,
    logger: options.logger ?? pino({ level: 'silent' }),
    trustedProxies: parseTrustedProxies(options.trustedProxies ?? ''),
    passwords: options.passwords ?? createPasswordHasher(),
    mailer: options.mailer ?? chooseMailer(options, opened, now),
    vault,
    rateCounter: createRateCounter(database),
    createSigningKey: options.createSigningKey ?? generateSigningKeyPair,
    accountless:
      options.accountless === undefined ? null : createAccountlessPolicy(options.accountless),
    signerOf: signers.of,
    forgetSigner: signers.forget,
    ...(metrics === null ? {} : { metrics }),
  }
}

async function createMetricsOf(
  { poolUse }: DatabaseHandle,
  passwords: PasswordHasher,
): Promise<Metrics> {
  // Loaded where it is used: most who start a server do not ask for figures.
  const { createMetrics } = await import('./metrics/metrics.ts')
  return createMetrics({ poolUse, queueUse: () => passwords.queueUse?.() ?? null })
}

/** Opens the database under the lock of its directory. A server needs none; only keys are kept there. */
async function openWithDirectory(
  directory: string | null,
  options: DatabaseOptions,
): Promise<DatabaseHandle> {
  if (directory === null) return openDatabase(options)
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw new IdentityError(
      'data-unreadable',
      `${directory} cannot be used as a data directory. Choose another one with --data.`,
      { cause },
    )
  }
  if (options.url !== undefined) return openDatabase(options)
  const unlock = await lockDirectory(directory)
  try {
    const handle = await openDatabase(options)
    return {
      ...handle,
      close: async () => {
        await handle.close()
        await unlock()
      },
    }
  } catch (error) {
    await unlock()
    throw error
  }
}

function chooseMailer(
  options: IdentityOptions,
  { database }: DatabaseHandle,
  now: () => number,
): Mailer {
  return options.smtpUrl === undefined
    ? createOutboxMailer(database, now)
    : createSmtpMailer(options.smtpUrl, options.mailFrom ?? 'Core <no-reply@localhost>')
}
