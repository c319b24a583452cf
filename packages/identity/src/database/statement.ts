/**
 * Statements that are written once. The query builder takes longer to write one than the driver takes to send
 * it, and a server that knows it by name need not read it again. Worth it where every request passes.
 */

import { getTableColumns, sql, type SQL } from 'drizzle-orm'
import type { PgInsertValue, PgTable } from 'drizzle-orm/pg-core'

import type { Queryable } from './database.ts'

/**
 * Makes a statement of what is built, with placeholders for what differs from call to call.
 *
 * @param name of which a connection knows one statement
 */
export function createStatement<Prepared>(
  name: string,
  build: (db: Queryable) => { prepare(name: string): Prepared },
): (db: Queryable) => Prepared {
  // A connection of the pool has one session for all its transactions, and the pool itself has one.
  const written = new WeakMap<object, Prepared>()
  return (db) => {
    const { session } = db._
    const known = written.get(session) ?? build(db).prepare(name)
    written.set(session, known)
    return known
  }
}

/**
 * Makes the statement that inserts a row. The row is whole, so that nobody has to read it back: what the
 * database would fill in is not known before.
 *
 * @param name of which a connection knows one statement
 */
export function createInsert<Table extends PgTable>(
  name: string,
  table: Table,
): (db: Queryable, row: Table['$inferSelect']) => Promise<void> {
  const columns = Object.entries(getTableColumns(table))
  const values = Object.fromEntries(columns.map(([key]): [string, SQL] => [key, given(key)]))
  const statement = createStatement(name, (db) =>
    db.insert(table).values(values as PgInsertValue<Table>),
  )
  return async (db, row) => {
    const fields: Readonly<Record<string, unknown>> = row
    const toDriver = ([key, column]: (typeof columns)[number]): [string, unknown] => {
      const value = fields[key] ?? null
      return [key, value === null ? null : column.mapToDriverValue(value)]
    }
    await statement(db).execute(Object.fromEntries(columns.map(toDriver)))
  }
}

/** What a call puts in a place, written down as it goes to the database. */
export function given(name: string): SQL {
  return sql`${sql.placeholder(name)}`
}
