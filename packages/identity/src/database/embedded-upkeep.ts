/**
 * What a server does by itself and the embedded database does not: it counts what its tables hold, so that
 * statements are planned for what is there, and makes room where rows were.
 */

import type { PGlite } from '@electric-sql/pglite'

import { GROWN_TABLES } from './grown.ts'

/** How many rows may change before anything is done. Twice as many the next time: tables have grown by then. */
const FIRST_AFTER = 1000
const AT_LATEST_AFTER = 50_000

/** Looks after a database. It takes a tenth of a second, in which nothing else is answered. */
export interface Upkeep {
  /** Looks after what has grown since, be it in processes before this one. */
  look(): Promise<void>
  /** Is told how many rows a statement has changed. */
  noteChange(rows: number): void
}

/** Begins to look after a database. */
export function createUpkeep(client: PGlite): Upkeep {
  let changed = 0
  let after = FIRST_AFTER
  // All tables, unless some are named. As everything else it waits its turn. What cannot be done now, on a full
  // disk, say, is done the next time.
  const lookAfter = (tables: readonly string[] = []): Promise<unknown> =>
    client.query(`vacuum (analyze) ${tables.join(', ')}`).catch(() => undefined)
  return {
    look: async () => {
      const { rows } = await client.query<{ name: string }>(GROWN_TABLES)
      if (rows.length > 0) await lookAfter(rows.map(({ name }) => name))
    },
    noteChange: (rows) => {
      changed += rows
      if (changed < after) return
      changed = 0
      after = Math.min(after * 2, AT_LATEST_AFTER)
      void lookAfter()
    },
  }
}
