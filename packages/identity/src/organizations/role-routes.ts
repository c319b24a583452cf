/** The endpoints with which the application's servers define roles and permissions. */

import { and, asc, desc, eq, inArray } from 'drizzle-orm'

import type { Transaction } from '../database/database.ts'
import { transact } from '../database/transact.ts'
import type { BackendRoute, Call } from '../http/backend-route.ts'
import { ApiError, paramError } from '../http/errors.ts'
import { readPage } from '../http/paging.ts'
import { newId } from '../ids.ts'
import { changeSettings } from '../instances/change.ts'
import type { Settings } from '../instances/settings.ts'
import type { Services } from '../services.ts'
import { refuseWithoutOrganizations } from './access.ts'
import { isElevated, isSystemPermission } from './permissions.ts'
import {
  ensureRoles,
  listRoles,
  permissionKeys,
  requireRole,
  toPermissionJson,
  toRoleJson,
  type Permission,
  type Role,
} from './role.ts'
import {
  organizationInvitations,
  organizationMemberships,
  organizationPermissions,
  organizationRolePermissions,
  organizationRoles,
} from './tables.ts'

const ROLE_KEY = /^org:[a-z0-9_]{1,64}$/
const PERMISSION_KEY = /^org:[a-z0-9_]{1,64}:[a-z0-9_]{1,64}$/

/** How many of each an instance may have: a token carries what a role permits. */
const MAX_ROLES = 50
const MAX_PERMISSIONS = 200

/** The endpoints below `/v1/organization_roles`, `/v1/organization_permissions` and of the settings. */
export const roleBackendRoutes: readonly BackendRoute[] = [
  {
    method: 'GET',
    path: '/organization_roles',
    handle: async ({ database }, call) => {
      refuseWithoutOrganizations(call.instance)
      const roles = await listRoles(database, call.instance, call.now)
      return page(call, roles, toRoleJson)
    },
  },
  {
    method: 'POST',
    path: '/organization_roles',
    event: 'organization_role.created',
    handle: (services, call) =>
      change(services, call, async (tx) => {
        const { instance, body, now } = call
        const key = body.required('key', 256)
        if (!ROLE_KEY.test(key)) throw paramError('form_param_format_invalid', 'key')
        const roles = await listRoles(tx, instance, now)
        if (roles.length >= MAX_ROLES) throw new ApiError('quota_exceeded')
        const permissions = await findPermissions(tx, call, body.list('permissions'))
        const [role] = await tx
          .insert(organizationRoles)
          .values({
            id: newId('role', now),
            instanceId: instance.id,
            key,
            name: body.required('name', 256),
            description: body.text('description', 1024),
            createdAt: now,
            updatedAt: now,
          })
          .onConflictDoNothing()
          .returning()
        if (role === undefined) throw paramError('form_identifier_exists', 'key')
        await link(tx, role.id, permissions)
        return role.id
      }),
  },
  {
    method: 'GET',
    path: '/organization_roles/:id',
    handle: async ({ database }, call) => {
      refuseWithoutOrganizations(call.instance)
      return toRoleJson(await requireRoleById(database, call))
    },
  },
  {
    method: 'PATCH',
    path: '/organization_roles/:id',
    event: 'organization_role.updated',
    handle: (services, call) =>
      change(services, call, async (tx) => {
        const { body } = call
        const role = await claimRole(tx, call)
        const key = body.text('key', 256)
        if (key !== null && !ROLE_KEY.test(key))
          throw paramError('form_param_format_invalid', 'key')
        // Settings name roles by their keys.
        if (key !== null && key !== role.key) refuseNamed(call, role)
        const [taken] =
          key === null || key === role.key
            ? []
            : (await listRoles(tx, call.instance, call.now)).filter((it) => it.key === key)
        if (taken !== undefined) throw paramError('form_identifier_exists', 'key')
        const name = body.text('name', 256)
        await tx
          .update(organizationRoles)
          .set({
            ...(key === null ? {} : { key }),
            ...(name === null ? {} : { name }),
            ...(body.has('description') ? { description: body.text('description', 1024) } : {}),
            updatedAt: Math.max(call.now, role.updatedAt + 1),
          })
          .where(eq(organizationRoles.id, role.id))
        if (body.has('permissions')) {
          const permissions = await findPermissions(tx, call, body.list('permissions'))
          await refuseLoss(tx, call, role, permissions)
          await tx
            .delete(organizationRolePermissions)
            .where(eq(organizationRolePermissions.roleId, role.id))
          await link(tx, role.id, permissions)
        }
        return role.id
      }),
  },
  {
    method: 'DELETE',
    path: '/organization_roles/:id',
    event: 'organization_role.deleted',
    handle: ({ database }, call) =>
      transact(database, async (tx) => {
        refuseWithoutOrganizations(call.instance)
        const role = await claimRole(tx, call)
        refuseNamed(call, role)
        if (await isInUse(tx, role)) throw new ApiError('resource_in_use')
        // Invitations that are over go with it; those that wait were counted above.
        await tx.delete(organizationInvitations).where(eq(organizationInvitations.roleId, role.id))
        await tx.delete(organizationRoles).where(eq(organizationRoles.id, role.id))
        return { object: 'role', id: role.id, deleted: true }
      }),
  },
  {
    method: 'POST',
    path: '/organization_roles/:id/permissions/:permissionId',
    event: 'organization_role.updated',
    handle: (services, call) =>
      change(services, call, async (tx) => {
        const role = await claimRole(tx, call)
        await link(tx, role.id, [await requirePermission(tx, call, 'permissionId')])
        return role.id
      }),
  },
  {
    method: 'DELETE',
    path: '/organization_roles/:id/permissions/:permissionId',
    event: 'organization_role.updated',
    handle: (services, call) =>
      change(services, call, async (tx) => {
        const role = await claimRole(tx, call)
        const permission = await requirePermission(tx, call, 'permissionId')
        const rest = role.permissions.filter(({ id }) => id !== permission.id)
        await refuseLoss(tx, call, role, rest)
        await tx
          .delete(organizationRolePermissions)
          .where(
            and(
              eq(organizationRolePermissions.roleId, role.id),
              eq(organizationRolePermissions.permissionId, permission.id),
            ),
          )
        return role.id
      }),
  },
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
      return page(call, rows, toPermissionJson)
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
  {
    method: 'GET',
    path: '/instance/organization_settings',
    handle: async (_services, { instance }) => toSettingsJson(instance.settings),
  },
  {
    method: 'PATCH',
    path: '/instance/organization_settings',
    event: 'instance.updated',
    handle: changeOrganizationSettings,
  },
]

