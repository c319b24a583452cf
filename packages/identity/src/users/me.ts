/** The user who is signed in, as the endpoints below `/v1/me` find and write them. */

import type { UserJSON } from '@core/protocol'

import type { Transaction } from '../database/database.ts'
import { transact } from '../database/transact.ts'
import { ApiError } from '../http/errors.ts'
import type { Visit } from '../http/visit.ts'
import { readMembershipsOf } from '../organizations/membership.ts'
import type { Services } from '../services.ts'
import { findActingSession } from '../sessions/acting.ts'
import type { Session } from '../sessions/session.ts'
import { changeUser } from './change.ts'
import { findUser, lockUser, toUserJson, type User, type UserRow } from './user.ts'

/** Who is signed in, and by what. */
export interface Me {
  readonly session: Session
  readonly user: User
}

/**
 * Finds the user who is signed in.
 *
 * @throws {ApiError} `authentication_invalid`
 */
export async function findMe({ database }: Services, visit: Visit): Promise<Me> {
  const session = await findActingSession(database, visit)
  const user = await findUser(database, visit.instance.id, session.userId)
  if (user === null) throw new ApiError('authentication_invalid')
  return { session, user }
}

/**
 * Locks the user who is signed in until the end of the transaction. Whoever was signed out while they
 * waited for it, by a ban say, changes nothing any more.
 *
 * @throws {ApiError} `authentication_invalid`
 */
export async function claimMe(tx: Transaction, visit: Visit): Promise<Me> {
  const { userId } = await findActingSession(tx, visit)
  await lockUser(tx, visit.instance.id, userId)
  const session = await findActingSession(tx, visit)
  const user = await findUser(tx, visit.instance.id, userId)
  if (user === null || session.userId !== userId) throw new ApiError('authentication_invalid')
  return { session, user }
}

/** Changes the user who is signed in, and writes them. */
export async function changeMe(
  services: Services,
  visit: Visit,
  decide: (me: Me, tx: Transaction) => Partial<UserRow> | Promise<Partial<UserRow>>,
): Promise<UserJSON> {
  const user = await transact(services.database, async (tx) => {
    const me = await claimMe(tx, visit)
    return changeUser(tx, me.user, await decide(me, tx), visit.now)
  })
  return writeMe(services, visit, user)
}

/** Writes a user for their own browser. */
export async function writeMe(
  { database }: Services,
  { instance, now }: Visit,
  user: User,
): Promise<UserJSON> {
  const membershipsOf = await readMembershipsOf(database, instance, [user], now)
  return toUserJson(user, membershipsOf(user), instance, now)
}
