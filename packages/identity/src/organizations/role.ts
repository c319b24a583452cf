import { and, asc, eq, inArray } from 'drizzle-orm'

import type { Queryable } from '../database/database.ts'
import { paramError } from '../http/errors.ts'
import { newId } from '../ids.ts'
import type { Instance } from '../instances/instance.ts'
import { DEFAULT_ROLES, SYSTEM_PERMISSIONS, isElevated } from './permissions.ts'
import {
  organizationPermissions,
  organizationRolePermissions,
  organizationRoles,
} from './tables.ts'

/** A permission, as it is stored. */
export type Permission = typeof organizationPermissions.$inferSelect

/** A role with what it permits, in the order of the keys. */
export interface Role extends Readonly<typeof organizationRoles.$inferSelect> {
  readonly permissions: readonly Permission[]
}

/**
 * Gives an instance the roles it begins with, unless it has some. Any number of requests may do this at
 * once.
 */
export async function ensureRoles(db: Queryable, instance: Instance, now: number): Promise<void> {
  const ofInstance = eq(organizationRoles.instanceId, instance.id)
  const known = await db.select().from(organizationRoles).where(ofInstance).limit(1)
  if (known.length > 0) return
  await db.transaction(async (tx) => {
    await tx
      .insert(organizationPermissions)
      .values(
        Object.entries(SYSTEM_PERMISSIONS).map(([key, name], index) => ({
          id: newId('perm', now),
          instanceId: instance.id,
          key,
          name,
          type: 'system' as const,
          createdAt: now + index,
          updatedAt: now + index,
        })),
      )
      .onConflictDoNothing()
    const permissions = await tx
      .select()
      .from(organizationPermissions)
      .where(eq(organizationPermissions.instanceId, instance.id))
    const roles = await tx
      .insert(organizationRoles)
      .values(
        DEFAULT_ROLES.map(({ key, name }, index) => ({
          id: newId('role', now),
          instanceId: instance.id,
          key,
          name,
          createdAt: now + index,
          updatedAt: now + index,
        })),
      )
      .onConflictDoNothing()
      .returning()
    const links = roles.flatMap((role) => {
      const keys: readonly string[] = DEFAULT_ROLES.find(({ key }) => key === role.key)!.permissions
      return permissions
        .filter(({ key }) => keys.includes(key))
        .map(({ id }) => ({ roleId: role.id, permissionId: id }))
    })
    if (links.length > 0) await tx.insert(organizationRolePermissions).values(links)
  })
}

/** Lists the roles of an instance, oldest first. There are few. */
export async function listRoles(db: Queryable, instance: Instance, now: number): Promise<Role[]> {
  await ensureRoles(db, instance, now)
  const rows = await db
    .select()
    .from(organizationRoles)
    .where(eq(organizationRoles.instanceId, instance.id))
    .orderBy(asc(organizationRoles.createdAt), asc(organizationRoles.id))
  const links = await db
    .select({ roleId: organizationRolePermissions.roleId, permission: organizationPermissions })
    .from(organizationRolePermissions)
    .innerJoin(
      organizationPermissions,
      eq(organizationPermissions.id, organizationRolePermissions.permissionId),
    )
    .where(
      and(
        eq(organizationPermissions.instanceId, instance.id),
        inArray(
          organizationRolePermissions.roleId,
          rows.map(({ id }) => id),
        ),
      ),
    )
    .orderBy(asc(organizationPermissions.key))
  return rows.map((row) => ({
    ...row,
    permissions: links.filter(({ roleId }) => roleId === row.id).map((link) => link.permission),
  }))
}

/**
 * Finds a role by its key.
 *
 * @throws {ApiError} `form_param_value_invalid`
 */
export async function requireRole(
  db: Queryable,
  instance: Instance,
  key: string,
  now: number,
  paramName = 'role',
): Promise<Role> {
  const role = (await listRoles(db, instance, now)).find((it) => it.key === key)
  if (role === undefined) throw paramError('form_param_value_invalid', paramName)
  return role
}

/** The keys of what a role permits. */
export function permissionKeys(role: Role): string[] {
  return role.permissions.map(({ key }) => key)
}

/** Writes a role. */
export function toRoleJson(role: Role): object {
  return {
    object: 'role',
    id: role.id,
    key: role.key,
    name: role.name,
    description: role.description,
    permissions: role.permissions.map(toPermissionJson),
    is_creator_eligible: isElevated(permissionKeys(role)),
    created_at: role.createdAt,
    updated_at: role.updatedAt,
  }
}

/** Writes a permission. */
export function toPermissionJson(permission: Permission): object {
  return {
    object: 'permission',
    id: permission.id,
    key: permission.key,
    name: permission.name,
    description: permission.description,
    type: permission.type,
    created_at: permission.createdAt,
    updated_at: permission.updatedAt,
  }
}
