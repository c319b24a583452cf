import { index, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'

import { instanceId, timestamps } from '../database/schema.ts'
import { invitations } from '../invitations/tables.ts'

/** Who may sign up, and who may not: identifiers on the lists of an instance. */
export const listedIdentifiers = pgTable(
  'listed_identifiers',
  {
    id: text('id').primaryKey(),
    instanceId: instanceId(),
    list: text('list').$type<'allow' | 'block'>().notNull(),
    type: text('type').$type<'email_address' | 'phone_number' | 'web3_wallet'>().notNull(),
    /** Normalized. `*@example.com` stands for every address of a domain. */
    identifier: text('identifier').notNull(),
    /** The invitation that was sent when it came on the list. */
    invitationId: text('invitation_id').references(() => invitations.id, { onDelete: 'set null' }),
    ...timestamps,
  },
  (table) => [
    uniqueIndex('listed_identifiers_unique').on(table.instanceId, table.list, table.identifier),
    index('listed_identifiers_invitation').on(table.invitationId),
  ],
)
