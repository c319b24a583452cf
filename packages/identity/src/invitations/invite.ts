import type { Metadata } from '@core/protocol'
import { and, eq, gt, inArray, isNotNull } from 'drizzle-orm'

import { record, type InstanceAuthor } from '../audit/record.ts'
import type { Transaction } from '../database/database.ts'
import { emailAddresses } from '../database/schema.ts'
import { lockName, transact } from '../database/transact.ts'
import { ApiError } from '../http/errors.ts'
import { newId } from '../ids.ts'
import type { Instance } from '../instances/instance.ts'
import { deliverMails } from '../mail/deliver.ts'
import { invitationMail } from '../mail/messages.ts'
import { hashToken, newToken } from '../secrets.ts'
import type { Services } from '../services.ts'
import { ticketUrl } from '../tickets/ticket-url.ts'
import type { ApplicationInvitation } from './invitation.ts'
import { invitations } from './tables.ts'

/** Whom to invite into the application. */
export interface NewInvitation {
  /** Normalized. */
  readonly emailAddress: string
  readonly redirectUrl?: string | null
  readonly publicMetadata?: Metadata
  /** Seconds; the instance's lifetime if left out. */
  readonly lifetime?: number
  /** Whether a mail is sent. Default: `true`. */
  readonly notify?: boolean
  /** Whether it is made even if the address has an account or an invitation. Default: `false`. */
  readonly ignoreExisting?: boolean
}

/** An invitation and the address that accepts it, which is told once. */
export interface SentInvitation {
  readonly item: NewInvitation
  readonly invitation: ApplicationInvitation
  readonly url: string
}

/**
 * Invites people, all or none of them, and sends each a mail. If one cannot be handed over, that invitation is
 * taken back, so that whoever asks again is not told that there is one.
 *
 * @throws {ApiError} `duplicate_record`, `form_identifier_exists`, `mail_delivery_failed`
 */
export async function invite(
  services: Services,
  author: InstanceAuthor,
  items: readonly NewInvitation[],
): Promise<SentInvitation[]> {
  const sent = await transact(services.database, (tx) => insertInvitations(tx, author, items))
  await mailInvitations(services, author.instance, sent)
  return sent
}

/**
 * Creates invitations that are yet to be mailed.
 *
 * @throws {ApiError} `invitations_not_supported`, `duplicate_record`, `form_identifier_exists`
 */
export async function insertInvitations(
  tx: Transaction,
  author: InstanceAuthor,
  items: readonly NewInvitation[],
): Promise<SentInvitation[]> {
  const { instance, now } = author
  if (instance.settings.email_address === 'off') throw new ApiError('invitations_not_supported')
  const addresses = items.map(({ emailAddress }) => emailAddress)
  refuseAddresses(addresses.filter((address, index) => addresses.indexOf(address) !== index))
  // There may be several for one address if somebody wants that, so an index cannot tell: one at a time.
  for (const address of addresses.toSorted()) {
    await lockName(tx, 'invitation', instance.id, address)
  }
  const strict = items.filter(({ ignoreExisting }) => ignoreExisting !== true)
  await refuseExisting(tx, instance, strict, now)
  const made = items.map((item, index) => ({ item, ticket: newToken(), createdAt: now + index }))
  const rows = await tx
    .insert(invitations)
    .values(
      made.map(({ item, ticket, createdAt }) => ({
        id: newId('inv', now),
        instanceId: instance.id,
        emailAddress: item.emailAddress,
        status: 'pending' as const,
        ticketHash: hashToken(ticket),
        redirectUrl: item.redirectUrl ?? null,
        publicMetadata: item.publicMetadata ?? {},
        expireAt: now + (item.lifetime ?? instance.settings.invitation_lifetime) * 1000,
        createdAt,
        updatedAt: createdAt,
      })),
    )
    .returning()
  for (const { id } of rows) await record(tx, author, 'invitation.created', id)
  return made.flatMap(({ item, ticket }) => {
    const invitation = rows.find(({ ticketHash }) => ticketHash === hashToken(ticket))
    if (invitation === undefined) return []
    return [{ item, invitation, url: ticketUrl(instance, ticket) }]
  })
}

/**
 * Mails invitations, and takes back those that could not be handed over.
 *
 * @throws {ApiError} `mail_delivery_failed`
 */
export async function mailInvitations(
  services: Services,
  instance: Instance,
  sent: readonly SentInvitation[],
): Promise<void> {
  const failed = await deliverMails(
    services,
    instance,
    sent
      .filter(({ item }) => item.notify !== false)
      .map(({ item, invitation: { id, emailAddress }, url }) => ({
        id,
        mail: invitationMail(instance.settings, emailAddress, {
          url,
          lifetime: item.lifetime ?? instance.settings.invitation_lifetime,
        }),
      })),
  )
  if (failed.length === 0) return
  await services.database
    .delete(invitations)
    .where(
      and(
        inArray(invitations.id, failed),
        eq(invitations.instanceId, instance.id),
        eq(invitations.status, 'pending'),
      ),
    )
  throw new ApiError('mail_delivery_failed', { retryAfter: 5 })
}

async function refuseExisting(
  tx: Transaction,
  instance: Instance,
  items: readonly NewInvitation[],
  now: number,
): Promise<void> {
  const addresses = items.map(({ emailAddress }) => emailAddress)
  const users = await tx
    .select({ emailAddress: emailAddresses.emailAddress })
    .from(emailAddresses)
    .where(
      and(
        eq(emailAddresses.instanceId, instance.id),
        inArray(emailAddresses.emailAddress, addresses),
        isNotNull(emailAddresses.verifiedAt),
      ),
    )
  if (users.length > 0) {
    const found = users.map(({ emailAddress }) => emailAddress)
    throw new ApiError('form_identifier_exists', {
      meta: { param_name: 'email_address', email_addresses: found },
    })
  }
  const waiting = await tx
    .select({ emailAddress: invitations.emailAddress })
    .from(invitations)
    .where(
      and(
        eq(invitations.instanceId, instance.id),
        inArray(invitations.emailAddress, addresses),
        eq(invitations.status, 'pending'),
        gt(invitations.expireAt, now),
      ),
    )
  refuseAddresses(waiting.map(({ emailAddress }) => emailAddress))
}

function refuseAddresses(addresses: readonly string[]): void {
  if (addresses.length === 0) return
  throw new ApiError('duplicate_record', { meta: { email_addresses: [...new Set(addresses)] } })
}
