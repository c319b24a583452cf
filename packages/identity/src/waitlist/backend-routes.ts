/** The endpoints below `/v1/waitlist_entries`: the application's servers let in who waits. */

import { and, asc, count, desc, eq, ilike, isNull, ne, or, type SQL } from 'drizzle-orm'

import { record } from '../audit/record.ts'
import type { Transaction } from '../database/database.ts'
import { transact } from '../database/transact.ts'
import type { BackendRoute, Call } from '../http/backend-route.ts'
import { ApiError, paramError } from '../http/errors.ts'
import { readOrder, readPage } from '../http/paging.ts'
import { containing, type Params } from '../http/params.ts'
import { insertInvitations, mailInvitations } from '../invitations/invite.ts'
import { invitations } from '../invitations/tables.ts'
import { deliverMails } from '../mail/deliver.ts'
import { waitlistMail } from '../mail/messages.ts'
import { spendOfInstance } from '../rate-limits/spend.ts'
import type { Services } from '../services.ts'
import { nextUpdate } from '../time.ts'
import { parseEmailAddress } from '../users/email-address.ts'
import {
  addEntry,
  requireEntry,
  selectEntries,
  statusOf,
  toEntryJson,
  type Entry,
  type EntryStatus,
} from './entry.ts'
import { waitlistEntries } from './tables.ts'

export const waitlistBackendRoutes: readonly BackendRoute[] = [
  { method: 'GET', path: '/waitlist_entries', handle: listEntries },
  {
    method: 'POST',
    path: '/waitlist_entries',
    handle: async (services, call) => {
      const [made] = await createEntries(services, call, [call.body])
      return made
    },
  },
  {
    method: 'POST',
    path: '/waitlist_entries/bulk',
    takes: 'list',
    handle: async (services, call) => createEntries(services, call, await call.items()),
  },
  { method: 'POST', path: '/waitlist_entries/:id/invite', handle: inviteEntry },
  {
    method: 'POST',
    path: '/waitlist_entries/:id/reject',
    event: 'waitlist_entry.rejected',
    handle: rejectEntry,
  },
  {
    method: 'DELETE',
    path: '/waitlist_entries/:id',
    event: 'waitlist_entry.deleted',
    handle: deleteEntry,
  },
]

const MAX_BULK = 10

/** What lists can be ordered by. */
const ORDERS = {
  created_at: waitlistEntries.createdAt,
  invited_at: invitations.createdAt,
  email_address: waitlistEntries.emailAddress,
} as const

const isCompleted = eq(invitations.status, 'accepted')
const isOpen = or(isNull(invitations.status), ne(invitations.status, 'accepted'))

/** What a row must be like to have a status. */
const STATUSES: Readonly<Record<EntryStatus, SQL | undefined>> = {
  pending: and(eq(waitlistEntries.status, 'pending'), isOpen),
  invited: and(eq(waitlistEntries.status, 'invited'), isOpen),
  rejected: and(eq(waitlistEntries.status, 'rejected'), isOpen),
  completed: isCompleted,
}

async function listEntries(
  { database }: Services,
  { instance, query, now }: Call,
): Promise<object> {
  const { column, isDescending } = readOrder(query, ORDERS, '-created_at')
  const where = and(
    statusCondition(query.text('status')),
    query.text('query', 256) === null
      ? undefined
      : or(
          eq(waitlistEntries.id, query.required('query', 256)),
          ilike(waitlistEntries.emailAddress, containing(query, 'query')),
        ),
  )
  const { limit, offset } = readPage(query)
  const rows = await selectEntries(database, instance, where)
    .orderBy(isDescending ? desc(column) : asc(column), desc(waitlistEntries.id))
    .limit(limit)
    .offset(offset)
  const [total] = await database
    .select({ count: count() })
    .from(waitlistEntries)
    .leftJoin(invitations, eq(invitations.id, waitlistEntries.invitationId))
    .where(and(eq(waitlistEntries.instanceId, instance.id), where))
  return { data: rows.map((row) => toEntryJson(row, now)), total_count: total?.count ?? 0 }
}

function statusCondition(status: string | null): SQL | undefined {
  if (status === null) return undefined
  if (!Object.hasOwn(STATUSES, status)) throw paramError('form_param_value_invalid', 'status')
  return STATUSES[status as EntryStatus]
}

