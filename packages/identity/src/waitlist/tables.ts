import { index, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'

import { instanceId, timestamps } from '../database/schema.ts'
import { invitations } from '../invitations/tables.ts'

/** Who waits to be let in. */
export const waitlistEntries = pgTable(
  'waitlist_entries',
  {
    id: text('id').primaryKey(),
    instanceId: instanceId(),
    /** Normalized. */
    emailAddress: text('email_address').notNull(),
    /** What was decided; that an invited person has come in is known from the invitation. */
    status: text('status').$type<'pending' | 'invited' | 'rejected'>().notNull(),
    invitationId: text('invitation_id').references(() => invitations.id, { onDelete: 'set null' }),
    ...timestamps,
  },
  (table) => [
    uniqueIndex('waitlist_entries_address').on(table.instanceId, table.emailAddress),
    index('waitlist_entries_instance').on(table.instanceId, table.createdAt),
    index('waitlist_entries_invitation').on(table.invitationId),
  ],
)
