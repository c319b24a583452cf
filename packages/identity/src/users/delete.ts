import { and, eq } from 'drizzle-orm'

import type { Transaction } from '../database/database.ts'
import { users } from '../database/schema.ts'
import { deleteImage } from '../images/image.ts'
import type { Instance } from '../instances/instance.ts'
import { removeFromAll } from '../organizations/members.ts'
import type { User } from './user.ts'

/**
 * Deletes a user, whose lock the caller holds, with all that is theirs.
 *
 * @throws {ApiError} `organization_minimum_permissions_needed`
 */
export async function deleteUser(
  tx: Transaction,
  instance: Instance,
  user: User,
  now: number,
): Promise<{ readonly object: 'user'; readonly id: string; readonly deleted: true }> {
  await removeFromAll(tx, instance, user.id, now)
  if (user.imageId !== null) await deleteImage(tx, instance.id, user.imageId)
  // Addresses, sessions and attempts go with the row.
  await tx.delete(users).where(and(eq(users.id, user.id), eq(users.instanceId, instance.id)))
  return { object: 'user', id: user.id, deleted: true }
}
