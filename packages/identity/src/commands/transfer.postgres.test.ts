/** An instance as a file on the disk, written and read by the commands. */

import { EventEmitter, once } from 'node:events'
import { readFile, readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { withPatientConnection } from '../database/server.ts'
import { createIdentity } from '../identity.ts'
import { createTestDatabase } from '../testing/database.ts'
import { openPooler } from '../testing/pooler.ts'
import { makeDirectory } from '../testing/program.ts'
import { answerOf } from '../testing/terminal.ts'
import { newDevelopmentSecret } from '../vault/secret.ts'

const SECRET = newDevelopmentSecret()

let sourceUrl: string
let place: Awaited<ReturnType<typeof makeDirectory>>
beforeAll(async () => {
  place = await makeDirectory()
  sourceUrl = await createTestDatabase()
  const identity = await createIdentity({ databaseUrl: sourceUrl, secret: SECRET })
  await identity.addInstance({ type: 'production', frontendApi: 'clerk.example.com' })
  await identity.close()
  // Names that some programs take for two lines.
  await withPatientConnection(sourceUrl, (db) =>
    db.execute(
      sql`insert into users (id, instance_id, first_name, public_metadata, private_metadata, unsafe_metadata, created_at, updated_at)
        select 'user_' || n, i.id, ${'A\u2028d\u2029a\u0085'}, '{}', '{}', '{}', 0, 0 from instances i, generate_series(1, 50) n`,
    ),
  )
})
afterAll(() => place.remove())

const run = (databaseUrl: string, ...args: readonly string[]) =>
  answerOf(args, { DATABASE_URL: databaseUrl, CORE_SECRET: SECRET })

const execute = (url: string, statement: string) =>
  withPatientConnection(url, (database) => database.execute(sql.raw(statement)))

const peopleIn = (text: string) =>
  text.split('\n').filter((line) => line.startsWith('{"table":"users"'))

const file = (name: string): string => join(place.path, name)

it('is read whole, however long the database takes to begin', async () => {
  expect(await run(sourceUrl, 'export', '--output', file('one.jsonl'))).toMatchObject({ code: 0 })
  const targetUrl = await createTestDatabase()
  const pooler = await openPooler(targetUrl, { mode: 'passes', delayMs: 30 })
  const read = await run(pooler.url, 'import', '--input', file('one.jsonl'))
  await pooler.close()
  expect(read).toMatchObject({ code: 0, output: expect.stringMatching(/^Imported \d+ rows\.\n$/) })
  await run(targetUrl, 'export', '--output', file('two.jsonl'))
  const [one, two] = await Promise.all(
    ['one', 'two'].map((it) => readFile(file(`${it}.jsonl`), 'utf8')),
  )
  expect(peopleIn(two ?? '')).toEqual(peopleIn(one ?? ''))
  expect(peopleIn(one ?? '')).toHaveLength(50)
})

it('is written and read whatever limits the database sets for requests', async () => {
  const targetUrl = await createTestDatabase()
  for (const [url, args] of [
    [sourceUrl, ['export', '--output', file('patient.jsonl')]],
    [targetUrl, ['import', '--input', file('patient.jsonl')]],
  ] as const) {
    const name = new URL(url.replace(/@[^/]*\//, '@host/')).pathname.slice(1)
    await execute(url, `alter database "${name}" set lock_timeout = '50ms'`)
    const moments = new EventEmitter()
    const locked = once(moments, 'locked')
    // Somebody changes a table just now, for longer than that.
    const other = withPatientConnection(url, (database) =>
      database.transaction(async (tx) => {
        await tx.execute(sql`lock table users in access exclusive mode`)
        moments.emit('locked')
        await tx.execute(sql`select pg_sleep(0.5)`)
      }),
    )
    await locked
    expect(await run(url, ...args)).toMatchObject({ code: 0 })
    await other
    await execute(url, `alter database "${name}" reset lock_timeout`)
  }
})

it('says so where it cannot be written, and leaves nothing there', async () => {
  const lost = file('missing/one.jsonl')
  expect(await run(sourceUrl, 'export', '--output', lost)).toEqual({
    code: 1,
    output: `${lost} cannot be written (ENOENT). Name a file in a directory that is there, with room for it.\n`,
  })
})

it.runIf(process.platform === 'linux')('says so where the disk is full', async () => {
  // Whatever is written there finds a full disk.
  await symlink('/dev/full', file('full.jsonl.draft'))
  const answer = await run(sourceUrl, 'export', '--output', file('full.jsonl'))
  expect(answer).toMatchObject({
    code: 1,
    output: expect.stringContaining('cannot be written (ENOSPC)'),
  })
  const left = (await readdir(place.path)).filter((name) => name.startsWith('full'))
  expect(left).toEqual([])
})

it('may have been carried by a program that ends lines in its own way', async () => {
  await run(sourceUrl, 'export', '--output', file('three.jsonl'))
  const text = await readFile(file('three.jsonl'), 'utf8')
  await writeFile(file('three.jsonl'), text.replaceAll('\n', '\r\n').trimEnd())
  const answer = await run(await createTestDatabase(), 'import', '--input', file('three.jsonl'))
  expect(answer).toMatchObject({ code: 0 })
})

it('is named where it is missing', async () => {
  const answer = await run(sourceUrl, 'import', '--input', file('missing.jsonl'))
  expect(answer).toEqual({ code: 1, output: `There is no file ${file('missing.jsonl')}.\n` })
})
