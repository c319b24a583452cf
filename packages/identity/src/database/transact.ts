import type { Database, Transaction } from './open.ts'

/** A refusal whose changes stay: a counted attempt must not be rolled back with its answer. */
export class Refusal {
  readonly error: Error

  constructor(error: Error) {
    this.error = error
  }
}

/**
 * Runs one transaction. What `work` throws rolls it back; a {@link Refusal} that it returns is
 * thrown after the commit.
 */
export async function transact<T>(
  database: Database,
  work: (tx: Transaction) => Promise<T | Refusal>,
): Promise<T> {
  const result = await database.transaction(work)
  if (result instanceof Refusal) throw result.error
  return result
}

/** The first row, where the statement is known to return one. */
export function only<T>(rows: readonly T[]): T {
  const [row] = rows
  if (row === undefined) throw new Error('A statement that must return a row returned none.')
  return row
}
