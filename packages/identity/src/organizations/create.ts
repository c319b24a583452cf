import type { Metadata } from '@core/protocol'
import { and, count, eq } from 'drizzle-orm'

import type { Transaction } from '../database/database.ts'
import { ApiError, paramError } from '../http/errors.ts'
import { newId } from '../ids.ts'
import type { Instance } from '../instances/instance.ts'
import { newCode } from '../secrets.ts'
import { lockUser } from '../users/user.ts'
import { addMember } from './members.ts'
import { deriveSlug } from './names.ts'
import { requireRole } from './role.ts'
import { organizations } from './tables.ts'

/** What an organization is made of. */
export interface NewOrganization {
  readonly name: string
  /** Absent: one is made of the name, and then made unique. */
  readonly slug: string | null
  /** Who looks after it. Absent: nobody yet. */
  readonly createdBy: string | null
  /** 0: no limit; absent: the instance's. */
  readonly maxAllowedMemberships?: number | null
  readonly publicMetadata?: Metadata
  readonly privateMetadata?: Metadata
  readonly createdAt?: number
}

/** How many slugs are tried before a name counts as taken. */
const ATTEMPTS = 5

/**
 * Creates an organization, with its creator as the first member. Returns its id.
 *
 * @throws {ApiError} `form_identifier_exists`, `organization_creator_not_found`
 */
export async function createOrganization(
  tx: Transaction,
  instance: Instance,
  input: NewOrganization,
  now: number,
): Promise<string> {
  const { settings } = instance
  const { createdBy } = input
  if (createdBy !== null && (await lockUser(tx, instance.id, createdBy)) === null) {
    throw new ApiError('organization_creator_not_found')
  }
  const id = newId('org', now)
  const candidates = input.slug === null ? slugsFor(input.name) : [input.slug]
  let isInserted = false
  for (const slug of candidates) {
    const rows = await tx
      .insert(organizations)
      .values({
        id,
        instanceId: instance.id,
        name: input.name,
        slug,
        publicMetadata: input.publicMetadata ?? {},
        privateMetadata: input.privateMetadata ?? {},
        maxAllowedMemberships: input.maxAllowedMemberships ?? settings.organization_max_memberships,
        isAdminDeleteEnabled: settings.organization_admin_delete,
        createdBy,
        createdAt: input.createdAt ?? now,
        updatedAt: now,
      })
      .onConflictDoNothing()
      .returning({ id: organizations.id })
    isInserted = rows.length > 0
    if (isInserted) break
  }
  if (!isInserted) throw paramError('form_identifier_exists', 'slug')
  if (createdBy !== null) {
    const role = await requireRole(tx, instance, settings.organization_creator_role, now)
    await addMember(
      tx,
      instance,
      { organizationId: id, userId: createdBy },
      { roleId: role.id },
      now,
    )
  }
  return id
}

/**
 * Refuses a user who may not create an organization, or no further one. The user is locked, so that two
 * requests at once are counted one after the other.
 *
 * @throws {ApiError} `authentication_invalid`, `resource_forbidden`, `quota_exceeded`
 */
export async function refuseCreation(
  tx: Transaction,
  instance: Instance,
  userId: string,
): Promise<void> {
  const user = await lockUser(tx, instance.id, userId)
  if (user === null) throw new ApiError('authentication_invalid')
  if (!instance.settings.create_organization || !user.canCreateOrganizations) {
    throw new ApiError('resource_forbidden')
  }
  const limit = user.organizationsLimit ?? instance.settings.organizations_per_user
  if (limit === 0) return
  const [created] = await tx
    .select({ count: count() })
    .from(organizations)
    .where(and(eq(organizations.instanceId, instance.id), eq(organizations.createdBy, userId)))
  if ((created?.count ?? 0) >= limit) throw new ApiError('quota_exceeded')
}

function slugsFor(name: string): string[] {
  const slug = deriveSlug(name)
  return [slug, ...Array.from({ length: ATTEMPTS }, () => `${slug}-${newCode()}`)]
}
