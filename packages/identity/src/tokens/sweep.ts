import { inArray, type SQL } from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'

import type { Queryable } from '../database/database.ts'

/** More than one request leaves behind, and few enough not to be noticed by the one that tidies up. */
const BATCH_ROWS = 100

/**
 * Deletes rows that nobody needs any more. Those that another request is deleting at this moment are left
 * to it, so that no two ever wait for each other.
 *
 * @param key primary key of the table
 * @param rows how many at most
 */
export async function sweep(
  db: Queryable,
  table: PgTable,
  key: PgColumn,
  where: SQL | undefined,
  rows: number = BATCH_ROWS,
): Promise<void> {
  const stale = db
    .select({ key })
    .from(table)
    .where(where)
    .limit(rows)
    .for('update', { skipLocked: true })
  await db.delete(table).where(inArray(key, stale))
}
