import { eq } from 'drizzle-orm'

import { claimClient } from '../clients/client.ts'
import type { Transaction } from '../database/database.ts'
import { signIns } from '../database/schema.ts'
import { transact } from '../database/transact.ts'
import { paramError } from '../http/errors.ts'
import type { Visit } from '../http/visit.ts'
import type { Services } from '../services.ts'
import { startSession } from '../sessions/start.ts'
import { findSignUp } from '../sign-ups/sign-up.ts'
import { findUserByEmailAddress } from '../users/user.ts'
import { nextUpdate } from '../time.ts'
import { makeTransferable, takeTransferable, type Verification } from '../verifications/code.ts'
import { insertSignIn, newSignIn, type SignIn } from './sign-in.ts'

/**
 * Signs in whoever tried to sign up with the address of their account, and has proven it since. The
 * sign-up is used up.
 *
 * @throws {ApiError} `form_param_value_invalid` if there is nothing to take over, `session_exists`,
 * `user_banned`, `user_locked`
 */
export async function signInByTransfer({ database }: Services, visit: Visit): Promise<SignIn> {
  const { instance, now } = visit
  return transact(database, async (tx) => {
    const client = await claimClient(tx, visit)
    const signUp = await findSignUp(tx, client, client.signUpId, now)
    const proof = await takeTransferable(tx, instance.id, signUp?.emailVerificationId ?? null)
    const user =
      proof === null ? null : await findUserByEmailAddress(tx, instance.id, proof.address)
    if (proof === null || user === null) throw paramError('form_param_value_invalid', 'transfer')
    const session = await startSession(tx, visit, client, user.id, proof.strategy)
    const signIn = newSignIn(visit, {
      status: 'complete',
      identifier: proof.address,
      userId: user.id,
      firstFactorStrategy: proof.strategy,
      firstFactorVerificationId: proof.id,
      createdSessionId: session.id,
    })
    return insertSignIn(tx, client, signIn)
  })
}

/** Keeps that an address is proven which nobody has: a sign-up may take it over. */
export async function offerTransfer(
  tx: Transaction,
  signIn: SignIn,
  verification: Verification | null,
  now: number,
): Promise<void> {
  if (verification !== null) await makeTransferable(tx, verification)
  await tx
    .update(signIns)
    .set({ status: 'needs_identifier', updatedAt: nextUpdate(signIn.updatedAt, now) })
    .where(eq(signIns.id, signIn.id))
}
