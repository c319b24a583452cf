/**
 * Statements that are written once. The query builder takes longer to write one than the driver takes to send
 * it, and a server that knows it by name need not read it again. Worth it where every request passes.
 */

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