/** Lets people wait. Who waits already stays where they are, and gets no second mail. */
async function createEntries(
  services: Services,
  call: Call,
  bodies: readonly Params[],
): Promise<object[]> {
  const { instance, now } = call
  if (bodies.length > MAX_BULK) throw new ApiError('bulk_size_exceeded')
  if (bodies.length === 0) throw paramError('form_param_nil', 'email_address')
  const items = bodies.map((body) => ({
    emailAddress: parseEmailAddress(body.required('email_address'), 'email_address'),
    isNotified: body.flag('notify') ?? true,
  }))
  await spendOfInstance(services, call, 'invitations', items.length)
  const made = await transact(services.database, async (tx) => {
    const entries = []
    for (const { emailAddress, isNotified } of items) {
      const { id, isNew } = await addEntry(tx, instance, emailAddress, now)
      if (isNew) await record(tx, call, 'waitlist_entry.created', id)
      entries.push({ found: await requireEntry(tx, instance, id), isTold: isNew && isNotified })
    }
    return entries
  })
  // The mail is a courtesy: whoever waits, waits without it.
  await deliverMails(
    services,
    instance,
    made
      .filter(({ isTold }) => isTold)
      .map(({ found: { entry } }) => ({
        id: entry.id,
        mail: waitlistMail(instance.settings, entry.emailAddress),
      })),
  )
  return made.map(({ found }) => toEntryJson(found, now))
}

/** Invites who waits. If the mail cannot be handed over they wait as before. */
async function inviteEntry(services: Services, call: Call): Promise<object> {
  const { instance, body, now } = call
  const { database } = services
  const ignoreExisting = body.flag('ignore_existing') ?? false
  await spendOfInstance(services, call, 'invitations')
  const { before, sent } = await transact(database, async (tx) => {
    const found = await claimEntry(tx, call)
    if (statusOf(found) === 'completed') throw new ApiError('invitation_already_accepted')
    const { emailAddress } = found.entry
    const made = await insertInvitations(tx, call, [{ emailAddress, ignoreExisting }])
    const invitationId = made[0]?.invitation.id ?? null
    await changeEntry(tx, call, found, { status: 'invited', invitationId })
    await record(tx, call, 'waitlist_entry.invited', found.entry.id)
    return { before: found, sent: made }
  })
  try {
    await mailInvitations(services, instance, sent)
  } catch (error) {
    const { status, invitationId } = before.entry
    await changeEntry(database, call, before, { status, invitationId })
    throw error
  }
  return toEntryJson(await requireEntry(database, instance, before.entry.id), now)
}

/** Turns somebody down. An invitation that they were sent is worth nothing from then on. */
function rejectEntry({ database }: Services, call: Call): Promise<object> {
  const { instance, now } = call
  return transact(database, async (tx) => {
    const found = await claimEntry(tx, call)
    const { invitation } = found
    if (invitation !== null) {
      const isIt = and(eq(invitations.id, invitation.id), eq(invitations.instanceId, instance.id))
      const [settled] = await tx
        .update(invitations)
        .set({ status: 'revoked', updatedAt: nextUpdate(invitation.updatedAt, now) })
        .where(and(isIt, ne(invitations.status, 'accepted')))
        .returning()
      if (settled === undefined) throw new ApiError('invitation_already_accepted')
    }
    await changeEntry(tx, call, found, { status: 'rejected' })
    return toEntryJson(await requireEntry(tx, instance, found.entry.id), now)
  })
}

/** Forgets somebody. An invitation that they were sent stays what it is. */
async function deleteEntry({ database }: Services, { instance, path }: Call): Promise<object> {
  const [row] = await database
    .delete(waitlistEntries)
    .where(
      and(eq(waitlistEntries.id, path['id'] ?? ''), eq(waitlistEntries.instanceId, instance.id)),
    )
    .returning({ id: waitlistEntries.id })
  if (row === undefined) throw new ApiError('resource_not_found')
  return { object: 'waitlist_entry', id: row.id, deleted: true }
}

/** Locks the entry that the path names until the end of the transaction. */
async function claimEntry(tx: Transaction, { instance, path }: Call): Promise<Entry> {
  const id = path['id'] ?? ''
  await tx
    .select({ id: waitlistEntries.id })
    .from(waitlistEntries)
    .where(and(eq(waitlistEntries.id, id), eq(waitlistEntries.instanceId, instance.id)))
    .for('update')
  return requireEntry(tx, instance, id)
}

async function changeEntry(
  db: Transaction | Services['database'],
  { instance, now }: Call,
  { entry }: Entry,
  changes: Partial<Entry['entry']>,
): Promise<void> {
  await db
    .update(waitlistEntries)
    .set({ ...changes, updatedAt: nextUpdate(entry.updatedAt, now) })
    .where(and(eq(waitlistEntries.id, entry.id), eq(waitlistEntries.instanceId, instance.id)))
}
