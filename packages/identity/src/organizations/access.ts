import type { Queryable } from '../database/database.ts'
import { ApiError } from '../http/errors.ts'
import type { Visit } from '../http/visit.ts'
import type { Instance } from '../instances/instance.ts'
import { findActingSession } from '../sessions/acting.ts'
import type { Session } from '../sessions/session.ts'
import { findMembership, type Membership } from './membership.ts'
import { mayGrant, type SystemPermission } from './permissions.ts'
import { permissionKeys, requireRole, type Role } from './role.ts'

/** Somebody who may do what they ask. */
export interface Access {
  readonly session: Session
  readonly membership: Membership
}

/**
 * Refuses everything about organizations where an instance has none.
 *
 * @throws {ApiError} `organization_not_enabled_in_instance`
 */
export function refuseWithoutOrganizations(instance: Instance): void {
  if (!instance.settings.organizations) {
    throw new ApiError('organization_not_enabled_in_instance')
  }
}

/**
 * Finds out whether whoever asks may do this in the organization that the path names. Others cannot tell
 * an organization they are not in from one there is not.
 *
 * @throws {ApiError} `organization_not_enabled_in_instance`, `authentication_invalid`,
 * `organization_not_found_or_unauthorized`, `missing_organization_permission`
 */
export async function requireAccess(
  db: Queryable,
  visit: Visit,
  permission: SystemPermission | null,
): Promise<Access> {
  const { instance, path, now } = visit
  refuseWithoutOrganizations(instance)
  const session = await findActingSession(db, visit)
  const id = path['id'] ?? ''
  const membership = await findMembership(db, instance.id, id, session.userId, now)
  if (membership === null) throw new ApiError('organization_not_found_or_unauthorized')
  if (permission !== null && !membership.permissions.includes(permission)) {
    throw new ApiError('missing_organization_permission')
  }
  return { session, membership }
}

/**
 * Finds the role that a request names, if whoever asks may hand it out.
 *
 * @throws {ApiError} `form_param_value_invalid`, `missing_organization_permission`
 */
export async function requireGrantableRole(
  db: Queryable,
  visit: Visit,
  { membership }: Access,
): Promise<Role> {
  const role = await requireRole(db, visit.instance, visit.body.required('role', 256), visit.now)
  if (!mayGrant(membership.permissions, permissionKeys(role))) {
    throw new ApiError('missing_organization_permission')
  }
  return role
}
