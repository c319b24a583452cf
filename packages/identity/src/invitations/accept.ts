/** How an invitation into the application is used up: once, and by the owner of its address. */

import { and, eq, gt } from 'drizzle-orm'

import type { Queryable, Transaction } from '../database/database.ts'
import { users } from '../database/schema.ts'
import { ApiError } from '../http/errors.ts'
import type { Instance } from '../instances/instance.ts'
import type { MailedTicket } from '../tickets/mailed-ticket.ts'
import { nextUpdate } from '../time.ts'
import { mergeInto } from '../users/metadata.ts'
import { findUser, hasProven, lockUser } from '../users/user.ts'
import { refuseSettled } from './status.ts'
import { invitations } from './tables.ts'

type Row = typeof invitations.$inferSelect

/** Finds the invitation into the application that a ticket belongs to, whatever became of it. */
export async function findApplicationTicket(
  db: Queryable,
  instanceId: string,
  ticketHash: string,
): Promise<MailedTicket | null> {
  const [row] = await db
    .select()
    .from(invitations)
    .where(and(eq(invitations.ticketHash, ticketHash), eq(invitations.instanceId, instanceId)))
  if (row === undefined) return null
  return { ...row, accept: (tx, instance, userId, now) => accept(tx, instance, row, userId, now) }
}

async function accept(
  tx: Transaction,
  instance: Instance,
  { id, emailAddress, updatedAt }: Row,
  userId: string,
  now: number,
): Promise<void> {
  await lockUser(tx, instance.id, userId)
  const user = await findUser(tx, instance.id, userId)
  // Whoever does not own the address learns nothing of the invitation.
  if (user === null || !hasProven(user, emailAddress)) throw new ApiError('resource_not_found')
  const isIt = and(eq(invitations.id, id), eq(invitations.instanceId, instance.id))
  const [accepted] = await tx
    .update(invitations)
    .set({ status: 'accepted', updatedAt: nextUpdate(updatedAt, now) })
    .where(and(isIt, eq(invitations.status, 'pending'), gt(invitations.expireAt, now)))
    .returning()
  if (accepted === undefined) {
    const [current] = await tx.select().from(invitations).where(isIt)
    if (current === undefined) throw new ApiError('resource_not_found')
    refuseSettled(current, now)
    throw new ApiError('invitation_expired')
  }
  await tx
    .update(users)
    .set({ publicMetadata: mergeInto(user.publicMetadata, accepted.publicMetadata) })
    .where(and(eq(users.id, userId), eq(users.instanceId, instance.id)))
}