type Db = Parameters<typeof listRoles>[0]

const ORDER = /^([-+ ]?)(created_at|name|key)$/

/** The part of a list that is asked for. There are so few that none of it is left to the database. */
function page<T extends Role | Permission>(
  { query }: Call,
  rows: readonly T[],
  write: (row: T) => object,
): object {
  const { limit, offset } = readPage(query)
  const words = query.text('query')?.toLowerCase() ?? ''
  const found = rows.filter(({ key, name }) => `${key} ${name}`.toLowerCase().includes(words))
  const [, sign, field] = ORDER.exec(query.text('order_by') ?? 'created_at') ?? []
  if (field === undefined) throw paramError('form_param_value_invalid', 'order_by')
  // Rows come in the order in which they were made.
  const by = field === 'name' || field === 'key' ? field : null
  const ordered = by === null ? found : found.toSorted((a, b) => (a[by] < b[by] ? -1 : 1))
  const page = (sign === '-' ? ordered.toReversed() : ordered).slice(offset, offset + limit)
  return { data: page.map(write), total_count: found.length }
}

async function change(
  { database }: Services,
  call: Call,
  act: (tx: Transaction) => Promise<string>,
): Promise<object> {
  refuseWithoutOrganizations(call.instance)
  const role = await transact(database, async (tx) => {
    await ensureRoles(tx, call.instance, call.now)
    const id = await act(tx)
    return requireRoleById(tx, call, id)
  })
  return toRoleJson(role)
}

async function requireRoleById(db: Db, call: Call, id = call.path['id'] ?? ''): Promise<Role> {
  const role = (await listRoles(db, call.instance, call.now)).find((it) => it.id === id)
  if (role === undefined) throw new ApiError('resource_not_found')
  return role
}

/** Locks a role, so that nobody is given it while it changes. */
async function claimRole(tx: Transaction, call: Call): Promise<Role> {
  const { id } = await requireRoleById(tx, call)
  await tx.select().from(organizationRoles).where(eq(organizationRoles.id, id)).for('update')
  return requireRoleById(tx, call)
}

async function requirePermission(db: Db, call: Call, name: string): Promise<Permission> {
  const [permission] = await findPermissions(db, call, [call.path[name] ?? '']).catch(() => [])
  if (permission === undefined) throw new ApiError('resource_not_found')
  return permission
}

