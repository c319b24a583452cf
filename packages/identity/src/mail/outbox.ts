import { and, desc, eq } from 'drizzle-orm'

import type { Queryable } from '../database/database.ts'
import { outbox } from '../database/schema.ts'
import { normalizeEmailAddress } from '../users/email-address.ts'

/** A kept mail. */
export interface OutboxMail {
  readonly id: string
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly created_at: number
  readonly code?: string
}

/** Lists the newest mails of a development instance, to one recipient if one is given. */
export async function listMails(
  db: Queryable,
  instanceId: string,
  to: string | null,
): Promise<OutboxMail[]> {
  const rows = await db
    .select()
    .from(outbox)
    .where(
      and(
        eq(outbox.instanceId, instanceId),
        to === null ? undefined : eq(outbox.recipient, normalizeEmailAddress(to)),
      ),
    )
    .orderBy(desc(outbox.createdAt), desc(outbox.id))
    .limit(100)
  return rows.map((row) => ({
    id: row.id,
    to: row.recipient,
    subject: row.subject,
    text: row.text,
    created_at: row.createdAt,
    ...(row.code === null ? {} : { code: row.code }),
  }))
}
