/** The endpoints of invitations, for those who invite, those who are invited, and servers. */

import { and, eq, ilike, inArray, isNull, or, sql, type SQL } from 'drizzle-orm'

import { record } from '../audit/record.ts'
import type { Queryable } from '../database/database.ts'
import { transact } from '../database/transact.ts'
import type { BackendRoute, Call } from '../http/backend-route.ts'
import { ApiError, paramError } from '../http/errors.ts'
import { readPage } from '../http/paging.ts'
import { containing, type Params } from '../http/params.ts'
import type { FrontendRoute } from '../http/route.ts'
import type { Visit } from '../http/visit.ts'
import type { Instance } from '../instances/instance.ts'
import { hasStatus } from '../invitations/status.ts'
import { readRedirectUrl } from '../redirect-urls/redirect-target.ts'
import { spend } from '../rate-limits/spend.ts'
import type { Services } from '../services.ts'
import { findActingSession } from '../sessions/acting.ts'
import { normalizeEmailAddress, parseEmailAddress } from '../users/email-address.ts'
import { readMetadata } from '../users/metadata.ts'
import { findUser, type User } from '../users/user.ts'
import { acceptInvitation } from './accept.ts'
import { refuseWithoutOrganizations, requireAccess, requireGrantableRole } from './access.ts'
import { requireOrganization } from './backend-routes.ts'
import { enrollByDomain } from './enroll.ts'
import {
  countInvitations,
  findInvitations,
  requireInvitation,
  toBackendInvitationJson,
  toInvitationJson,
  toOwnInvitationJson,
} from './invitation.ts'
import { invite, revokeInvitation, type NewInvitation, type SentInvitation } from './invite.ts'
import { findMembership } from './membership.ts'
import { requireRole } from './role.ts'
import { isElevated } from './permissions.ts'
import { organizationInvitations } from './tables.ts'

const DAY = 24 * 60 * 60

/** How many people one request may invite. */
const MAX_BULK = 10

/** The endpoints of invitations that browsers use. */
export const invitationRoutes: readonly FrontendRoute[] = [
  {
    method: 'GET',
    path: '/organizations/:id/invitations',
    reply: 'envelope',
    handle: async ({ database }, visit) => {
      const { instance, query, now } = visit
      await requireAccess(database, visit, 'org:sys_memberships:manage')
      const where = and(
        ofOrganization(visit),
        hasStatus(organizationInvitations, query.list('status'), now),
      )
      const rows = await findInvitations(database, instance.id, { where, ...readPage(query) })
      return {
        data: rows.map((row) => toInvitationJson(row, now)),
        total_count: await countInvitations(database, instance.id, where),
      }
    },
  },
  {
    method: 'POST',
    path: '/organizations/:id/invitations',
    reply: 'envelope',
    handle: async (services, visit) => {
      const address = parseEmailAddress(visit.body.required('email_address'), 'email_address')
      const [sent] = await inviteByMember(services, visit, [address])
      if (sent === undefined) throw new ApiError('resource_not_found')
      return toInvitationJson(sent.invitation, visit.now)
    },
  },
  {
    method: 'POST',
    path: '/organizations/:id/invitations/bulk',
    reply: 'envelope',
    handle: async (services, visit) => {
      const given = visit.body.list('email_address')
      const addresses = given.map((address) => parseEmailAddress(address, 'email_address'))
      if (addresses.length === 0) throw paramError('form_param_nil', 'email_address')
      if (addresses.length > MAX_BULK) throw new ApiError('bulk_size_exceeded')
      const sent = await inviteByMember(services, visit, [...new Set(addresses)])
      return sent.map(({ invitation }) => toInvitationJson(invitation, visit.now))
    },
  },
  {
    method: 'POST',
    path: '/organizations/:id/invitations/:invitationId/revoke',
    event: 'organization_invitation.revoked',
    reply: 'envelope',
    handle: ({ database }, visit) =>
      transact(database, async (tx) => {
        await requireAccess(tx, visit, 'org:sys_memberships:manage')
        const key = { id: visit.path['invitationId'] ?? '', organizationId: visit.path['id'] ?? '' }
        return toInvitationJson(
          await revokeInvitation(tx, visit.instance, key, visit.now),
          visit.now,
        )
      }),
  },
  {
    method: 'GET',
    path: '/me/organization_invitations',
    reply: 'envelope',
    handle: async (services, visit) => {
      const user = await requireUser(services, visit)
      await enrollByDomain(services, visit.instance, user, visit.now)
      return listOfUser(services, visit, user, (row) =>
        toOwnInvitationJson(row, visit.instance, visit.now),
      )
    },
  },
  {
    method: 'POST',
    path: '/me/organization_invitations/:id/accept',
    event: 'organization_invitation.accepted',
    reply: 'envelope',
    handle: async ({ database }, visit) => {
      const { instance, path, now } = visit
      refuseWithoutOrganizations(instance)
      const where = eq(organizationInvitations.id, path['id'] ?? '')
      await transact(database, async (tx) => {
        const { userId } = await findActingSession(tx, visit)
        const invitation = await requireInvitation(tx, instance.id, where)
        await acceptInvitation(tx, instance, invitation, userId, now)
      })
      const invitation = await requireInvitation(database, instance.id, where)
      return toOwnInvitationJson(invitation, instance, now)
    },
  },
]

