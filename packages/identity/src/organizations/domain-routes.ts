/** The endpoints of domains, of those who ask to be taken in, and of what is suggested to users. */

import { and, count, desc, eq, inArray, isNotNull, isNull, sql, type SQL } from 'drizzle-orm'

import { record } from '../audit/record.ts'
import { transact, Refusal } from '../database/transact.ts'
import type { BackendRoute, Call } from '../http/backend-route.ts'
import { ApiError, paramError } from '../http/errors.ts'
import { readPage } from '../http/paging.ts'
import type { FrontendRoute } from '../http/route.ts'
import type { Visit } from '../http/visit.ts'
import { spend } from '../rate-limits/spend.ts'
import type { Services } from '../services.ts'
import { findActingSession } from '../sessions/acting.ts'
import { parseEmailAddress } from '../users/email-address.ts'
import { findUser, findUsers, toPublicUserDataJson, type User } from '../users/user.ts'
import { redeemCode } from '../verifications/code.ts'
import { deliver, issueVerification } from '../verifications/issue.ts'
import { refuseWithoutOrganizations, requireAccess } from './access.ts'
import { requireOrganization } from './backend-routes.ts'
import {
  addDomain,
  countDomains,
  deletePending,
  findDomains,
  parseMode,
  readMode,
  refuseProven,
  refuseWithoutDomains,
  requireDomain,
  toDomainJson,
  type Domain,
} from './domain.ts'
import {
  acceptSuggestion,
  enrollByDomain,
  findSuggestions,
  settleRequest,
  suggestionsOf,
  toSuggestionJson,
  type MembershipRequest,
} from './enroll.ts'
import type { SystemPermission } from './permissions.ts'
import {
  organizationDomains,
  organizationMembershipRequests,
  organizationSuggestions,
} from './tables.ts'

