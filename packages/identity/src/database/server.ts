/** A PostgreSQL server over a pool of connections. Any number of processes may share it. */

import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import { Pool, type PoolClient, type PoolConfig } from 'pg'

import { IdentityError } from '../error.ts'
import type { Database, DatabaseHandle } from './database.ts'
import { isConnectionLoss } from './outage.ts'
import { createUpkeep } from './server-upkeep.ts'
import { describeUnreachable, isForgottenStatement } from './unreachable.ts'
import * as schema from './schema.ts'

/**
 * How long things may take, in milliseconds. A request has answered in milliseconds or something is wrong;
 * then it is better to say so than to let requests pile up behind it.
 */
export interface ConnectionLimits {
  /** Until a connection is there, be it a new one or one that another request gives back. */
  readonly connectMs: number
  /** Until a connection that nobody uses is closed. */
  readonly idleMs: number
  /** Until a connection is replaced, so that the pool follows a change of servers. */
  readonly lifetimeMs: number
  /** One statement, enforced by the server. */
  readonly statementMs: number
  /** Waiting for a lock, enforced by the server. */
  readonly lockMs: number
  /** A transaction in which nothing happens, enforced by the server: its process may be gone. */
  readonly idleInTransactionMs: number
  /** Silence of the server, after which its connection is given up. */
  readonly silenceMs: number
}

const LIMITS: ConnectionLimits = {
  connectMs: 5_000,
  idleMs: 30_000,
  lifetimeMs: 30 * 60_000,
  statementMs: 10_000,
  lockMs: 5_000,
  idleInTransactionMs: 10_000,
  silenceMs: 15_000,
}

/** For what somebody waits for at a terminal: nothing is given up for taking long. */
const PATIENT_LIMITS: Partial<ConnectionLimits> = {
  statementMs: 0,
  lockMs: 0,
  idleInTransactionMs: 0,
  silenceMs: 0,
}

const POOL_SIZE = 10

/**
 * Connects to a server, and makes sure that it answers.
 *
 * @throws {IdentityError} `database-url-invalid`, `database-unreachable`
 */
export async function connectToServer(
  url: string,
  options: {
    readonly poolSize?: number
    readonly isPatient?: boolean
    readonly limits?: Partial<ConnectionLimits>
    readonly onIdleError?: (error: Error) => void
  } = {},
): Promise<DatabaseHandle> {
  const { isPatient = false } = options
  const limits = { ...LIMITS, ...(isPatient ? PATIENT_LIMITS : {}), ...options.limits }
  const max = options.poolSize ?? POOL_SIZE
  const pool = await openPool(
    url,
    {
      max,
      connectionTimeoutMillis: limits.connectMs,
      idleTimeoutMillis: limits.idleMs,
      maxLifetimeSeconds: limits.lifetimeMs / 1000,
      statement_timeout: limits.statementMs,
      lock_timeout: limits.lockMs,
      idle_in_transaction_session_timeout: limits.idleInTransactionMs,
      query_timeout: limits.silenceMs,
    },
    options.onIdleError,
  )
  await refuseForgetfulPooler(pool, max)
  // Copies are read and written over connections without limits, whose end would wait for this.
  const upkeep = isPatient ? null : createUpkeep(pool)
  void upkeep?.look()
  return {
    database: toDatabase(pool, upkeep?.noteTransaction),
    poolUse: () => ({
      open: pool.totalCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
      max,
    }),
    close: async () => {
      if (!pool.ending) await pool.end()
    },
  }
}

/**
 * Does something for which a request would have no time: over one connection, whose statements may take
 * as long as they need.
 *
 * @throws {IdentityError} `database-url-invalid`, `database-unreachable`
 */
export async function withPatientConnection<T>(
  url: string,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const pool = await openPool(url, { max: 1, connectionTimeoutMillis: LIMITS.connectMs })
  try {
    return await work(toDatabase(pool))
  } finally {
    await pool.end()
  }
}

async function openPool(
  url: string,
  config: PoolConfig,
  onIdleError: (error: Error) => void = () => undefined,
): Promise<Pool> {
  if (!/^postgres(?:ql)?:\/\/./.test(url)) throw invalidUrl()
  let pool: Pool
  try {
    pool = new Pool({
      ...config,
      connectionString: url,
      application_name: 'core-identity',
      keepAlive: true,
    })
    pool.on('error', onIdleError)
    // A connection may break between two statements of a transaction, when nobody listens: the next
    // statement will tell.
    pool.on('connect', (client) => client.on('error', () => undefined))
  } catch (cause) {
    throw invalidUrl(cause)
  }
  try {
    await pool.query('select 1')
    return pool
  } catch (cause) {
    await pool.end()
    if (cause instanceof TypeError || cause instanceof URIError) throw invalidUrl(cause)
    throw unreachable(cause)
  }
}

/**
 * Tries what a pooler breaks that gives connections to others between transactions: statements that are known
 * by name. It would break them now and then, under load.
 */
async function refuseForgetfulPooler(pool: Pool, max: number): Promise<void> {
  // Two at once, so that they are not the same one.
  if (max < 2) return
  const clients: PoolClient[] = []
  try {
    for (const _turn of ['the one', 'the other']) {
      const client = await pool.connect()
      clients.push(client)
      await client.query({ name: 'probe', text: 'select 1' })
    }
  } catch (cause) {
    // A second connection that cannot be made just now is no reason not to start with one.
    if (!isForgottenStatement(cause)) return
    clients.splice(0).forEach((client) => client.release())
    await pool.end()
    throw unreachable(cause)
  } finally {
    clients.forEach((client) => client.release())
  }
}

function unreachable(cause: unknown): IdentityError {
  return new IdentityError('database-unreachable', describeUnreachable(cause), { cause })
}

function invalidUrl(cause?: unknown): IdentityError {
  return new IdentityError(
    'database-url-invalid',
    'DATABASE_URL cannot be read. Write postgres://user:password@host:5432/database.',
    { cause },
  )
}

/**
 * Puts the query builder around a pool. Transactions are ours: the builder's own loses the connection if
 * the first statement fails, and gives back one that no longer answers.
 */
function toDatabase(pool: Pool, onTransaction: () => void = () => undefined): Database {
  const database: NodePgDatabase<typeof schema> = drizzle({ client: pool, schema })
  const onClient = new WeakMap<PoolClient, NodePgDatabase<typeof schema>>()
  database.transaction = async (work, config) => {
    const client = await pool.connect()
    const own = onClient.get(client) ?? drizzle({ client, schema })
    onClient.set(client, own)
    const state: { isGivenBack: boolean; failure: { readonly error: unknown } | null } = {
      isGivenBack: false,
      failure: null,
    }
    const giveBack = (error: unknown): void => {
      if (state.isGivenBack) return
      state.isGivenBack = true
      // One that has failed is closed, which ends its transaction on the server as well.
      client.release(isConnectionLoss(error))
    }
    try {
      return await own.transaction(async (tx) => {
        try {
          return await work(tx)
        } catch (error) {
          state.failure = { error }
          // Before the rollback, which would wait as long again for a server that is silent.
          if (isConnectionLoss(error)) giveBack(error)
          throw error
        }
      }, config)
    } catch (error) {
      giveBack(error)
      // What went wrong first, not that the rollback found nobody any more.
      throw state.failure === null ? error : state.failure.error
    } finally {
      giveBack(null)
      onTransaction()
    }
  }
  return database
}
