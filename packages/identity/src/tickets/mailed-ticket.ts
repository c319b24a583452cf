import type { Transaction } from '../database/database.ts'
import type { Instance } from '../instances/instance.ts'
import type { InvitationStatus } from '../invitations/status.ts'

/**
 * The ticket in the mail of an invitation. Whoever brings it has read the mail: it proves the address, and
 * lets its owner sign up where nobody else may.
 */
export interface MailedTicket {
  readonly ticketHash: string
  /** The address it was sent to. It is good for no other. */
  readonly emailAddress: string
  /** Where its link leads, if whoever invites said so. */
  readonly redirectUrl: string | null
  readonly status: InvitationStatus
  readonly expireAt: number
  /**
   * Accepts the invitation for a user who has proven the address. Of any number at once one wins.
   *
   * @throws {ApiError} `resource_not_found`, and what is wrong with an invitation that is over
   */
  readonly accept: (
    tx: Transaction,
    instance: Instance,
    userId: string,
    now: number,
  ) => Promise<void>
}
