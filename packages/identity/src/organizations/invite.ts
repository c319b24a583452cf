import type { Metadata } from '@core/protocol'
import { and, count, eq, gt, inArray, isNotNull, isNull, lte, sql } from 'drizzle-orm'

import type { Transaction } from '../database/database.ts'
import { emailAddresses } from '../database/schema.ts'
import { transact } from '../database/transact.ts'
import { ApiError, type ApiErrorCode } from '../http/errors.ts'
import { newId } from '../ids.ts'
import type { Instance } from '../instances/instance.ts'
import { deliverMails } from '../mail/deliver.ts'
import { invitationMail } from '../mail/messages.ts'
import { hashToken, newToken } from '../secrets.ts'
import type { Services } from '../services.ts'
import { ticketUrl } from '../tickets/ticket-url.ts'
import { findInvitations, type Invitation } from './invitation.ts'
import { lockOrganization, type OrganizationRow } from './organization.ts'
import { organizationInvitations, organizationMemberships } from './tables.ts'

/** Whom to invite, and as what. */
export interface NewInvitation {
  /** Normalized. */
  readonly emailAddress: string
  readonly roleId: string
  /** Who invites. Left out: the application. */
  readonly inviterId?: string | null
  readonly redirectUrl?: string | null
  readonly publicMetadata?: Metadata
  readonly privateMetadata?: Metadata
  /** Seconds; the instance's lifetime if left out. */
  readonly lifetime?: number
  /** Whether a mail is sent. Default: `true`. */
  readonly notify?: boolean
}

/** An invitation and the address that accepts it, which is told once. */
export interface SentInvitation {
  readonly invitation: Invitation
  readonly url: string
}

const HOUR = 60 * 60 * 1000

/**
 * Invites people, all or none of them, and sends each a mail. If one cannot be handed over, that invitation is
 * taken back, so that whoever asks again is not told that there is one.
 *
 * @param decide says, inside the transaction, whom to invite: who asks may be checked there
 * @param duplicateCode what is answered if somebody has been invited already
 * @throws {ApiError} `organization_not_found_or_unauthorized`, `already_a_member_in_organization`,
 * `organization_membership_quota_exceeded`, `too_many_requests`, `mail_delivery_failed`
 */
export async function invite(
  services: Services,
  instance: Instance,
  organizationId: string,
  decide: (tx: Transaction) => Promise<readonly NewInvitation[]>,
  duplicateCode: ApiErrorCode,
  now: number,
): Promise<SentInvitation[]> {
  const { organization, sent } = await transact(services.database, async (tx) => {
    const items = await decide(tx)
    const found = await lockOrganization(tx, instance.id, organizationId)
    if (found === null) throw new ApiError('organization_not_found_or_unauthorized')
    await retireOld(tx, found, now)
    await refuseAny(tx, instance, found, items, duplicateCode, now)
    return {
      organization: found,
      sent: await insertInvitations(tx, instance, found, items, now),
    }
  })
  const failed = await deliverMails(
    services,
    instance,
    sent
      .filter(({ item }) => item.notify !== false)
      .map(({ item, id, url }) => ({
        id,
        mail: invitationMail(instance.settings, item.emailAddress, {
          organization: organization.name,
          url,
          lifetime: item.lifetime ?? instance.settings.invitation_lifetime,
        }),
      })),
  )
  if (failed.length > 0) {
    await services.database
      .delete(organizationInvitations)
      .where(
        and(
          inArray(organizationInvitations.id, failed),
          eq(organizationInvitations.status, 'pending'),
        ),
      )
    throw new ApiError('mail_delivery_failed', { retryAfter: 5 })
  }
  const invitations = await findInvitations(services.database, instance.id, {
    where: inArray(
      organizationInvitations.id,
      sent.map(({ id }) => id),
    ),
  })
  return sent.flatMap(({ id, url }) => {
    const invitation = invitations.find((it) => it.id === id)
    return invitation === undefined ? [] : [{ invitation, url }]
  })
}

/** Marks what has expired, so that it is not in the way of a new invitation. */
async function retireOld(
  tx: Transaction,
  organization: OrganizationRow,
  now: number,
): Promise<void> {
  await tx
    .update(organizationInvitations)
    .set({ status: 'expired' })
    .where(
      and(
        eq(organizationInvitations.organizationId, organization.id),
        eq(organizationInvitations.status, 'pending'),
        lte(organizationInvitations.expireAt, now),
      ),
    )
}

