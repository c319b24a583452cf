import { and, eq, isNull, or, lte, lt, sql } from 'drizzle-orm'

import type { Queryable } from '../database/database.ts'
import { users } from '../database/schema.ts'
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
  if (user.isBanned) throw new ApiError('user_banned')
  if (isLocked(user, now)) throw new ApiError('user_locked')
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
  const isOver = and(eq(users.isLocked, true), lte(users.lockExpiresAt, now))
  const attempts = sql`case when ${isOver} then 1 else ${users.failedAttempts} + 1 end`
  const [row] = await db
    .update(users)
    .set({
      failedAttempts: attempts,
      isLocked: sql`(${attempts}) >= ${limit}`,
      lockExpiresAt: sql`case when (${attempts}) >= ${limit} then ${now + duration * 1000}::bigint else null end`,
    })
    .where(
      and(
        eq(users.id, userId),
        eq(users.instanceId, instance.id),
        or(and(eq(users.isLocked, false), lt(users.failedAttempts, limit)), isOver),
      ),
    )
    .returning({ isLocked: users.isLocked })
  if (row === undefined) throw new ApiError('user_locked')
  return row.isLocked
}

/** What a right proof makes of the attempts before it. */
export const FORGIVEN = { failedAttempts: 0, isLocked: false, lockExpiresAt: null } as const

/** Forgives the attempts of a user who has proven who they are. */
export async function forgiveAttempts(db: Queryable, user: UserRow, now: number): Promise<void> {
  await db
    .update(users)
    .set({
      ...FORGIVEN,
      lastSignInAt: now,
      lastActiveAt: toDay(now),
      updatedAt: nextUpdate(user.updatedAt, now),
    })
    .where(and(eq(users.id, user.id), eq(users.instanceId, user.instanceId)))
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
