/** PostgreSQL inside the process, with its files in a data directory or in memory. For one process at a time. */

import { access, mkdir, readFile, rename, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { PGlite, type Transaction as EngineTransaction } from '@electric-sql/pglite'
import { PgDialect } from 'drizzle-orm/pg-core'
import { drizzle, PgliteSession, PgliteTransaction } from 'drizzle-orm/pglite'

import { IdentityError } from '../error.ts'
import { prepareStatements } from './embedded-statements.ts'
import { createUpkeep } from './embedded-upkeep.ts'
import { migrate } from './migrate.ts'
import type { Database, DatabaseHandle, Relations } from './database.ts'
import * as schema from './schema.ts'
import { RESERVED_BYTES, freeSpaceOf, hasRoom, refuseWithoutRoom, type FreeSpace } from './space.ts'

/** An open embedded database. */
export interface EmbeddedDatabaseHandle extends DatabaseHandle {
  /** Writes everything into one archive, from which a database can be opened. Default: compressed. */
  readonly dump: (compression?: 'gzip' | 'none') => Promise<Blob>
}

/** An empty database with the schema of its release. Written by `build.mjs`. */
const ARCHIVE = fileURLToPath(new URL('./empty.tar.gz', import.meta.url))

/**
 * Opens the embedded database of a data directory and brings its schema up to date, or a database in
 * memory if there is no directory. The caller holds the directory's lock.
 *
 * @param archive what a new database starts from. Left out: the empty one that the package brings
 * @param freeSpace bytes that are free for it. Left out: what the directory's file system says
 * @throws {IdentityError} `data-unreadable`, `disk-full`
 */
export async function openEmbeddedDatabase(
  directory: string | null,
  archive?: Blob,
  freeSpace: FreeSpace | null = directory === null ? null : freeSpaceOf(directory),
): Promise<EmbeddedDatabaseHandle> {
  const path = directory === null ? null : join(directory, 'database')
  // Opening writes, too.
  if (freeSpace !== null && !hasRoom(freeSpace)) {
    throw new IdentityError(
      'disk-full',
      `The disk of ${directory} is full. Make at least ${RESERVED_BYTES / 1024 ** 2} megabytes free, then start again; what was confirmed is there.`,
    )
  }
  try {
    if (path !== null) await makeDatabase(path, archive)
    const client = await (path === null ? createCluster('memory://', archive) : PGlite.create(path))
    const upkeep = createUpkeep(client)
    await prepareStatements(client, upkeep.noteChange)
    if (freeSpace !== null) refuseWithoutRoom(client, freeSpace)
    const database = toDatabase(client)
    try {
      await migrate(database)
      await upkeep.look()
    } catch (error) {
      await client.close().catch(() => undefined)
      throw error
    }
    return {
      database,
      poolUse: () => null,
      close: () => client.close(),
      dump: (compression = 'gzip') => client.dumpDataDir(compression),
    }
  } catch (cause) {
    throw new IdentityError(
      'data-unreadable',
      `The database in ${path} cannot be opened. Restore it from a backup, or move it away to start with an empty one.`,
      { cause },
    )
  }
}

/**
 * Puts the query builder around the engine. Its own transactions have a session each, for which every statement is
 * written anew; ours share one, as there is one transaction at a time.
 */
function toDatabase(client: PGlite): Database {
  const database = drizzle({ client, schema })
  let current: EngineTransaction | null = null
  const query: EngineTransaction['query'] = async (...args) => {
    if (current === null) throw new Error('The transaction is over.')
    return current.query(...args)
  }
  const dialect = new PgDialect()
  const session = new PgliteSession<typeof schema, Relations>(
    { query } as EngineTransaction,
    dialect,
    undefined,
  )
  const tx = new PgliteTransaction<typeof schema, Relations>(dialect, session, undefined)
  database.transaction = (work, config) =>
    client.transaction(async (begun) => {
      current = begun
      try {
        if (config !== undefined) await tx.setTransaction(config)
        return await work(tx)
      } finally {
        current = null
      }
    })
  return database
}

/** Makes a database where there is none. It gets its name when it is whole: a process may be killed. */
async function makeDatabase(path: string, archive: Blob | undefined): Promise<void> {
  // An empty directory is none. One that is not is never touched.
  await rmdir(path).catch(() => undefined)
  const isThere = await access(path).then(
    () => true,
    () => false,
  )
  if (isThere) return
  const draft = `${path}.draft`
  await rm(draft, { recursive: true, force: true })
  await mkdir(draft, { mode: 0o700 })
  await (await createCluster(draft, archive)).close()
  await rename(draft, path)
}

/** Creates the files of an empty database: from an archive in a moment, else by initializing one. */
async function createCluster(path: string, archive: Blob | undefined): Promise<PGlite> {
  const source = archive ?? (await readArchive())
  return PGlite.create(path, source === null ? {} : { loadDataDir: source })
}

/** Reads the archive that the build wrote. Run from its sources, the package has none. */
async function readArchive(): Promise<Blob | null> {
  const content = await readFile(ARCHIVE).catch(() => null)
  return content === null
    ? null
    : new Blob([new Uint8Array(content)], { type: 'application/x-gzip' })
}
