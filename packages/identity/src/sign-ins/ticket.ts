import { claimClient } from '../clients/client.ts'
import { transact } from '../database/transact.ts'
import type { Visit } from '../http/visit.ts'
import { findActiveOrganization } from '../organizations/active.ts'
import type { Services } from '../services.ts'
import { startSession } from '../sessions/start.ts'
import { spendTicket } from '../tickets/ticket.ts'
import { insertSignIn, newSignIn, type SignIn } from './sign-in.ts'

/**
 * Signs in with a ticket, which is used up in the same transaction: a sign-in that is refused leaves it as
 * it was.
 *
 * @throws {ApiError} `ticket_invalid`, `ticket_expired`, `session_exists`, `user_banned`, `user_locked`
 */
export async function signInWithTicket(services: Services, visit: Visit): Promise<SignIn> {
  const { instance, body, now } = visit
  const token = body.required('ticket', 4096)
  return transact(services.database, async (tx) => {
    const client = await claimClient(tx, visit)
    const ticket = await spendTicket(tx, instance.id, token, now)
    const { actor, organizationId, sessionLifetime } = ticket
    // Who left the organization since then starts as others do.
    const organization =
      organizationId === null
        ? null
        : await findActiveOrganization(tx, instance, ticket.userId, organizationId)
    const session = await startSession(tx, visit, client, ticket.userId, 'ticket', {
      actor,
      organizationId: organization?.id ?? null,
      ...(sessionLifetime === null ? {} : { lifetimeSeconds: sessionLifetime }),
    })
    const signIn = newSignIn(visit, {
      status: 'complete',
      userId: ticket.userId,
      firstFactorStrategy: 'ticket',
      createdSessionId: session.id,
    })
    return insertSignIn(tx, client, signIn)
  })
}
