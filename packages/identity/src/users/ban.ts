import { record } from '../audit/record.ts'
import type { Transaction } from '../database/database.ts'
import { transact } from '../database/transact.ts'
import type { Call } from '../http/backend-route.ts'
import { ApiError, paramError } from '../http/errors.ts'
import type { Services } from '../services.ts'
import { endSessionsOfUser } from '../sessions/end.ts'
import { changeUser, claimUser } from './change.ts'
import type { User } from './user.ts'

/** How many users one request may ban. */
const MAX_USERS = 50

/** Bans a user, whose sessions end, or lets them sign in again. */
export async function setBan(
  tx: Transaction,
  call: Call,
  id: string,
  isBanned: boolean,
): Promise<User> {
  const user = await claimUser(tx, call, id)
  if (isBanned) await endSessionsOfUser(tx, call, user.id)
  await record(tx, call, isBanned ? 'user.banned' : 'user.unbanned', user.id)
  return changeUser(tx, user, { isBanned }, call.now)
}

/**
 * Does the same with all users that the body names, or with none.
 *
 * @throws {ApiError} `form_param_nil`, `bulk_size_exceeded`, `resource_not_found`
 */
export async function setBans(
  { database }: Services,
  call: Call,
  isBanned: boolean,
): Promise<User[]> {
  const ids = call.body.list('user_ids')
  if (ids.length === 0) throw paramError('form_param_nil', 'user_ids')
  if (ids.length > MAX_USERS) {
    throw new ApiError('bulk_size_exceeded', {
      detail: `One request may name ${MAX_USERS} users.`,
    })
  }
  return transact(database, async (tx) => {
    const changed = new Map<string, User>()
    // In one order, so that two requests do not wait for each other.
    for (const id of new Set(ids.toSorted())) changed.set(id, await setBan(tx, call, id, isBanned))
    return ids.flatMap((id) => changed.get(id) ?? [])
  })
}
