/** How an invitation becomes a membership: once, and for the owner of the address it was sent to. */

import { and, eq, gt, sql } from 'drizzle-orm'

import type { Queryable, Transaction } from '../database/database.ts'
import { ApiError } from '../http/errors.ts'
import type { Instance } from '../instances/instance.ts'
import { refuseSettled } from '../invitations/status.ts'
import type { MailedTicket } from '../tickets/mailed-ticket.ts'
import { findUser, hasProven, lockUser } from '../users/user.ts'
import { findInvitations, type Invitation } from './invitation.ts'
import { addMember, isMember } from './members.ts'
import { lockOrganization } from './organization.ts'
import { organizationInvitations } from './tables.ts'

/**
 * Accepts an invitation for a user. Of any number of requests at once one wins; the place it takes is counted in
 * the same transaction. Somebody who is a member already keeps the role they have.
 *
 * @throws {ApiError} `resource_not_found`, `invitation_already_accepted`, `invitation_already_revoked`,
 * `invitation_expired`, `organization_membership_quota_exceeded`
 */
export async function acceptInvitation(
  tx: Transaction,
  instance: Instance,
  invitation: Invitation,
  userId: string,
  now: number,
): Promise<void> {
  await lockUser(tx, instance.id, userId)
  const user = await findUser(tx, instance.id, userId)
  // Whoever does not own the address learns nothing of the invitation.
  if (user === null || !hasProven(user, invitation.emailAddress)) {
    throw new ApiError('resource_not_found')
  }
  const { organizationId } = invitation
  const organization = await lockOrganization(tx, instance.id, organizationId)
  if (organization === null) throw new ApiError('resource_not_found')
  const [accepted] = await tx
    .update(organizationInvitations)
    .set({
      status: 'accepted',
      updatedAt: sql`greatest(${now}::bigint, ${organizationInvitations.updatedAt} + 1)`,
    })
    .where(
      and(
        eq(organizationInvitations.id, invitation.id),
        eq(organizationInvitations.instanceId, instance.id),
        eq(organizationInvitations.status, 'pending'),
        gt(organizationInvitations.expireAt, now),
      ),
    )
    .returning()
  if (accepted === undefined) {
    const where = eq(organizationInvitations.id, invitation.id)
    const [current] = await findInvitations(tx, instance.id, { where })
    if (current === undefined) throw new ApiError('resource_not_found')
    refuseSettled(current, now)
    throw new ApiError('invitation_expired')
  }
  const key = { organizationId, userId }
  if (await isMember(tx, key)) return
  const { roleId, publicMetadata, privateMetadata } = accepted
  await addMember(tx, instance, key, { roleId, publicMetadata, privateMetadata }, now)
}

/** Finds the invitation into an organization that a ticket belongs to, whatever became of it. */
export async function findOrganizationTicket(
  db: Queryable,
  instanceId: string,
  ticketHash: string,
): Promise<MailedTicket | null> {
  const where = eq(organizationInvitations.ticketHash, ticketHash)
  const [invitation] = await findInvitations(db, instanceId, { where, limit: 1 })
  if (invitation === undefined) return null
  return {
    ...invitation,
    ticketHash,
    accept: (tx, instance, userId, now) => acceptInvitation(tx, instance, invitation, userId, now),
  }
}
