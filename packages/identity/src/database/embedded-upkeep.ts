/**
 * What a server does by itself and the embedded database does not: it counts what its tables hold, so that
 * statements are planned for what is there, and makes room where rows were.
 */

import type { PGlite } from '@electric-sql/pglite'

/** How many rows may change before anything is done. Twice as many the next time: tables have grown by then. */
const FIRST_AFTER = 1000
const AT_LATEST_AFTER = 50_000

/**
 * Looks after a database. It takes a tenth of a second, in which nothing else is answered.
 *
 * @returns what is to be told of rows that have changed
 */
export function createUpkeep(client: PGlite): (changedRows: number) => void {
  let changed = 0
  let after = FIRST_AFTER
  return (changedRows) => {
    changed += changedRows
    if (changed < after) return
    changed = 0
    after = Math.min(after * 2, AT_LATEST_AFTER)
    // As everything else it waits its turn. What cannot be done now, on a full disk, say, is done the next time.
    client.query('vacuum (analyze)').catch(() => undefined)
  }
}
