/** What becomes of a sign-in whose link has been opened. */

import { and, eq, gt } from 'drizzle-orm'

import { requireClient, type Client } from '../clients/client.ts'
import type { Queryable, Transaction } from '../database/database.ts'
import { signIns } from '../database/schema.ts'
import { transact } from '../database/transact.ts'
import type { Visit } from '../http/visit.ts'
import type { Services } from '../services.ts'
import { startSession } from '../sessions/start.ts'
import { findVerification } from '../verifications/code.ts'
import { advance, findOpenSignIn } from './first-factor.ts'
import { findSignIn } from './sign-in.ts'
import { offerTransfer } from './transfer.ts'

/** Finds the sign-in that a link was sent for, if it is still under way. */
export async function findSignInOfLink(
  db: Queryable,
  { instance, now }: Visit,
  verificationId: string,
): Promise<{ readonly id: string; readonly clientId: string } | null> {
  const [row] = await db
    .select({ id: signIns.id, clientId: signIns.clientId })
    .from(signIns)
    .where(
      and(
        eq(signIns.firstFactorVerificationId, verificationId),
        eq(signIns.instanceId, instance.id),
        gt(signIns.abandonAt, now),
      ),
    )
  return row ?? null
}

/**
 * Signs in whoever's link has been opened, in a client whose lock the caller holds. Returns the session, or
 * `null` if the address is nobody's yet, and a sign-up may take it over.
 *
 * @throws {ApiError} `session_exists`, `user_banned`, `user_locked`, `verification_already_verified`
 */
export async function completeSignInByLink(
  tx: Transaction,
  visit: Visit,
  client: Client,
  id: string,
): Promise<string | null> {
  const { now } = visit
  const { signIn, user } = await findOpenSignIn(tx, visit, client, id)
  const verification = await findVerification(
    tx,
    signIn.instanceId,
    signIn.firstFactorVerificationId,
  )
  if (user === null) {
    await offerTransfer(tx, signIn, verification, now)
    return null
  }
  const session = await startSession(tx, visit, client, user.id, 'email_link')
  const outcome = {
    status: 'complete',
    firstFactorStrategy: 'email_link',
    firstFactorVerificationId: verification?.id ?? null,
    createdSessionId: session.id,
  } as const
  await advance(tx, signIn, outcome, now)
  return session.id
}

/**
 * Completes a sign-in whose link was opened in another browser, when the browser that began it asks. Only
 * that one gets the session: whoever opened the link has shown that they read the mail, and no more.
 *
 * @throws {ApiError} what {@link completeSignInByLink} throws
 */
export async function completeOpenedSignIn(
  { database }: Services,
  visit: Visit,
  id: string,
): Promise<void> {
  if (!(await isOpened(database, visit, id))) return
  await transact(database, async (tx) => {
    const client = await requireClient(tx, visit)
    // Of two that ask at once the second finds it done.
    if (await isOpened(tx, visit, id)) await completeSignInByLink(tx, visit, client, id)
  })
}

async function isOpened(db: Queryable, visit: Visit, id: string): Promise<boolean> {
  const { clientId, instance, now } = visit
  if (clientId === null) return false
  const signIn = await findSignIn(db, { id: clientId, instanceId: instance.id }, id, now)
  if (signIn?.status !== 'needs_first_factor') return false
  const verification = await findVerification(db, instance.id, signIn.firstFactorVerificationId)
  return verification?.strategy === 'email_link' && verification.status === 'verified'
}
