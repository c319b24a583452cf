/** What becomes of invitations, into the application and into organizations alike. */

import { and, eq, gt, inArray, lte, or, type SQL } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'

import { ApiError } from '../http/errors.ts'

/** What became of an invitation. */
export type InvitationStatus = 'pending' | 'accepted' | 'revoked' | 'expired'

const REFUSALS = {
  accepted: 'invitation_already_accepted',
  revoked: 'invitation_already_revoked',
  expired: 'invitation_expired',
} as const

/** What is stored of what may be asked for; a pending one may have expired. */
const SETTLED: ReadonlySet<string> = new Set(Object.keys(REFUSALS))

/** The status of an invitation at a time: a pending one expires by itself. */
export function invitationStatusAt(
  invitation: { readonly status: InvitationStatus; readonly expireAt: number },
  now: number,
): InvitationStatus {
  return invitation.status === 'pending' && invitation.expireAt <= now
    ? 'expired'
    : invitation.status
}

/**
 * Refuses an invitation that is over.
 *
 * @throws {ApiError} `invitation_already_accepted`, `invitation_already_revoked`, `invitation_expired`
 */
export function refuseSettled(
  invitation: { readonly status: InvitationStatus; readonly expireAt: number },
  now: number,
): void {
  const status = invitationStatusAt(invitation, now)
  if (status !== 'pending') throw new ApiError(REFUSALS[status])
}

/** What a row must be like to have one of some statuses. Unknown ones are those of nothing. */
export function hasStatus(
  { status, expireAt }: { readonly status: PgColumn; readonly expireAt: PgColumn },
  wanted: readonly string[],
  now: number,
): SQL | undefined {
  if (wanted.length === 0) return undefined
  const isPending = eq(status, 'pending')
  return or(
    inArray(status, ['none', ...wanted.filter((it) => SETTLED.has(it))]),
    wanted.includes('pending') ? and(isPending, gt(expireAt, now)) : undefined,
    wanted.includes('expired') ? and(isPending, lte(expireAt, now)) : undefined,
  )
}
