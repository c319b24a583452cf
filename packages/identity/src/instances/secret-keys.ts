/** The secret keys of an instance. Any number work side by side, so that one can be replaced without a gap. */

import { and, asc, eq, sql } from 'drizzle-orm'

import type { Queryable } from '../database/database.ts'
import { secretKeys } from '../database/schema.ts'
import { IdentityError } from '../error.ts'
import { hashToken, newToken } from '../secrets.ts'
import type { Instance } from './instance.ts'

/** A secret key, as lists show it. */
export interface SecretKey {
  /** The beginning of its hash: names it, and leads to nothing. */
  readonly id: string
  readonly name: string | null
  readonly createdAt: number
}

const ID_CHARACTERS = 12

// Without the dash of base64url, which a command line would take for an option.
const idColumn = sql<string>`translate(substr(${secretKeys.keyHash}, 1, ${ID_CHARACTERS}::int), '-_', 'zZ')`

/** Issues a secret key. Only its hash is stored: the returned text cannot be had again. */
export async function issueSecretKey(
  db: Queryable,
  instance: Pick<Instance, 'id' | 'type'>,
  now: number,
  name?: string,
): Promise<string> {
  const key = `sk_${instance.type === 'production' ? 'live' : 'test'}_${newToken()}`
  await db.insert(secretKeys).values({
    keyHash: hashToken(key),
    instanceId: instance.id,
    name: name ?? null,
    createdAt: now,
  })
  return key
}

/** Lists the secret keys of an instance, oldest first. */
export function listSecretKeys(db: Queryable, instanceId: string): Promise<SecretKey[]> {
  return db
    .select({ id: idColumn, name: secretKeys.name, createdAt: secretKeys.createdAt })
    .from(secretKeys)
    .where(eq(secretKeys.instanceId, instanceId))
    .orderBy(asc(secretKeys.createdAt), asc(secretKeys.keyHash))
}

/**
 * Makes a secret key worthless.
 *
 * @throws {IdentityError} `no-key`
 */
export async function revokeSecretKey(
  db: Queryable,
  instanceId: string,
  id: string,
): Promise<void> {
  const rows = await db
    .delete(secretKeys)
    .where(and(eq(secretKeys.instanceId, instanceId), eq(idColumn, id)))
    .returning({ id: secretKeys.instanceId })
  if (rows.length > 0) return
  throw new IdentityError(
    'no-key',
    'The instance has no secret key by that id. "core key list" shows which there are.',
  )
}
