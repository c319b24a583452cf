import { and, eq } from 'drizzle-orm'

import type { Transaction } from '../database/database.ts'
import { users } from '../database/schema.ts'
import { paramError } from '../http/errors.ts'
import type { User, UserRow } from './user.ts'

/**
 * Refuses names that another user has.
 *
 * @throws {ApiError} `form_identifier_exists`
 */
export async function refuseTaken(
  tx: Transaction,
  user: Pick<User, 'id' | 'instanceId'>,
  changes: Partial<Pick<UserRow, 'username' | 'externalId'>>,
): Promise<void> {
  for (const [column, value, name] of [
    [users.username, changes.username, 'username'],
    [users.externalId, changes.externalId, 'external_id'],
  ] as const) {
    if (value === undefined || value === null) continue
    const [owner] = await tx
      .select({ id: users.id })
      .from(users)
      .where(and(eq(users.instanceId, user.instanceId), eq(column, value)))
    if (owner !== undefined && owner.id !== user.id) {
      throw paramError('form_identifier_exists', name)
    }
  }
}
