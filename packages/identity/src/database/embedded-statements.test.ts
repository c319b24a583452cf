import { PGlite } from '@electric-sql/pglite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { prepareStatements } from './embedded-statements.ts'

// No database of ours: what is proven is that nobody can tell one that prepares from one that does not.
let plain: PGlite
let preparing: PGlite
let changed = 0
beforeAll(async () => {
  plain = await PGlite.create('memory://')
  preparing = await PGlite.create('memory://')
  await prepareStatements(preparing, (rows) => {
    changed += rows
  })
  for (const client of [plain, preparing]) {
    await client.query('create table things (id int primary key, name text, note jsonb)')
  }
}, 60_000)
afterAll(() => Promise.all([plain.close(), preparing.close()]))

/** The texts that the engine keeps. */
const kept = async () => {
  const { rows } = await preparing.query<{ statement: string }>(
    'select statement from pg_prepared_statements',
  )
  return rows.map(({ statement }) => statement)
}

describe('a statement that is sent again', () => {
  it.each<[text: string, values: unknown[]]>([
    ['select $1::text as a, $2::int as b, $3::bigint as c, $4::boolean as d', ['é', 1, 2, true]],
    ['select $1::text as a, $2::int as b, $3::jsonb as c', [null, null, null]],
    ['select $1::jsonb as a, $2::text[] as b, $3::int[] as c', ['{"a":[1]}', ['x', 'y,"z'], [1]]],
    ['select $1::bytea as a, $2::float8 as b', [new Uint8Array([0, 255]), 1.5]],
    ["select timestamptz '2026-01-02 03:04:05Z' as a, array[1.5, 2] as b", []],
    ['select n, n * 2 as m from generate_series(1, $1::int) as n', [3]],
    ['select 1 as same, 2 as same', []],
    ['select 1 where false', []],
    ["insert into things values (1, 'a', null), (2, 'b', '[]') on conflict do nothing", []],
    ['update things set name = $1 where id > $2 returning id, name', ['c', 0]],
    ['delete from things where id = $1', [7]],
  ])('answers as it did the first time: %s', async (text, values) => {
    for (const rowMode of ['array', 'object'] as const) {
      for (let n = 0; n < 3; n++) {
        const [expected, answer] = [
          await plain.query(text, values, { rowMode }),
          await preparing.query(text, values, { rowMode }),
        ]
        expect({ rows: answer.rows, affected: answer.affectedRows }).toEqual({
          rows: expected.rows,
          affected: expected.affectedRows,
        })
        expect(answer.fields.map(({ name }) => name)).toEqual(
          expected.fields.map(({ name }) => name),
        )
      }
    }
  })

  it('reads a value as it is asked to', async () => {
    const parsers = { 23: (text: string) => `<${text}>` }
    for (let n = 0; n < 3; n++) {
      const { rows } = await preparing.query('select 5 as five', [], { rowMode: 'array', parsers })
      expect(rows).toEqual([['<5>']])
    }
  })

  it('fails as it did the first time, and leaves everything else as it is', async () => {
    const insert = 'insert into things (id) values ($1)'
    await preparing.query(insert, [10])
    for (let n = 0; n < 3; n++) {
      await expect(preparing.query(insert, [10])).rejects.toMatchObject({ code: '23505' })
      await expect(preparing.query('select nothing')).rejects.toMatchObject({ code: '42703' })
      expect((await preparing.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    }
  })

  it('tells how many rows it has changed', async () => {
    const insert = 'insert into things (id) select generate_series($1::int, $2::int)'
    changed = 0
    await preparing.query(insert, [40, 41])
    expect(changed).toBe(2)
    await preparing.transaction(async (tx) => {
      await tx.query(insert, [42, 44])
      await tx.query('select 1 as one')
    })
    expect(changed).toBe(5)
    await preparing.query('delete from things where id between 40 and 44')
    expect(changed).toBe(10)
  })

  it('belongs to the transaction it is sent in', async () => {
    const [insert, count] = ['insert into things (id) values ($1)', 'select count(*) from things']
    const before = (await preparing.query(count)).rows
    for (let n = 0; n < 3; n++) {
      const failed = preparing.transaction(async (tx) => {
        await tx.query(insert, [20])
        await tx.query(insert, [20])
      })
      await expect(failed).rejects.toMatchObject({ code: '23505' })
      expect((await preparing.query(count)).rows).toEqual(before)
    }
    await preparing.transaction((tx) => tx.query(insert, [20]))
    await preparing.query('delete from things where id = 20')
  })

  it('waits until the transaction of somebody else has ended', async () => {
    const count = 'select count(*)::int as n from things where id in (30, 31)'
    for (let n = 0; n < 3; n++) {
      const seen: unknown[] = []
      const transaction = preparing.transaction(async (tx) => {
        await tx.query('insert into things (id) values (30)')
        const other = preparing.query(count).then(({ rows }) => seen.push(rows))
        for (let turn = 0; turn < 5; turn++) await tx.query('select 1 as one')
        await tx.query('insert into things (id) values (31)')
        return { other }
      })
      await (
        await transaction
      ).other
      expect(seen).toEqual([[{ n: 2 }]])
      await preparing.query('delete from things where id in (30, 31)')
    }
  })
})

describe('the engine', () => {
  it('keeps what is sent again, and nothing that is sent once', async () => {
    await preparing.query('select 101 as once')
    await preparing.query('select 102 as twice')
    await preparing.query('select 102 as twice')
    const texts = await kept()
    expect(texts).toContain('select 102 as twice')
    expect(texts).not.toContain('select 101 as once')
  })

  it('plans a statement once, whatever the values are', async () => {
    const text = 'select name from things where id = any($1::int[])'
    for (let n = 0; n < 20; n++) await preparing.query(text, [[n]])
    const { rows } = await preparing.query(
      'select custom_plans::int, generic_plans::int from pg_prepared_statements where statement = $1',
      [text],
    )
    expect(rows).toEqual([{ custom_plans: 0, generic_plans: 19 }])
  })

  it('keeps a bounded number, whatever is sent', async () => {
    for (let n = 0; n < 600; n++) {
      await preparing.query(`select ${n} as n`)
      await preparing.query(`select ${n} as n`)
    }
    expect((await kept()).length).toBeLessThanOrEqual(500)
  })

  it('plans a statement anew after it has been used often', async () => {
    const text = 'select name from things where id = $1'
    const plannedAt = async () => {
      const { rows } = await preparing.query<{ at: Date }>(
        'select max(prepare_time) as at from pg_prepared_statements where statement = $1',
        [text],
      )
      return rows[0]?.at.getTime()
    }
    for (let n = 0; n < 3; n++) await preparing.query(text, [n])
    const first = await plannedAt()
    for (let n = 0; n < 400; n++) await preparing.query(text, [n])
    expect(await plannedAt()).toBe(first)
    for (let n = 0; n < 200; n++) await preparing.query(text, [n])
    expect(await plannedAt()).toBeGreaterThan(first ?? 0)
  })
})
