import { and, desc, eq, gte, like, or, sql } from 'drizzle-orm'

import type { Queryable } from '../database/database.ts'
import { auditEvents } from './tables.ts'

/** An event, as it is stored. */
export type AuditEvent = typeof auditEvents.$inferSelect

/** Which events are meant. What is left out may be anything. */
export interface EventFilter {
  readonly instanceId?: string | undefined
  /** Id of whom or what it was done by, to, or beside. */
  readonly party?: string | undefined
  /** Name of an action, or the part of names before the dot. */
  readonly action?: string | undefined
  /** Unix milliseconds. */
  readonly since?: number | undefined
  readonly limit: number
}

/** Lists events, newest first. */
export function listEvents(db: Queryable, filter: EventFilter): Promise<AuditEvent[]> {
  const { instanceId, party, action, since, limit } = filter
  return db
    .select()
    .from(auditEvents)
    .where(
      and(
        instanceId === undefined ? undefined : eq(auditEvents.instanceId, instanceId),
        party === undefined
          ? undefined
          : or(
              eq(auditEvents.subject, party),
              eq(auditEvents.actorId, party),
              sql`exists (select 1 from jsonb_each_text(${auditEvents.detail}) where value = ${party})`,
            ),
        action === undefined
          ? undefined
          : or(
              eq(auditEvents.action, action as AuditEvent['action']),
              like(auditEvents.action, `${action}.%`),
            ),
        since === undefined ? undefined : gte(auditEvents.createdAt, since),
      ),
    )
    .orderBy(desc(auditEvents.createdAt), desc(auditEvents.id))
    .limit(limit)
}
