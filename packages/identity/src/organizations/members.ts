/** Who joins, changes role and goes: the rules that keep an organization from being without anybody. */

import type { Metadata } from '@core/protocol'
import { and, eq, inArray, ne, sql } from 'drizzle-orm'

import type { Transaction } from '../database/database.ts'
import { sessions, users } from '../database/schema.ts'
import { ApiError } from '../http/errors.ts'
import { newId } from '../ids.ts'
import type { Instance } from '../instances/instance.ts'
import { nextUpdate } from '../time.ts'
import { lockUser } from '../users/user.ts'
import { lockOrganization } from './organization.ts'
import { isElevated } from './permissions.ts'
import { listRoles, permissionKeys, type Role } from './role.ts'
import {
  organizationMembershipRequests,
  organizationMemberships,
  organizationSuggestions,
  organizations,
} from './tables.ts'

/** Whose membership in what. */
export interface MemberKey {
  readonly organizationId: string
  readonly userId: string
}

/**
 * Makes a user a member. The statement that asks whether there is room takes it, so that no two
 * requests take the same place.
 *
 * @throws {ApiError} `resource_not_found`, `organization_not_found_or_unauthorized`,
 * `organization_membership_quota_exceeded`, `already_a_member_in_organization`
 */
export async function addMember(
  tx: Transaction,
  instance: Instance,
  { organizationId, userId }: MemberKey,
  input: {
    readonly roleId: string
    readonly publicMetadata?: Metadata
    readonly privateMetadata?: Metadata
  },
  now: number,
): Promise<void> {
  const user = await lockUser(tx, instance.id, userId)
  if (user === null) throw new ApiError('resource_not_found')
  const isThere = and(
    eq(organizations.id, organizationId),
    eq(organizations.instanceId, instance.id),
  )
  const [taken] = await tx
    .update(organizations)
    .set({ membersCount: sql`${organizations.membersCount} + 1`, updatedAt: later(now) })
    .where(
      and(
        isThere,
        sql`(${organizations.maxAllowedMemberships} = 0 or ${organizations.membersCount} < ${organizations.maxAllowedMemberships})`,
      ),
    )
    .returning({ id: organizations.id })
  const inserted =
    taken === undefined
      ? []
      : await tx
          .insert(organizationMemberships)
          .values({
            id: newId('orgmem', now),
            instanceId: instance.id,
            organizationId,
            userId,
            roleId: input.roleId,
            publicMetadata: input.publicMetadata ?? {},
            privateMetadata: input.privateMetadata ?? {},
            activatedAt: now,
            createdAt: now,
            updatedAt: now,
          })
          .onConflictDoNothing()
          .returning()
  if (inserted.length === 0) throw await whyNotAdded(tx, instance, { organizationId, userId })
  await tx
    .update(organizationMembershipRequests)
    .set({ status: 'accepted' })
    .where(
      and(
        eq(organizationMembershipRequests.organizationId, organizationId),
        eq(organizationMembershipRequests.userId, userId),
        eq(organizationMembershipRequests.status, 'pending'),
      ),
    )
  await tx
    .delete(organizationSuggestions)
    .where(
      and(
        eq(organizationSuggestions.organizationId, organizationId),
        eq(organizationSuggestions.userId, userId),
      ),
    )
  await touchUser(tx, user, now)
}

async function whyNotAdded(tx: Transaction, instance: Instance, key: MemberKey): Promise<ApiError> {
  if (await isMember(tx, key)) return new ApiError('already_a_member_in_organization')
  const organization = await lockOrganization(tx, instance.id, key.organizationId)
  return new ApiError(
    organization === null
      ? 'organization_not_found_or_unauthorized'
      : 'organization_membership_quota_exceeded',
  )
}

/** Tells whether a user is a member. */
export async function isMember(tx: Transaction, key: MemberKey): Promise<boolean> {
  const rows = await tx
    .select({ id: organizationMemberships.id })
    .from(organizationMemberships)
    .where(keyCondition(key))
  return rows.length > 0
}

/**
 * Gives a member another role. The last one who can look after the organization keeps theirs.
 *
 * @throws {ApiError} `resource_not_found`, `organization_minimum_permissions_needed`
 */
export async function changeRole(
  tx: Transaction,
  instance: Instance,
  key: MemberKey,
  role: Role,
  now: number,
): Promise<void> {
  const { user, membership } = await lockMember(tx, instance, key)
  if (!isElevated(permissionKeys(role))) {
    await refuseUnattended(tx, instance, key, membership.roleId, now)
  }
  await tx
    .update(organizationMemberships)
    .set({ roleId: role.id, updatedAt: nextUpdate(membership.updatedAt, now) })
    .where(eq(organizationMemberships.id, membership.id))
  await touchUser(tx, user, now)
}

/**
 * Changes what is known of a member.
 *
 * @throws {ApiError} `resource_not_found`, `organization_not_found_or_unauthorized`
 */
