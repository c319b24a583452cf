import { randomBytes } from 'node:crypto'

import { readFile } from 'node:fs/promises'

import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'

import type { Command } from '../commands/arguments.ts'
import { migrate as migrateCommand } from '../commands/migrate.ts'
import { start } from '../commands/start.ts'
import { createIdentity } from '../index.ts'
import { createTestDatabase } from '../testing/database.ts'
import { listPendingMigrations, LOCK, migrate } from './migrate.ts'
import { withPatientConnection } from './server.ts'
import { liftLimits } from './transact.ts'

const SECRET = randomBytes(48).toString('base64')

const journal = JSON.parse(
  await readFile(new URL('../../drizzle/meta/_journal.json', import.meta.url), 'utf8'),
) as { entries: { tag: string }[] }
const names = journal.entries.map(({ tag }) => tag)

const makeEmpty = () => createTestDatabase('template0')
const run = (url: string, statement: string) =>
  withPatientConnection(url, (database) => database.execute(sql.raw(statement)))
const listTables = async (url: string): Promise<unknown[]> => {
  const query = sql`select table_name from information_schema.tables where table_schema = 'public' order by 1`
  const result = await withPatientConnection(url, (database) => database.execute(query))
  return (result as unknown as { rows: unknown[] }).rows
}

