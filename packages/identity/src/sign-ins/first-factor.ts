import { eq } from 'drizzle-orm'

import { requireClient, type Client } from '../clients/client.ts'
import type { Queryable } from '../database/database.ts'
import { signIns } from '../database/schema.ts'
import { Refusal, transact } from '../database/transact.ts'
import { ApiError, paramError } from '../http/errors.ts'
import type { Visit } from '../http/visit.ts'
import type { Services } from '../services.ts'
import { startSession } from '../sessions/start.ts'
import { findFirstFactor } from '../strategies/first-factors.ts'
import { nextUpdate } from '../time.ts'
import { claimAttempt, refuseBarred } from '../users/lockout.ts'
import { findUser, type User } from '../users/user.ts'
import { deliverCode, findVerification, issueCode } from '../verifications/code.ts'
import { findSignIn, type SignIn } from './sign-in.ts'

/** Sends what the first factor needs, unless it has just been sent. */
export async function prepareFirstFactor(
  services: Services,
  visit: Visit,
  id: string,
  strategy: string,
): Promise<void> {
  const { instance, body, now } = visit
  const sent = await transact(services.database, async (tx) => {
    const client = await requireClient(tx, visit)
    const { signIn, user } = await findOpenSignIn(tx, client, id, now)
    refuseBarred(user, now)
    const { prepare } = findFirstFactor(strategy, user)
    if (prepare === null) throw paramError('form_param_value_invalid', 'strategy')
    const { verification, delivery } = await issueCode(
      tx,
      instance,
      {
        strategy,
        address: prepare.address(user, body),
        current: await findVerification(tx, instance.id, signIn.firstFactorVerificationId),
      },
      now,
    )
    await tx
      .update(signIns)
      .set({
        firstFactorVerificationId: verification.id,
        updatedAt: nextUpdate(signIn.updatedAt, now),
      })
      .where(eq(signIns.id, signIn.id))
    return { purpose: prepare.purpose, delivery }
  })
  await deliverCode(services, instance, sent.purpose, sent.delivery)
}

/** Tries a proof of the first factor. A right one completes the sign-in or leads to a new password. */
export async function attemptFirstFactor(
  services: Services,
  visit: Visit,
  id: string,
  strategy: string,
): Promise<void> {
  const { instance, body, now } = visit
  const { database } = services
  const found = await transact(database, async (tx) => {
    const client = await requireClient(tx, visit)
    return findOpenSignIn(tx, client, id, now)
  })
  refuseBarred(found.user, now)
  const factor = findFirstFactor(strategy, found.user)
  await claimAttempt(database, instance, found.user.id, now)
  const examined = await factor.examine(services, {
    user: found.user,
    verification: null,
    body,
    now,
  })
  await transact(database, async (tx) => {
    const client = await requireClient(tx, visit)
    const { signIn, user } = await findOpenSignIn(tx, client, id, now)
    const current = await findVerification(tx, instance.id, signIn.firstFactorVerificationId)
    const verification = current?.strategy === strategy ? current : null
    const problem = await factor.redeem(tx, { user, verification, body, now }, examined)
    if (problem !== null) return new Refusal(problem)
    const session =
      factor.leadsTo === 'complete'
        ? await startSession(tx, visit, client, user.id, strategy, { hasClaimed: true })
        : null
    await tx
      .update(signIns)
      .set({
        status: factor.leadsTo,
        firstFactorStrategy: strategy,
        firstFactorVerificationId: verification?.id ?? null,
        createdSessionId: session?.id ?? null,
        updatedAt: nextUpdate(signIn.updatedAt, now),
      })
      .where(eq(signIns.id, signIn.id))
    return null
  })
}

async function findOpenSignIn(
  db: Queryable,
  client: Client,
  id: string,
  now: number,
): Promise<{ readonly signIn: SignIn; readonly user: User }> {
  const signIn = await findSignIn(db, client, id, now)
  if (signIn === null) throw new ApiError('resource_not_found')
  if (signIn.status === 'needs_identifier') throw paramError('form_param_nil', 'identifier')
  if (signIn.status !== 'needs_first_factor') throw new ApiError('verification_already_verified')
  const user = signIn.userId === null ? null : await findUser(db, signIn.instanceId, signIn.userId)
  if (user === null) throw new ApiError('resource_not_found')
  return { signIn, user }
}
