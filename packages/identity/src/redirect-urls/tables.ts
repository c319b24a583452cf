import { pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'

import { instanceId, timestamps } from '../database/schema.ts'

/** Addresses beside the allowed origins that people may be sent to, such as those of native apps. */
export const redirectUrls = pgTable(
  'redirect_urls',
  {
    id: text('id').primaryKey(),
    instanceId: instanceId(),
    /** As it was registered. */
    url: text('url').notNull(),
    /** Normalized: what targets are compared with. */
    href: text('href').notNull(),
    ...timestamps,
  },
  (table) => [uniqueIndex('redirect_urls_href').on(table.instanceId, table.href)],
)
