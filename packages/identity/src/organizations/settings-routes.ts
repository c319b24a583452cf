/** The endpoints with which the application's servers set what organizations are like. */

import type { Queryable } from '../database/database.ts'
import type { BackendRoute, Call } from '../http/backend-route.ts'
import { ApiError } from '../http/errors.ts'
import { changeSettings } from '../instances/change.ts'
import type { Settings } from '../instances/settings.ts'
import type { Services } from '../services.ts'
import { MAX_PERMISSIONS } from './permission-routes.ts'
import { isElevated } from './permissions.ts'
import { MAX_ROLES } from './role-routes.ts'
import { listRoles, permissionKeys, requireRole, type Role } from './role.ts'

/** The endpoints of `/v1/instance/organization_settings`. */
export const organizationSettingsBackendRoutes: readonly BackendRoute[] = [
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

async function roleByIdOrKey(
  db: Queryable,
  call: Call,
  text: string,
  paramName: string,
): Promise<Role> {
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
