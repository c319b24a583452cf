import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { openTestDatabase } from '../testing/database.ts'
import type { DatabaseHandle, Queryable } from './database.ts'
import { users } from './schema.ts'
import { createStatement } from './statement.ts'

let handle: DatabaseHandle
beforeAll(async () => {
  handle = await openTestDatabase()
})
afterAll(() => handle.close())

describe('transactions', () => {
  it('share what is written once, one after the other', async () => {
    let written = 0
    const allUsers = createStatement('test_all_users', (db: Queryable) => {
      written++
      return db.select({ id: users.id }).from(users)
    })
    for (let n = 0; n < 3; n++) {
      const found = await handle.database.transaction((tx) => allUsers(tx).execute())
      expect(found).toEqual([])
    }
    expect(written).toBe(1)
  })

  it('have transactions within, of which one may fail by itself', async () => {
    const rows = await handle.database.transaction(async (tx) => {
      await tx.execute(sql`create table notes (n int)`)
      await tx.execute(sql`insert into notes values (1)`)
      const failed = tx.transaction(async (within) => {
        await within.execute(sql`insert into notes values (2)`)
        throw new Error('This one only.')
      })
      await expect(failed).rejects.toThrow('This one only.')
      await tx.transaction((within) => within.execute(sql`insert into notes values (3)`))
      return tx.execute(sql`select count(*)::int as n from notes`)
    })
    expect(rows).toMatchObject({ rows: [{ n: 2 }] })
  })

  it('leave nothing behind when they fail', async () => {
    const failed = handle.database.transaction(async (tx) => {
      await tx.execute(sql`create table gone (n int)`)
      throw new Error('All of it.')
    })
    await expect(failed).rejects.toThrow('All of it.')
    const { rows } = (await handle.database.execute(
      sql`select to_regclass('gone') as name`,
    )) as unknown as { rows: unknown[] }
    expect(rows).toEqual([{ name: null }])
  })

  it('can be asked for a view that does not change', async () => {
    const level = await handle.database.transaction(
      (tx) => tx.execute(sql`show transaction_isolation`),
      { isolationLevel: 'repeatable read' },
    )
    expect(level).toMatchObject({ rows: [{ transaction_isolation: 'repeatable read' }] })
  })
})
