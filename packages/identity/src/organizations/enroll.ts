/**
 * Who is invited or told of an organization because of their address. Found out when they look: a domain may have
 * a million people, of whom few ever do.
 */

import { and, desc, eq, inArray, isNotNull, ne, notExists, sql, type SQL } from 'drizzle-orm'

import type { Queryable, Transaction } from '../database/database.ts'
import { transact } from '../database/transact.ts'
import { ApiError } from '../http/errors.ts'
import { newId } from '../ids.ts'
import type { Instance } from '../instances/instance.ts'
import type { Services } from '../services.ts'
import { lockUser, type User } from '../users/user.ts'
import { addMember, isMember } from './members.ts'
import { lockOrganization, toPublicOrganizationJson, type OrganizationRow } from './organization.ts'
import { requireRole } from './role.ts'
import {
  organizationDomains,
  organizationInvitations,
  organizationMembershipRequests,
  organizationMemberships,
  organizationSuggestions,
  organizations,
} from './tables.ts'

/** A suggestion, as it is stored, with its organization. */
export interface Suggestion extends Readonly<typeof organizationSuggestions.$inferSelect> {
  readonly organization: OrganizationRow
}

/** Somebody who asks to be taken in, as it is stored. */
export type MembershipRequest = typeof organizationMembershipRequests.$inferSelect

/** Invitations of a domain do not expire: what ends them is the domain. */
const FOREVER_MS = 400 * 365 * 24 * 60 * 60 * 1000

/** Makes the invitations and suggestions that a user has by the domains of their addresses. */
export async function enrollByDomain(
  { database }: Services,
  instance: Instance,
  user: User,
  now: number,
): Promise<void> {
  const { settings } = instance
  if (!settings.organization_domains) return
  const addresses = provenAddresses(user)
  if (addresses.length === 0) return
  const domains = await database
    .select()
    .from(organizationDomains)
    .where(
      and(
        eq(organizationDomains.instanceId, instance.id),
        isNotNull(organizationDomains.verifiedAt),
        inArray(organizationDomains.name, addresses.map(domainOf)),
        ne(organizationDomains.enrollmentMode, 'manual_invitation'),
        inArray(organizationDomains.enrollmentMode, [
          ...settings.organization_domain_enrollment_modes,
          'manual_invitation',
        ]),
        notExists(
          sql`(select 1 from ${organizationMemberships} where ${organizationMemberships.organizationId} = ${organizationDomains.organizationId} and ${organizationMemberships.userId} = ${user.id})`,
        ),
      ),
    )
  if (domains.length === 0) return
  await transact(database, async (tx) => {
    const role = await requireRole(tx, instance, settings.organization_domain_default_role, now)
    for (const domain of domains) {
      const common = {
        instanceId: instance.id,
        organizationId: domain.organizationId,
        domainId: domain.id,
        status: 'pending' as const,
        createdAt: now,
        updatedAt: now,
      }
      if (domain.enrollmentMode === 'automatic_suggestion') {
        await tx
          .insert(organizationSuggestions)
          .values({ ...common, id: newId('orgsug', now), userId: user.id })
          .onConflictDoNothing()
        continue
      }
      for (const emailAddress of addresses.filter((it) => domainOf(it) === domain.name)) {
        // Once: whoever accepted and left is not asked again.
        const known = await tx
          .select({ id: organizationInvitations.id })
          .from(organizationInvitations)
          .where(
            and(
              eq(organizationInvitations.domainId, domain.id),
              eq(organizationInvitations.emailAddress, emailAddress),
            ),
          )
          .limit(1)
        if (known.length > 0) continue
        await tx
          .insert(organizationInvitations)
          .values({
            ...common,
            id: newId('orginv', now),
            emailAddress,
            roleId: role.id,
            publicMetadata: {},
            privateMetadata: {},
            expireAt: now + FOREVER_MS,
          })
          .onConflictDoNothing()
      }
    }
  })
}

/** Which suggestions a user sees: of organizations they are not in, whose domain still suggests. */
export function suggestionsOf(
  instance: Instance,
  user: User,
  statuses: readonly string[],
): SQL | undefined {
  const wanted = (['pending', 'accepted'] as const).filter((it) => statuses.includes(it))
  return and(
    instance.settings.organization_domains ? undefined : sql`false`,
    eq(organizationSuggestions.userId, user.id),
    statuses.length === 0
      ? undefined
      : wanted.length === 0
        ? sql`false`
        : inArray(organizationSuggestions.status, wanted),
    inArray(organizationDomains.name, ['', ...provenAddresses(user).map(domainOf)]),
    eq(organizationDomains.enrollmentMode, 'automatic_suggestion'),
  )
}

