import { index, pgTable, text } from 'drizzle-orm/pg-core'

import { instanceId, sessions, timestamps, verifications } from '../database/schema.ts'

/** Proofs under way that whoever is signed in is still who they were. One for each session: the newest. */
export const sessionVerifications = pgTable(
  'session_verifications',
  {
    sessionId: text('session_id')
      .primaryKey()
      .references(() => sessions.id, { onDelete: 'cascade' }),
    id: text('id').notNull(),
    instanceId: instanceId(),
    status: text('status').$type<'needs_first_factor' | 'complete'>().notNull(),
    level: text('level').notNull(),
    /** Strategy that proved it. */
    strategy: text('strategy'),
    /** Code under way. */
    verificationId: text('verification_id').references(() => verifications.id, {
      onDelete: 'set null',
    }),
    ...timestamps,
  },
  (table) => [index('session_verifications_verification').on(table.verificationId)],
)
