/**
 * Organizations: groups of users with roles, in an instance. Each rule of this folder holds for both
 * APIs; what differs is who asks.
 *
 * Locks are taken in one order: user, organization, membership, session.
 */

import type { Metadata } from '@core/protocol'
import { and, eq, getTableColumns, or, sql, type SQL, type Placeholder } from 'drizzle-orm'

import type { Queryable, Transaction } from '../database/database.ts'
import { imageUrl } from '../images/image.ts'
import type { Instance } from '../instances/instance.ts'
import { initialsUrl } from '../users/avatar.ts'
import { organizations } from './tables.ts'

/** An organization, as it is stored. */
export type OrganizationRow = typeof organizations.$inferSelect

/** An organization with what is counted. */
export interface Organization extends OrganizationRow {
  readonly pendingInvitationsCount: number
}

/** The columns of an organization, for selections that may join other tables. */
export function organizationColumns(now: number | Placeholder) {
  return {
    ...getTableColumns(organizations),
    pendingInvitationsCount: sql<number>`(
      select count(*)::int from organization_invitations invitation
      where invitation.organization_id = organizations.id and invitation.status = 'pending'
        and invitation.domain_id is null and invitation.expire_at > ${now}::bigint
    )`,
  }
}

/** Finds an organization of an instance by its id. */
export async function findOrganization(
  db: Queryable,
  instanceId: string,
  id: string,
  now: number,
): Promise<Organization | null> {
  return findWhere(db, instanceId, eq(organizations.id, id), now)
}

/** Finds an organization of an instance by its id or its slug. No id passes for a slug. */
export async function findOrganizationByName(
  db: Queryable,
  instanceId: string,
  idOrSlug: string,
  now: number,
): Promise<Organization | null> {
  const condition = or(eq(organizations.id, idOrSlug), eq(organizations.slug, idOrSlug))
  return findWhere(db, instanceId, condition, now)
}

async function findWhere(
  db: Queryable,
  instanceId: string,
  condition: SQL | undefined,
  now: number,
): Promise<Organization | null> {
  const [row] = await db
    .select(organizationColumns(now))
    .from(organizations)
    .where(and(eq(organizations.instanceId, instanceId), condition))
  return row ?? null
}

/** Locks an organization until the end of the transaction. */
export async function lockOrganization(
  tx: Transaction,
  instanceId: string,
  id: string,
): Promise<OrganizationRow | null> {
  const [row] = await tx
    .select()
    .from(organizations)
    .where(and(eq(organizations.id, id), eq(organizations.instanceId, instanceId)))
    .for('update')
  return row ?? null
}

/** Writes an organization for browsers. Never with private metadata. */
export function toOrganizationJson(organization: Organization, instance: Instance): object {
  return {
    ...toPublicOrganizationJson(organization, instance),
    object: 'organization',
    public_metadata: organization.publicMetadata satisfies Metadata,
    members_count: organization.membersCount,
    pending_invitations_count: organization.pendingInvitationsCount,
    admin_delete_enabled: organization.isAdminDeleteEnabled,
    max_allowed_memberships: organization.maxAllowedMemberships,
    created_at: organization.createdAt,
    updated_at: organization.updatedAt,
  }
}

/** Writes an organization for the application's servers. */
export function toBackendOrganizationJson(
  organization: Organization,
  instance: Instance,
  { withMembersCount = false }: { readonly withMembersCount?: boolean } = {},
): object {
  const { members_count: _count, ...json } = toOrganizationJson(organization, instance) as {
    readonly members_count: number
  }
  return {
    ...json,
    private_metadata: organization.privateMetadata,
    created_by: organization.createdBy,
    ...(withMembersCount ? { members_count: organization.membersCount } : {}),
  }
}

/** Writes what those may see of an organization who are not in it yet. */
export function toPublicOrganizationJson(
  organization: OrganizationRow,
  instance: Instance,
): {
  readonly id: string
  readonly name: string
  readonly slug: string
  readonly image_url: string
  readonly has_image: boolean
} {
  const { id, name, slug, imageId } = organization
  return {
    id,
    name,
    slug,
    image_url: imageId === null ? initialsUrl(instance, id, [name]) : imageUrl(instance, imageId),
    has_image: imageId !== null,
  }
}
