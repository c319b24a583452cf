/** Each question of `core doctor` where the answer is not good: every rule is seen to find what it is for. */

import { randomBytes } from 'node:crypto'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, inject, it } from 'vitest'

import type { DatabaseHandle } from '../database/database.ts'
import { connectToServer, withPatientConnection } from '../database/server.ts'
import { requireInstance } from '../instances/administer.ts'
import type { Instance } from '../instances/instance.ts'
import { assembleServices } from '../open.ts'
import { createTestDatabase } from '../testing/database.ts'
import { makeDirectory } from '../testing/program.ts'
import { openTestServer, type TestServer } from '../testing/server.ts'
import type { Finding, Surroundings } from './check.ts'
import { DATABASE_CHECKS } from './database.ts'
import { CHECKS } from './surroundings.ts'

const SERVER = { DATABASE_URL: 'postgres://somewhere' }

let handle: DatabaseHandle
let server: TestServer
let databaseUrl: string
beforeEach(async () => {
  databaseUrl = await createTestDatabase()
  handle = await connectToServer(databaseUrl)
  server = await openTestServer([handle])
})
afterEach(() => server.close())

const around = (given: Partial<Surroundings>): Surroundings => ({
  env: {},
  directory: '.',
  nodeVersion: process.version,
  now: Date.now(),
  ...given,
})

async function look(name: string, given: Partial<Surroundings>): Promise<Finding | undefined> {
  return CHECKS.find((check) => check.name === name)?.run(around(given))
}

async function ask(
  name: string,
  instances: readonly Instance[] = [],
  given: Partial<Surroundings> = { env: SERVER },
  { database }: Pick<DatabaseHandle, 'database'> = handle,
): Promise<Finding | undefined> {
  const check = DATABASE_CHECKS.find((it) => it.name === name)
  return check?.run(assembleServices({ ...handle, database }, {}), instances, around(given))
}

it.each([
  ['v18.20.8', 'problem'],
  ['v20.18.9', 'problem'],
  ['v20.19.0', 'ok'],
  ['v22.1.0', 'ok'],
])('Node %s: %s', async (nodeVersion, verdict) => {
  expect(await look('node', { nodeVersion })).toMatchObject({ verdict })
})

it('a data directory is one, and nobody else can read it', async () => {
  const { path, remove } = await makeDirectory()
  const directory = join(path, 'data')
  expect(await look('directory', { directory })).toMatchObject({ verdict: 'ok' })
  await mkdir(directory, { mode: 0o700 })
  expect(await look('directory', { directory })).toMatchObject({ verdict: 'ok' })
  await chmod(directory, 0o750)
  expect(await look('directory', { directory })).toMatchObject({
    verdict: 'problem',
    remedy: `Run "chmod 700 ${directory}".`,
  })
  expect(await look('directory', { directory, env: SERVER })).toMatchObject({ verdict: 'ok' })
  await writeFile(join(path, 'file'), '')
  expect(await look('directory', { directory: join(path, 'file') })).toMatchObject({
    verdict: 'problem',
    remedy: expect.stringContaining('--data'),
  })
  await remove()
})

it('a disk has room, unless the data is on none', async () => {
  // A file system that has no blocks to give.
  const directory = process.platform === 'linux' ? '/proc' : '/dev'
  expect(await look('disk', { directory })).toMatchObject({ verdict: 'warning' })
  expect(await look('disk', { directory, env: SERVER })).toMatchObject({ verdict: 'ok' })
})

it('a database takes every letter', async () => {
  const name = `test_${randomBytes(8).toString('hex')}`
  const url = inject('postgresUrl') ?? ''
  await withPatientConnection(url, (db) =>
    db.execute(
      sql.raw(
        `create database "${name}" encoding 'SQL_ASCII' locale_provider libc locale 'C' template template0`,
      ),
    ),
  )
  const other = await connectToServer(url.replace(/\/postgres$/, `/${name}`))
  expect(await ask('database', [], undefined, other)).toMatchObject({
    verdict: 'problem',
    fact: 'The database is encoded in SQL_ASCII.',
  })
  await other.close()
  expect(await ask('database')).toMatchObject({ verdict: 'ok' })
})

