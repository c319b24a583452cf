import { and, eq } from 'drizzle-orm'

import { record } from '../audit/record.ts'
import { requireClient } from '../clients/client.ts'
import { signIns, users } from '../database/schema.ts'
import { transact } from '../database/transact.ts'
import { ApiError, paramError } from '../http/errors.ts'
import type { Visit } from '../http/visit.ts'
import { tellOfNewPassword } from '../mail/notify.ts'
import { checkPasswordPolicy } from '../passwords/policy.ts'
import type { Services } from '../services.ts'
import { endSessionsOfUser } from '../sessions/end.ts'
import { startSession } from '../sessions/start.ts'
import { nextUpdate } from '../time.ts'
import { newPassword } from '../users/change.ts'
import { findUser, lockUser } from '../users/user.ts'
import { findSignIn } from './sign-in.ts'

/**
 * Sets a new password for somebody who has proven their address, or a password that others may know, and
 * signs them in. Their other sessions end unless the request says otherwise: a reset is what one does after a theft.
 *
 * @throws {ApiError} `verification_missing` before the proof, `form_new_password_matches_current` for the
 * password that others may know, what the policy refuses, and what keeps the user from signing in
 */
export async function resetPassword(services: Services, visit: Visit, id: string): Promise<void> {
  const { instance, body, now } = visit
  const password = body.required('password', 100_000)
  checkPasswordPolicy(password, instance.settings)
  await refuseCompromised(services, visit, id, password)
  const passwordDigest = await services.passwords.hash(password)
  const endsOthers = body.flag('sign_out_of_other_sessions') ?? true
  const userId = await transact(services.database, async (tx) => {
    const client = await requireClient(tx, visit)
    const signIn = await findSignIn(tx, client, id, now)
    if (signIn === null) throw new ApiError('resource_not_found')
    // Said of nobody, too: nothing else may tell whose sign-in it is.
    if (signIn.userId === null) throw new ApiError('verification_missing')
    const user = await lockUser(tx, instance.id, signIn.userId)
    if (user === null) throw new ApiError('resource_not_found')
    const [claimed] = await tx
      .update(signIns)
      .set({ status: 'complete', updatedAt: nextUpdate(signIn.updatedAt, now) })
      .where(and(eq(signIns.id, signIn.id), eq(signIns.status, 'needs_new_password')))
      .returning()
    if (claimed === undefined) throw new ApiError('verification_missing')
    await tx
      .update(users)
      .set({ ...newPassword(passwordDigest, now), updatedAt: nextUpdate(user.updatedAt, now) })
      .where(eq(users.id, user.id))
    if (endsOthers) await endSessionsOfUser(tx, visit, user.id)
    const strategy = signIn.firstFactorStrategy ?? 'reset_password_email_code'
    const session = await startSession(tx, visit, client, user.id, strategy)
    await record(tx, visit, 'password.reset', user.id)
    await tx.update(signIns).set({ createdSessionId: session.id }).where(eq(signIns.id, signIn.id))
    return user.id
  })
  const user = await findUser(services.database, instance.id, userId)
  if (user !== null) await tellOfNewPassword(services, instance, user)
}

async function refuseCompromised(
  { database, passwords }: Services,
  { instance, clientId, now }: Visit,
  id: string,
  password: string,
): Promise<void> {
  if (clientId === null) return
  const signIn = await findSignIn(database, { id: clientId, instanceId: instance.id }, id, now)
  if (signIn?.status !== 'needs_new_password' || signIn.userId === null) return
  const user = await findUser(database, instance.id, signIn.userId)
  if (user === null || !user.isPasswordCompromised) return
  if (await passwords.verify(user.passwordDigest, password)) {
    throw paramError('form_new_password_matches_current', 'password')
  }
}
