/** Starts PostgreSQL once for a run of the tests, with a database of today's schema to copy from. */

import type { TestProject } from 'vitest/node'

import { migrate } from '../database/migrate.ts'
import { withPatientConnection } from '../database/server.ts'
import { createDatabase, startPostgres } from './postgres-program.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the server, if the tests run on one. */
    readonly postgresUrl?: string
    /** Whether two processes behind a load balancer stand in for the server in memory. */
    readonly inProcesses?: boolean
  }
}

/** Called by Vitest; what it returns is called when the tests are over. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { url, stop } = await startPostgres()
  await withPatientConnection(await createDatabase(url, 'core_template', 'template0'), migrate)
  project.provide('postgresUrl', url)
  return stop
}
