/** Proves once more who is signed in. What it proves is noted at the session, and its tokens tell the age. */

import { and, eq } from 'drizzle-orm'

import { record } from '../audit/record.ts'
import type { Queryable, Transaction } from '../database/database.ts'
import { sessions } from '../database/schema.ts'
import { Refusal, only, transact } from '../database/transact.ts'
import { ApiError, paramError } from '../http/errors.ts'
import type { Visit } from '../http/visit.ts'
import { newId } from '../ids.ts'
import { spend } from '../rate-limits/spend.ts'
import type { Services } from '../services.ts'
import { readSession } from '../sessions/read.ts'
import type { Session } from '../sessions/session.ts'
import { findInstantFactor, holderOfUser, listInstantFactors } from '../strategies/first-factors.ts'
import { nextUpdate } from '../time.ts'
import { changeUser } from '../users/change.ts'
import { FORGIVEN, claimAttempt } from '../users/lockout.ts'
import { claimMe, findMe } from '../users/me.ts'
import { findVerification, toProofJson } from '../verifications/code.ts'
import { deliver, issueVerification } from '../verifications/issue.ts'
import { sessionVerifications } from './tables.ts'

type SessionVerification = typeof sessionVerifications.$inferSelect

const LEVELS = new Set(['first_factor', 'second_factor', 'multi_factor'])

/**
 * Begins a proof, in place of one under way. Nobody has a second factor yet, so whatever the level, the first
 * one is asked for: a page that asks for more would come to a dead end.
 */
export async function beginReverification(services: Services, visit: Visit): Promise<object> {
  const { instance, body, now } = visit
  const level = body.required('level', 64)
  if (!LEVELS.has(level)) throw paramError('form_param_value_invalid', 'level')
  const begun = await transact(services.database, async (tx) => {
    const { session } = await claimMe(tx, visit)
    const values = {
      id: newId('ver', now),
      instanceId: instance.id,
      status: 'needs_first_factor',
      level,
      strategy: null,
      verificationId: null,
      createdAt: now,
      updatedAt: now,
    } as const
    return only(
      await tx
        .insert(sessionVerifications)
        .values({ sessionId: session.id, ...values })
        .onConflictDoUpdate({ target: sessionVerifications.sessionId, set: values })
        .returning(),
    )
  })
  return write(services, visit, begun)
}

/** Sends what the first factor needs, unless it has just been sent. */
export async function prepareReverification(services: Services, visit: Visit): Promise<object> {
  const { instance, body, now } = visit
  const strategy = body.required('strategy', 256)
  await spend(services, visit, 'mails')
  const sent = await transact(services.database, async (tx) => {
    const { session, user } = await claimMe(tx, visit)
    const open = await requireOpen(tx, session)
    const { prepare } = findInstantFactor(instance.settings, strategy, user)
    if (prepare === null) throw paramError('form_param_value_invalid', 'strategy')
    const { verification, delivery } = await issueVerification(
      tx,
      instance,
      {
        strategy,
        address: prepare.address(holderOfUser(user), body),
        current: await findVerification(tx, instance.id, open.verificationId),
      },
      now,
    )
    return { open: await keep(tx, open, { verificationId: verification.id }, now), delivery }
  })
  await deliver(services, instance, 'reverification', sent.delivery)
  return write(services, visit, sent.open)
}

/**
 * Tries a proof of the first factor.
 *
 * @throws {ApiError} what is wrong with the proof, and `user_locked` after too many
 */
export async function attemptReverification(services: Services, visit: Visit): Promise<object> {
  const { instance, body, now } = visit
  const strategy = body.required('strategy', 256)
  const found = await findMe(services, visit)
  await requireOpen(services.database, found.session)
  const { proof } = findInstantFactor(instance.settings, strategy, found.user)
  await spend(services, visit, 'attempts', { account: found.user.id })
  const isLast = await claimAttempt(services.database, instance, found.user.id, now)
  const attempt = { user: found.user, verification: null, body, now }
  const examined = await proof.examine(services, attempt)
  const done = await transact(services.database, async (tx) => {
    const { session, user } = await claimMe(tx, visit)
    const open = await requireOpen(tx, session)
    const current = await findVerification(tx, instance.id, open.verificationId)
    const verification = current?.strategy === strategy ? current : null
    const problem = await proof.redeem(tx, { ...attempt, user, verification }, examined)
    if (problem !== null) {
      await record(tx, visit, 'reverification.failed', user.id, { strategy })
      if (isLast) await record(tx, visit, 'user.locked', user.id)
      return new Refusal(problem)
    }
    await record(tx, visit, 'session.reverified', session.id, { strategy })
    await tx
      .update(sessions)
      .set({ firstFactorAt: now, updatedAt: nextUpdate(session.updatedAt, now) })
      .where(eq(sessions.id, session.id))
    await changeUser(tx, user, FORGIVEN, now)
    return keep(
      tx,
      open,
      { status: 'complete', strategy, verificationId: verification?.id ?? null },
      now,
    )
  })
  return write(services, visit, done)
}

/** Refuses second factors, of which there are none. */
export async function refuseSecondFactor(_services: Services, visit: Visit): Promise<never> {
  visit.body.required('strategy', 256)
  throw paramError('strategy_for_user_invalid', 'strategy')
}

async function requireOpen(db: Queryable, session: Session): Promise<SessionVerification> {
  const [row] = await db
    .select()
    .from(sessionVerifications)
    .where(isOf(session.id, session.instanceId))
  if (row === undefined) throw new ApiError('verification_missing')
  if (row.status === 'complete') throw new ApiError('verification_already_verified')
  return row
}

async function keep(
  tx: Transaction,
  row: SessionVerification,
  changes: Partial<SessionVerification>,
  now: number,
): Promise<SessionVerification> {
  return only(
    await tx
      .update(sessionVerifications)
      .set({ ...changes, updatedAt: nextUpdate(row.updatedAt, now) })
      .where(isOf(row.sessionId, row.instanceId))
      .returning(),
  )
}

function isOf(sessionId: string, instanceId: string) {
  return and(
    eq(sessionVerifications.sessionId, sessionId),
    eq(sessionVerifications.instanceId, instanceId),
  )
}

async function write(services: Services, visit: Visit, row: SessionVerification): Promise<object> {
  const { instance, now } = visit
  const { session, user } = await findMe(services, visit)
  const verification = await findVerification(services.database, instance.id, row.verificationId)
  return {
    object: 'session_verification',
    id: row.id,
    status: row.status,
    level: row.level,
    session: await readSession(services, visit, session),
    supported_first_factors: listInstantFactors(instance.settings, user),
    supported_second_factors: null,
    first_factor_verification: toProofJson(verification, row.strategy, session.clientId, now),
    second_factor_verification: null,
  }
}
