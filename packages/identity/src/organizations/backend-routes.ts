/** The endpoints of organizations that the application's servers use. They are asked for no role. */

import { and, eq } from 'drizzle-orm'

import { record } from '../audit/record.ts'
import type { Transaction } from '../database/database.ts'
import { transact } from '../database/transact.ts'
import type { BackendRoute, Call } from '../http/backend-route.ts'
import { ApiError } from '../http/errors.ts'
import type { Params } from '../http/params.ts'
import { storeImage } from '../images/image.ts'
import type { Services } from '../services.ts'
import { readTime } from '../users/change.ts'
import { mergeMetadata, readMetadata } from '../users/metadata.ts'
import { findUser } from '../users/user.ts'
import { refuseWithoutOrganizations } from './access.ts'
import { LOGO, changeOrganization, deleteOrganization, readNames, toDeletedJson } from './change.ts'
import { createOrganization } from './create.ts'
import { listMembers, listOrganizations, memberFilters } from './list.ts'
import { addMember, changeMember, changeRole, removeMember } from './members.ts'
import { findMembership, toBackendMembershipJson, writeMemberships } from './membership.ts'
import { parseOrganizationName } from './names.ts'
import {
  findOrganization,
  findOrganizationByName,
  toBackendOrganizationJson,
  type OrganizationRow,
} from './organization.ts'
import { requireRole } from './role.ts'
import { organizationMemberships } from './tables.ts'

/** The endpoints below `/v1/organizations`, and those that list what is in them. */
export const organizationBackendRoutes: readonly BackendRoute[] = [
  { method: 'GET', path: '/organizations', handle: listOrganizations },
  {
    method: 'POST',
    path: '/organizations',
    event: 'organization.created',
    handle: async (services, call) => {
      const { instance, body, now } = call
      refuseWithoutOrganizations(instance)
      const { slug = null } = readNames(body)
      const createdAt = readTime(body, 'created_at', now)
      const input = {
        name: parseOrganizationName(body.required('name', 1024)),
        slug,
        createdBy: body.text('created_by', 256),
        maxAllowedMemberships: readMaximum(body),
        ...metadataOf(readMetadata(body)),
        ...(createdAt === undefined ? {} : { createdAt }),
      }
      const id = await transact(services.database, (tx) =>
        createOrganization(tx, instance, input, now),
      )
      return read(services, call, id)
    },
  },
  {
    method: 'GET',
    path: '/organizations/:id',
    handle: async ({ database }, { instance, path, query, now }) => {
      refuseWithoutOrganizations(instance)
      const found = await findOrganizationByName(database, instance.id, path['id'] ?? '', now)
      if (found === null) throw new ApiError('resource_not_found')
      const withMembersCount = query.flag('include_members_count') === true
      return toBackendOrganizationJson(found, instance, { withMembersCount })
    },
  },
  {
    method: 'PATCH',
    path: '/organizations/:id',
    event: 'organization.updated',
    handle: (services, call) => {
      const { body } = call
      const maximum = readMaximum(body)
      const isDeletable = body.flag('admin_delete_enabled')
      const changes = {
        ...readNames(body),
        ...metadataOf(readMetadata(body)),
        ...(maximum === null ? {} : { maxAllowedMemberships: maximum }),
        ...(isDeletable === null ? {} : { isAdminDeleteEnabled: isDeletable }),
      }
      return change(services, call, () => changes)
    },
  },
  {
    method: 'PATCH',
    path: '/organizations/:id/metadata',
    event: 'organization.updated',
    handle: (services, call) =>
      change(services, call, (organization) =>
        metadataOf(mergeMetadata({ ...organization, unsafeMetadata: {} }, call.body)),
      ),
  },
  {
    method: 'PUT',
    path: '/organizations/:id/metadata',
    event: 'organization.updated',
    handle: (services, call) => change(services, call, () => metadataOf(readMetadata(call.body))),
  },
  {
    method: 'PUT',
    path: '/organizations/:id/logo',
    takes: 'file',
    handle: async (services, call) => {
      const { instance, now } = call
      await requireOrganization(services, call)
      const content = await call.upload()
      return change(services, call, async ({ id }, tx) => {
        await record(tx, call, 'organization.updated', id, LOGO)
        return { imageId: await storeImage(tx, instance, content, now) }
      })
    },
  },
  {
    method: 'DELETE',
    path: '/organizations/:id/logo',
    handle: (services, call) =>
      change(services, call, async ({ id }, tx) => {
        await record(tx, call, 'organization.updated', id, LOGO)
        return { imageId: null }
      }),
  },
  {
    method: 'DELETE',
    path: '/organizations/:id',
    event: 'organization.deleted',
    handle: async (services, call) => {
      await requireOrganization(services, call)
      return transact(services.database, async (tx) =>
        toDeletedJson(await deleteOrganization(tx, call.instance, idOf(call), call.now)),
      )
    },
  },
  {
    method: 'GET',
    path: '/organizations/:id/memberships',
    handle: async (services, call) => {
      await requireOrganization(services, call)
      const where = and(
        eq(organizationMemberships.organizationId, idOf(call)),
        ...memberFilters(call.query),
      )
      return listMembers(services, call, where)
    },
  },
  {
    method: 'GET',
    path: '/organization_memberships',
    handle: (services, call) => listMembers(services, call, undefined),
  },
  {
    method: 'GET',
    path: '/users/:id/organization_memberships',
    handle: async (services, call) => {
      const user = await findUser(services.database, call.instance.id, idOf(call))
      if (user === null) throw new ApiError('resource_not_found')
      return listMembers(services, call, eq(organizationMemberships.userId, user.id))
    },
  },
  {
    method: 'POST',
    path: '/organizations/:id/memberships',
    event: 'organization_membership.created',
    handle: async (services, call) => {
      const { instance, body, now } = call
      await requireOrganization(services, call)
      const key = { organizationId: idOf(call), userId: body.required('user_id', 256) }
      const metadata = metadataOf(readMetadata(body))
      await transact(services.database, async (tx) => {
        const { id: roleId } = await requireRole(tx, instance, body.required('role', 256), now)
        await addMember(tx, instance, key, { roleId, ...metadata }, now)
      })
      return readMember(services, call, key.userId)
    },
  },
  {
    method: 'PATCH',
    path: '/organizations/:id/memberships/:userId',
    event: 'organization_membership.updated',
    handle: async (services, call) => {
      const { instance, body, now } = call
      await requireOrganization(services, call)
      await transact(services.database, async (tx) => {
        const role = await requireRole(tx, instance, body.required('role', 256), now)
        await changeRole(tx, instance, keyOf(call), role, now)
      })
      return readMember(services, call, keyOf(call).userId)
    },
  },
  {
    method: 'PATCH',
    path: '/organizations/:id/memberships/:userId/metadata',
    event: 'organization_membership.updated',
    handle: async (services, call) => {
      const { instance, body, now } = call
      await requireOrganization(services, call)
      await transact(services.database, (tx) =>
        changeMember(
          tx,
          instance,
          keyOf(call),
          (member) => metadataOf(mergeMetadata({ ...member, unsafeMetadata: {} }, body)),
          now,
        ),
      )
      return readMember(services, call, keyOf(call).userId)
    },
  },
  {
    method: 'DELETE',
    path: '/organizations/:id/memberships/:userId',
    event: 'organization_membership.deleted',
    handle: async (services, call) => {
      await requireOrganization(services, call)
      // The answer is what was removed, so it is read before.
      const json = await readMember(services, call, keyOf(call).userId)
      await transact(services.database, (tx) =>
        removeMember(tx, call.instance, keyOf(call), { mayEmpty: true, now: call.now }),
      )
      return json
    },
  },
]