export async function changeMember(
  tx: Transaction,
  instance: Instance,
  key: MemberKey,
  decide: (
    membership: typeof organizationMemberships.$inferSelect,
  ) => Partial<
    Pick<typeof organizationMemberships.$inferSelect, 'publicMetadata' | 'privateMetadata'>
  >,
  now: number,
): Promise<void> {
  const { user, membership } = await lockMember(tx, instance, key)
  await tx
    .update(organizationMemberships)
    .set({ ...decide(membership), updatedAt: nextUpdate(membership.updatedAt, now) })
    .where(eq(organizationMemberships.id, membership.id))
  // Browsers have memberships as a part of the user, and draw anew what has a later time.
  await touchUser(tx, user, now)
}

/**
 * Takes a member out, and their sessions with them. The last one who can look after the organization
 * stays, unless nobody is left whom they would leave alone and `mayEmpty` says that this is enough.
 *
 * @throws {ApiError} `resource_not_found`, `organization_minimum_permissions_needed`
 */
export async function removeMember(
  tx: Transaction,
  instance: Instance,
  key: MemberKey,
  { mayEmpty, now }: { readonly mayEmpty: boolean; readonly now: number },
): Promise<void> {
  const { user, organization, membership } = await lockMember(tx, instance, key)
  if (!mayEmpty || organization.membersCount > 1) {
    await refuseUnattended(tx, instance, key, membership.roleId, now)
  }
  await tx.delete(organizationMemberships).where(eq(organizationMemberships.id, membership.id))
  await tx
    .update(organizations)
    .set({
      membersCount: organization.membersCount - 1,
      updatedAt: nextUpdate(organization.updatedAt, now),
    })
    .where(eq(organizations.id, organization.id))
  await tx
    .update(sessions)
    .set({
      lastActiveOrganizationId: null,
      updatedAt: sql`greatest(${now}::bigint, ${sessions.updatedAt} + 1)`,
    })
    .where(
      and(
        eq(sessions.instanceId, instance.id),
        eq(sessions.userId, key.userId),
        eq(sessions.lastActiveOrganizationId, key.organizationId),
      ),
    )
  await touchUser(tx, user, now)
}

/**
 * Takes a user, whose lock the caller holds, out of every organization: they are about to be deleted.
 *
 * @throws {ApiError} `organization_minimum_permissions_needed`
 */
export async function removeFromAll(
  tx: Transaction,
  instance: Instance,
  userId: string,
  now: number,
): Promise<void> {
  const rows = await tx
    .select({ organizationId: organizationMemberships.organizationId })
    .from(organizationMemberships)
    .where(eq(organizationMemberships.userId, userId))
    // In one order, so that two users who share organizations do not wait for each other.
    .orderBy(organizationMemberships.organizationId)
  for (const { organizationId } of rows) {
    await removeMember(tx, instance, { organizationId, userId }, { mayEmpty: true, now })
  }
}

/** Locks what a membership joins, in the order everybody takes it. */
async function lockMember(tx: Transaction, instance: Instance, key: MemberKey) {
  const user = await lockUser(tx, instance.id, key.userId)
  if (user === null) throw new ApiError('resource_not_found')
  const organization = await lockOrganization(tx, instance.id, key.organizationId)
  if (organization === null) throw new ApiError('organization_not_found_or_unauthorized')
  const [membership] = await tx.select().from(organizationMemberships).where(keyCondition(key))
  if (membership === undefined) throw new ApiError('resource_not_found')
  return { user, organization, membership }
}

/**
 * Refuses to let a member go who is the last that can look after an organization. The caller holds its
 * lock, so nobody else goes meanwhile.
 */
async function refuseUnattended(
  tx: Transaction,
  instance: Instance,
  { organizationId, userId }: MemberKey,
  roleId: string,
  now: number,
): Promise<void> {
  const roles = await listRoles(tx, instance, now)
  const elevated = roles.filter((role) => isElevated(permissionKeys(role))).map(({ id }) => id)
  if (!elevated.includes(roleId)) return
  const others = await tx
    .select({ id: organizationMemberships.id })
    .from(organizationMemberships)
    .where(
      and(
        eq(organizationMemberships.organizationId, organizationId),
        ne(organizationMemberships.userId, userId),
        inArray(organizationMemberships.roleId, elevated),
      ),
    )
    .limit(1)
  if (others.length === 0) throw new ApiError('organization_minimum_permissions_needed')
}

async function touchUser(
  tx: Transaction,
  user: { readonly id: string; readonly updatedAt: number },
  now: number,
): Promise<void> {
  await tx
    .update(users)
    .set({ updatedAt: nextUpdate(user.updatedAt, now) })
    .where(eq(users.id, user.id))
}

function keyCondition({ organizationId, userId }: MemberKey) {
  return and(
    eq(organizationMemberships.organizationId, organizationId),
    eq(organizationMemberships.userId, userId),
  )
}

function later(now: number) {
  return sql`greatest(${now}::bigint, ${organizations.updatedAt} + 1)`
}
