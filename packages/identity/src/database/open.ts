/** Where the rows live. One dialect, PostgreSQL; today an embedded one, in `.core/` or in memory. */

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { PGlite } from '@electric-sql/pglite'
import type { ExtractTablesWithRelations } from 'drizzle-orm'
import type { PgDatabase, PgQueryResultHKT, PgTransaction } from 'drizzle-orm/pg-core'
import { drizzle } from 'drizzle-orm/pglite'
import { migrate } from 'drizzle-orm/pglite/migrator'

import { IdentityError } from '../error.ts'
import * as schema from './schema.ts'

type Schema = typeof schema
type Relations = ExtractTablesWithRelations<Schema>

/** The database, whatever driver is behind it. */
export type Database = PgDatabase<PgQueryResultHKT, Schema, Relations>

/** A transaction under way. Everything inside must go through it. */
export type Transaction = PgTransaction<PgQueryResultHKT, Schema, Relations>

/** What can be queried: the database itself or a transaction. */
export type Queryable = Database | Transaction

/** An open database. */
export interface DatabaseHandle {
  readonly database: Database
  readonly close: () => Promise<void>
  /** Writes everything into one archive, from which a database can be opened. */
  readonly dump: () => Promise<Blob>
}

/** The committed migrations, in the order of their journal. They are shipped with the package. */
const MIGRATIONS = fileURLToPath(new URL('../../drizzle', import.meta.url))

/**
 * Opens the embedded database of a data directory and brings its schema up to date, or a database in
 * memory if there is no directory. The caller holds the directory's lock.
 *
 * @param archive what a new database starts from, instead of nothing
 * @throws {IdentityError} `data-unreadable`
 */
export async function openEmbeddedDatabase(
  directory: string | null,
  archive?: Blob,
): Promise<DatabaseHandle> {
  const path = directory === null ? 'memory://' : join(directory, 'database')
  try {
    if (directory !== null) await mkdir(path, { recursive: true, mode: 0o700 })
    const client = await PGlite.create(path, archive === undefined ? {} : { loadDataDir: archive })
    const database = drizzle({ client, schema })
    try {
      await migrate(database, { migrationsFolder: MIGRATIONS })
    } catch (error) {
      await client.close().catch(() => undefined)
      throw error
    }
    return {
      database,
      close: () => client.close(),
      dump: () => client.dumpDataDir('none'),
    }
  } catch (cause) {
    throw new IdentityError(
      'data-unreadable',
      `The database in ${path} cannot be opened. Restore it from a backup, or move it away to start with an empty one.`,
      { cause },
    )
  }
}
