/** A disk that fills up under a server: it says so, keeps what it confirmed, and goes on once there is room. */

import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmdirSync, writeFileSync } from 'node:fs'
import { chown, mkdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { sql } from 'drizzle-orm'
import { afterEach, expect, inject, it } from 'vitest'

import { testArchive } from '../testing/archive.ts'
import { createTestDatabase } from '../testing/database.ts'
import { makeDirectory } from '../testing/program.ts'
import { openTestServer, type Answer } from '../testing/server.ts'
import type { DatabaseHandle } from './database.ts'
import { openEmbeddedDatabase } from './embedded.ts'
import { connectToServer, withPatientConnection } from './server.ts'

const isOnServer = inject('postgresUrl') !== undefined

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

/** A database, and the disk that it is on. */
interface Disk {
  readonly handle: DatabaseHandle
  fill(): Promise<void>
  clear(): Promise<void>
}

async function makePlace(): Promise<string> {
  const { path, remove } = await makeDirectory()
  closing.push(remove)
  return path
}

/** Says that it is full. Any machine has such a disk. */
async function openPretended(): Promise<Disk> {
  const disk = { free: Number.POSITIVE_INFINITY }
  const handle = await openEmbeddedDatabase(await makePlace(), await testArchive(), () => disk.free)
  return {
    handle,
    fill: async () => void (disk.free = 0),
    clear: async () => void (disk.free = Number.POSITIVE_INFINITY),
  }
}

/** A small disk of its own, in memory. Only the administrator of a machine can make one. */
async function openSmall(): Promise<Disk> {
  const place = await makePlace()
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=160m,mode=777', 'tmpfs', place])
  closing.push(() => execFileSync('umount', ['--lazy', place]))
  const handle = isOnServer
    ? await openOnTablespace(place)
    : await openEmbeddedDatabase(place, await testArchive())
  const ballast = join(place, 'ballast')
  return {
    handle,
    fill: async () => {
      // As much as there is room for: the last write fails.
      const part = new Uint8Array(1024 * 1024)
      expect(() => {
        for (;;) writeFileSync(ballast, part, { flag: 'a' })
      }).toThrow('ENOSPC')
    },
    clear: () => rm(ballast),
  }
}

/** Does something that the server itself is to do. */
function run(...statements: readonly string[]): Promise<void> {
  return withPatientConnection(inject('postgresUrl') ?? '', async (server) => {
    for (const statement of statements) await server.execute(sql.raw(statement))
  })
}

/** The files of one database lie on the small disk; those of the server, and its log, where they were. */
async function openOnTablespace(place: string): Promise<DatabaseHandle> {
  const location = join(place, 'tablespace')
  await mkdir(location, { mode: 0o700 })
  // Whom the server runs as.
  await chown(location, 65_534, 65_534)
  const url = await createTestDatabase()
  const name = new URL(url.replace(/@[^/]*\//, '@host/')).pathname.slice(1)
  const space = `space_${name}`
  await run(
    `create tablespace "${space}" location '${location}'`,
    `alter database "${name}" set tablespace "${space}"`,
  )
  // Else the server would go on writing to files that are gone, and make nobody another database.
  closing.push(() => run(`drop database "${name}" with (force)`, `drop tablespace "${space}"`))
  return connectToServer(url)
}

function expectOutage(answer: Answer): void {
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2'])
  expect(answer.body).toMatchObject({ errors: [{ code: 'service_unavailable' }] })
}

/** Fills the disk until something is refused, clears it, and returns the status of the refusal. */
async function answerWhileFull(open: () => Promise<Disk>): Promise<number> {
  const { handle, fill, clear } = await open()
  const server = await openTestServer([handle])
  closing.push(() => server.close())
  const instance = await server.addInstance()
  const browser = await instance.openBrowser()
  await browser.signUp('ada@example.com')
  const create = (name: string): Promise<Answer> =>
    instance.call('POST', '/users', {
      email_address: [`${name}@example.com`],
      skip_password_requirement: true,
      // What is left of a page is not enough for it.
      private_metadata: { text: 'x'.repeat(7000) + Math.random() },
    })
  await fill()
  const answers: Answer[] = []
  for (let i = 0; i < 200 && !answers.some(({ status }) => status !== 200); i++) {
    answers.push(await create(`full${i}`))
  }
  const confirmed = answers.filter(({ status }) => status === 200)
  const refused = answers.at(-1)
  if (refused === undefined) throw new Error('Nothing was asked.')
  expectOutage(refused)
  await clear()
  // Nothing of what was refused is there, and everything that was confirmed is.
  const { body } = await instance.call('GET', '/users?limit=500')
  expect((body as { id: string }[]).map(({ id }) => id).toSorted()).toEqual(
    [
      (await browser.client())?.sessions[0]?.user?.id,
      ...confirmed.map((it) => it.body.id),
    ].toSorted(),
  )
  expect((await create(`full${answers.length - 1}`)).status).toBe(200)
  await browser.signOut()
  expect(
    (
      await browser.post('/client/sign_ins', {
        strategy: 'password',
        identifier: 'ada@example.com',
        password: 'correct horse',
      })
    ).status,
  ).toBe(200)
  return refused.status
}

it.skipIf(isOnServer)('is an outage that ends when there is room again', async () => {
  expect(await answerWhileFull(openPretended)).toBe(503)
})

it.skipIf(isOnServer)('keeps no browser waiting, and starts no server', async () => {
  const { handle, fill } = await openPretended()
  const server = await openTestServer([handle])
  closing.push(() => server.close())
  const browser = await (await server.addInstance()).openBrowser()
  await fill()
  expectOutage(await browser.get('/client'))
  expectOutage(await browser.post('/client/sign_ups', { email_address: 'ada@example.com' }))
  await expect(
    openEmbeddedDatabase(await makePlace(), await testArchive(), () => 0),
  ).rejects.toMatchObject({ code: 'disk-full' })
})

/** Containers may refuse it even to root, so that only trying tells. */
function canMountHere(): boolean {
  const place = mkdtempSync(join(tmpdir(), 'core-identity-mount-'))
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', place]).status === 0
  if (isMounted) execFileSync('umount', [place])
  rmdirSync(place)
  return isMounted
}

const canMount = canMountHere()

it.skipIf(!canMount)(
  `is an outage on a disk that is full in truth${canMount ? '' : ' (not tried: this machine lets us mount none)'}`,
  { timeout: 120_000 },
  async () => expect(await answerWhileFull(openSmall)).toBe(503),
)
