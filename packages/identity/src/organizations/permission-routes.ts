/** The endpoints with which the application's servers define permissions. */

import { and, asc, desc, eq, inArray } from 'drizzle-orm'

import type { Queryable } from '../database/database.ts'
import { transact } from '../database/transact.ts'
import type { BackendRoute, Call } from '../http/backend-route.ts'
import { ApiError, paramError } from '../http/errors.ts'
import { readPage } from '../http/paging.ts'
import { newId } from '../ids.ts'
import { refuseWithoutOrganizations } from './access.ts'
import { isSystemPermission } from './permissions.ts'
import { ensureRoles, toPermissionJson, type Permission, type Role } from './role.ts'
import { organizationPermissions } from './tables.ts'

const PERMISSION_KEY = /^org:[a-z0-9_]{1,64}:[a-z0-9_]{1,64}$/

/** How many an instance may have: a token carries what a role permits. */
export const MAX_PERMISSIONS = 200

/** The endpoints below `/v1/organization_permissions`. */
export const permissionBackendRoutes: readonly BackendRoute[] = [
  {
    method: 'GET',
    path: '/organization_permissions',
    handle: async ({ database }, call) => {
      refuseWithoutOrganizations(call.instance)
      await ensureRoles(database, call.instance, call.now)
      const rows = await database
        .select()
        .from(organizationPermissions)
        .where(eq(organizationPermissions.instanceId, call.instance.id))
        .orderBy(asc(organizationPermissions.createdAt), desc(organizationPermissions.id))
      return pageOf(call, rows, toPermissionJson)
    },
  },
  {
    method: 'POST',
    path: '/organization_permissions',
    event: 'organization_permission.created',
    handle: ({ database }, call) =>
      transact(database, async (tx) => {
        const { instance, body, now } = call
        refuseWithoutOrganizations(instance)
        await ensureRoles(tx, instance, now)
        const key = readPermissionKey(body.required('key', 256))
        const known = await tx
          .select({ id: organizationPermissions.id })
          .from(organizationPermissions)
          .where(eq(organizationPermissions.instanceId, instance.id))
        if (known.length >= MAX_PERMISSIONS) throw new ApiError('quota_exceeded')
        const [permission] = await tx
          .insert(organizationPermissions)
          .values({
            id: newId('perm', now),
            instanceId: instance.id,
            key,
            name: body.required('name', 256),
            description: body.text('description', 1024),
            type: 'user',
            createdAt: now,
            updatedAt: now,
          })
          .onConflictDoNothing()
          .returning()
        if (permission === undefined) throw paramError('form_identifier_exists', 'key')
        return toPermissionJson(permission)
      }),
  },
  {
    method: 'GET',
    path: '/organization_permissions/:id',
    handle: async ({ database }, call) => {
      refuseWithoutOrganizations(call.instance)
      return toPermissionJson(await requirePermission(database, call, 'id'))
    },
  },
  {
    method: 'PATCH',
    path: '/organization_permissions/:id',
    event: 'organization_permission.updated',
    handle: ({ database }, call) =>
      transact(database, async (tx) => {
        const { body, now } = call
        refuseWithoutOrganizations(call.instance)
        const permission = await requirePermission(tx, call, 'id')
        refuseSystem(permission)
        const key = body.text('key', 256)
        const name = body.text('name', 256)
        if (key !== null && key !== permission.key) {
          const [taken] = await tx
            .select({ id: organizationPermissions.id })
            .from(organizationPermissions)
            .where(
              and(
                eq(organizationPermissions.instanceId, call.instance.id),
                eq(organizationPermissions.key, readPermissionKey(key)),
              ),
            )
          if (taken !== undefined) throw paramError('form_identifier_exists', 'key')
        }
        const [changed] = await tx
          .update(organizationPermissions)
          .set({
            ...(key === null ? {} : { key }),
            ...(name === null ? {} : { name }),
            ...(body.has('description') ? { description: body.text('description', 1024) } : {}),
            updatedAt: Math.max(now, permission.updatedAt + 1),
          })
          .where(eq(organizationPermissions.id, permission.id))
          .returning()
        return toPermissionJson(changed ?? permission)
      }),
  },
  {
    method: 'DELETE',
    path: '/organization_permissions/:id',
    event: 'organization_permission.deleted',
    handle: ({ database }, call) =>
      transact(database, async (tx) => {
        refuseWithoutOrganizations(call.instance)
        const permission = await requirePermission(tx, call, 'id')
        refuseSystem(permission)
        await tx
          .delete(organizationPermissions)
          .where(eq(organizationPermissions.id, permission.id))
        return { object: 'permission', id: permission.id, deleted: true }
      }),
  },
]

const ORDER = /^([-+ ]?)(created_at|name|key)$/

/** The part of a list of roles or permissions that is asked for. There are so few that none of it is left to the database. */
export function pageOf<T extends Role | Permission>(
  { query }: Call,
  rows: readonly T[],
  write: (row: T) => object,
): object {
  const { limit, offset } = readPage(query)
  const words = query.text('query')?.toLowerCase() ?? ''
  const found = rows.filter(({ key, name }) => `${key} ${name}`.toLowerCase().includes(words))
  const [, sign, field] = ORDER.exec(query.text('order_by') ?? '-created_at') ?? []
  if (field === undefined) throw paramError('form_param_value_invalid', 'order_by')
  // Rows come in the order in which they were made.
  const by = field === 'name' || field === 'key' ? field : null
  const ordered = by === null ? found : found.toSorted((a, b) => (a[by] < b[by] ? -1 : 1))
  const part = (sign === '-' ? ordered.toReversed() : ordered).slice(offset, offset + limit)
  return { data: part.map(write), total_count: found.length }
}

/**
 * Finds the permission that a part of the path names.
 *
 * @throws {ApiError} `resource_not_found`
 */
export async function requirePermission(
  db: Queryable,
  call: Call,
  name: string,
): Promise<Permission> {
  const [permission] = await selectPermissions(db, call, [call.path[name] ?? ''])
  if (permission === undefined) throw new ApiError('resource_not_found')
  return permission
}

/**
 * Finds permissions of an instance.
 *
 * @throws {ApiError} `form_param_value_invalid` if one of them is not there
 */
export async function findPermissions(
  db: Queryable,
  call: Call,
  ids: readonly string[],
): Promise<Permission[]> {
  const unique = [...new Set(ids)]
  if (unique.length === 0) return []
  const rows = await selectPermissions(db, call, unique)
  if (rows.length < unique.length) throw paramError('form_param_value_invalid', 'permissions')
  return rows
}

function selectPermissions(
  db: Queryable,
  { instance }: Call,
  ids: readonly string[],
): Promise<Permission[]> {
  return db
    .select()
    .from(organizationPermissions)
    .where(
      and(
        eq(organizationPermissions.instanceId, instance.id),
        inArray(organizationPermissions.id, [...ids]),
      ),
    )
}

function readPermissionKey(key: string): string {
  if (!PERMISSION_KEY.test(key) || isSystemPermission(key)) {
    throw paramError('form_param_format_invalid', 'key')
  }
  return key
}

function refuseSystem(permission: Permission): void {
  if (permission.type === 'system') throw new ApiError('resource_forbidden')
}
