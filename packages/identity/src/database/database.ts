/** The rows as everything sees them, whatever engine keeps them. */

import type { ExtractTablesWithRelations } from 'drizzle-orm'
import type { PgDatabase, PgQueryResultHKT, PgTransaction } from 'drizzle-orm/pg-core'

import type * as schema from './schema.ts'

type Schema = typeof schema
export type Relations = ExtractTablesWithRelations<Schema>

/** The database, whatever driver is behind it. */
export type Database = PgDatabase<PgQueryResultHKT, Schema, Relations>

/** A transaction under way. Everything inside must go through it, and must have been answered before it ends. */
export type Transaction = PgTransaction<PgQueryResultHKT, Schema, Relations>

/** What can be queried: the database itself or a transaction. */
export type Queryable = Database | Transaction

/** How busy the connections to a server are. */
export interface PoolUse {
  readonly open: number
  readonly idle: number
  /** Requests that wait for a connection. */
  readonly waiting: number
  readonly max: number
}

/** An open database. */
export interface DatabaseHandle {
  readonly database: Database
  /** The embedded database has no connections: `null`. */
  readonly poolUse: () => PoolUse | null
  readonly close: () => Promise<void>
}
