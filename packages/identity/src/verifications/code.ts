/** What proves an address, and codes that do: hashed at rest, single use, counted where they are checked. */

import type { VerificationJSON } from '@core/protocol'
import { and, eq, gt, sql } from 'drizzle-orm'

import type { Queryable, Transaction } from '../database/database.ts'
import { verifications } from '../database/schema.ts'
import { createStatement, given } from '../database/statement.ts'
import { ApiError, paramError } from '../http/errors.ts'
import { newId } from '../ids.ts'
import type { Instance } from '../instances/instance.ts'
import { hashCode } from '../secrets.ts'

/** A verification, as it is stored. */
export type Verification = typeof verifications.$inferSelect

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

/** Keeps that what was proven belongs to an account that is another, or yet to be made. */
export async function makeTransferable(
  tx: Transaction,
  { id, instanceId }: Verification,
): Promise<void> {
  await tx
    .update(verifications)
    .set({ status: 'transferable' })
    .where(and(eq(verifications.id, id), eq(verifications.instanceId, instanceId)))
}

/** Takes a proof over, once. `null` if there is none to take. */
export async function takeTransferable(
  tx: Transaction,
  instanceId: string,
  id: string | null,
): Promise<Verification | null> {
  const [row] = await tx
    .update(verifications)
    .set({ status: 'verified' })
    .where(
      and(
        eq(verifications.id, id ?? ''),
        eq(verifications.instanceId, instanceId),
        eq(verifications.status, 'transferable'),
      ),
    )
    .returning()
  return row ?? null
}

/** Finds a verification of an instance. */
export async function findVerification(
  db: Queryable,
  instanceId: string,
  id: string | null,
): Promise<Verification | null> {
  if (id === null) return null
  const [row] = await verificationById(db).execute({ id, instanceId })
  return row ?? null
}

const verificationById = createStatement('verification_by_id', (db) =>
  db
    .select()
    .from(verifications)
    .where(
      and(eq(verifications.id, given('id')), eq(verifications.instanceId, given('instanceId'))),
    ),
)

/** Writes a verification for the wire. */
export function toVerificationJson(
  verification: Verification | null,
  clientId: string | null,
  now: number,
): VerificationJSON | null {
  if (verification === null) return null
  const { status, strategy, attempts, expireAt, openedByClientId } = verification
  return {
    object: strategy === 'email_link' ? 'verification_email_link' : 'verification_otp',
    status: status === 'unverified' && expireAt <= now ? 'expired' : status,
    strategy,
    attempts,
    expire_at: expireAt,
    // A code is typed where it was asked for; a link may be opened anywhere.
    verified_at_client:
      status !== 'verified' ? null : strategy === 'email_link' ? openedByClientId : clientId,
    error: null,
  }
}

/** Strategies that send nothing: what proved them is known by the strategy alone. */
const WITHOUT_CODE = new Set(['password', 'ticket'])

/** Writes what proved somebody, or is under way to. */
export function toProofJson(
  verification: Verification | null,
  strategy: string | null,
  clientId: string,
  now: number,
): VerificationJSON | null {
  if (verification !== null || strategy === null || !WITHOUT_CODE.has(strategy)) {
    return toVerificationJson(verification, clientId, now)
  }
  return {
    object: `verification_${strategy}`,
    status: 'verified',
    strategy,
    attempts: 1,
    expire_at: null,
    verified_at_client: clientId,
    error: null,
  }
}