function idOf(call: Call): string {
  return call.path['id'] ?? ''
}

function keyOf(call: Call): { readonly organizationId: string; readonly userId: string } {
  return { organizationId: idOf(call), userId: call.path['userId'] ?? '' }
}

/**
 * Finds the organization that the path names by its id.
 *
 * @throws {ApiError} `organization_not_enabled_in_instance`, `resource_not_found`
 */
export async function requireOrganization(
  { database }: Services,
  call: Call,
): Promise<OrganizationRow> {
  refuseWithoutOrganizations(call.instance)
  const found = await findOrganization(database, call.instance.id, idOf(call), call.now)
  if (found === null) throw new ApiError('resource_not_found')
  return found
}

async function read(services: Services, call: Call, id: string): Promise<object> {
  const { instance, now } = call
  const organization = await findOrganization(services.database, instance.id, id, now)
  if (organization === null) throw new ApiError('resource_not_found')
  return toBackendOrganizationJson(organization, instance)
}

async function change(
  services: Services,
  call: Call,
  decide: (
    organization: OrganizationRow,
    tx: Transaction,
  ) => Partial<OrganizationRow> | Promise<Partial<OrganizationRow>>,
): Promise<object> {
  const { instance, now } = call
  await requireOrganization(services, call)
  await transact(services.database, (tx) =>
    changeOrganization(tx, instance, idOf(call), (organization) => decide(organization, tx), now),
  )
  return read(services, call, idOf(call))
}

async function readMember(services: Services, call: Call, userId: string): Promise<object> {
  const { database } = services
  const { instance, now } = call
  const found = await findMembership(database, instance.id, idOf(call), userId, now)
  const [json] = await writeMemberships(
    database,
    instance,
    found === null ? [] : [found],
    toBackendMembershipJson,
  )
  if (json === undefined) throw new ApiError('resource_not_found')
  return json
}

function readMaximum(body: Params): number | null {
  return body.integer('max_allowed_memberships', 0, 1_000_000)
}

/** Organizations and memberships have two kinds of metadata; nobody writes the third. */
function metadataOf({
  publicMetadata,
  privateMetadata,
}: ReturnType<typeof readMetadata>): Partial<
  Pick<OrganizationRow, 'publicMetadata' | 'privateMetadata'>
> {
  return {
    ...(publicMetadata === undefined ? {} : { publicMetadata }),
    ...(privateMetadata === undefined ? {} : { privateMetadata }),
  }
}
