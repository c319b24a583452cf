/**
 * What a server does by itself, but minutes later: it counts what its tables hold. Until it has, an instance looks
 * as rare as a user, and statements that were planned for empty tables read all users of the instance for each one
 * they find. That matters where many people come to a new server, and to one that was filled from a copy.
 */

import type { Pool } from 'pg'

import { GROWN_TABLES } from './grown.ts'

/** How many transactions end before tables are looked at. Twice as many the next time: tables have grown by then. */
const FIRST_AFTER = 25
/** Where the server's own counting is soon enough. */
const LAST_AFTER = 25_600

/** Looks after the tables behind a pool, beside what the pool does for others. */
export interface Upkeep {
  /** Counts what has grown, now. */
  look(): Promise<void>
  /** Is told of each transaction that has ended. */
  noteTransaction(): void
}

/** Begins to look after the tables behind a pool. */
export function createUpkeep(pool: Pool): Upkeep {
  let ended = 0
  let after = FIRST_AFTER
  const look = async (): Promise<void> => {
    try {
      const { rows } = await pool.query<{ name: string }>(GROWN_TABLES)
      const names = rows.map(({ name }) => name)
      // What another process counts already need not be waited for.
      if (names.length > 0) await pool.query(`analyze (skip_locked) ${names.join(', ')}`)
    } catch {
      // What cannot be done now, by a role that may not, say, the server does in its own time.
    }
  }
  return {
    look,
    noteTransaction: () => {
      ended++
      if (ended < after || after > LAST_AFTER) return
      after *= 2
      void look()
    },
  }
}
