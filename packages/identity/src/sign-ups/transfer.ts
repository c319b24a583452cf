import type { Client } from '../clients/client.ts'
import type { Transaction } from '../database/database.ts'
import { paramError } from '../http/errors.ts'
import type { Visit } from '../http/visit.ts'
import { findSignIn } from '../sign-ins/sign-in.ts'
import { findUserByEmailAddress } from '../users/user.ts'
import { makeTransferable, takeTransferable, type Verification } from '../verifications/code.ts'

/**
 * Takes over the address that somebody has proven in a sign-in, and nobody has. The sign-in is used up.
 *
 * @throws {ApiError} `form_param_value_invalid` if there is nothing to take over
 */
export async function takeSignIn(
  tx: Transaction,
  { instance, now }: Visit,
  client: Client,
): Promise<{ readonly emailAddress: string; readonly emailVerificationId: string }> {
  const signIn = await findSignIn(tx, client, client.signInId, now)
  const proof = await takeTransferable(tx, instance.id, signIn?.firstFactorVerificationId ?? null)
  if (proof === null) throw paramError('form_param_value_invalid', 'transfer')
  return { emailAddress: proof.address, emailVerificationId: proof.id }
}

/**
 * Tells whether a proven address is that of an account already. If it is, a sign-in may take the proof over,
 * which nobody else can have made.
 */
export async function offerTransfer(tx: Transaction, verification: Verification): Promise<boolean> {
  const { instanceId, address } = verification
  if ((await findUserByEmailAddress(tx, instanceId, address)) === null) return false
  await makeTransferable(tx, verification)
  return true
}