/** The endpoints of invitations that the application's servers use. */
export const invitationBackendRoutes: readonly BackendRoute[] = [
  {
    method: 'GET',
    path: '/organizations/:id/invitations',
    handle: async (services, call) => {
      await requireOrganization(services, call)
      const { query, now } = call
      return listForServer(
        services,
        call,
        and(
          ofOrganization(call),
          hasStatus(organizationInvitations, query.list('status'), now),
          addressIs(query),
        ),
      )
    },
  },
  {
    method: 'GET',
    path: '/organizations/:id/invitations/pending',
    handle: async (services, call) => {
      await requireOrganization(services, call)
      return listForServer(
        services,
        call,
        and(ofOrganization(call), hasStatus(organizationInvitations, ['pending'], call.now)),
      )
    },
  },
  {
    method: 'GET',
    path: '/organization_invitations',
    handle: (services, call) => {
      refuseWithoutOrganizations(call.instance)
      const { query, now } = call
      const text = query.text('query', 256)
      return listForServer(
        services,
        call,
        and(
          isNull(organizationInvitations.domainId),
          hasStatus(organizationInvitations, query.list('status'), now),
          text === null
            ? undefined
            : or(
                eq(organizationInvitations.id, text),
                ilike(organizationInvitations.emailAddress, containing(query, 'query')),
              ),
        ),
      )
    },
  },
  {
    method: 'GET',
    path: '/users/:id/organization_invitations',
    handle: async (services, call) => {
      const user = await findUser(services.database, call.instance.id, call.path['id'] ?? '')
      if (user === null) throw new ApiError('resource_not_found')
      return listOfUser(services, call, user, (row) =>
        toBackendInvitationJson(row, call.instance, call.now),
      )
    },
  },
  {
    method: 'POST',
    path: '/organizations/:id/invitations',
    handle: async (services, call) => {
      const [sent] = await inviteByServer(services, call, [call.body])
      if (sent === undefined) throw new ApiError('resource_not_found')
      return toBackendInvitationJson(sent.invitation, call.instance, call.now, sent.url)
    },
  },
  {
    method: 'POST',
    path: '/organizations/:id/invitations/bulk',
    takes: 'list',
    handle: async (services, call) => {
      await requireOrganization(services, call)
      const items = await call.items()
      if (items.length > MAX_BULK) throw new ApiError('bulk_size_exceeded')
      const sent = await inviteByServer(services, call, items)
      return {
        data: sent.map(({ invitation, url }) =>
          toBackendInvitationJson(invitation, call.instance, call.now, url),
        ),
        total_count: sent.length,
      }
    },
  },
  {
    method: 'GET',
    path: '/organizations/:id/invitations/:invitationId',
    handle: async ({ database }, call) => {
      refuseWithoutOrganizations(call.instance)
      const key = { id: call.path['invitationId'] ?? '', organizationId: call.path['id'] ?? '' }
      const invitation = await requireInvitation(database, call.instance.id, isIt(key))
      return toBackendInvitationJson(invitation, call.instance, call.now)
    },
  },
  {
    method: 'POST',
    path: '/organizations/:id/invitations/:invitationId/revoke',
    event: 'organization_invitation.revoked',
    handle: ({ database }, call) =>
      transact(database, async (tx) => {
        const { instance, now } = call
        refuseWithoutOrganizations(instance)
        const key = { id: call.path['invitationId'] ?? '', organizationId: call.path['id'] ?? '' }
        await requireInvitation(tx, instance.id, isIt(key))
        const requester = call.body.text('requesting_user_id', 256)
        if (requester !== null) await requireManager(tx, call, requester)
        return toBackendInvitationJson(
          await revokeInvitation(tx, instance, key, now),
          instance,
          now,
        )
      }),
  },
]

function isIt(key: { readonly id: string; readonly organizationId: string }): SQL | undefined {
  const { id, organizationId } = organizationInvitations
  return and(eq(id, key.id), eq(organizationId, key.organizationId))
}

/**
 * Refuses somebody in whose name a server acts, unless they look after the organization that the path names.
 *
 * @throws {ApiError} `not_a_member_in_organization`
 */
async function requireManager(
  db: Queryable,
  { instance, path, now }: Call,
  userId: string,
): Promise<void> {
  const member = await findMembership(db, instance.id, path['id'] ?? '', userId, now)
  if (member === null || !isElevated(member.permissions)) {
    throw new ApiError('not_a_member_in_organization')
  }
}

