/** Makes an application that somebody began without an account the operator's own: nothing deletes it any more. */

import { and, eq, type SQL } from 'drizzle-orm'

import { byCommand, record, type InstanceAuthor } from '../audit/record.ts'
import type { Database, Queryable } from '../database/database.ts'
import { instances } from '../database/schema.ts'
import { transact } from '../database/transact.ts'
import { IdentityError } from '../error.ts'
import { changeSettings } from '../instances/change.ts'
import type { Instance } from '../instances/instance.ts'
import { hashToken } from '../secrets.ts'
import { isUnclaimedRow } from './unused.ts'

/** Tells whether a token claims an instance. */
export async function isClaimToken(
  db: Queryable,
  instance: Instance,
  token: string,
): Promise<boolean> {
  const [row] = await db
    .select({ id: instances.id })
    .from(instances)
    .where(and(isUnclaimedRow(), hasToken(instance, token)))
  return row !== undefined
}

/**
 * Claims an instance with its token, once. Returns whether this did it: of several at once, one does.
 *
 * @throws {ApiError} `form_param_value_invalid`
 */
export function claimWithToken(
  database: Database,
  author: InstanceAuthor,
  token: string,
  name: string,
): Promise<boolean> {
  return claim(database, author, hasToken(author.instance, token), name)
}

/**
 * Claims an instance in the name of whoever runs the server.
 *
 * @param name of the application; `undefined` leaves it as it is
 * @throws {IdentityError} `refused` where there is nothing to claim
 */
export async function claimAsOperator(
  database: Database,
  instance: Instance,
  name: string | undefined,
  now: number,
): Promise<void> {
  const author = byCommand(instance, now)
  if (await claim(database, author, eq(instances.id, instance.id), name)) return
  throw new IdentityError(
    'refused',
    `There is nothing to claim at ${instance.frontendApi}: the instance is yours already. "core instance list" shows which are unclaimed.`,
  )
}

function hasToken({ id }: Instance, token: string): SQL | undefined {
  return and(eq(instances.id, id), eq(instances.claimTokenHash, hashToken(token)))
}

function claim(
  database: Database,
  author: InstanceAuthor,
  which: SQL | undefined,
  name: string | undefined,
): Promise<boolean> {
  const { instance, now } = author
  return transact(database, async (tx) => {
    const claimed = await tx
      .update(instances)
      .set({ claimedAt: now, claimTokenHash: null })
      .where(and(isUnclaimedRow(), which))
      .returning({ id: instances.id })
    if (claimed.length === 0) return false
    await record(tx, author, 'instance.claimed', instance.id)
    const changes = name === undefined ? {} : { application_name: name }
    await changeSettings(tx, instance, changes, 'application_name', now)
    return true
  })
}
