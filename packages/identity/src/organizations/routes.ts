/** The endpoints of organizations that browsers use. What each one asks for is in its first line. */

import { and, eq, inArray, type SQL } from 'drizzle-orm'

import { record } from '../audit/record.ts'
import { transact } from '../database/transact.ts'
import { ApiError } from '../http/errors.ts'
import { readPage } from '../http/paging.ts'
import { containing, type Params } from '../http/params.ts'
import type { FrontendRoute } from '../http/route.ts'
import type { Visit } from '../http/visit.ts'
import { storeImage } from '../images/image.ts'
import type { Services } from '../services.ts'
import { findActingSession } from '../sessions/acting.ts'
import { refuseWithoutOrganizations, requireAccess, requireGrantableRole } from './access.ts'
import { LOGO, changeOrganization, deleteOrganization, readNames, toDeletedJson } from './change.ts'
import { createOrganization, refuseCreation } from './create.ts'
import { addMember, changeRole, removeMember } from './members.ts'
import {
  countMemberships,
  findMembership,
  findMemberships,
  matchesPerson,
  toMembershipJson,
  writeMemberships,
} from './membership.ts'
import { parseOrganizationName } from './names.ts'
import { findOrganization, toOrganizationJson } from './organization.ts'
import { mayGrant } from './permissions.ts'
import { listRoles, toRoleJson } from './role.ts'
import { organizationMemberships, organizationRoles } from './tables.ts'

/** The endpoints below `/v1/organizations`, and what a user belongs to. */
export const organizationRoutes: readonly FrontendRoute[] = [
  {
    method: 'POST',
    path: '/organizations',
    event: 'organization.created',
    reply: 'envelope',
    handle: async (services, visit) => {
      const { instance, body, now } = visit
      refuseWithoutOrganizations(instance)
      const { slug = null } = readNames(body)
      const name = parseOrganizationName(body.required('name', 1024))
      const id = await transact(services.database, async (tx) => {
        const { userId } = await findActingSession(tx, visit)
        await refuseCreation(tx, instance, userId)
        return createOrganization(tx, instance, { name, slug, createdBy: userId }, now)
      })
      return readOrganization(services, visit, id)
    },
  },
  {
    method: 'GET',
    path: '/organizations/:id',
    reply: 'envelope',
    handle: async (services, visit) => {
      const { membership } = await requireAccess(services.database, visit, null)
      return toOrganizationJson(membership.organization, visit.instance)
    },
  },
  {
    method: 'PATCH',
    path: '/organizations/:id',
    event: 'organization.updated',
    reply: 'envelope',
    handle: async (services, visit) => {
      await transact(services.database, async (tx) => {
        await requireAccess(tx, visit, 'org:sys_profile:manage')
        const names = readNames(visit.body)
        await changeOrganization(tx, visit.instance, idOf(visit), () => names, visit.now)
      })
      return readOrganization(services, visit, idOf(visit))
    },
  },
  {
    method: 'DELETE',
    path: '/organizations/:id',
    event: 'organization.deleted',
    reply: 'envelope',
    handle: (services, visit) =>
      transact(services.database, async (tx) => {
        const { membership } = await requireAccess(tx, visit, 'org:sys_profile:delete')
        if (!membership.organization.isAdminDeleteEnabled) throw new ApiError('resource_forbidden')
        return toDeletedJson(await deleteOrganization(tx, visit.instance, idOf(visit), visit.now))
      }),
  },
  {
    method: 'PUT',
    path: '/organizations/:id/logo',
    reply: 'envelope',
    handle: async (services, visit) => {
      // Asked before the picture is read: nobody else makes the server hold ten megabytes.
      await requireAccess(services.database, visit, 'org:sys_profile:manage')
      const content = await visit.upload()
      await transact(services.database, async (tx) => {
        await requireAccess(tx, visit, 'org:sys_profile:manage')
        const imageId = await storeImage(tx, visit.instance, content, visit.now)
        await changeOrganization(tx, visit.instance, idOf(visit), () => ({ imageId }), visit.now)
        await record(tx, visit, 'organization.updated', idOf(visit), LOGO)
      })
      return readOrganization(services, visit, idOf(visit))
    },
    takes: 'file',
  },
  {
    method: 'DELETE',
    path: '/organizations/:id/logo',
    reply: 'envelope',
    handle: async (services, visit) => {
      await transact(services.database, async (tx) => {
        await requireAccess(tx, visit, 'org:sys_profile:manage')
        const none = { imageId: null }
        await changeOrganization(tx, visit.instance, idOf(visit), () => none, visit.now)
        await record(tx, visit, 'organization.updated', idOf(visit), LOGO)
      })
      return readOrganization(services, visit, idOf(visit))
    },
  },
  {
    method: 'GET',
    path: '/organizations/:id/roles',
    reply: 'envelope',
    handle: async (services, visit) => {
      await requireAccess(services.database, visit, 'org:sys_memberships:read')
      const roles = await listRoles(services.database, visit.instance, visit.now)
      const { limit, offset } = readPage(visit.query)
      return {
        data: roles.slice(offset, offset + limit).map(toRoleJson),
        total_count: roles.length,
        has_role_set_migration: false,
      }
    },
  },
  {
    method: 'GET',
    path: '/organizations/:id/memberships',
    reply: 'envelope',
    handle: async (services, visit) => {
      const { database } = services
      await requireAccess(database, visit, 'org:sys_memberships:read')
      const where = and(
        eq(organizationMemberships.organizationId, idOf(visit)),
        ...filters(visit.query),
      )
      return readPageOf(services, visit, where)
    },
  },
  {
    method: 'POST',
    path: '/organizations/:id/memberships',
    event: 'organization_membership.created',
    reply: 'envelope',
    handle: async (services, visit) => {
      const { instance, body, now } = visit
      const userId = body.required('user_id', 256)
      await transact(services.database, async (tx) => {
        const access = await requireAccess(tx, visit, 'org:sys_memberships:manage')
        const { id: roleId } = await requireGrantableRole(tx, visit, access)
        await addMember(tx, instance, { organizationId: idOf(visit), userId }, { roleId }, now)
      })
      return readMembership(services, visit, userId)
    },
  },
  {
    method: 'PATCH',
    path: '/organizations/:id/memberships/:userId',
    event: 'organization_membership.updated',
    reply: 'envelope',
    handle: async (services, visit) => {
      const userId = visit.path['userId'] ?? ''
      await transact(services.database, async (tx) => {
        const access = await requireAccess(tx, visit, 'org:sys_memberships:manage')
        const role = await requireGrantableRole(tx, visit, access)
        await refuseSuperior(tx, visit, access.membership.permissions, userId)
        const key = { organizationId: idOf(visit), userId }
        await changeRole(tx, visit.instance, key, role, visit.now)
      })
      return readMembership(services, visit, userId)
    },
  },
  {
    method: 'DELETE',
    path: '/organizations/:id/memberships/:userId',
    event: 'organization_membership.deleted',
    reply: 'envelope',
    handle: async (services, visit) => {
      const { instance, now } = visit
      const userId = visit.path['userId'] ?? ''
      return transact(services.database, async (tx) => {
        const access = await requireAccess(tx, visit, 'org:sys_memberships:manage')
        await refuseSuperior(tx, visit, access.membership.permissions, userId)
        const removed = await findMembership(tx, instance.id, idOf(visit), userId, now)
        const [json] = await writeMemberships(
          tx,
          instance,
          removed === null ? [] : [removed],
          toMembershipJson,
        )
        const key = { organizationId: idOf(visit), userId }
        await removeMember(tx, instance, key, { mayEmpty: false, now })
        return json
      })
    },
  },
  {
    method: 'GET',
    path: '/me/organization_memberships',
    reply: 'envelope',
    handle: async (services, visit) => {
      refuseWithoutOrganizations(visit.instance)
      const { userId } = await findActingSession(services.database, visit)
      return readPageOf(services, visit, eq(organizationMemberships.userId, userId))
    },
  },
  {
    method: 'DELETE',
    path: '/me/organization_memberships/:id',
    event: 'organization_membership.deleted',
    reply: 'envelope',
    handle: (services, visit) =>
      transact(services.database, async (tx) => {
        const { membership } = await requireAccess(tx, visit, null)
        const { organizationId, userId } = membership
        await removeMember(
          tx,
          visit.instance,
          { organizationId, userId },
          { mayEmpty: false, now: visit.now },
        )
        return { object: 'organization_membership', id: membership.id, deleted: true }
      }),
  },
]

