import { record } from '../audit/record.ts'
import { claimClient } from '../clients/client.ts'
import { transact } from '../database/transact.ts'
import { ApiError, type ApiErrorCode } from '../http/errors.ts'
import type { Visit } from '../http/visit.ts'
import { findActiveOrganization } from '../organizations/active.ts'
import type { Services } from '../services.ts'
import { startSession } from '../sessions/start.ts'
import { findHolderOfTicket, spendTicket } from '../tickets/ticket.ts'
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

/** What says that a ticket was wrong, or that whoever it is for may not sign in. */
const REFUSED: ReadonlySet<string> = new Set<ApiErrorCode>([
  'ticket_invalid',
  'ticket_expired',
  'invitation_expired',
  'invitation_already_accepted',
  'invitation_already_revoked',
  'user_banned',
  'user_locked',
])

/** Writes down that a ticket let nobody in: what the refusal undid cannot say so. */
export async function noteRefusedTicket(
  { database }: Services,
  visit: Visit,
  ticketHash: string,
  error: unknown,
): Promise<void> {
  if (!(error instanceof ApiError) || !REFUSED.has(error.code)) return
  await transact(database, async (tx) => {
    const userId = await findHolderOfTicket(tx, visit.instance.id, ticketHash)
    await record(tx, visit, 'sign_in.failed', userId, { strategy: 'ticket', because: error.code })
  })
}
