import { and, asc, count, desc, eq, type SQL } from 'drizzle-orm'

import type { Queryable } from '../database/database.ts'
import { ApiError } from '../http/errors.ts'
import type { Instance } from '../instances/instance.ts'
import { invitationStatusAt } from '../invitations/status.ts'
import { toPublicOrganizationJson, type OrganizationRow } from './organization.ts'
import { organizationInvitations, organizationRoles, organizations } from './tables.ts'

/** An invitation, as it is stored. */
export type InvitationRow = typeof organizationInvitations.$inferSelect

/** An invitation with its organization and the role it gives. */
export interface Invitation extends InvitationRow {
  readonly organization: OrganizationRow
  readonly role: { readonly key: string; readonly name: string }
}

/** Finds invitations of an instance, newest first if nothing else is asked. */
export async function findInvitations(
  db: Queryable,
  instanceId: string,
  query: {
    readonly where: SQL | undefined
    readonly limit?: number
    readonly offset?: number
    readonly orderBy?: 'created_at' | '-created_at' | 'email_address' | '-email_address'
  },
): Promise<Invitation[]> {
  const { id, createdAt, emailAddress } = organizationInvitations
  const { orderBy = '-created_at' } = query
  const column = orderBy.endsWith('created_at') ? createdAt : emailAddress
  const rows = await db
    .select({
      invitation: organizationInvitations,
      organization: organizations,
      role: { key: organizationRoles.key, name: organizationRoles.name },
    })
    .from(organizationInvitations)
    .innerJoin(organizations, eq(organizations.id, organizationInvitations.organizationId))
    .innerJoin(organizationRoles, eq(organizationRoles.id, organizationInvitations.roleId))
    .where(and(eq(organizationInvitations.instanceId, instanceId), query.where))
    .orderBy(orderBy.startsWith('-') ? desc(column) : asc(column), desc(id))
    .limit(query.limit ?? 500)
    .offset(query.offset ?? 0)
  return rows.map(({ invitation, ...rest }) => ({ ...invitation, ...rest }))
}

/** Counts invitations of an instance. */
export async function countInvitations(
  db: Queryable,
  instanceId: string,
  where: SQL | undefined,
): Promise<number> {
  const [row] = await db
    .select({ count: count() })
    .from(organizationInvitations)
    .where(and(eq(organizationInvitations.instanceId, instanceId), where))
  return row?.count ?? 0
}

/**
 * Finds an invitation.
 *
 * @throws {ApiError} `resource_not_found`
 */
export async function requireInvitation(
  db: Queryable,
  instanceId: string,
  where: SQL | undefined,
): Promise<Invitation> {
  const [invitation] = await findInvitations(db, instanceId, { where, limit: 1 })
  if (invitation === undefined) throw new ApiError('resource_not_found')
  return invitation
}

/** Writes an invitation for those who manage the organization. */
export function toInvitationJson(invitation: Invitation, now: number): object {
  return {
    object: 'organization_invitation',
    id: invitation.id,
    email_address: invitation.emailAddress,
    organization_id: invitation.organizationId,
    role: invitation.role.key,
    role_name: invitation.role.name,
    status: invitationStatusAt(invitation, now),
    public_metadata: invitation.publicMetadata,
    created_at: invitation.createdAt,
    updated_at: invitation.updatedAt,
  }
}

/** Writes an invitation for the one who is invited. */
export function toOwnInvitationJson(
  invitation: Invitation,
  instance: Instance,
  now: number,
): object {
  return {
    ...toInvitationJson(invitation, now),
    public_organization_data: toPublicOrganizationJson(invitation.organization, instance),
  }
}

/**
 * Writes an invitation for the application's servers.
 *
 * @param url where its ticket leads; known only to whoever creates it, for it is not kept
 */
export function toBackendInvitationJson(
  invitation: Invitation,
  instance: Instance,
  now: number,
  url: string | null = null,
): object {
  return {
    ...toOwnInvitationJson(invitation, instance, now),
    private_metadata: invitation.privateMetadata,
    inviter_id: invitation.inviterId,
    public_inviter_data: null,
    url,
    expires_at: invitation.expireAt,
  }
}