function idOf(visit: Visit): string {
  return visit.path['id'] ?? ''
}

async function readOrganization(services: Services, visit: Visit, id: string): Promise<object> {
  const { instance, now } = visit
  const organization = await findOrganization(services.database, instance.id, id, now)
  if (organization === null) throw new ApiError('organization_not_found_or_unauthorized')
  return toOrganizationJson(organization, instance)
}

async function readMembership(services: Services, visit: Visit, userId: string): Promise<object> {
  const { database } = services
  const { instance, now } = visit
  const found = await findMembership(database, instance.id, idOf(visit), userId, now)
  const [json] = await writeMemberships(
    database,
    instance,
    found === null ? [] : [found],
    toMembershipJson,
  )
  if (json === undefined) throw new ApiError('resource_not_found')
  return json
}

async function readPageOf(
  services: Services,
  visit: Visit,
  where: SQL | undefined,
): Promise<object> {
  const { database } = services
  const { instance, query, now } = visit
  const page = readPage(query)
  const rows = await findMemberships(database, instance.id, { where, ...page }, now)
  const data = await writeMemberships(database, instance, rows, toMembershipJson)
  // Older pages know nothing of pages.
  if (query.flag('paginated') !== true) return data
  return { data, total_count: await countMemberships(database, instance.id, where) }
}

/** Refuses to touch somebody who may do what whoever asks may not: no deputy removes an admin. */
async function refuseSuperior(
  db: Parameters<typeof findMembership>[0],
  visit: Visit,
  own: readonly string[],
  userId: string,
): Promise<void> {
  const member = await findMembership(db, visit.instance.id, idOf(visit), userId, visit.now)
  if (member === null) throw new ApiError('resource_not_found')
  if (!mayGrant(own, member.permissions)) throw new ApiError('missing_organization_permission')
}

function filters(query: Params): (SQL | undefined)[] {
  const roles = query.list('role').slice(0, 100)
  return [
    roles.length === 0 ? undefined : inArray(organizationRoles.key, roles),
    query.isBlank('query') ? undefined : matchesPerson(containing(query, 'query')),
  ]
}
