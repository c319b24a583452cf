import { record } from '../audit/record.ts'
import { claimClient } from '../clients/client.ts'
import { transact } from '../database/transact.ts'
import { ApiError } from '../http/errors.ts'
import type { Visit } from '../http/visit.ts'
import type { Services } from '../services.ts'
import { startSession } from '../sessions/start.ts'
import type { MailedTicket } from '../tickets/mailed-ticket.ts'
import { findUserByEmailAddress } from '../users/user.ts'
import { insertSignIn, newSignIn, type SignIn } from './sign-in.ts'

/**
 * Signs in with the ticket of an invitation, which only its address was sent. The invitation is accepted in
 * the same transaction: a sign-in that is refused leaves it as it was.
 *
 * @throws {ApiError} `invitation_account_not_exists`, `session_exists`, `user_banned`, `user_locked`, and
 * what is wrong with the invitation
 */
export async function signInWithInvitation(
  services: Services,
  visit: Visit,
  ticket: MailedTicket,
): Promise<SignIn> {
  const { instance, now } = visit
  const { emailAddress } = ticket
  return transact(services.database, async (tx) => {
    const client = await claimClient(tx, visit)
    const user = await findUserByEmailAddress(tx, instance.id, emailAddress)
    if (user === null) throw new ApiError('invitation_account_not_exists')
    await ticket.accept(tx, instance, user.id, now)
    const session = await startSession(tx, visit, client, user.id, 'ticket')
    await record(tx, visit, 'invitation.accepted', user.id)
    const signIn = newSignIn(visit, {
      status: 'complete',
      identifier: emailAddress,
      userId: user.id,
      firstFactorStrategy: 'ticket',
      createdSessionId: session.id,
    })
    return insertSignIn(tx, client, signIn)
  })
}
