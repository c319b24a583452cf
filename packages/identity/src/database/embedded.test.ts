import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'

import { testArchive } from '../testing/archive.ts'
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
