import type { Queryable } from '../database/database.ts'
import { ApiError } from '../http/errors.ts'
import { findApplicationTicket } from '../invitations/accept.ts'
import { refuseSettled } from '../invitations/status.ts'
import { findOrganizationTicket } from '../organizations/accept.ts'
import { hashToken } from '../secrets.ts'
import type { MailedTicket } from './mailed-ticket.ts'

/** Where a ticket that was mailed may come from. */
const KINDS = [findOrganizationTicket, findApplicationTicket] as const

/** Finds the invitation that a ticket belongs to, whatever became of it. */
export async function findMailedTicket(
  db: Queryable,
  instanceId: string,
  ticketHash: string,
): Promise<MailedTicket | null> {
  for (const find of KINDS) {
    const found = await find(db, instanceId, ticketHash)
    if (found !== null) return found
  }
  return null
}

/**
 * Finds the invitation that a ticket opens.
 *
 * @throws {ApiError} `ticket_invalid`, and what is wrong with an invitation that is over
 */
export async function requireMailedTicket(
  db: Queryable,
  instanceId: string,
  ticket: string,
  now: number,
): Promise<MailedTicket> {
  const found = await findMailedTicket(db, instanceId, hashToken(ticket))
  if (found === null) throw new ApiError('ticket_invalid')
  refuseSettled(found, now)
  return found
}
