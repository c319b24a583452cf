import { index, jsonb, pgTable, text } from 'drizzle-orm/pg-core'

import { time } from '../database/schema.ts'
import type { AuditAction } from './actions.ts'
import type { Actor } from './actor.ts'

/** Beside whom or what something was done: ids, counts and names of fields. Never a value, never a secret. */
export type AuditDetail = Readonly<Record<string, string | number | readonly string[]>>

/** What was done, by whom, to whom. */
export const auditEvents = pgTable(
  'audit_events',
  {
    id: text('id').primaryKey(),
    /** Refers to no row: what was done to an instance outlives it. */
    instanceId: text('instance_id').notNull(),
    actorKind: text('actor_kind').$type<Actor['kind']>().notNull(),
    actorId: text('actor_id'),
    action: text('action').$type<AuditAction>().notNull(),
    /** The id of whom or what it was done to; absent where nobody has the account. */
    subject: text('subject'),
    /** The network that it came from, as in the log. */
    network: text('network'),
    detail: jsonb('detail').$type<AuditDetail>().notNull(),
    createdAt: time('created_at').notNull(),
  },
  (table) => [
    index('audit_events_time').on(table.instanceId, table.createdAt),
    index('audit_events_subject').on(table.instanceId, table.subject, table.createdAt),
  ],
)