describe('migrating', () => {
  it('applies what is pending in order, once', async () => {
    const url = await makeEmpty()
    expect(await withPatientConnection(url, listPendingMigrations)).toEqual(names)
    expect(await withPatientConnection(url, migrate)).toEqual(names)
    expect(await withPatientConnection(url, listPendingMigrations)).toEqual([])
    expect(await withPatientConnection(url, migrate)).toEqual([])
  })

  it('makes the indexes that words are found by', async () => {
    const url = await makeEmpty()
    await withPatientConnection(url, migrate)
    const index = sql`select indexname from pg_indexes where indexname like '%words' order by 1`
    const found = await withPatientConnection(url, (database) => database.execute(index))
    expect((found as unknown as { rows: unknown[] }).rows).toEqual([
      { indexname: 'email_addresses_words' },
      { indexname: 'users_words' },
    ])
  })

  it('is done by one of many that try at once', async () => {
    const url = await makeEmpty()
    const applied = await Promise.all(
      Array.from({ length: 8 }, () => withPatientConnection(url, migrate)),
    )
    expect(applied.filter((list) => list.length > 0)).toEqual([names])
  })

  it('takes its time, whatever limits the database sets for requests', async () => {
    const url = await makeEmpty()
    const name = new URL(url.replace(/@[^/]*\//, '@host/')).pathname.slice(1)
    for (const limit of ['statement_timeout', 'lock_timeout']) {
      await run(url, `alter database "${name}" set ${limit} = '50ms'`)
    }
    // Somebody else migrates just now, for longer than that.
    const other = withPatientConnection(url, (database) =>
      database.transaction(async (tx) => {
        await liftLimits(tx)
        await tx.execute(sql`select pg_advisory_xact_lock(${LOCK})`)
        await tx.execute(sql`select pg_sleep(0.4)`)
      }),
    )
    expect(await withPatientConnection(url, migrate)).toEqual(names)
    await other
  })

  it('leaves nothing behind when a statement fails', async () => {
    const url = await makeEmpty()
    // A name that is taken halfway, though by no table.
    await run(url, 'create type users as (id int)')
    await expect(withPatientConnection(url, migrate)).rejects.toThrow('CREATE TABLE "users"')
    expect(await listTables(url)).toEqual([])
    await run(url, 'drop type users')
    expect(await withPatientConnection(url, migrate)).toEqual(names)
  })

  it('does not mix its tables with those of an app', async () => {
    const url = await makeEmpty()
    await run(url, 'create table users (id int)')
    await expect(withPatientConnection(url, migrate)).rejects.toMatchObject({
      code: 'database-foreign',
    })
    expect(await listTables(url)).toEqual([{ table_name: 'users' }])
  })
})

describe('a server that opens a database', () => {
  it('refuses a schema older than itself, unless it may migrate', async () => {
    const databaseUrl = await makeEmpty()
    await expect(createIdentity({ secret: SECRET, databaseUrl })).rejects.toMatchObject({
      code: 'schema-outdated',
      message: expect.stringContaining('core migrate') as unknown,
    })
    await (await createIdentity({ secret: SECRET, databaseUrl, migrates: true })).close()
    await (await createIdentity({ secret: SECRET, databaseUrl })).close()
  })

  it('accepts a schema newer than itself', async () => {
    const databaseUrl = await createTestDatabase()
    await run(databaseUrl, 'alter table users add column nickname text')
    await run(
      databaseUrl,
      "insert into drizzle.__drizzle_migrations (hash, created_at) values ('of the next release', 99999999999999)",
    )
    const identity = await createIdentity({ secret: SECRET, databaseUrl })
    expect(await identity.listInstances()).toEqual([])
    await identity.close()
  })

  it.each([
    ['that is not the address of one', 'mysql://localhost/core', 'database-url-invalid'],
    ['whose address cannot be read', 'postgres://localhost:port/core', 'database-url-invalid'],
    ['that nobody answers for', 'postgres://127.0.0.1:1/core', 'database-unreachable'],
  ])('says so about a database server %s', async (_what, databaseUrl, code) => {
    await expect(createIdentity({ secret: SECRET, databaseUrl })).rejects.toMatchObject({ code })
  })

  it('names no password when it is not let in', async () => {
    const databaseUrl = (await createTestDatabase()).replace('core@', 'core:canary@') + '-missing'
    const refusal = await createIdentity({ secret: SECRET, databaseUrl }).catch(
      (error: unknown) => error,
    )
    expect(refusal).toMatchObject({ code: 'database-unreachable' })
    expect((refusal as Error).message).toContain('3D000')
    expect((refusal as Error).message).not.toContain('canary')
  })
})

/** Runs a command, and returns its exit code and what it printed. */
async function runCommand(
  command: Command,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<[code: number, ...lines: string[]]> {
  const lines: string[] = []
  const print = (line: string): void => void lines.push(line)
  const code = await command.run(args, {
    out: print,
    error: print,
    readInput: async () => '',
    env: { CORE_SECRET: SECRET, ...env },
  })
  return [code, ...lines]
}

describe('core migrate', () => {
  const isCurrent = 'The schema is up to date.'

  it('is what core start asks for, says what it does, and checks first where it is told to', async () => {
    const env = { DATABASE_URL: await makeEmpty() }
    await expect(runCommand(start, [], env)).rejects.toThrow('Run "core migrate" first')

    const pending = names.map((name) => `Pending: ${name}`)
    expect(await runCommand(migrateCommand, ['--check'], env)).toEqual([1, ...pending])
    expect(await listTables(env.DATABASE_URL)).toEqual([])

    const applied = names.map((name) => `Applied: ${name}`)
    expect(await runCommand(migrateCommand, [], env)).toEqual([0, ...applied, isCurrent])
    expect(await runCommand(migrateCommand, [], env)).toEqual([
      0,
      'The schema was up to date already.',
    ])
    expect(await runCommand(migrateCommand, ['--check'], env)).toEqual([0, isCurrent])
    await expect(runCommand(start, [], env)).rejects.toThrow(
      'The database holds no instance yet. Run "core dev --database-url <url>"',
    )
  })

  it('says what it needs', async () => {
    await expect(runCommand(migrateCommand, [], {})).rejects.toThrow('Set DATABASE_URL')
  })

  it.each(['0', 'many', '1000', '-1'])('allows no pool of %s connections', async (size) => {
    const env = { DATABASE_URL: 'postgres://127.0.0.1:1/core', DATABASE_POOL_SIZE: size }
    await expect(runCommand(start, [], env)).rejects.toThrow('DATABASE_POOL_SIZE')
  })
})

describe('core start on a database server', () => {
  it.each([
    ['a development instance in production', 'development', 'localhost:4000', 'safeguards are off'],
    ['a production instance without TLS', 'production', 'localhost:4000', 'has no TLS'],
    ['a production instance that cannot send mails', 'production', 'clerk.example.com', 'SMTP_URL'],
  ] as const)('refuses %s', async (_what, type, frontendApi, reason) => {
    const databaseUrl = await createTestDatabase()
    const identity = await createIdentity({ secret: SECRET, databaseUrl })
    await identity.addInstance({ type, frontendApi })
    await identity.close()
    const env = { DATABASE_URL: databaseUrl, NODE_ENV: 'production' }
    await expect(runCommand(start, ['--port', '0'], env)).rejects.toMatchObject({
      code: 'unsafe-in-production',
      message: expect.stringContaining(reason) as unknown,
    })
  })
})
