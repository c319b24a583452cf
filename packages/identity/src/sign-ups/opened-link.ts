/** What becomes of a sign-up whose link has been opened. */

import { and, eq, gt } from 'drizzle-orm'

import { requireClient, type Client } from '../clients/client.ts'
import type { Queryable, Transaction } from '../database/database.ts'
import { signUps } from '../database/schema.ts'
import { transact } from '../database/transact.ts'
import type { Visit } from '../http/visit.ts'
import type { Services } from '../services.ts'
import { findVerification } from '../verifications/code.ts'
import { completeIfReady } from './complete.ts'
import { findSignUp, isEmailProven, type SignUp } from './sign-up.ts'
import { offerTransfer } from './transfer.ts'
import { findOpenSignUp } from './update.ts'

/** Finds the sign-up that a link was sent for, if it is still under way. */
export async function findSignUpOfLink(
  db: Queryable,
  { instance, now }: Visit,
  verificationId: string,
): Promise<{ readonly id: string; readonly clientId: string } | null> {
  const [row] = await db
    .select({ id: signUps.id, clientId: signUps.clientId })
    .from(signUps)
    .where(
      and(
        eq(signUps.emailVerificationId, verificationId),
        eq(signUps.instanceId, instance.id),
        gt(signUps.abandonAt, now),
      ),
    )
  return row ?? null
}

/**
 * Goes on with a sign-up whose link has been opened, in a client whose lock the caller holds. Returns the
 * session, if nothing else was missing and nobody has the address.
 *
 * @throws {ApiError} `form_identifier_exists`, `session_exists`, `verification_already_verified`
 */
export async function completeSignUpByLink(
  tx: Transaction,
  visit: Visit,
  client: Client,
  id: string,
): Promise<string | null> {
  return goOn(tx, visit, client, await findOpenSignUp(tx, client, id, visit.now))
}

/**
 * Completes a sign-up whose link was opened in another browser, when the browser that began it asks.
 *
 * @throws {ApiError} what {@link completeSignUpByLink} throws
 */
export async function completeOpenedSignUp(
  { database }: Services,
  visit: Visit,
  id: string,
): Promise<void> {
  if ((await findOpened(database, visit, id)) === null) return
  await transact(database, async (tx) => {
    const client = await requireClient(tx, visit)
    // Of two that ask at once the second finds it done.
    const signUp = await findOpened(tx, visit, id)
    if (signUp !== null) await goOn(tx, visit, client, signUp)
  })
}

/** An address that has an account is left to a sign-in. */
async function goOn(
  tx: Transaction,
  visit: Visit,
  client: Client,
  signUp: SignUp,
): Promise<string | null> {
  const verification = await findVerification(tx, signUp.instanceId, signUp.emailVerificationId)
  if (verification !== null && (await offerTransfer(tx, verification))) return null
  return completeIfReady(tx, visit, client, signUp)
}

async function findOpened(db: Queryable, visit: Visit, id: string): Promise<SignUp | null> {
  const { clientId, instance, now } = visit
  if (clientId === null) return null
  const signUp = await findSignUp(db, { id: clientId, instanceId: instance.id }, id, now)
  if (signUp?.status !== 'missing_requirements') return null
  const verification = await findVerification(db, instance.id, signUp.emailVerificationId)
  const isOpened = verification?.strategy === 'email_link' && isEmailProven(signUp, verification)
  return isOpened ? signUp : null
}
