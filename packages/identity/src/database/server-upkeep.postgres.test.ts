import { sql } from 'drizzle-orm'
import { describe, expect, it, onTestFinished } from 'vitest'

import { createTestDatabase } from '../testing/database.ts'
import { fillWithEvents } from '../testing/events.ts'
import { openTestServer } from '../testing/server.ts'
import type { DatabaseHandle } from './database.ts'
import { connectToServer, withPatientConnection } from './server.ts'
import { transact } from './transact.ts'

const PEOPLE = 100

async function open(url: string): Promise<DatabaseHandle> {
  const handle = await connectToServer(url, { poolSize: 2 })
  onTestFinished(() => handle.close())
  return handle
}

/** Writes rows that nobody is told of, as a copy that is read in does. */
const fill = (url: string, from: number, to: number) =>
  withPatientConnection(url, (database) => fillWithEvents(database, from, to))

/** A number that the server has. */
const ask = (url: string, query: ReturnType<typeof sql>): Promise<number> =>
  withPatientConnection(url, async (database) => {
    const { rows } = (await database.execute(query)) as unknown as { rows: { n: number }[] }
    return Number(rows[0]?.n)
  })

/** How many rows the server believes there are; -1 before it has counted any. */
const believed = (url: string) =>
  ask(url, sql`select reltuples as n from pg_class where relname = 'audit_events'`)

const doNothing = async ({ database }: DatabaseHandle, times: number) => {
  for (let n = 0; n < times; n++) {
    await transact(database, async (tx) => void (await tx.execute(sql`select 1`)))
  }
}

describe('what tables hold', () => {
  it('is counted where a server finds tables that were filled before it started', async () => {
    const url = await createTestDatabase()
    await fill(url, 1, 1000)
    expect(await believed(url)).toBe(-1)
    await open(url)
    await expect.poll(() => believed(url)).toBe(1000)
  })

  it('is counted anew as tables grow, and left alone while they have not doubled', async () => {
    const url = await createTestDatabase()
    const handle = await open(url)
    await fill(url, 1, 1000)
    await doNothing(handle, 24)
    expect(await believed(url)).toBe(-1)
    await doNothing(handle, 1)
    await expect.poll(() => believed(url)).toBe(1000)
    await fill(url, 1001, 1500)
    await doNothing(handle, 25)
    expect(await believed(url)).toBe(1000)
    await fill(url, 1501, 2500)
    await doNothing(handle, 49)
    expect(await believed(url)).toBe(1000)
    await doNothing(handle, 1)
    await expect.poll(() => believed(url)).toBe(2500)
  })

  it('is for the server to count where a role may not', async () => {
    const url = await createTestDatabase()
    await fill(url, 1, 1000)
    const role = `role_${url.slice(-8)}`
    await withPatientConnection(url, async (database) => {
      await database.execute(sql.raw(`create role ${role} login`))
      await database.execute(sql.raw(`grant select on all tables in schema public to ${role}`))
    })
    const handle = await open(url.replace('//core@', `//${role}@`))
    await doNothing(handle, 30)
    expect(await believed(url)).toBe(-1)
    await handle.close()
    expect(await believed(url)).toBe(-1)
  })
})

it('reads as much for somebody among many as among few, on a server that was empty at first', async () => {
  const url = await createTestDatabase()
  const handle = await connectToServer(url, { poolSize: 2 })
  const server = await openTestServer([handle])
  const instance = await server.addInstance()
  for (let n = 0; n < PEOPLE; n++) {
    const browser = await instance.openBrowser()
    await browser.signUp(`person${n}@example.com`)
  }
  await server.close()
  // Connections write down what they have read when they end.
  const read = await ask(
    url,
    sql`select sum(idx_tup_read) as n from pg_stat_user_indexes where relname in ('users', 'email_addresses', 'verifications')`,
  )
  expect(read).toBeGreaterThan(PEOPLE)
  // Everybody once for each of them would be ten thousand.
  expect(read).toBeLessThan(PEOPLE * 50)
})
