import { and, eq, isNull, or, lte, lt, sql, type SQLWrapper } from 'drizzle-orm'

import type { Queryable } from '../database/database.ts'
import { users } from '../database/schema.ts'
import { createStatement, given } from '../database/statement.ts'
import { ApiError } from '../http/errors.ts'
import type { Instance } from '../instances/instance.ts'
import { nextUpdate, toDay } from '../time.ts'
import { isLocked, type UserRow } from './user.ts'

/**
 * Refuses a user who may not sign in now.
 *
 * @throws {ApiError} `user_banned`, `user_locked`
 */
export function refuseBarred(user: UserRow, now: number): void {
  const barred = whyBarred(user, now)
  if (barred !== null) throw barred
}

/** Tells why a user may not sign in now, if they may not. */
export function whyBarred(user: UserRow, now: number): ApiError | null {
  if (user.isBanned) return new ApiError('user_banned')
  return isLocked(user, now) ? new ApiError('user_locked') : null
}

/**
 * Counts an attempt before it is made, in the statement that checks whether one is left: guesses made
 * in parallel do not slip past the count. A right answer sets the count back to zero. The last attempt
 * locks the user.
 *
 * @returns whether it is the last one
 * @throws {ApiError} `user_locked`
 */
export async function claimAttempt(
  db: Queryable,
  instance: Instance,
  userId: string,
  now: number,
): Promise<boolean> {
  const { lockout_attempts: limit, lockout_duration: duration } = instance.settings
  if (limit === 0) return false
  const place = { id: userId, instanceId: instance.id }
  const expireAt = now + duration * 1000
  const [row] = await attemptClaimed(db).execute({ ...place, limit, expireAt, now })
  if (row === undefined) throw new ApiError('user_locked')
  return row.isLocked
}

const attemptClaimed = createStatement('attempt_claimed', (db) => {
  const limit = sql`${given('limit')}::int`
  const isOver = and(eq(users.isLocked, true), lte(users.lockExpiresAt, given('now')))
  const attempts = sql`case when ${isOver} then 1 else ${users.failedAttempts} + 1 end`
  return db
    .update(users)
    .set({
      failedAttempts: attempts,
      isLocked: sql`(${attempts}) >= ${limit}`,
      lockExpiresAt: sql`case when (${attempts}) >= ${limit} then ${given('expireAt')}::bigint else null end`,
    })
    .where(
      and(
        eq(users.id, given('id')),
        eq(users.instanceId, given('instanceId')),
        or(and(eq(users.isLocked, false), lt(users.failedAttempts, limit)), isOver),
      ),
    )
    .returning({ isLocked: users.isLocked })
})

/** What locks a user for as long as the instance says. */
export function lockedSince(
  now: number,
  { settings }: Instance,
): Pick<UserRow, 'isLocked' | 'lockExpiresAt'> {
  return { isLocked: true, lockExpiresAt: now + settings.lockout_duration * 1000 }
}

/** What a right proof makes of the attempts before it. */
export const FORGIVEN = { failedAttempts: 0, isLocked: false, lockExpiresAt: null } as const

/** Forgives the attempts of a user who has proven who they are, in a statement that does more. */
export function forgiveAttempts(db: Queryable): SQLWrapper {
  return db
    .update(users)
    .set({
      ...FORGIVEN,
      lastSignInAt: given('users.lastSignInAt'),
      lastActiveAt: given('users.lastActiveAt'),
      updatedAt: given('users.updatedAt'),
    })
    .where(and(eq(users.id, given('users.id')), eq(users.instanceId, given('users.instanceId'))))
}

/** What {@link forgiveAttempts} is given. */
export function toForgiven(user: UserRow, now: number): Readonly<Record<string, unknown>> {
  return {
    'users.id': user.id,
    'users.instanceId': user.instanceId,
    'users.lastSignInAt': now,
    'users.lastActiveAt': toDay(now),
    'users.updatedAt': nextUpdate(user.updatedAt, now),
  }
}

/** Who uses a session, and when it was used before. */
interface SessionUse {
  readonly userId: string
  readonly instanceId: string
  readonly lastActiveAt: number
}

/** Notes that a user is active. What is kept is the day, so this writes once a day and not once a token. */
export async function noteActivity(
  db: Queryable,
  { userId, instanceId, lastActiveAt }: SessionUse,
  now: number,
): Promise<void> {
  const day = toDay(now)
  if (lastActiveAt >= day) return
  await db
    .update(users)
    .set({ lastActiveAt: day })
    .where(
      and(
        eq(users.id, userId),
        eq(users.instanceId, instanceId),
        or(isNull(users.lastActiveAt), lt(users.lastActiveAt, day)),
      ),
    )
}
