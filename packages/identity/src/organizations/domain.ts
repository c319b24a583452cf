import { and, asc, count, eq, getTableColumns, isNotNull, ne, sql, type SQL } from 'drizzle-orm'

import type { Queryable, Transaction } from '../database/database.ts'
import { verifications } from '../database/schema.ts'
import { lockName } from '../database/transact.ts'
import { ApiError, paramError } from '../http/errors.ts'
import { newId } from '../ids.ts'
import type { Instance } from '../instances/instance.ts'
import { parseDomain } from '../users/email-address.ts'
import { lockOrganization } from './organization.ts'
import {
  organizationDomains,
  organizationInvitations,
  organizationSuggestions,
  type EnrollmentMode,
} from './tables.ts'

/** A domain, as it is stored. */
export type DomainRow = typeof organizationDomains.$inferSelect

/** A domain with the proof under way and what waits because of it. */
export interface Domain extends DomainRow {
  readonly verification: typeof verifications.$inferSelect | null
  readonly pendingInvitations: number
  readonly pendingSuggestions: number
}

/** How many domains an organization may name. */
const MAX_DOMAINS = 20

/** Where anybody gets an address: whoever has one there belongs to no organization by it. */
const COMMON: ReadonlySet<string> = new Set(
  (
    'aol.com fastmail.com gmail.com gmx.com gmx.de gmx.net googlemail.com hey.com hotmail.com icloud.com ' +
    'inbox.com live.com mac.com mail.com mail.ru me.com msn.com outlook.com pm.me proton.me protonmail.com ' +
    'qq.com rocketmail.com tutanota.com web.de yahoo.com yandex.com yandex.ru ymail.com zoho.com 163.com 126.com'
  ).split(' '),
)

/**
 * Refuses everything about domains where an instance has none.
 *
 * @throws {ApiError} `resource_forbidden`
 */
export function refuseWithoutDomains({ settings }: Instance): void {
  if (!settings.organization_domains) throw new ApiError('resource_forbidden')
}

/** Finds domains of an instance, oldest first. */
export async function findDomains(
  db: Queryable,
  instanceId: string,
  query: { readonly where: SQL | undefined; readonly limit?: number; readonly offset?: number },
): Promise<Domain[]> {
  const rows = await db
    .select({
      domain: getTableColumns(organizationDomains),
      verification: verifications,
      pendingInvitations: sql<number>`(select count(*)::int from organization_invitations waiting where waiting.domain_id = organization_domains.id and waiting.status = 'pending')`,
      pendingSuggestions: sql<number>`(select count(*)::int from organization_suggestions waiting where waiting.domain_id = organization_domains.id and waiting.status = 'pending')`,
    })
    .from(organizationDomains)
    .leftJoin(verifications, eq(verifications.id, organizationDomains.verificationId))
    .where(and(eq(organizationDomains.instanceId, instanceId), query.where))
    .orderBy(asc(organizationDomains.createdAt), asc(organizationDomains.id))
    .limit(query.limit ?? 500)
    .offset(query.offset ?? 0)
  return rows.map(({ domain, ...rest }) => ({ ...domain, ...rest }))
}

/** Counts domains of an instance. */
export async function countDomains(
  db: Queryable,
  instanceId: string,
  where: SQL | undefined,
): Promise<number> {
  const [row] = await db
    .select({ count: count() })
    .from(organizationDomains)
    .where(and(eq(organizationDomains.instanceId, instanceId), where))
  return row?.count ?? 0
}

/**
 * Finds a domain of an organization.
 *
 * @throws {ApiError} `resource_not_found`
 */
export async function requireDomain(
  db: Queryable,
  instance: Instance,
  key: { readonly id: string; readonly organizationId: string },
): Promise<Domain> {
  const where = and(
    eq(organizationDomains.id, key.id),
    eq(organizationDomains.organizationId, key.organizationId),
  )
  const [domain] = await findDomains(db, instance.id, { where })
  if (domain === undefined) throw new ApiError('resource_not_found')
  return domain
}

/**
 * Adds a domain to an organization. Returns its id.
 *
 * @param isVerified whether the application vouches for it
 * @throws {ApiError} `organization_domain_common`, `organization_domain_already_exists`,
 * `organization_domain_quota_exceeded`, `organization_domain_enrollment_mode_not_enabled`
 */
