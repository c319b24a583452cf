import { customType, index, pgTable, text } from 'drizzle-orm/pg-core'

import { instanceId, time } from '../database/schema.ts'

const bytes = customType<{ data: Uint8Array<ArrayBuffer> }>({ dataType: () => 'bytea' })

/** Pictures that people uploaded. A row never changes: a new picture is a new row. */
export const images = pgTable(
  'images',
  {
    id: text('id').primaryKey(),
    instanceId: instanceId(),
    mediaType: text('media_type').notNull(),
    content: bytes('content').notNull(),
    createdAt: time('created_at').notNull(),
  },
  (table) => [index('images_instance').on(table.instanceId, table.createdAt)],
)
