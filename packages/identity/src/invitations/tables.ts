import type { Metadata } from '@core/protocol'
import { index, jsonb, pgTable, text } from 'drizzle-orm/pg-core'

import { instanceId, time, timestamps } from '../database/schema.ts'

/** Invitations into the application itself. Those into an organization are in its tables. */
export const invitations = pgTable(
  'invitations',
  {
    id: text('id').primaryKey(),
    instanceId: instanceId(),
    /** Normalized. */
    emailAddress: text('email_address').notNull(),
    /** A pending one is over as well once `expireAt` has come. */
    status: text('status').$type<'pending' | 'accepted' | 'revoked' | 'expired'>().notNull(),
    /** SHA-256 of the ticket in the mail. */
    ticketHash: text('ticket_hash').notNull().unique(),
    redirectUrl: text('redirect_url'),
    /** What the user's public metadata gets. */
    publicMetadata: jsonb('public_metadata').$type<Metadata>().notNull(),
    expireAt: time('expire_at').notNull(),
    ...timestamps,
  },
  (table) => [
    index('invitations_instance').on(table.instanceId, table.createdAt),
    index('invitations_address').on(table.instanceId, table.emailAddress),
  ],
)