export async function addDomain(
  tx: Transaction,
  instance: Instance,
  input: {
    readonly organizationId: string
    readonly name: string
    readonly enrollmentMode: string | null
    readonly isVerified: boolean
  },
  now: number,
): Promise<string> {
  const { organizationId, isVerified } = input
  const name = parseDomain(input.name, 'name')
  if (COMMON.has(name)) throw paramError('organization_domain_common', 'name')
  const enrollmentMode = readMode(instance, input.enrollmentMode ?? 'manual_invitation')
  if (!isVerified && enrollmentMode !== 'manual_invitation') {
    throw paramError('form_param_value_invalid', 'enrollment_mode')
  }
  const organization = await lockOrganization(tx, instance.id, organizationId)
  if (organization === null) throw new ApiError('organization_not_found_or_unauthorized')
  const ofOrganization = eq(organizationDomains.organizationId, organizationId)
  if ((await countDomains(tx, instance.id, ofOrganization)) >= MAX_DOMAINS) {
    throw new ApiError('organization_domain_quota_exceeded')
  }
  await refuseProven(tx, instance, name, organizationId)
  const [row] = await tx
    .insert(organizationDomains)
    .values({
      id: newId('orgdmn', now),
      instanceId: instance.id,
      organizationId,
      name,
      enrollmentMode,
      verifiedAt: isVerified ? now : null,
      verificationStrategy: isVerified ? 'admin' : null,
      createdAt: now,
      updatedAt: now,
    })
    .onConflictDoNothing()
    .returning()
  if (row === undefined) throw paramError('organization_domain_already_exists', 'name')
  return row.id
}

/**
 * Refuses a domain that another organization has proven, and keeps others from proving it until the end of
 * the transaction.
 *
 * @throws {ApiError} `organization_domain_already_exists`
 */
export async function refuseProven(
  tx: Transaction,
  instance: Instance,
  name: string,
  organizationId: string,
): Promise<void> {
  await lockName(tx, instance.id, 'organization domain', name)
  const owners = await countDomains(
    tx,
    instance.id,
    and(
      eq(organizationDomains.name, name),
      isNotNull(organizationDomains.verifiedAt),
      ne(organizationDomains.organizationId, organizationId),
    ),
  )
  if (owners > 0) throw paramError('organization_domain_already_exists', 'name')
}

/**
 * Reads how people with an address of a domain come in.
 *
 * @throws {ApiError} `form_param_value_invalid`, `organization_domain_enrollment_mode_not_enabled`
 */
export function readMode({ settings }: Instance, text: string): EnrollmentMode {
  const mode = parseMode(text)
  if (!settings.organization_domain_enrollment_modes.includes(mode)) {
    throw new ApiError('organization_domain_enrollment_mode_not_enabled')
  }
  return mode
}

/**
 * Parses the name of a way in, whether the instance has it or not.
 *
 * @throws {ApiError} `form_param_value_invalid`
 */
export function parseMode(text: string): EnrollmentMode {
  const known = ['manual_invitation', 'automatic_invitation', 'automatic_suggestion'] as const
  const mode = known.find((it) => it === text)
  if (mode === undefined) throw paramError('form_param_value_invalid', 'enrollment_mode')
  return mode
}

/** Takes back what waits because of a domain. */
export async function deletePending(tx: Transaction, domain: DomainRow): Promise<void> {
  await tx
    .delete(organizationInvitations)
    .where(
      and(
        eq(organizationInvitations.domainId, domain.id),
        eq(organizationInvitations.status, 'pending'),
      ),
    )
  await tx
    .delete(organizationSuggestions)
    .where(
      and(
        eq(organizationSuggestions.domainId, domain.id),
        eq(organizationSuggestions.status, 'pending'),
      ),
    )
}

/** Writes a domain. */
export function toDomainJson(domain: Domain, now: number): object {
  const verification = toProofJson(domain, now)
  return {
    object: 'organization_domain',
    id: domain.id,
    name: domain.name,
    organization_id: domain.organizationId,
    enrollment_mode: domain.enrollmentMode,
    verification,
    affiliation_verification: verification,
    ownership_verification: null,
    affiliation_email_address: domain.affiliationEmailAddress,
    total_pending_invitations: domain.pendingInvitations,
    total_pending_suggestions: domain.pendingSuggestions,
    created_at: domain.createdAt,
    updated_at: domain.updatedAt,
  }
}

function toProofJson(domain: Domain, now: number): object | null {
  const { verification, verifiedAt, verificationStrategy } = domain
  if (verifiedAt === null && verification === null) return null
  const isOver = verification?.status === 'unverified' && verification.expireAt <= now
  const expireAt = verification?.expireAt ?? null
  return {
    status: verifiedAt !== null ? 'verified' : isOver ? 'expired' : verification?.status,
    strategy: verificationStrategy ?? verification?.strategy,
    attempts: verification?.attempts ?? null,
    // One name for pages, one for servers.
    expire_at: expireAt,
    expires_at: expireAt,
  }
}
