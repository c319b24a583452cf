/** The secret keys of an instance. Any number work side by side, so that one can be replaced without a gap. */

import { and, asc, eq, sql } from 'drizzle-orm'

import { record, type Author, type InstanceAuthor } from '../audit/record.ts'
import type { Queryable } from '../database/database.ts'
import { secretKeys } from '../database/schema.ts'
import { transact } from '../database/transact.ts'
import { IdentityError } from '../error.ts'
import { hashToken, newToken } from '../secrets.ts'

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

/** The id of a secret key, as lists show it. */
export function idOfSecretKey(key: string): string {
  return hashToken(key).slice(0, ID_CHARACTERS).replaceAll('-', 'z').replaceAll('_', 'Z')
}

/** Issues a secret key. Only its hash is stored: the returned text cannot be had again. */
export async function issueSecretKey(
  db: Queryable,
  author: InstanceAuthor,
  name?: string,
): Promise<string> {
  const { instance, now } = author
  const key = `sk_${instance.type === 'production' ? 'live' : 'test'}_${newToken()}`
  await transact(db, async (tx) => {
    await tx.insert(secretKeys).values({
      keyHash: hashToken(key),
      instanceId: instance.id,
      name: name ?? null,
      createdAt: now,
    })
    await record(tx, author, 'secret_key.created', idOfSecretKey(key))
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
export async function revokeSecretKey(db: Queryable, author: Author, id: string): Promise<void> {
  await transact(db, async (tx) => {
    const rows = await tx
      .delete(secretKeys)
      .where(and(eq(secretKeys.instanceId, author.instance.id), eq(idColumn, id)))
      .returning({ id: secretKeys.instanceId })
    if (rows.length === 0) {
      throw new IdentityError(
        'no-key',
        'The instance has no secret key by that id. "core key list" shows which there are.',
      )
    }
    await record(tx, author, 'secret_key.revoked', id)
  })
}
