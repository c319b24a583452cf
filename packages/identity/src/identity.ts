import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'

import { createPublishableKey, parsePublishableKey, type InstanceType } from '@core/protocol'
import { pino, type Logger } from 'pino'

import { createApp, type Fetch } from './app.ts'
import { lockDirectory } from './database/lock.ts'
import type { DatabaseHandle } from './database/database.ts'
import { openDatabase, type DatabaseOptions } from './database/open.ts'
import { instances } from './database/schema.ts'
import { transact } from './database/transact.ts'
import { IdentityError } from './error.ts'
import {
  createInstance,
  findInstanceByHost,
  issueSecretKey,
  type Instance,
} from './instances/instance.ts'
import {
  provisionDevelopmentInstance,
  provisionKeys,
  type InstanceKeys,
} from './instances/provision.ts'
import { parseSettingChanges, resolveSettings, type SettingChanges } from './instances/settings.ts'
import { createOutboxMailer, createSmtpMailer, type Mailer } from './mail/mailer.ts'
import type { Metrics } from './metrics/metrics.ts'
import { createPasswordHasher, type PasswordHasher } from './passwords/hasher.ts'
import {
  createSigners,
  generateSigningKeyPair,
  rotateSigningKey,
  type KeyPair,
  type SigningAlgorithm,
} from './tokens/signing-key.ts'

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
  /** Mail server as an URL (`smtp://user:password@host:587`). Left out, mails wait in the outbox. */
  readonly smtpUrl?: string
  /** Sender of mails. */
  readonly mailFrom?: string
  readonly mailer?: Mailer
  /** Measures requests, connections and passwords, for `metrics()`. Default: false. */
  readonly measures?: boolean
  readonly passwords?: PasswordHasher
  /** How signing keys are made. Left out: RSA keys with 2048 bits, or as the setting says. */
  readonly createSigningKey?: (algorithm: SigningAlgorithm) => Promise<KeyPair>
  readonly logger?: Logger
  /** Clock, in Unix milliseconds. */
  readonly now?: () => number
}

/** A running identity server, without a socket. */
export interface Identity {
  /** Answers a request. Never rejects. */
  readonly fetch: Fetch
  /**
   * Finds or makes the development instance and its keys. Its host follows the argument.
   *
   * @param settings changes that are kept until they are changed again
   */
  provision(frontendApi: string, settings?: SettingChanges): Promise<InstanceKeys>
  /** Adds an instance with its own keys, users and sessions. */
  addInstance(input: {
    readonly type: InstanceType
    readonly frontendApi: string
    readonly settings?: SettingChanges
  }): Promise<InstanceKeys>
  /**
   * Signs with a new key from now on. The one before stays in the key set until its tokens have expired.
   *
   * @param frontendApi host of the instance
   * @returns the `kid` of the new key
   * @throws {IdentityError} `no-instance`
   */
  rotateSigningKey(frontendApi: string): Promise<string>
  /** Lists the instances there are: what they are for, and where. */
  listInstances(): Promise<readonly Pick<Instance, 'type' | 'frontendApi'>[]>
  /**
   * Answers figures in the text format of Prometheus, or 404 if nothing is measured. They are for whoever
   * runs the server: not to be served beside the APIs.
   */
  metrics(): Promise<Response>
  /** Closes the database and gives the data directory back. */
  close(): Promise<void>
}

/**
 * Opens an identity server.
 *
 * @throws {IdentityError} `data-in-use`, `data-unreadable`, `database-url-invalid`,
 * `database-unreachable`, `database-foreign`, `schema-outdated`
 *
 * @example
 * const identity = await createIdentity({ data: '.core' })
 * const { publishableKey, secretKey } = await identity.provision('localhost:4000')
 * const response = await identity.fetch(new Request('http://localhost:4000/v1/environment'))
 */
export async function createIdentity(options: IdentityOptions = {}): Promise<Identity> {
  const directory = options.data === undefined ? null : resolve(options.data)
  const { databaseUrl, databasePoolSize, migrates = false, logger } = options
  const opened = await openWithDirectory(directory, {
    directory,
    migrates,
    ...(databaseUrl === undefined ? {} : { url: databaseUrl }),
    ...(databasePoolSize === undefined ? {} : { poolSize: databasePoolSize }),
    onIdleError: (error) => logger?.warn({ err: error }, 'A database connection was lost'),
  })
  if (options.measures !== true) return assembleIdentity(opened, directory, options)
  const passwords = options.passwords ?? createPasswordHasher()
  // Loaded where it is used: most who start a server do not ask for figures.
  const { createMetrics } = await import('./metrics/metrics.ts')
  const metrics = createMetrics({
    poolUse: opened.poolUse,
    queueUse: () => passwords.queueUse?.() ?? null,
  })
  return assembleIdentity(opened, directory, { ...options, passwords }, metrics)
}

/** Puts a server together around an open database, which it closes. */
export function assembleIdentity(
  opened: DatabaseHandle,
  directory: string | null,
  options: IdentityOptions,
  metrics?: Metrics,
): Identity {
  const now = options.now ?? Date.now
  const logger = options.logger ?? pino({ level: 'silent' })
  const createSigningKey = options.createSigningKey ?? generateSigningKeyPair
  const { database } = opened
  const signers = createSigners(database, now)
  const services = {
    database,
    now,
    logger,
    passwords: options.passwords ?? createPasswordHasher(),
    mailer: options.mailer ?? chooseMailer(options, opened, now),
    signerOf: signers.of,
    ...(metrics === undefined ? {} : { metrics }),
  }
  return {
    fetch: createApp(services),
    provision: async (frontendApi, settings = {}) => {
      checkHost('development', frontendApi)
      const changes = parseSettingChanges(settings)
      const instance = await provisionDevelopmentInstance(
        database,
        {
          frontendApi,
          settings: changes,
          createSigningKey: () => createSigningKey(resolveSettings(changes).signing_algorithm),
        },
        now(),
      )
      return provisionKeys(database, instance, directory, now())
    },
    addInstance: async (input) => {
      checkHost(input.type, input.frontendApi)
      const settings = parseSettingChanges(input.settings ?? {})
      const signingKey = await createSigningKey(resolveSettings(settings).signing_algorithm)
      return transact(database, async (tx) => {
        const instance = await createInstance(tx, { ...input, settings, signingKey }, now())
        return {
          publishableKey: instance.publishableKey,
          secretKey: await issueSecretKey(tx, instance, now()),
          apiUrl: instance.origin,
        }
      })
    },
    rotateSigningKey: async (frontendApi) => {
      const instance = await findInstanceByHost(database, frontendApi)
      if (instance === null) {
        throw new IdentityError('no-instance', `There is no instance at ${frontendApi}.`)
      }
      const { signing_algorithm: algorithm, session_token_lifetime: lifetime } = instance.settings
      const pair = await createSigningKey(algorithm)
      const kid = await rotateSigningKey(database, instance.id, pair, lifetime, now())
      signers.forget(instance.id)
      return kid
    },
    listInstances: () =>
      database
        .select({ type: instances.type, frontendApi: instances.frontendApi })
        .from(instances)
        .orderBy(instances.createdAt),
    metrics: async () => metrics?.toResponse() ?? new Response(null, { status: 404 }),
    close: opened.close,
  }
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

function checkHost(type: InstanceType, frontendApi: string): void {
  if (parsePublishableKey(createPublishableKey(type, frontendApi)) !== null) return
  throw new IdentityError(
    'invalid-host',
    `"${frontendApi}" cannot be the host of a Frontend API. Write a name such as clerk.example.com or localhost:4000.`,
  )
}
