import { sql } from 'drizzle-orm'
import { expect, it, onTestFinished } from 'vitest'

import { testArchive } from '../testing/archive.ts'
import { fillWithEvents } from '../testing/events.ts'
import { makeDirectory } from '../testing/program.ts'
import type { Transaction } from './database.ts'
import { openEmbeddedDatabase } from './embedded.ts'

it('answers nothing in a transaction that is over', async () => {
  const { database, close } = await openEmbeddedDatabase(null, await testArchive())
  const kept: Transaction[] = []
  await database.transaction(async (tx) => void kept.push(tx))
  await expect(kept[0]?.execute(sql`select 1`)).rejects.toMatchObject({
    cause: { message: 'The transaction is over.' },
  })
  await close()
})

it('counts what is there when it is opened, if nobody has', async () => {
  const { path, remove } = await makeDirectory()
  onTestFinished(remove)
  const before = await openEmbeddedDatabase(path, await testArchive())
  await fillWithEvents(before.database, 1, 500)
  await before.close()
  const after = await openEmbeddedDatabase(path)
  const counted = await after.database.execute(
    sql`select reltuples from pg_class where relname = 'audit_events'`,
  )
  expect(counted).toMatchObject({ rows: [{ reltuples: 500 }] })
  await after.close()
})
