/**
 * Databases for tests: embedded ones in memory, or on a real server where the run has one. The first run
 * keeps an empty embedded one, because making one takes seconds; opening it still takes one, so the test
 * files of a worker share theirs. Instances keep them apart, as they keep applications apart.
 */

import { createHash, randomBytes } from 'node:crypto'
import { readFile, readdir, rename, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { inject } from 'vitest'

import { openEmbeddedDatabase } from '../database/embedded.ts'
import type { DatabaseHandle } from '../database/database.ts'
import { connectToServer } from '../database/server.ts'
import { createDatabase } from './postgres.ts'

const MIGRATIONS = fileURLToPath(new URL('../../drizzle', import.meta.url))

/** Opens an empty database with the schema of today. */
export async function openTestDatabase(): Promise<DatabaseHandle> {
  return inject('postgresUrl') === undefined
    ? openEmbeddedDatabase(null, await testArchive())
    : connectToServer(await createTestDatabase())
}

/** Opens an empty database as often as a server of tests has processes: once, or twice where that can be. */
export async function openTestDatabases(): Promise<readonly DatabaseHandle[]> {
  if (inject('postgresUrl') === undefined) return [await openTestDatabase()]
  const url = await createTestDatabase()
  // Few connections: a request that needed two at once would soon wait for itself.
  return Promise.all([url, url].map((it) => connectToServer(it, { poolSize: 2 })))
}

let shared: Promise<readonly DatabaseHandle[]> | undefined

/** The databases of this worker, which nobody closes. Not for tests that look at more than their instances. */
export function sharedTestDatabases(): Promise<readonly DatabaseHandle[]> {
  shared ??= openTestDatabases().then((handles) =>
    handles.map((handle) => ({ ...handle, close: () => Promise.resolve() })),
  )
  return shared
}

/**
 * Makes a database on the server and returns its address.
 *
 * @param template what it is a copy of: today's schema, or `template0` with nothing
 */
export function createTestDatabase(template: string = 'core_template'): Promise<string> {
  const url = inject('postgresUrl')
  if (url === undefined) throw new Error('This test needs the run on PostgreSQL.')
  return createDatabase(url, `test_${randomBytes(8).toString('hex')}`, template)
}

/** The archive that embedded databases of tests start from. */
export async function testArchive(): Promise<Blob> {
  const path = await archivePath()
  const kept = await readFile(path).catch(() => null)
  if (kept !== null) return new Blob([new Uint8Array(kept)], { type: 'application/x-tar' })
  const fresh = await openEmbeddedDatabase(null)
  // Unpacking would be half of the time that opening takes.
  const archive = await fresh.dump('none')
  await fresh.close()
  // Written beside and renamed: several test files do this at once.
  const draft = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`
  await writeFile(draft, new Uint8Array(await archive.arrayBuffer()), { mode: 0o600 })
  await rename(draft, path)
  return archive
}

/** A name that changes with the engine and the migrations. */
async function archivePath(): Promise<string> {
  const hash = createHash('sha256')
  hash.update(createRequire(import.meta.url).resolve('@electric-sql/pglite'))
  for (const name of (await readdir(MIGRATIONS)).toSorted()) {
    if (name.endsWith('.sql')) hash.update(name).update(await readFile(join(MIGRATIONS, name)))
  }
  return join(tmpdir(), `core-identity-${process.getuid?.() ?? 0}-${hash.digest('hex')}.tar`)
}
