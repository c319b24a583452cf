/**
 * Databases for tests: embedded ones in memory, or on a real server where the run has one. The first run
 * keeps an empty embedded one, because making one takes seconds; opening it still takes one, so the test
 * files of a worker share theirs. Instances keep them apart, as they keep applications apart.
 */

import { randomBytes } from 'node:crypto'

import { inject } from 'vitest'

import { openEmbeddedDatabase } from '../database/embedded.ts'
import type { DatabaseHandle } from '../database/database.ts'
import { connectToServer } from '../database/server.ts'
import { testArchive } from './archive.ts'
import { createDatabase } from './postgres-program.ts'

/** Opens an empty database with the schema of today. */
export async function openTestDatabase(): Promise<DatabaseHandle> {
  return inject('postgresUrl') === undefined
    ? openEmbeddedDatabase(null, await testArchive())
    : connectToServer(await createTestDatabase())
}

/** Opens an empty database as often as a server of tests has processes: once, or twice where that can be. */
export async function openTestDatabases(): Promise<readonly DatabaseHandle[]> {
  if (inject('postgresUrl') === undefined) return [await openTestDatabase()]
  return connectTwice(await createTestDatabase())
}

function connectTwice(url: string): Promise<readonly DatabaseHandle[]> {
  // Few connections: a request that needed two at once would soon wait for itself.
  return Promise.all([url, url].map((it) => connectToServer(it, { poolSize: 2 })))
}

let sharedUrl: Promise<string> | undefined

/** The database on the server that this worker's test files share. */
export function sharedTestDatabaseUrl(): Promise<string> {
  sharedUrl ??= createTestDatabase()
  return sharedUrl
}

let shared: Promise<readonly DatabaseHandle[]> | undefined

/** The databases of this worker, which nobody closes. Not for tests that look at more than their instances. */
export function sharedTestDatabases(): Promise<readonly DatabaseHandle[]> {
  shared ??= (
    inject('postgresUrl') === undefined
      ? openTestDatabases()
      : sharedTestDatabaseUrl().then(connectTwice)
  ).then((handles) => handles.map((handle) => ({ ...handle, close: () => Promise.resolve() })))
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