/** The endpoints of domains, requests and suggestions that browsers use. */
export const domainRoutes: readonly FrontendRoute[] = [
  {
    method: 'GET',
    path: '/organizations/:id/domains',
    reply: 'envelope',
    handle: async ({ database }, visit) => {
      await allow(database, visit, 'org:sys_domains:read')
      return listDomains(database, visit, ofOrganization(visit))
    },
  },
  {
    method: 'POST',
    path: '/organizations/:id/domains',
    event: 'organization_domain.created',
    reply: 'envelope',
    handle: ({ database }, visit) =>
      transact(database, async (tx) => {
        const { instance, body, now } = visit
        await allow(tx, visit, 'org:sys_domains:manage')
        const id = await addDomain(
          tx,
          instance,
          {
            organizationId: visit.path['id'] ?? '',
            name: body.required('name', 320),
            enrollmentMode: body.text('enrollment_mode', 64),
            isVerified: false,
          },
          now,
        )
        return toDomainJson(await requireDomain(tx, instance, { ...keyOf(visit), id }), now)
      }),
  },
  {
    method: 'GET',
    path: '/organizations/:id/domains/:domainId',
    reply: 'envelope',
    handle: async ({ database }, visit) => {
      await allow(database, visit, 'org:sys_domains:read')
      return toDomainJson(await requireDomain(database, visit.instance, keyOf(visit)), visit.now)
    },
  },
  {
    method: 'DELETE',
    path: '/organizations/:id/domains/:domainId',
    event: 'organization_domain.deleted',
    reply: 'envelope',
    handle: ({ database }, visit) =>
      transact(database, async (tx) => {
        await allow(tx, visit, 'org:sys_domains:manage')
        const domain = await requireDomain(tx, visit.instance, keyOf(visit))
        await tx.delete(organizationDomains).where(eq(organizationDomains.id, domain.id))
        return { object: 'organization_domain', id: domain.id, deleted: true }
      }),
  },
  {
    method: 'POST',
    path: '/organizations/:id/domains/:domainId/prepare_affiliation_verification',
    reply: 'envelope',
    handle: prepareVerification,
  },
  {
    method: 'POST',
    path: '/organizations/:id/domains/:domainId/attempt_affiliation_verification',
    reply: 'envelope',
    handle: attemptVerification,
  },
  {
    method: 'POST',
    path: '/organizations/:id/domains/:domainId/update_enrollment_mode',
    event: 'organization_domain.updated',
    reply: 'envelope',
    handle: ({ database }, visit) =>
      transact(database, async (tx) => {
        const { instance, body, now } = visit
        await allow(tx, visit, 'org:sys_domains:manage')
        const domain = await requireDomain(tx, instance, keyOf(visit))
        const mode = readMode(instance, body.required('enrollment_mode', 64))
        if (domain.verifiedAt === null && mode !== 'manual_invitation') {
          throw paramError('form_param_value_invalid', 'enrollment_mode')
        }
        if (body.flag('delete_pending') === true) await deletePending(tx, domain)
        await change(tx, domain, { enrollmentMode: mode }, now)
        return toDomainJson(await requireDomain(tx, instance, keyOf(visit)), now)
      }),
  },
  {
    method: 'GET',
    path: '/organizations/:id/membership_requests',
    reply: 'envelope',
    handle: async ({ database }, visit) => {
      const { instance, query } = visit
      await requireAccess(database, visit, 'org:sys_memberships:manage')
      const statuses = (['pending', 'accepted', 'revoked'] as const).filter((it) =>
        query.list('status').includes(it),
      )
      const where = and(
        eq(organizationMembershipRequests.instanceId, instance.id),
        eq(organizationMembershipRequests.organizationId, visit.path['id'] ?? ''),
        query.isBlank('status')
          ? undefined
          : statuses.length === 0
            ? sql`false`
            : inArray(organizationMembershipRequests.status, statuses),
      )
      const { limit, offset } = readPage(query)
      const rows = await database
        .select()
        .from(organizationMembershipRequests)
        .where(where)
        .orderBy(
          desc(organizationMembershipRequests.createdAt),
          desc(organizationMembershipRequests.id),
        )
        .limit(limit)
        .offset(offset)
      const [total] = await database
        .select({ count: count() })
        .from(organizationMembershipRequests)
        .where(where)
      return { data: await writeRequests(database, visit, rows), total_count: total?.count ?? 0 }
    },
  },
  ...(['accept', 'reject'] as const).map((verb): FrontendRoute => ({
    method: 'POST',
    path: `/organizations/:id/membership_requests/:requestId/${verb}`,
    event: `organization_request.${verb}ed`,
    reply: 'envelope',
    handle: ({ database }, visit) =>
      transact(database, async (tx) => {
        const { instance, path, now } = visit
        await requireAccess(tx, visit, 'org:sys_memberships:manage')
        const key = { id: path['requestId'] ?? '', organizationId: path['id'] ?? '' }
        const status = verb === 'accept' ? 'accepted' : 'revoked'
        const [json] = await writeRequests(tx, visit, [
          await settleRequest(tx, instance, key, status, now),
        ])
        return json
      }),
  })),
  {
    method: 'GET',
    path: '/me/organization_suggestions',
    reply: 'envelope',
    handle: async (services, visit) => {
      const { database } = services
      const { instance, query, now } = visit
      const user = await requireUser(database, visit)
      await enrollByDomain(services, instance, user, now)
      const where = suggestionsOf(instance, user, query.list('status'))
      const rows = await findSuggestions(database, instance.id, { where, ...readPage(query) })
      const [total] = await database
        .select({ count: count() })
        .from(organizationSuggestions)
        .innerJoin(
          organizationDomains,
          eq(organizationDomains.id, organizationSuggestions.domainId),
        )
        .where(where)
      return {
        data: rows.map((row) => toSuggestionJson(row, instance)),
        total_count: total?.count ?? 0,
      }
    },
  },
  {
    method: 'POST',
    path: '/me/organization_suggestions/:id/accept',
    reply: 'envelope',
    handle: ({ database }, visit) =>
      transact(database, async (tx) => {
        const { instance, path, now } = visit
        const user = await requireUser(tx, visit)
        const accepted = await acceptSuggestion(tx, instance, user, path['id'] ?? '', now)
        return toSuggestionJson(accepted, instance)
      }),
  },
]

