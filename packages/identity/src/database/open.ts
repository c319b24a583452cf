/** Where the rows live. One dialect, PostgreSQL; this file decides whose, and all others see {@link Database}. */

import { IdentityError } from '../error.ts'
import type { Database, DatabaseHandle } from './database.ts'
import { listPendingMigrations, migrate } from './migrate.ts'

/** What to open, and what to do about a schema that is older than this release. */
export interface DatabaseOptions {
  /** Connection string of a PostgreSQL server. Left out: the embedded database. */
  readonly url?: string
  /** Connections to the server at most. Default: 10. */
  readonly poolSize?: number
  /** Directory of the embedded database. `null`: in memory. */
  readonly directory: string | null
  /** Brings the schema of a server up to date instead of refusing it. The embedded one always is. */
  readonly migrates: boolean
  /** Lets statements take as long as they need: for commands, not for requests. */
  readonly isPatient?: boolean
  /** Told what connections failed that nobody was waiting for. */
  readonly onIdleError?: (error: Error) => void
}

/**
 * Opens the database. The caller holds the lock of the directory, if there is one.
 *
 * @throws {IdentityError} `data-unreadable`, `disk-full`, `database-url-invalid`, `database-unreachable`,
 * `database-foreign`, `schema-outdated`
 */
export async function openDatabase(options: DatabaseOptions): Promise<DatabaseHandle> {
  // Each engine is loaded where it is used: the embedded one is megabytes of WebAssembly.
  if (options.url === undefined) {
    const { openEmbeddedDatabase } = await import('./embedded.ts')
    return openEmbeddedDatabase(options.directory)
  }
  const { connectToServer, withPatientConnection } = await import('./server.ts')
  if (options.migrates) await withPatientConnection(options.url, migrate)
  const handle = await connectToServer(options.url, options)
  try {
    await refuseOlderSchema(handle.database)
  } catch (error) {
    await handle.close()
    throw error
  }
  return handle
}

async function refuseOlderSchema(database: Database): Promise<void> {
  const pending = await listPendingMigrations(database)
  if (pending.length === 0) return
  throw new IdentityError(
    'schema-outdated',
    `The schema of the database is older than this release (${pending.join(', ')} not applied). Run "core migrate" first; servers of the release before go on working with the new schema.`,
  )
}
