import { index, integer, pgTable, text } from 'drizzle-orm/pg-core'

import { instances, time } from '../database/schema.ts'

/**
 * What somebody has used of a limit. Its migration makes it unlogged: counting costs no write to the log of
 * the database, and after a crash everybody begins anew.
 */
export const rateLimits = pgTable(
  'rate_limits',
  {
    /** Limit and subject, hashed: see `spend.ts`. */
    key: text('key').primaryKey(),
    /** Absent where the server itself is asked, within no instance. */
    instanceId: text('instance_id').references(() => instances.id, { onDelete: 'cascade' }),
    count: integer('count').notNull(),
    /** End of the span in which it counts. */
    expireAt: time('expire_at').notNull(),
  },
  (table) => [index('rate_limits_expiry').on(table.expireAt)],
)