/** The endpoints of domains that the application's servers use. */
export const organizationDomainBackendRoutes: readonly BackendRoute[] = [
  {
    method: 'GET',
    path: '/organizations/:id/domains',
    handle: async (services, call) => {
      await requireOrganization(services, call)
      return listDomains(services.database, call, ofOrganization(call))
    },
  },
  {
    method: 'GET',
    path: '/organization_domains',
    handle: async ({ database }, call) => {
      refuseWithoutOrganizations(call.instance)
      return listDomains(database, call, undefined)
    },
  },
  {
    method: 'POST',
    path: '/organizations/:id/domains',
    event: 'organization_domain.created',
    handle: async (services, call) => {
      const { instance, body, now } = call
      const { id: organizationId } = await requireOrganization(services, call)
      return transact(services.database, async (tx) => {
        const id = await addDomain(
          tx,
          instance,
          {
            organizationId,
            name: body.required('name', 320),
            enrollmentMode: body.text('enrollment_mode', 64),
            isVerified: body.flag('verified') ?? true,
          },
          now,
        )
        return toDomainJson(await requireDomain(tx, instance, { id, organizationId }), now)
      })
    },
  },
  {
    method: 'PATCH',
    path: '/organizations/:id/domains/:domainId',
    event: 'organization_domain.updated',
    handle: ({ database }, call) =>
      transact(database, async (tx) => {
        const { instance, body, now } = call
        refuseWithoutOrganizations(instance)
        const domain = await requireDomain(tx, instance, keyOf(call))
        const text = body.text('enrollment_mode', 64)
        const isVerified = body.flag('verified') ?? domain.verifiedAt !== null
        const mode = text === null ? domain.enrollmentMode : readMode(instance, text)
        if (!isVerified && mode !== 'manual_invitation') {
          throw paramError('form_param_value_invalid', 'enrollment_mode')
        }
        if (isVerified) await refuseProven(tx, instance, domain.name, domain.organizationId)
        await change(
          tx,
          domain,
          {
            enrollmentMode: mode,
            verifiedAt: isVerified ? (domain.verifiedAt ?? now) : null,
            verificationStrategy: isVerified ? (domain.verificationStrategy ?? 'admin') : null,
          },
          now,
        )
        return toDomainJson(await requireDomain(tx, instance, keyOf(call)), now)
      }),
  },
  {
    method: 'DELETE',
    path: '/organizations/:id/domains/:domainId',
    event: 'organization_domain.deleted',
    handle: ({ database }, call) =>
      transact(database, async (tx) => {
        refuseWithoutOrganizations(call.instance)
        const domain = await requireDomain(tx, call.instance, keyOf(call))
        await tx.delete(organizationDomains).where(eq(organizationDomains.id, domain.id))
        return { object: 'organization_domain', id: domain.id, deleted: true }
      }),
  },
]

type Db = Parameters<typeof findDomains>[0]
type Tx = Parameters<typeof addDomain>[0]

function keyOf({ path }: Pick<Visit, 'path'>): {
  readonly id: string
  readonly organizationId: string
} {
  return { id: path['domainId'] ?? '', organizationId: path['id'] ?? '' }
}

async function allow(db: Db, visit: Visit, permission: SystemPermission): Promise<void> {
  await requireAccess(db, visit, permission)
  refuseWithoutDomains(visit.instance)
}

function ofOrganization({ path }: Pick<Visit, 'path'>): SQL {
  return eq(organizationDomains.organizationId, path['id'] ?? '')
}