async function refuseAny(
  tx: Transaction,
  instance: Instance,
  organization: OrganizationRow,
  items: readonly NewInvitation[],
  duplicateCode: ApiErrorCode,
  now: number,
): Promise<void> {
  const addresses = items.map(({ emailAddress }) => emailAddress)
  const ofOrganization = eq(organizationInvitations.organizationId, organization.id)
  const isPending = eq(organizationInvitations.status, 'pending')
  const [recent] = await tx
    .select({ count: count() })
    .from(organizationInvitations)
    .where(and(ofOrganization, gt(organizationInvitations.createdAt, now - HOUR)))
  if (
    (recent?.count ?? 0) + items.length >
    instance.settings.invitations_per_organization_and_hour
  ) {
    throw new ApiError('too_many_requests', { retryAfter: 60 })
  }
  const members = await tx
    .select({ emailAddress: emailAddresses.emailAddress })
    .from(emailAddresses)
    .innerJoin(organizationMemberships, eq(organizationMemberships.userId, emailAddresses.userId))
    .where(
      and(
        eq(emailAddresses.instanceId, instance.id),
        inArray(emailAddresses.emailAddress, addresses),
        isNotNull(emailAddresses.verifiedAt),
        eq(organizationMemberships.organizationId, organization.id),
      ),
    )
  refuseAddresses('already_a_member_in_organization', members)
  const waiting = await tx
    .select({ emailAddress: organizationInvitations.emailAddress })
    .from(organizationInvitations)
    .where(
      and(
        ofOrganization,
        isPending,
        isNull(organizationInvitations.domainId),
        inArray(organizationInvitations.emailAddress, addresses),
      ),
    )
  refuseAddresses(duplicateCode, waiting)
  const { maxAllowedMemberships: maximum, membersCount } = organization
  if (maximum === 0) return
  const [pending] = await tx
    .select({ count: count() })
    .from(organizationInvitations)
    .where(and(ofOrganization, isPending, isNull(organizationInvitations.domainId)))
  if (membersCount + (pending?.count ?? 0) + items.length > maximum) {
    throw new ApiError('organization_membership_quota_exceeded')
  }
}

function refuseAddresses(
  code: ApiErrorCode,
  rows: readonly { readonly emailAddress: string }[],
): void {
  if (rows.length === 0) return
  const addresses = rows.map(({ emailAddress }) => emailAddress)
  throw new ApiError(code, {
    meta: { email_addresses: addresses },
    // Pages look for the address in this text. It stays out of the error's own message and of logs.
    ...(code === 'already_a_member_in_organization'
      ? { detail: `${addresses.join(', ')} is a member of the organization already.` }
      : {}),
  })
}

async function insertInvitations(
  tx: Transaction,
  instance: Instance,
  organization: OrganizationRow,
  items: readonly NewInvitation[],
  now: number,
) {
  // A person's invitation takes the place of one by a domain.
  await tx.delete(organizationInvitations).where(
    and(
      eq(organizationInvitations.organizationId, organization.id),
      eq(organizationInvitations.status, 'pending'),
      inArray(
        organizationInvitations.emailAddress,
        items.map(({ emailAddress }) => emailAddress),
      ),
    ),
  )
  const sent = items.map((item, index) => {
    const ticket = newToken()
    return { item, id: newId('orginv', now), url: ticketUrl(instance, ticket), ticket, index }
  })
  await tx.insert(organizationInvitations).values(
    sent.map(({ item, id, ticket, index }) => ({
      id,
      instanceId: instance.id,
      organizationId: organization.id,
      emailAddress: item.emailAddress,
      roleId: item.roleId,
      status: 'pending' as const,
      inviterId: item.inviterId ?? null,
      ticketHash: hashToken(ticket),
      redirectUrl: item.redirectUrl ?? null,
      publicMetadata: item.publicMetadata ?? {},
      privateMetadata: item.privateMetadata ?? {},
      expireAt: now + (item.lifetime ?? instance.settings.invitation_lifetime) * 1000,
      createdAt: now + index,
      updatedAt: now + index,
    })),
  )
  return sent
}

/**
 * Takes back an invitation that nobody accepted yet. The statement that asks is the one that does it.
 *
 * @throws {ApiError} `resource_not_found`, `invitation_already_accepted`, `invitation_already_revoked`
 */
export async function revokeInvitation(
  tx: Transaction,
  instance: Instance,
  key: { readonly id: string; readonly organizationId: string },
  now: number,
): Promise<Invitation> {
  const where = and(
    eq(organizationInvitations.id, key.id),
    eq(organizationInvitations.organizationId, key.organizationId),
  )
  const revoked = await tx
    .update(organizationInvitations)
    .set({
      status: 'revoked',
      updatedAt: sql`greatest(${now}::bigint, ${organizationInvitations.updatedAt} + 1)`,
    })
    .where(
      and(
        where,
        eq(organizationInvitations.instanceId, instance.id),
        inArray(organizationInvitations.status, ['pending', 'expired']),
      ),
    )
    .returning({ id: organizationInvitations.id })
  const [invitation] = await findInvitations(tx, instance.id, { where })
  if (invitation === undefined) throw new ApiError('resource_not_found')
  if (revoked.length > 0) return invitation
  throw new ApiError(
    invitation.status === 'accepted' ? 'invitation_already_accepted' : 'invitation_already_revoked',
  )
}