/** Finds suggestions of an instance, newest first. */
export async function findSuggestions(
  db: Queryable,
  instanceId: string,
  query: { readonly where: SQL | undefined; readonly limit?: number; readonly offset?: number },
): Promise<Suggestion[]> {
  const rows = await db
    .select({ suggestion: organizationSuggestions, organization: organizations })
    .from(organizationSuggestions)
    .innerJoin(organizations, eq(organizations.id, organizationSuggestions.organizationId))
    .innerJoin(organizationDomains, eq(organizationDomains.id, organizationSuggestions.domainId))
    .where(and(eq(organizationSuggestions.instanceId, instanceId), query.where))
    .orderBy(desc(organizationSuggestions.createdAt), desc(organizationSuggestions.id))
    .limit(query.limit ?? 500)
    .offset(query.offset ?? 0)
  return rows.map(({ suggestion, organization }) => ({ ...suggestion, organization }))
}

/**
 * Takes a suggestion up: the user asks to be taken in. Asking twice asks once.
 *
 * @throws {ApiError} `resource_not_found`, `already_a_member_in_organization`
 */
export async function acceptSuggestion(
  tx: Transaction,
  instance: Instance,
  user: User,
  id: string,
  now: number,
): Promise<Suggestion> {
  const where = and(eq(organizationSuggestions.id, id), suggestionsOf(instance, user, []))
  const [suggestion] = await findSuggestions(tx, instance.id, { where })
  if (suggestion === undefined) throw new ApiError('resource_not_found')
  const { organizationId } = suggestion
  if (await isMember(tx, { organizationId, userId: user.id })) {
    throw new ApiError('already_a_member_in_organization')
  }
  const accepted = await tx
    .update(organizationSuggestions)
    .set({
      status: 'accepted',
      updatedAt: sql`greatest(${now}::bigint, ${organizationSuggestions.updatedAt} + 1)`,
    })
    .where(and(eq(organizationSuggestions.id, id), eq(organizationSuggestions.status, 'pending')))
    .returning({ id: organizationSuggestions.id })
  if (accepted.length > 0) {
    await tx
      .insert(organizationMembershipRequests)
      .values({
        id: newId('orgreq', now),
        instanceId: instance.id,
        organizationId,
        userId: user.id,
        status: 'pending',
        createdAt: now,
        updatedAt: now,
      })
      .onConflictDoNothing()
  }
  const [settled] = await findSuggestions(tx, instance.id, { where })
  return settled ?? suggestion
}

/**
 * Takes in somebody who asked, or refuses them: once, whoever else does so at the same time.
 *
 * @throws {ApiError} `resource_not_found`, `organization_membership_request_settled`,
 * `organization_membership_quota_exceeded`
 */
export async function settleRequest(
  tx: Transaction,
  instance: Instance,
  key: { readonly id: string; readonly organizationId: string },
  status: 'accepted' | 'revoked',
  now: number,
): Promise<MembershipRequest> {
  const where = and(
    eq(organizationMembershipRequests.id, key.id),
    eq(organizationMembershipRequests.organizationId, key.organizationId),
    eq(organizationMembershipRequests.instanceId, instance.id),
  )
  const [found] = await tx.select().from(organizationMembershipRequests).where(where)
  if (found === undefined) throw new ApiError('resource_not_found')
  await lockUser(tx, instance.id, found.userId)
  await lockOrganization(tx, instance.id, found.organizationId)
  const [settled] = await tx
    .update(organizationMembershipRequests)
    .set({
      status,
      updatedAt: sql`greatest(${now}::bigint, ${organizationMembershipRequests.updatedAt} + 1)`,
    })
    .where(and(where, eq(organizationMembershipRequests.status, 'pending')))
    .returning()
  if (settled === undefined) throw new ApiError('organization_membership_request_settled')
  const member = { organizationId: settled.organizationId, userId: settled.userId }
  if (status === 'accepted' && !(await isMember(tx, member))) {
    const key = instance.settings.organization_domain_default_role
    const { id: roleId } = await requireRole(tx, instance, key, now)
    await addMember(tx, instance, member, { roleId }, now)
  }
  return settled
}

/** Writes a suggestion for the one it is made to. */
export function toSuggestionJson(suggestion: Suggestion, instance: Instance): object {
  return {
    object: 'organization_suggestion',
    id: suggestion.id,
    public_organization_data: toPublicOrganizationJson(suggestion.organization, instance),
    status: suggestion.status,
    created_at: suggestion.createdAt,
    updated_at: suggestion.updatedAt,
  }
}

function provenAddresses(user: User): string[] {
  return user.emailAddresses
    .filter(({ verifiedAt }) => verifiedAt !== null)
    .map(({ emailAddress }) => emailAddress)
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1)
}