async function listDomains(
  db: Db,
  { instance, query, now }: Pick<Call, 'instance' | 'query' | 'now'>,
  scope: SQL | undefined,
): Promise<object> {
  // One that is off may still be that of some.
  const modes = query.list('enrollment_mode').map(parseMode)
  const isVerified = query.flag('verified')
  const { verifiedAt, enrollmentMode } = organizationDomains
  const where: SQL | undefined = and(
    scope,
    modes.length === 0 ? undefined : inArray(enrollmentMode, modes),
    isVerified === null ? undefined : isVerified ? isNotNull(verifiedAt) : isNull(verifiedAt),
  )
  const rows = await findDomains(db, instance.id, { where, ...readPage(query) })
  return {
    data: rows.map((row) => toDomainJson(row, now)),
    total_count: await countDomains(db, instance.id, where),
  }
}

async function change(
  tx: Tx,
  domain: Domain,
  changes: Partial<Domain>,
  now: number,
): Promise<void> {
  await tx
    .update(organizationDomains)
    .set({ ...changes, updatedAt: Math.max(now, domain.updatedAt + 1) })
    .where(eq(organizationDomains.id, domain.id))
}

/** Sends a code to an address of the domain: whoever reads it there belongs to it. */
async function prepareVerification(services: Services, visit: Visit): Promise<object> {
  const { instance, body, now } = visit
  const given = body.required('affiliation_email_address')
  await spend(services, visit, 'mails')
  const delivery = await transact(services.database, async (tx) => {
    await allow(tx, visit, 'org:sys_domains:manage')
    const domain = await requireDomain(tx, instance, keyOf(visit))
    if (domain.verifiedAt !== null) throw new ApiError('verification_already_verified')
    const address = parseEmailAddress(given, 'affiliation_email_address')
    if (!address.endsWith(`@${domain.name}`)) {
      throw paramError('form_param_value_invalid', 'affiliation_email_address')
    }
    await refuseProven(tx, instance, domain.name, domain.organizationId)
    const issued = await issueVerification(
      tx,
      instance,
      { strategy: 'email_code', address, current: domain.verification },
      now,
    )
    const changes = { verificationId: issued.verification.id, affiliationEmailAddress: address }
    await change(tx, domain, changes, now)
    return issued.delivery
  })
  await deliver(services, instance, 'organization-domain', delivery)
  return toDomainJson(await requireDomain(services.database, instance, keyOf(visit)), now)
}

async function attemptVerification(services: Services, visit: Visit): Promise<object> {
  const { instance, body, now } = visit
  const code = body.required('code', 64).trim()
  await spend(services, visit, 'attempts')
  return transact<object>(services.database, async (tx) => {
    await allow(tx, visit, 'org:sys_domains:manage')
    const domain = await requireDomain(tx, instance, keyOf(visit))
    if (domain.verifiedAt !== null) throw new ApiError('verification_already_verified')
    await refuseProven(tx, instance, domain.name, domain.organizationId)
    const problem = await redeemCode(tx, domain.verification, code, now)
    if (problem !== null) return new Refusal(problem)
    await change(tx, domain, { verifiedAt: now, verificationStrategy: 'email_code' }, now)
    await record(tx, visit, 'organization_domain.verified', domain.id, {
      parent: domain.organizationId,
    })
    return toDomainJson(await requireDomain(tx, instance, keyOf(visit)), now)
  })
}

async function writeRequests(
  db: Db,
  { instance }: Visit,
  rows: readonly MembershipRequest[],
): Promise<object[]> {
  const users = await findUsers(
    db,
    instance.id,
    rows.map(({ userId }) => userId),
  )
  return rows.flatMap((row) => {
    const user = users.get(row.userId)
    if (user === undefined) return []
    return {
      object: 'organization_membership_request',
      id: row.id,
      organization_id: row.organizationId,
      status: row.status,
      public_user_data: toPublicUserDataJson(user, instance),
      created_at: row.createdAt,
      updated_at: row.updatedAt,
    }
  })
}

async function requireUser(db: Db, visit: Visit): Promise<User> {
  refuseWithoutOrganizations(visit.instance)
  const { userId } = await findActingSession(db, visit)
  const user = await findUser(db, visit.instance.id, userId)
  if (user === null) throw new ApiError('authentication_invalid')
  return user
}