async function findPermissions(db: Db, call: Call, ids: readonly string[]): Promise<Permission[]> {
  const unique = [...new Set(ids)]
  if (unique.length === 0) return []
  const rows = await db
    .select()
    .from(organizationPermissions)
    .where(
      and(
        eq(organizationPermissions.instanceId, call.instance.id),
        inArray(organizationPermissions.id, unique),
      ),
    )
  if (rows.length < unique.length) throw paramError('form_param_value_invalid', 'permissions')
  return rows
}

async function link(
  tx: Transaction,
  roleId: string,
  permissions: readonly Permission[],
): Promise<void> {
  if (permissions.length === 0) return
  await tx
    .insert(organizationRolePermissions)
    .values(permissions.map(({ id }) => ({ roleId, permissionId: id })))
    .onConflictDoNothing()
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

/** Refuses to do away with a role that a setting names. */
function refuseNamed({ instance: { settings } }: Call, role: Role): void {
  const named = [settings.organization_creator_role, settings.organization_domain_default_role]
  if (named.includes(role.key)) throw new ApiError('resource_in_use')
}

/** Refuses to leave organizations unattended by taking from a role what looking after them needs. */
async function refuseLoss(
  tx: Transaction,
  call: Call,
  role: Role,
  permissions: readonly Permission[],
): Promise<void> {
  if (!isElevated(permissionKeys(role)) || isElevated(permissions.map(({ key }) => key))) return
  const isCreator = role.key === call.instance.settings.organization_creator_role
  if (isCreator || (await isInUse(tx, role))) {
    throw new ApiError('organization_missing_creator_role_permissions')
  }
}

async function isInUse(tx: Transaction, role: Role): Promise<boolean> {
  const members = await tx
    .select({ id: organizationMemberships.id })
    .from(organizationMemberships)
    .where(eq(organizationMemberships.roleId, role.id))
    .limit(1)
  const invited = await tx
    .select({ id: organizationInvitations.id })
    .from(organizationInvitations)
    .where(
      and(
        eq(organizationInvitations.roleId, role.id),
        eq(organizationInvitations.status, 'pending'),
      ),
    )
    .limit(1)
  return members.length + invited.length > 0
}

async function changeOrganizationSettings(services: Services, call: Call): Promise<object> {
  const { instance, body, now } = call
  const { database } = services
  const flags = {
    enabled: 'organizations',
    admin_delete_enabled: 'organization_admin_delete',
    domains_enabled: 'organization_domains',
  } as const
  const changes: Record<string, unknown> = {}
  for (const [name, setting] of Object.entries(flags)) {
    const value = body.flag(name)
    if (value !== null) changes[setting] = value
  }
  const maximum = body.integer('max_allowed_memberships', 0, 1_000_000)
  if (maximum !== null) changes['organization_max_memberships'] = maximum
  if (body.has('domains_enrollment_modes')) {
    changes['organization_domain_enrollment_modes'] = body.list('domains_enrollment_modes')
  }
  for (const [name, setting] of [
    ['creator_role_id', 'organization_creator_role'],
    ['domains_default_role_id', 'organization_domain_default_role'],
  ] as const) {
    const given = body.text(name, 256)
    if (given === null) continue
    const role = await roleByIdOrKey(database, call, given, name)
    if (name === 'creator_role_id' && !isElevated(permissionKeys(role))) {
      throw new ApiError('organization_missing_creator_role_permissions')
    }
    changes[setting] = role.key
  }
  return toSettingsJson(
    await changeSettings(database, instance, changes, 'domains_enrollment_modes', now),
  )
}

async function roleByIdOrKey(db: Db, call: Call, text: string, paramName: string): Promise<Role> {
  const roles = await listRoles(db, call.instance, call.now)
  return (
    roles.find(({ id }) => id === text) ??
    (await requireRole(db, call.instance, text, call.now, paramName))
  )
}

function toSettingsJson(settings: Settings): object {
  return {
    object: 'organization_settings',
    enabled: settings.organizations,
    max_allowed_memberships: settings.organization_max_memberships,
    max_allowed_roles: MAX_ROLES,
    max_allowed_permissions: MAX_PERMISSIONS,
    creator_role: settings.organization_creator_role,
    admin_delete_enabled: settings.organization_admin_delete,
    domains_enabled: settings.organization_domains,
    slug_disabled: false,
    domains_enrollment_modes: settings.organization_domain_enrollment_modes,
    domains_default_role: settings.organization_domain_default_role,
  }
}
