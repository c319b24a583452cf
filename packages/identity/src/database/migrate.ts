/**
 * The schema's history: SQL files in `drizzle/`, written by `drizzle-kit generate`, in the order of their
 * journal. A table of the database says which were applied. Both kinds of database get the same ones.
 *
 * A migration must leave the release before working: it adds, it does not rename or take away what that
 * release reads or writes. What is no longer used goes one release later.
 */

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'

import { sql } from 'drizzle-orm'
import { bigint, pgSchema, serial, text } from 'drizzle-orm/pg-core'
import { z } from 'zod'

import { IdentityError } from '../error.ts'
import type { Database, Queryable } from './database.ts'
import { liftLimits } from './transact.ts'

const FOLDER = new URL('../../drizzle/', import.meta.url)

/** Any number that nobody else takes. Whoever migrates holds it, so that a second process waits. */
export const LOCK = 0x636f_7265

/** What was applied, and known by when it was written. The table of `drizzle-orm`'s own migrator. */
const applied = pgSchema('drizzle').table('__drizzle_migrations', {
  id: serial('id').primaryKey(),
  hash: text('hash').notNull(),
  writtenAt: bigint('created_at', { mode: 'number' }),
})

interface Migration {
  readonly name: string
  readonly writtenAt: number
}

const journalSchema = z.object({
  entries: z.array(z.object({ tag: z.string(), when: z.number() })),
})

/** Lists the migrations of this release that a database lacks, oldest first. More than ours is fine. */
export async function listPendingMigrations(db: Queryable): Promise<readonly string[]> {
  return (await findPending(db)).map(({ name }) => name)
}

/**
 * Applies what is pending, all of it or nothing, and returns the names. Any number of processes may try at
 * once: one does it while the others wait, and then find nothing left to do.
 *
 * @throws {IdentityError} `database-foreign` if the tables there are not ours
 */
export async function migrate(database: Database): Promise<readonly string[]> {
  return database.transaction(async (tx) => {
    await liftLimits(tx)
    await tx.execute(sql`select pg_advisory_xact_lock(${LOCK})`)
    const pending = await findPending(tx)
    if (pending.length === 0) return []
    if (pending.length === (await readJournal()).length) await refuseForeignTables(tx)
    // Waiting for a table behind a long query would make everybody else wait behind us.
    await tx.execute(sql`set local lock_timeout = '10s'`)
    await tx.execute(sql`create schema if not exists drizzle`)
    await tx.execute(
      sql`create table if not exists drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)`,
    )
    for (const { name, writtenAt } of pending) {
      const script = await readFile(new URL(`${name}.sql`, FOLDER), 'utf8')
      for (const statement of script.split('--> statement-breakpoint')) {
        await tx.execute(sql.raw(statement))
      }
      await tx
        .insert(applied)
        .values({ hash: createHash('sha256').update(script).digest('hex'), writtenAt })
    }
    return pending.map(({ name }) => name)
  })
}

async function findPending(db: Queryable): Promise<readonly Migration[]> {
  const journal = await readJournal()
  const name = 'drizzle.__drizzle_migrations'
  const [found] = await db
    .select({ isThere: sql<boolean>`to_regclass(${name}) is not null` })
    .from(sql`(select 1) as one`)
  if (found?.isThere !== true) return journal
  const known = new Set((await db.select().from(applied)).map((row) => row.writtenAt))
  return journal.filter(({ writtenAt }) => !known.has(writtenAt))
}

/** A connection string is easily the one of the app. Its tables are not to be mixed with ours. */
async function refuseForeignTables(db: Queryable): Promise<void> {
  const [table] = await db
    .select({ name: sql<string>`table_name` })
    .from(sql`information_schema.tables`)
    .where(sql`table_schema = current_schema()`)
    .limit(1)
  if (table === undefined) return
  throw new IdentityError(
    'database-foreign',
    `The database holds tables of something else ("${table.name}"). Create a database for the identity server alone, and name that one.`,
  )
}

async function readJournal(): Promise<readonly Migration[]> {
  const text = await readFile(new URL('meta/_journal.json', FOLDER), 'utf8')
  return journalSchema
    .parse(JSON.parse(text))
    .entries.map(({ tag, when }) => ({ name: tag, writtenAt: when }))
}
