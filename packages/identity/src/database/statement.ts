/**
 * Statements that are written once. The query builder takes longer to write one than the driver takes to send
 * it, and a server that knows it by name need not read it again. Worth it where every request passes.
 */

import { getTableColumns, getTableName, sql, type SQL, type SQLWrapper } from 'drizzle-orm'
import type { PgColumn, PgInsertValue, PgTable } from 'drizzle-orm/pg-core'

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

/** What a call puts in a place, written down as it goes to the database. */
export function given(name: string): SQL {
  return sql`${sql.placeholder(name)}`
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
  const statement = createStatement(name, (db) => db.insert(table).values(givenRow(table)))
  return async (db, row) => void (await statement(db).execute(toGivenRow(table, row)))
}

/** The places of a whole row. */
export function givenRow<Table extends PgTable>(table: Table): PgInsertValue<Table> {
  const places = placesOf(table).map(({ key, place }): [string, SQL] => [key, given(place)])
  return Object.fromEntries(places) as PgInsertValue<Table>
}

/** The places of a whole row, selected: for a row that is inserted only if something else says so. */
export function selectGivenRow(table: PgTable): SQL {
  const places = placesOf(table).map(
    ({ place, column }) => sql`${given(place)}::${sql.raw(column.getSQLType())}`,
  )
  return sql.join(places, sql`, `)
}

/** What a row puts in its places. */
export function toGivenRow<Table extends PgTable>(
  table: Table,
  row: Table['$inferSelect'],
): Readonly<Record<string, unknown>> {
  const fields: Readonly<Record<string, unknown>> = row
  const values: Record<string, unknown> = {}
  for (const { key, place, column } of placesOf(table)) {
    const value = fields[key] ?? null
    values[place] = value === null ? null : column.mapToDriverValue(value)
  }
  return values
}

interface Place {
  readonly key: string
  readonly place: string
  readonly column: PgColumn
}

const placesOfTables = new WeakMap<PgTable, readonly Place[]>()

function placesOf(table: PgTable): readonly Place[] {
  const known = placesOfTables.get(table)
  if (known !== undefined) return known
  const places = Object.entries(getTableColumns(table)).map(([key, column]) => ({
    key,
    place: `${getTableName(table)}.${key}`,
    column,
  }))
  placesOfTables.set(table, places)
  return places
}

/**
 * Makes one statement of changes to different rows: it is sent once, and the database does all of it or
 * nothing. None of them sees what the others do.
 */
export function together(db: Queryable, ...changes: readonly SQLWrapper[]) {
  const parts = changes.map((change, n) => db.$with(`change_${n}`, {}).as(change.getSQL()))
  return db
    .with(...parts)
    .select({ isDone: sql<boolean>`true` })
    .from(sql`(values (true)) as done`)
}
