import { setTimeout as pause } from 'node:timers/promises'

import { sql } from 'drizzle-orm'

import type { Database, Transaction } from './database.ts'
import { isConflict } from './outage.ts'

/** A refusal whose changes stay: a counted attempt must not be rolled back with its answer. */
export class Refusal {
  readonly error: Error

  constructor(error: Error) {
    this.error = error
  }
}

/** How often a transaction runs that others get in the way of. */
const MAX_RUNS = 4

/**
 * Runs one transaction. What `work` throws rolls it back; a {@link Refusal} that it returns is
 * thrown after the commit.
 *
 * @param work runs again if another transaction got in its way, so it must do nothing but read and write
 * through `tx`
 */
export async function transact<T>(
  database: Database,
  work: (tx: Transaction) => Promise<T | Refusal>,
): Promise<T> {
  for (let run = 1; ; run++) {
    try {
      const result = await database.transaction(work)
      if (result instanceof Refusal) throw result.error
      return result
    } catch (error) {
      if (run === MAX_RUNS || !isConflict(error)) throw error
      // Those that met once should not meet again.
      await pause(Math.random() * 20 * run)
    }
  }
}

/**
 * Lets one transaction at a time go on that names the same thing; the others wait until it has ended. For
 * what there is no row to lock yet, or only rows that are counted.
 */
export async function lockName(tx: Transaction, ...parts: readonly string[]): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${parts.join('\n')}, 0))`)
}

/**
 * Lets a transaction take as long as it needs, whatever the role or the database says: for what somebody waits
 * for at a terminal, not for requests.
 */
export async function liftLimits(tx: Transaction): Promise<void> {
  await tx.execute(
    sql`select set_config(name, '0', true) from pg_settings where name in ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout')`,
  )
}

/** The first row, where the statement is known to return one. */
export function only<T>(rows: readonly T[]): T {
  const [row] = rows
  if (row === undefined) throw new Error('A statement that must return a row returned none.')
  return row
}
