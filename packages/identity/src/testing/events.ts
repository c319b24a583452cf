/** Rows that fill a table: events of nobody, numbered. */

import { auditEvents } from '../audit/tables.ts'
import type { Database } from '../database/database.ts'

/** Writes events into a database, as many as there are numbers between the two. */
export async function fillWithEvents(database: Database, from: number, to: number): Promise<void> {
  await database.insert(auditEvents).values(
    Array.from({ length: to - from + 1 }, (_, n) => ({
      id: `evt_${from + n}`,
      instanceId: 'ins_1',
      actorKind: 'command' as const,
      action: 'user.created' as const,
      detail: {},
      createdAt: n,
    })),
  )
}
