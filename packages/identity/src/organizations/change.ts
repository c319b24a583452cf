/** What both APIs change about an organization. */

import { and, eq, sql } from 'drizzle-orm'

import type { Transaction } from '../database/database.ts'
import { sessions } from '../database/schema.ts'
import { ApiError, paramError } from '../http/errors.ts'
import type { Params } from '../http/params.ts'
import { deleteImage } from '../images/image.ts'
import type { Instance } from '../instances/instance.ts'
import { nextUpdate } from '../time.ts'
import { parseOrganizationName, parseSlug } from './names.ts'
import { lockOrganization, type OrganizationRow } from './organization.ts'
import { organizations } from './tables.ts'

/**
 * Writes changes of an organization, whose lock is taken here.
 *
 * @throws {ApiError} `organization_not_found_or_unauthorized`, `form_identifier_exists`
 */
export async function changeOrganization(
  tx: Transaction,
  instance: Instance,
  id: string,
  decide: (
    organization: OrganizationRow,
  ) => Partial<OrganizationRow> | Promise<Partial<OrganizationRow>>,
  now: number,
): Promise<void> {
  const organization = await lockOrganization(tx, instance.id, id)
  if (organization === null) throw new ApiError('organization_not_found_or_unauthorized')
  const changes = await decide(organization)
  await refuseTaken(tx, organization, changes.slug)
  await tx
    .update(organizations)
    .set({ ...changes, updatedAt: nextUpdate(organization.updatedAt, now) })
    .where(eq(organizations.id, organization.id))
  // A picture belongs to one organization; nobody else shows it.
  if (changes.imageId !== undefined && organization.imageId !== null) {
    await deleteImage(tx, instance.id, organization.imageId)
  }
}

/** What an event says of a picture that was changed. */
export const LOGO = { fields: ['logo'] } as const

/** Looked up first, so that the constraint's error stays the rare case. */
async function refuseTaken(
  tx: Transaction,
  organization: OrganizationRow,
  slug: string | undefined,
): Promise<void> {
  if (slug === undefined || slug === organization.slug) return
  const [owner] = await tx
    .select({ id: organizations.id })
    .from(organizations)
    .where(and(eq(organizations.instanceId, organization.instanceId), eq(organizations.slug, slug)))
  if (owner !== undefined) throw paramError('form_identifier_exists', 'slug')
}

/** Reads the name and the slug that a request gives. */
export function readNames(body: Params): Partial<Pick<OrganizationRow, 'name' | 'slug'>> {
  const slug = body.text('slug', 256)
  return {
    ...(body.has('name') ? { name: parseOrganizationName(body.required('name', 1024)) } : {}),
    // Empty means that nothing was typed, not that there shall be none.
    ...(slug === null ? {} : { slug: parseSlug(slug) }),
  }
}

/**
 * Deletes an organization with its memberships, invitations and domains. Whoever acted in it acts as
 * themselves from their next token on.
 *
 * @throws {ApiError} `organization_not_found_or_unauthorized`
 */
export async function deleteOrganization(
  tx: Transaction,
  instance: Instance,
  id: string,
  now: number,
): Promise<OrganizationRow> {
  const organization = await lockOrganization(tx, instance.id, id)
  if (organization === null) throw new ApiError('organization_not_found_or_unauthorized')
  await tx.delete(organizations).where(eq(organizations.id, organization.id))
  if (organization.imageId !== null) await deleteImage(tx, instance.id, organization.imageId)
  await tx
    .update(sessions)
    .set({
      lastActiveOrganizationId: null,
      updatedAt: sql`greatest(${now}::bigint, ${sessions.updatedAt} + 1)`,
    })
    .where(
      and(
        eq(sessions.instanceId, instance.id),
        eq(sessions.lastActiveOrganizationId, organization.id),
      ),
    )
  return organization
}

/** Writes what is left of a deleted organization. */
export function toDeletedJson({ id, slug }: OrganizationRow): object {
  return { object: 'organization', id, slug, deleted: true }
}
