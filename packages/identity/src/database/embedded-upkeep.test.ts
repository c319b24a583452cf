import { PGlite } from '@electric-sql/pglite'
import { expect, it } from 'vitest'

import { prepareStatements } from './embedded-statements.ts'
import { createUpkeep } from './embedded-upkeep.ts'

async function open() {
  const client = await PGlite.create('memory://')
  const { look, noteChange } = createUpkeep(client)
  await prepareStatements(client, noteChange)
  await client.query('create table things (id int primary key, name text)')
  const insert = (from: number, to: number) =>
    client.query('insert into things select n, $3 from generate_series($1::int, $2::int) as n', [
      from,
      to,
      'x',
    ])
  /** What the database believes of its table: how many rows it has, and how many lie about. */
  const believed = async () => {
    const { rows } = await client.query<{ reltuples: number }>(
      "select reltuples from pg_class where relname = 'things'",
    )
    return rows[0]?.reltuples
  }
  return { client, look, insert, believed }
}

it('counts a table once enough of it has changed, and again once it has grown', async () => {
  const { client, insert, believed } = await open()
  await insert(1, 999)
  expect(await believed()).toBe(-1)
  await insert(1000, 1000)
  expect(await believed()).toBe(1000)
  await insert(1001, 2999)
  expect(await believed()).toBe(1000)
  await insert(3000, 3000)
  expect(await believed()).toBe(3000)
  await client.close()
})

it('counts what processes before this one have left, and that once', async () => {
  const { client, look, insert, believed } = await open()
  await insert(1, 500)
  await look()
  expect(await believed()).toBe(500)
  await insert(501, 700)
  await look()
  expect(await believed()).toBe(500)
  await client.close()
})

it('makes room where rows were', async () => {
  const { client, insert } = await open()
  const pages = async () => {
    const { rows } = await client.query<{ pages: number }>(
      "select pg_relation_size('things')::int / 8192 as pages",
    )
    return rows[0]?.pages ?? 0
  }
  await insert(1, 5000)
  const full = await pages()
  for (let n = 0; n < 10; n++) await client.query('update things set name = name')
  // Ten times as many rows have been written since.
  expect(await pages()).toBeLessThan(full * 5)
  await client.close()
})

it('waits for a transaction that is under way', async () => {
  const { client, insert, believed } = await open()
  await client.transaction(async (tx) => {
    await tx.query('insert into things select n from generate_series(1, 2000) as n')
    await tx.query('select 1')
  })
  expect(await believed()).toBe(2000)
  await insert(2001, 2001)
  await client.close()
})

it('gives up what cannot be done, and goes on', async () => {
  const { client, insert, believed } = await open()
  const { query } = client
  client.query = ((text: string, ...rest: unknown[]) =>
    text.startsWith('vacuum')
      ? Promise.reject(new Error('The disk is full.'))
      : query.call(client, text, ...(rest as []))) as never
  await insert(1, 1000)
  expect(await believed()).toBe(-1)
  client.query = query
  await insert(1001, 3000)
  expect(await believed()).toBe(3000)
  await client.close()
})
