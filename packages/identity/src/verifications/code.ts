/** Codes that prove an address: random, hashed at rest, single use, counted where they are checked. */

import type { VerificationJSON } from '@core/protocol'
import { and, count, eq, gt, sql } from 'drizzle-orm'

import type { Queryable, Transaction } from '../database/database.ts'
import { verifications } from '../database/schema.ts'
import { lockName, only } from '../database/transact.ts'
import { ApiError, paramError } from '../http/errors.ts'
import { newId } from '../ids.ts'
import type { Instance } from '../instances/instance.ts'
import { codeMail, type CodePurpose } from '../mail/messages.ts'
import { hashCode, newCode } from '../secrets.ts'
import type { Services } from '../services.ts'
import { isTestAddress } from '../users/email-address.ts'

/** A verification, as it is stored. */
export type Verification = typeof verifications.$inferSelect

/** A code that must be delivered once the transaction has been committed. */
export interface PendingDelivery {
  readonly verification: Verification
  readonly code: string
}

const TEST_CODE = '424242'
const HOUR = 60 * 60 * 1000

/**
 * Issues a code for an address, or returns the one under way if it has just been sent: browsers and
 * people ask twice.
 */
export async function issueCode(
  tx: Transaction,
  instance: Instance,
  input: {
    readonly strategy: string
    readonly address: string
    readonly current: Verification | null
  },
  now: number,
): Promise<{ readonly verification: Verification; readonly delivery: PendingDelivery | null }> {
  const { strategy, address, current } = input
  const { settings } = instance
  if (
    current?.status === 'unverified' &&
    current.strategy === strategy &&
    current.address === address &&
    current.expireAt > now &&
    current.sentAt !== null &&
    current.sentAt + settings.code_resend_interval * 1000 > now
  ) {
    return { verification: current, delivery: null }
  }
  const isTest = instance.type === 'development' && isTestAddress(address)
  if (!isTest) await refuseFlood(tx, instance, address, now)
  if (current?.status === 'unverified') {
    // Of two codes only the newer works.
    await tx.update(verifications).set({ status: 'failed' }).where(eq(verifications.id, current.id))
  }
  const id = newId('ver', now)
  const code = isTest ? TEST_CODE : newCode()
  const verification = only(
    await tx
      .insert(verifications)
      .values({
        id,
        instanceId: instance.id,
        strategy,
        status: 'unverified',
        address,
        codeHash: hashCode(code, id),
        maxAttempts: settings.code_max_attempts,
        sentAt: now,
        expireAt: now + settings.code_lifetime * 1000,
        createdAt: now,
      })
      .returning(),
  )
  return { verification, delivery: isTest ? null : { verification, code } }
}

async function refuseFlood(
  tx: Transaction,
  instance: Instance,
  address: string,
  now: number,
): Promise<void> {
  // Codes that others are about to send count as well, so they are waited for.
  await lockName(tx, 'codes', instance.id, address)
  const [sent] = await tx
    .select({ count: count() })
    .from(verifications)
    .where(
      and(
        eq(verifications.instanceId, instance.id),
        eq(verifications.address, address),
        gt(verifications.createdAt, now - HOUR),
      ),
    )
  if ((sent?.count ?? 0) >= instance.settings.codes_per_address_and_hour) {
    throw new ApiError('too_many_requests', { retryAfter: 60 })
  }
}

/**
 * Delivers a code. If the mail cannot be handed over, the code counts as not sent, so that the next
 * request for one sends at once.
 *
 * @throws {ApiError} `mail_delivery_failed`
 */
export async function deliverCode(
  services: Services,
  instance: Instance,
  purpose: CodePurpose,
  delivery: PendingDelivery | null,
): Promise<void> {
  if (delivery === null) return
  const { verification, code } = delivery
  try {
    await services.mailer.send(
      instance,
      codeMail(instance.settings, purpose, verification.address, code),
    )
  } catch (error) {
    services.logger.error({ err: error, verificationId: verification.id }, 'A mail was not sent')
    await services.database
      .update(verifications)
      .set({ sentAt: null })
      .where(eq(verifications.id, verification.id))
    throw new ApiError('mail_delivery_failed', { retryAfter: 5 })
  }
}

/**
 * Checks a code. The statement that compares it also counts the attempt and spends the code, so that
 * of any number of requests at once one can win, and none can try for free. Returns what is wrong, or
 * `null` if the code was right; the caller commits either way.
 */
export async function redeemCode(
  tx: Transaction,
  verification: Verification | null,
  code: string,
  now: number,
): Promise<ApiError | null> {
  if (verification === null) return paramError('verification_missing', 'code')
  const isRight = sql`${verifications.codeHash} = ${hashCode(code, verification.id)}`
  const isLast = sql`${verifications.attempts} + 1 >= ${verifications.maxAttempts}`
  const [row] = await tx
    .update(verifications)
    .set({
      attempts: sql`${verifications.attempts} + 1`,
      status: sql`case when ${isRight} then 'verified' when ${isLast} then 'failed' else 'unverified' end`,
    })
    .where(
      and(
        eq(verifications.id, verification.id),
        eq(verifications.instanceId, verification.instanceId),
        eq(verifications.status, 'unverified'),
        gt(verifications.expireAt, now),
      ),
    )
    .returning()
  if (row?.status === 'verified') return null
  if (row?.status === 'unverified') return paramError('form_code_incorrect', 'code')
  const settled = row ?? (await findVerification(tx, verification.instanceId, verification.id))
  if (settled?.status === 'verified') return new ApiError('verification_already_verified')
  if (settled?.status === 'failed') return new ApiError('verification_failed')
  return new ApiError('verification_expired')
}

/** Keeps that an address was proven by a ticket that was sent to it. Returns the verification's id. */
export async function proveByTicket(
  tx: Transaction,
  instance: Instance,
  address: string,
  now: number,
): Promise<string> {
  const id = newId('ver', now)
  await tx.insert(verifications).values({
    id,
    instanceId: instance.id,
    strategy: 'ticket',
    status: 'verified',
    address,
    // There is no code, so no code has this hash.
    codeHash: '',
    attempts: 1,
    maxAttempts: 1,
    expireAt: now,
    createdAt: now,
  })
  return id
}

/** Finds a verification of an instance. */
export async function findVerification(
  db: Queryable,
  instanceId: string,
  id: string | null,
): Promise<Verification | null> {
  if (id === null) return null
  const [row] = await db
    .select()
    .from(verifications)
    .where(and(eq(verifications.id, id), eq(verifications.instanceId, instanceId)))
  return row ?? null
}

/** Writes a verification for the wire. */
export function toVerificationJson(
  verification: Verification | null,
  clientId: string,
  now: number,
): VerificationJSON | null {
  if (verification === null) return null
  const { status, strategy, attempts, expireAt } = verification
  return {
    object: 'verification_otp',
    status: status === 'unverified' && expireAt <= now ? 'expired' : status,
    strategy,
    attempts,
    expire_at: expireAt,
    verified_at_client: status === 'verified' ? clientId : null,
    error: null,
  }
}