it('a database is no older than what was tried', async () => {
  const answers = [{ value: '140012' }, { value: 'UTF8' }]
  const database = { select: () => ({ from: async () => [answers.shift()] }) }
  expect(await ask('database', [], undefined, { database: database as never })).toMatchObject({
    verdict: 'warning',
    fact: 'PostgreSQL 14 is older than what was tried.',
  })
})

it.each([-1, 1])('the clocks agree, and are not %d minute apart', async (minutes) => {
  expect(await ask('clock')).toMatchObject({ verdict: 'ok' })
  expect(await ask('clock', [], { now: Date.now() + minutes * 60_000 })).toMatchObject({
    verdict: 'warning',
    fact: 'The clocks of this machine and of the database are 60 s apart.',
  })
})

it('there are instances', async () => {
  expect(await ask('instances')).toMatchObject({ verdict: 'warning' })
})

it.each<[string, RequestListener, RegExp | undefined]>([
  ['the instance', (_request, response) => response.end('{"id":"env_1"}'), undefined],
  [
    'another one',
    (_request, response) => response.end('{"id":"env_2"}'),
    /pass the Host header on/,
  ],
  ['a page', (_request, response) => response.end('<!doctype html>'), /Check that the name/],
  [
    'a redirect',
    (_request, response) => response.writeHead(302, { location: '/' }).end('{}'),
    /pass the Host header on/,
  ],
])('at the public host is the instance, where %s answers', async (_what, listener, remedy) => {
  const somebody = createServer(listener)
  await new Promise<void>((listening) => {
    somebody.listen(0, '127.0.0.1', listening)
  })
  const origin = `http://127.0.0.1:${(somebody.address() as AddressInfo).port}`
  const instance = { id: 'ins_1', application: null, frontendApi: 'clerk.example.com', origin }
  const found = await ask('public', [instance as Instance])
  somebody.close()
  expect(found?.remedy ?? '').toMatch(remedy ?? /^$/)
})

it('people do not all come from one address', async () => {
  const { instance, sign } = await makePublic()
  const env = { TRUSTED_PROXIES: 'loopback' }
  for (let i = 0; i < 4; i++) await sign(`u${i}@example.com`, '203.0.113.7')
  // A family may.
  expect(await ask('addresses', [instance], { env })).toMatchObject({ verdict: 'ok' })
  await sign('u4@example.com', '203.0.113.7')
  expect(await ask('addresses', [instance], { env })).toMatchObject({
    verdict: 'warning',
    fact: 'The last 5 people seem to come from one address.',
  })
  expect(await ask('addresses', [instance], { env: {} })).toMatchObject({
    remedy: expect.stringContaining('Set it to the address of the proxy'),
  })
  await sign('u5@example.com', '203.0.113.8')
  expect(await ask('addresses', [instance], { env })).toMatchObject({ verdict: 'ok' })
})

async function makePublic() {
  const made = await server.addInstance({ type: 'production' })
  const host = new URL(made.keys.apiUrl).host
  const sign = async (email: string, peer: string): Promise<void> => {
    const browser = await made.openBrowser()
    browser.peer = peer
    await browser.signUp(email)
  }
  return { instance: await requireInstance(handle.database, host), sign }
}

it('words are found by both indexes', async () => {
  expect(await ask('search')).toMatchObject({ verdict: 'ok' })
  await handle.database.execute(sql`drop index users_words`)
  expect(await ask('search')).toMatchObject({ verdict: 'warning' })
})

it('what is over is tidied up, be it not at once', async () => {
  const { instance } = await makePublic()
  const now = Date.now()
  const leave = (count: number, ageMs: number) =>
    handle.database.execute(
      sql`insert into one_time_payloads (token_hash, instance_id, purpose, payload, expire_at)
        select ${`${ageMs} `} || n, ${instance.id}, 'handshake', '', ${now - ageMs} from generate_series(1, ${count}::int) n`,
    )
  const week = 7 * 86_400_000
  await leave(100_000, week + 60_000)
  await leave(1, week - 60_000)
  expect(await ask('leftovers', [], { now, env: SERVER })).toMatchObject({ verdict: 'ok' })
  await leave(1, week + 1000)
  expect(await ask('leftovers', [], { now, env: SERVER })).toMatchObject({
    verdict: 'warning',
    fact: '100001 rows are over for a week.',
  })
})
