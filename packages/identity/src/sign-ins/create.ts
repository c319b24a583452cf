import { eq } from 'drizzle-orm'

import { record } from '../audit/record.ts'
import { claimClient } from '../clients/client.ts'
import { clients, signIns } from '../database/schema.ts'
import { only, transact } from '../database/transact.ts'
import { ApiError, paramError } from '../http/errors.ts'
import type { Visit } from '../http/visit.ts'
import { newId } from '../ids.ts'
import { spend } from '../rate-limits/spend.ts'
import { hashToken } from '../secrets.ts'
import type { Services } from '../services.ts'
import { refuseSecondSession } from '../sessions/start.ts'
import { restrictionOf } from '../sign-ups/restriction.ts'
import { refuseUnknownFactor } from '../strategies/first-factors.ts'
import { findMailedTicket } from '../tickets/find-mailed.ts'
import { attemptFirstFactor, prepareFirstFactor, toOpenSignIn } from './first-factor.ts'
import { refuseNoAddress } from './holder.ts'
import { identify } from './identifiers.ts'
import { signInWithInvitation } from './invitation.ts'
import { signInWithTicket } from './ticket.ts'
import { signInByTransfer } from './transfer.ts'

/**
 * Starts a sign-in, which replaces the one before. With a password it goes on to the attempt, with a
 * strategy that needs preparation to that, in one request. With nothing at all it is a reset.
 */
export async function createSignIn(services: Services, visit: Visit): Promise<string> {
  const { instance, body, now } = visit
  if (body.text('strategy') === 'ticket') {
    await spend(services, visit, 'attempts')
    const hash = hashToken(body.required('ticket', 4096))
    const mailed = await findMailedTicket(services.database, instance.id, hash)
    return mailed === null
      ? signInWithTicket(services, visit)
      : signInWithInvitation(services, visit, mailed)
  }
  if (body.flag('transfer') === true) return signInByTransfer(services, visit)
  const isReset = body.isBlank('identifier', 'password', 'strategy', 'ticket', 'token', 'transfer')
  const password = body.text('password', 100_000)
  const strategy = body.text('strategy') ?? (password === null ? null : 'password')

  if (strategy !== null) refuseUnknownFactor(strategy)

  await spend(services, visit, isReset ? 'browsers' : 'sign_ins')
  const { identifier, user } = isReset
    ? { identifier: null, user: null }
    : await identify(services.database, instance, body.required('identifier', 320))
  const canSignUp = user === null && identifier !== null && maySignUp(visit, identifier)
  const { enumeration_protection: isProtected } = instance.settings
  if (identifier !== null && (isProtected || canSignUp)) refuseNoAddress(identifier)
  if (identifier !== null && user === null && !isProtected && !canSignUp) {
    // As slow as a wrong password, so that the time of the answer tells nothing more than the answer.
    if (password !== null) {
      await spend(services, visit, 'attempts', { account: identifier })
      await services.passwords.verify(null, password)
      await transact(services.database, (tx) =>
        record(tx, visit, 'sign_in.failed', null, { strategy: 'password' }),
      )
    }
    throw paramError('form_identifier_not_found', 'identifier')
  }
  const signIn = await transact(services.database, async (tx) => {
    const client = await claimClient(tx, visit)
    if (!isReset) await refuseSecondSession(tx, visit, client, user?.id)
    const row = only(
      await tx
        .insert(signIns)
        .values({
          id: newId('sia', now),
          instanceId: instance.id,
          clientId: client.id,
          status: isReset ? 'needs_identifier' : 'needs_first_factor',
          identifier,
          userId: user?.id ?? null,
          canSignUp,
          abandonAt: now + instance.settings.attempt_lifetime * 1000,
          createdAt: now,
          updatedAt: now,
        })
        .returning(),
    )
    // What is left of a sign-up would otherwise be gone on with after this.
    const other = isReset ? {} : { signUpId: null }
    await tx
      .update(clients)
      .set({ signInId: row.id, ...other })
      .where(eq(clients.id, client.id))
    return row
  })
  if (strategy === 'password') {
    if (password === null) return signIn.id
    await attemptFirstFactor(
      services,
      visit,
      signIn.id,
      strategy,
      toOpenSignIn(instance, signIn, user),
    )
  } else if (strategy !== null) {
    await prepareFirstFactor(services, visit, signIn.id, strategy)
  }
  return signIn.id
}

/**
 * Whether an address that nobody has may become a sign-up once it is proven.
 *
 * @throws {ApiError} `sign_up_mode_restricted`, `sign_up_restricted_waitlist`, unless that would tell who exists
 */
function maySignUp({ instance: { settings }, body }: Visit, identifier: string): boolean {
  const isAsked = body.flag('sign_up_if_missing') === true && identifier.includes('@')
  if (!isAsked || settings.email_address === 'off') return false
  const restriction = restrictionOf(settings)
  if (restriction !== null && !settings.enumeration_protection) throw new ApiError(restriction)
  return restriction === null
}
