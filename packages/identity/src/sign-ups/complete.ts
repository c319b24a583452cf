import { eq } from 'drizzle-orm'

import { record } from '../audit/record.ts'
import type { Client } from '../clients/client.ts'
import type { Transaction } from '../database/database.ts'
import { signUps } from '../database/schema.ts'
import { ApiError } from '../http/errors.ts'
import type { Visit } from '../http/visit.ts'
import { admit } from '../restrictions/admit.ts'
import { startSession } from '../sessions/start.ts'
import { findMailedTicket } from '../tickets/find-mailed.ts'
import { nextUpdate } from '../time.ts'
import { createUser } from '../users/create.ts'
import { findVerification } from '../verifications/code.ts'
import { missingFields } from './fields.ts'
import { refuseUninvited } from './restriction.ts'
import { isEmailProven, type SignUp } from './sign-up.ts'

/**
 * Turns a sign-up that has everything into a user who is signed in. The address becomes the user's in
 * the same transaction, so of two sign-ups for one address one fails whole. Returns the session, if one began.
 *
 * @throws {ApiError} `form_identifier_exists`, `sign_up_mode_restricted`, `sign_up_restricted_waitlist`
 */
export async function completeIfReady(
  tx: Transaction,
  visit: Visit,
  client: Client,
  signUp: SignUp,
): Promise<string | null> {
  const { instance, now } = visit
  const verification = await findVerification(tx, instance.id, signUp.emailVerificationId)
  if (missingFields(signUp, instance.settings).length > 0) return null
  if (signUp.emailAddress !== null && !isEmailProven(signUp, verification)) return null
  const isInvited = signUp.ticketHash !== null
  // The instance may have been closed since this began.
  refuseUninvited(instance.settings, isInvited)
  await admit(tx, instance, signUp.emailAddress, isInvited)
  const proof = verification?.strategy ?? 'email_code'
  const user = await createUser(
    tx,
    instance,
    {
      emailAddresses: signUp.emailAddress === null ? [] : [signUp.emailAddress],
      verificationStrategy: proof,
      externalId: signUp.externalId,
      username: signUp.username,
      firstName: signUp.firstName,
      lastName: signUp.lastName,
      passwordDigest: signUp.passwordDigest,
      unsafeMetadata: signUp.unsafeMetadata,
      legalAcceptedAt: signUp.legalAcceptedAt,
      locale: signUp.locale,
    },
    now,
  )
  if (signUp.ticketHash !== null) {
    const ticket = await findMailedTicket(tx, instance.id, signUp.ticketHash)
    if (ticket === null) throw new ApiError('ticket_invalid')
    await ticket.accept(tx, instance, user.id, now)
  }
  const strategy = signUp.passwordDigest === null ? proof : 'password'
  const session = await startSession(tx, visit, client, user.id, strategy)
  await record(tx, visit, 'user.signed_up', user.id)
  if (isInvited) await record(tx, visit, 'invitation.accepted', user.id)
  await tx
    .update(signUps)
    .set({
      status: 'complete',
      createdUserId: user.id,
      createdSessionId: session.id,
      // The digest has moved to the user; a second copy would only be one more to lose. Empty says
      // that there was one.
      ...(signUp.passwordDigest === null ? {} : { passwordDigest: '' }),
      updatedAt: nextUpdate(signUp.updatedAt, now),
    })
    .where(eq(signUps.id, signUp.id))
  return session.id
}
