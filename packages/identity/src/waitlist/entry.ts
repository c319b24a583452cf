import { and, eq, type SQL } from 'drizzle-orm'

import type { Queryable, Transaction } from '../database/database.ts'
import { ApiError } from '../http/errors.ts'
import { newId } from '../ids.ts'
import type { Instance } from '../instances/instance.ts'
import { toInvitationJson, type ApplicationInvitation } from '../invitations/invitation.ts'
import { invitations } from '../invitations/tables.ts'
import { waitlistEntries } from './tables.ts'

/** An entry, as it is stored, with the invitation that came of it. */
export interface Entry {
  readonly entry: typeof waitlistEntries.$inferSelect
  readonly invitation: ApplicationInvitation | null
}

/** What came of an entry. */
export type EntryStatus = Entry['entry']['status'] | 'completed'

/** Entries with their invitations: the beginning of every query that reads some. */
export function selectEntries(db: Queryable, instance: Instance, where?: SQL) {
  return db
    .select({ entry: waitlistEntries, invitation: invitations })
    .from(waitlistEntries)
    .leftJoin(invitations, eq(invitations.id, waitlistEntries.invitationId))
    .where(and(eq(waitlistEntries.instanceId, instance.id), where))
}

/**
 * Finds an entry.
 *
 * @throws {ApiError} `resource_not_found`
 */
export async function requireEntry(db: Queryable, instance: Instance, id: string): Promise<Entry> {
  const [found] = await selectEntries(db, instance, eq(waitlistEntries.id, id))
  if (found === undefined) throw new ApiError('resource_not_found')
  return found
}

/** Lets somebody wait, or finds out that they wait already: one address waits once. */
export async function addEntry(
  tx: Transaction,
  instance: Instance,
  emailAddress: string,
  now: number,
): Promise<{ readonly id: string; readonly isNew: boolean }> {
  const [made] = await tx
    .insert(waitlistEntries)
    .values({
      id: newId('wle', now),
      instanceId: instance.id,
      emailAddress,
      status: 'pending',
      createdAt: now,
      updatedAt: now,
    })
    .onConflictDoNothing()
    .returning({ id: waitlistEntries.id })
  if (made !== undefined) return { id: made.id, isNew: true }
  const ofAddress = eq(waitlistEntries.emailAddress, emailAddress)
  const [found] = await selectEntries(tx, instance, ofAddress)
  if (found === undefined) throw new ApiError('service_busy', { retryAfter: 1 })
  return { id: found.entry.id, isNew: false }
}

/** Tells what came of an entry. */
export function statusOf({ entry, invitation }: Entry): EntryStatus {
  return invitation?.status === 'accepted' ? 'completed' : entry.status
}

/** Writes an entry for the application's servers. */
export function toEntryJson(found: Entry, now: number): object {
  const { entry, invitation } = found
  return {
    object: 'waitlist_entry',
    id: entry.id,
    email_address: entry.emailAddress,
    status: statusOf(found),
    invitation: invitation === null ? null : toInvitationJson(invitation, now),
    is_locked: false,
    created_at: entry.createdAt,
    updated_at: entry.updatedAt,
  }
}