/** Those that people sent; a domain's are nobody's. */
function ofOrganization({ path }: Pick<Visit, 'path'>): SQL | undefined {
  return and(
    eq(organizationInvitations.organizationId, path['id'] ?? ''),
    isNull(organizationInvitations.domainId),
  )
}

function addressIs(query: Params): SQL | undefined {
  const address = query.text('email_address', 320)
  return address === null
    ? undefined
    : eq(organizationInvitations.emailAddress, normalizeEmailAddress(address))
}

async function inviteByMember(
  services: Services,
  visit: Visit,
  addresses: readonly string[],
): Promise<SentInvitation[]> {
  await spend(services, visit, 'member_invitations', { cost: addresses.length })
  return invite(
    services,
    visit.instance,
    visit.path['id'] ?? '',
    async (tx) => {
      const access = await requireAccess(tx, visit, 'org:sys_memberships:manage')
      const { id: roleId } = await requireGrantableRole(tx, visit, access)
      const { organizationId } = access.membership
      await record(tx, visit, 'organization_invitation.created', organizationId, {
        invited: addresses.length,
      })
      const inviterId = access.membership.userId
      return addresses.map((emailAddress) => ({ emailAddress, roleId, inviterId }))
    },
    'duplicate_record',
    visit.now,
  )
}

async function inviteByServer(
  services: Services,
  call: Call,
  bodies: readonly Params[],
): Promise<SentInvitation[]> {
  const { instance, now } = call
  const { id: organizationId } = await requireOrganization(services, call)
  if (bodies.length === 0) throw paramError('form_param_nil', 'email_address')
  const items: NewInvitation[] = []
  for (const body of bodies) items.push(await readItem(services, instance, body, now))
  if (new Set(items.map(({ emailAddress }) => emailAddress)).size < items.length) {
    throw new ApiError('organization_invitation_not_unique')
  }
  return invite(
    services,
    instance,
    organizationId,
    async (tx) => {
      const inviters = new Set(items.flatMap(({ inviterId }) => inviterId ?? []))
      for (const inviterId of inviters) await requireManager(tx, call, inviterId)
      await record(tx, call, 'organization_invitation.created', organizationId, {
        invited: items.length,
      })
      return items
    },
    'organization_invitation_not_unique',
    now,
  )
}

async function readItem(
  { database }: Services,
  instance: Instance,
  body: Params,
  now: number,
): Promise<NewInvitation> {
  const role = await requireRole(database, instance, body.required('role', 256), now)
  const redirectUrl = await readRedirectUrl(database, instance, body)
  const days = body.integer('expires_in_days', 1, 365)
  const { publicMetadata = {}, privateMetadata = {} } = readMetadata(body)
  return {
    emailAddress: parseEmailAddress(body.required('email_address'), 'email_address'),
    roleId: role.id,
    inviterId: body.text('inviter_user_id', 256),
    redirectUrl,
    publicMetadata,
    privateMetadata,
    notify: body.flag('notify') ?? true,
    ...(days === null ? {} : { lifetime: days * DAY }),
  }
}

async function listForServer(
  { database }: Services,
  { instance, query, now }: Call,
  where: SQL | undefined,
): Promise<object> {
  const order = (query.text('order_by') ?? '-created_at').replace(/^[ +]/, '')
  const orderBy = (['created_at', '-created_at', 'email_address', '-email_address'] as const).find(
    (known) => known === order,
  )
  if (orderBy === undefined) throw paramError('form_param_value_invalid', 'order_by')
  const rows = await findInvitations(database, instance.id, { where, orderBy, ...readPage(query) })
  return {
    data: rows.map((row) => toBackendInvitationJson(row, instance, now)),
    total_count: await countInvitations(database, instance.id, where),
  }
}

/** Lists the invitations to addresses that a user has proven. */
async function listOfUser(
  { database }: Services,
  { instance, query, now }: Pick<Visit, 'instance' | 'query' | 'now'>,
  user: User,
  write: (row: Awaited<ReturnType<typeof findInvitations>>[number]) => object,
): Promise<object> {
  const addresses = user.emailAddresses
    .filter(({ verifiedAt }) => verifiedAt !== null)
    .map(({ emailAddress }) => emailAddress)
  const where = and(
    addresses.length === 0 ? sql`false` : inArray(organizationInvitations.emailAddress, addresses),
    hasStatus(organizationInvitations, query.list('status'), now),
  )
  const rows = await findInvitations(database, instance.id, { where, ...readPage(query) })
  return {
    data: rows.map(write),
    total_count: await countInvitations(database, instance.id, where),
  }
}

async function requireUser({ database }: Services, visit: Visit): Promise<User> {
  refuseWithoutOrganizations(visit.instance)
  const { userId } = await findActingSession(database, visit)
  const user = await findUser(database, visit.instance.id, userId)
  if (user === null) throw new ApiError('authentication_invalid')
  return user
}
