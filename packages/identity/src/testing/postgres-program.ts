/** A real PostgreSQL server as a process of its own, for tests and measurements. */

import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import { sql } from 'drizzle-orm'

import { withPatientConnection } from '../database/server.ts'

const SERVER = fileURLToPath(new URL('postgres-server.ts', import.meta.url))

/**
 * Starts an empty server. It ends with us, however we end.
 *
 * @param settings of its own (`autovacuum=on`), in place of those that suit short tests
 */
export async function startPostgres(
  settings: readonly string[] = [],
): Promise<{ url: string; stop: () => Promise<void> }> {
  const args = ['--disable-warning=ExperimentalWarning', SERVER, ...settings]
  const child = spawn(process.execPath, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  })
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
  })
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()))
    child.once('exit', () => reject(new Error('PostgreSQL did not start.')))
  })
  return {
    url,
    stop: async () => {
      child.stdin.end()
      await exited
    },
  }
}

/** Makes a database on a server and returns its address. */
export async function createDatabase(
  serverUrl: string,
  name: string,
  template: string,
): Promise<string> {
  await withPatientConnection(serverUrl, (server) =>
    server.execute(sql.raw(`create database "${name}" template "${template}"`)),
  )
  return serverUrl.replace(/\/postgres$/, `/${name}`)
}
