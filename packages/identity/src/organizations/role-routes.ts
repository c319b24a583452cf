/** The endpoints with which the application's servers define roles. */

import { and, eq } from 'drizzle-orm'

import type { Queryable, Transaction } from '../database/database.ts'
import { transact } from '../database/transact.ts'
import type { BackendRoute, Call } from '../http/backend-route.ts'
import { ApiError, paramError } from '../http/errors.ts'
import { newId } from '../ids.ts'
import type { Services } from '../services.ts'
import { nextUpdate } from '../time.ts'
import { refuseWithoutOrganizations } from './access.ts'
import { findPermissions, pageOf, requirePermission } from './permission-routes.ts'
import { isElevated } from './permissions.ts'
import {
  ensureRoles,
  listRoles,
  permissionKeys,
  toRoleJson,
  type Permission,
  type Role,
} from './role.ts'
import {
  organizationInvitations,
  organizationMemberships,
  organizationRolePermissions,
  organizationRoles,
} from './tables.ts'

const ROLE_KEY = /^org:[a-z0-9_]{1,64}$/

/** How many an instance may have. */
export const MAX_ROLES = 50

/** The endpoints below `/v1/organization_roles`. */
export const roleBackendRoutes: readonly BackendRoute[] = [
  {
    method: 'GET',
    path: '/organization_roles',
    handle: async ({ database }, call) => {
      refuseWithoutOrganizations(call.instance)
      const roles = await listRoles(database, call.instance, call.now)
      return pageOf(call, roles, toRoleJson)
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
        await touch(tx, call, role)
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
        await touch(tx, call, role)
        return role.id
      }),
  },
]

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

async function requireRoleById(
  db: Queryable,
  call: Call,
  id = call.path['id'] ?? '',
): Promise<Role> {
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

/** Notes that a role has changed, though nothing of its own row has. */
async function touch(tx: Transaction, { now }: Call, { id, updatedAt }: Role): Promise<void> {
  await tx
    .update(organizationRoles)
    .set({ updatedAt: nextUpdate(updatedAt, now) })
    .where(eq(organizationRoles.id, id))
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
