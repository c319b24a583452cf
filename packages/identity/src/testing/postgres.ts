/** Starts PostgreSQL once for a run of the tests, with a database of today's schema to copy from. */

import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import { sql } from 'drizzle-orm'
import type { TestProject } from 'vitest/node'

import { migrate } from '../database/migrate.ts'
import { withPatientConnection } from '../database/server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the server, if the tests run on one. */
    readonly postgresUrl?: string
  }
}

const SERVER = fileURLToPath(new URL('postgres-server.ts', import.meta.url))

/** Called by Vitest; what it returns is called when the tests are over. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const child = spawn(process.execPath, [SERVER], {
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
  await withPatientConnection(await createDatabase(url, 'core_template', 'template0'), migrate)
  project.provide('postgresUrl', url)
  return async () => {
    child.stdin.end()
    await exited
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
