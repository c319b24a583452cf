import { eq } from 'drizzle-orm'

import { claimClient } from '../clients/client.ts'
import { clients, signIns } from '../database/schema.ts'
import { only, transact } from '../database/transact.ts'
import { paramError } from '../http/errors.ts'
import type { Visit } from '../http/visit.ts'
import { newId } from '../ids.ts'
import { hashToken } from '../secrets.ts'
import type { Services } from '../services.ts'
import { refuseSecondSession } from '../sessions/start.ts'
import { findMailedTicket } from '../tickets/find-mailed.ts'
import { attemptFirstFactor, prepareFirstFactor } from './first-factor.ts'
import { identify } from './identifiers.ts'
import { signInWithInvitation } from './invitation.ts'
import { signInWithTicket } from './ticket.ts'

/**
 * Starts a sign-in, which replaces the one before. With a password it goes on to the attempt, with a
 * strategy that needs preparation to that, in one request. With nothing at all it is a reset.
 */
export async function createSignIn(services: Services, visit: Visit): Promise<string> {
  const { instance, body, now } = visit
  if (body.text('strategy') === 'ticket') {
    const hash = hashToken(body.required('ticket', 4096))
    const mailed = await findMailedTicket(services.database, instance.id, hash)
    return mailed === null
      ? signInWithTicket(services, visit)
      : signInWithInvitation(services, visit, mailed)
  }
  const isReset = body.isBlank('identifier', 'password', 'strategy', 'ticket', 'token', 'transfer')
  const password = body.text('password', 100_000)
  const strategy = body.text('strategy') ?? (password === null ? null : 'password')

  const { identifier, user } = isReset
    ? { identifier: null, user: null }
    : await identify(services.database, instance, body.required('identifier', 320))
  if (!isReset && user === null) {
    // As slow as a wrong password, so that the time of the answer tells nothing more than the answer.
    if (password !== null) await services.passwords.verify(null, password)
    throw paramError('form_identifier_not_found', 'identifier')
  }
  const signIn = await transact(services.database, async (tx) => {
    const client = await claimClient(tx, visit)
    if (!isReset) await refuseSecondSession(tx, visit, client)
    const row = only(
      await tx
        .insert(signIns)
        .values({
          id: newId('sia', now),
          instanceId: instance.id,
          clientId: client.id,
          status: user === null ? 'needs_identifier' : 'needs_first_factor',
          identifier,
          userId: user?.id ?? null,
          abandonAt: now + instance.settings.attempt_lifetime * 1000,
          createdAt: now,
          updatedAt: now,
        })
        .returning(),
    )
    await tx.update(clients).set({ signInId: row.id }).where(eq(clients.id, client.id))
    return row
  })
  if (strategy === 'password') {
    if (password === null) return signIn.id
    await attemptFirstFactor(services, visit, signIn.id, strategy)
  } else if (strategy !== null) {
    await prepareFirstFactor(services, visit, signIn.id, strategy)
  }
  return signIn.id
}
