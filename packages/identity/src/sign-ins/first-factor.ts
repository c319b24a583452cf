import { eq } from 'drizzle-orm'

import { record } from '../audit/record.ts'
import { requireArrivedClient, requireClient, type Client } from '../clients/client.ts'
import type { Queryable, Transaction } from '../database/database.ts'
import { signIns } from '../database/schema.ts'
import { Refusal, transact } from '../database/transact.ts'
import { ApiError, paramError } from '../http/errors.ts'
import type { Visit } from '../http/visit.ts'
import { spend } from '../rate-limits/spend.ts'
import type { Instance } from '../instances/instance.ts'
import type { Services } from '../services.ts'
import type { Session } from '../sessions/session.ts'
import { startSession } from '../sessions/start.ts'
import {
  findFirstFactor,
  type FactorHolder,
  type FirstFactor,
} from '../strategies/first-factors.ts'
import { nextUpdate } from '../time.ts'
import { claimAttempt, refuseBarred } from '../users/lockout.ts'
import { findUser, type User } from '../users/user.ts'
import { findVerification, type Verification } from '../verifications/code.ts'
import { deliver, issueVerification } from '../verifications/issue.ts'
import { readLinkTarget } from '../verifications/link.ts'
import { holderOf } from './holder.ts'
import { findSignIn, type SignIn } from './sign-in.ts'
import { offerTransfer } from './transfer.ts'

/** A sign-in that waits for its first factor. */
export interface OpenSignIn {
  readonly signIn: SignIn
  readonly user: User | null
  readonly holder: FactorHolder
}

/** Sends what the first factor needs, unless it has just been sent. */
export async function prepareFirstFactor(
  services: Services,
  visit: Visit,
  id: string,
  strategy: string,
): Promise<void> {
  const { instance, body, now } = visit
  await spend(services, visit, 'mails')
  const sent = await transact(services.database, async (tx) => {
    const client = await requireClient(tx, visit)
    const { signIn, user, holder } = await findOpenSignIn(tx, visit, client, id)
    if (user !== null && !instance.settings.enumeration_protection) refuseBarred(user, now)
    const { prepare, proof } = findFirstFactor(instance.settings, strategy, holder)
    if (prepare === null) throw paramError('form_param_value_invalid', 'strategy')
    const { verification, delivery } = await issueVerification(
      tx,
      instance,
      {
        strategy,
        address: prepare.address(holder, body),
        current: await findVerification(tx, instance.id, signIn.firstFactorVerificationId),
        redirectUrl: proof === null ? await readLinkTarget(tx, visit) : null,
        isDecoy: user === null && !signIn.canSignUp,
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
  await deliver(services, instance, sent.purpose, sent.delivery)
}

/**
 * Tries a proof of the first factor. A right one completes the sign-in or leads to a new password.
 *
 * @param begun the sign-in, if this request began it
 */
export async function attemptFirstFactor(
  services: Services,
  visit: Visit,
  id: string,
  strategy: string,
  begun: OpenSignIn | null = null,
): Promise<void> {
  const { instance, body, now } = visit
  const { database } = services
  // What is decided by this is asked again, once the client is locked.
  const found = begun ?? (await findOpenSignIn(database, visit, requireArrivedClient(visit), id))
  const { proof, leadsTo } = findFirstFactor(instance.settings, strategy, found.holder)
  if (proof === null) throw paramError('form_param_value_invalid', 'strategy')
  await spend(services, visit, 'attempts', { account: found.signIn.identifier })
  const { barred, isLast } = await claim(services, visit, found.user)
  if (barred !== null && !instance.settings.enumeration_protection) {
    const detail = { strategy, because: barred.code }
    await transact(database, (tx) =>
      record(tx, visit, 'sign_in.failed', found.user?.id ?? null, detail),
    )
    throw barred
  }
  const attempt = { user: found.user, verification: null, body, now }
  const examined = await proof.examine(services, attempt)
  await transact(database, async (tx) => {
    const client = await requireClient(tx, visit)
    const { signIn, user } = await findOpenSignIn(tx, visit, client, id)
    const current = await findVerification(tx, instance.id, signIn.firstFactorVerificationId)
    const verification = current?.strategy === strategy ? current : null
    const problem = await proof.redeem(tx, { user, verification, body, now }, examined)
    if (problem !== null || barred !== null) {
      // Of nobody, too: it takes as long.
      await record(tx, visit, 'sign_in.failed', user?.id ?? null, {
        strategy,
        because: (barred ?? problem)?.code ?? '',
      })
      if (isLast && user !== null) await record(tx, visit, 'user.locked', user.id)
    }
    if (problem !== null) return new Refusal(problem)
    if (barred !== null) return new Refusal(proof.veil(barred))
    if (user === null) {
      await offerTransfer(tx, signIn, verification, now)
      return new Refusal(new ApiError('sign_up_if_missing_transfer'))
    }
    const beginning = { hasClaimed: true }
    const status = leadsTo(user)
    const session =
      status === 'complete'
        ? await startSession(tx, visit, client, user.id, strategy, beginning)
        : null
    await advance(tx, signIn, { status, strategy, verification, session }, now)
    return null
  })
}

/** Counts an attempt. Tells why the user may make none; of nobody that takes as long. */
async function claim(
  { database }: Services,
  { instance, now }: Visit,
  user: User | null,
): Promise<{ readonly barred: ApiError | null; readonly isLast: boolean }> {
  try {
    const isLast = await claimAttempt(database, instance, user?.id ?? '', now)
    if (user !== null) refuseBarred(user, now)
    return { barred: null, isLast }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return { barred: user === null ? null : error, isLast: false }
  }
}

/** Keeps that the first factor of a sign-in has been proven, and what came of it. */
export async function advance(
  tx: Transaction,
  signIn: SignIn,
  outcome: {
    readonly status: ReturnType<FirstFactor['leadsTo']>
    readonly strategy: string
    readonly verification: Verification | null
    readonly session: Session | null
  },
  now: number,
): Promise<void> {
  await tx
    .update(signIns)
    .set({
      status: outcome.status,
      firstFactorStrategy: outcome.strategy,
      firstFactorVerificationId: outcome.verification?.id ?? null,
      createdSessionId: outcome.session?.id ?? null,
      updatedAt: nextUpdate(signIn.updatedAt, now),
    })
    .where(eq(signIns.id, signIn.id))
}

/**
 * Finds a sign-in that waits for its first factor, whose it is, and what it shows of them. Nobody's is one
 * that pretends, or that becomes a sign-up.
 *
 * @throws {ApiError} `resource_not_found`, `form_param_nil`, `verification_already_verified`
 */
export async function findOpenSignIn(
  db: Queryable,
  { instance, now }: Visit,
  client: Client,
  id: string,
): Promise<OpenSignIn> {
  const signIn = await findSignIn(db, client, id, now)
  if (signIn === null) throw new ApiError('resource_not_found')
  if (signIn.status === 'needs_identifier') throw paramError('form_param_nil', 'identifier')
  if (signIn.status !== 'needs_first_factor') throw new ApiError('verification_already_verified')
  const user = signIn.userId === null ? null : await findUser(db, signIn.instanceId, signIn.userId)
  return toOpenSignIn(instance, signIn, user)
}

/** Adds to a sign-in what it shows of whoever it is for. */
export function toOpenSignIn(instance: Instance, signIn: SignIn, user: User | null): OpenSignIn {
  const holder = holderOf(instance.settings, signIn, user)
  if (holder === null) throw new ApiError('resource_not_found')
  return { signIn, user, holder }
}
