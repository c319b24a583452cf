/** The private keys of a database as a whole: whether its secret is the right one, and bringing them under it. */

import { and, eq, isNotNull, sql } from 'drizzle-orm'

import type { Database, Queryable, Transaction } from '../database/database.ts'
import { signingKeys } from '../database/schema.ts'
import { transact } from '../database/transact.ts'
import { jwtTemplates } from '../tokens/tables.ts'
import { SEALED_PREFIX, fingerprintOf, wrongSecret, type SealedPlace, type Vault } from './vault.ts'

/** A private key as a row holds it: sealed, or as releases before wrote it. */
interface StoredKey {
  readonly place: SealedPlace
  readonly text: string
}

/** Where private keys are, as a table: how to read all of them, and how to write one. */
const KINDS: readonly {
  list(tx: Transaction): Promise<StoredKey[]>
  write(tx: Transaction, place: SealedPlace, sealed: string): Promise<unknown>
}[] = [
  {
    list: async (tx) =>
      (await tx.select().from(signingKeys).for('update')).flatMap(
        ({ instanceId, kid: id, privateKey }) => {
          // Of retired keys the private half is gone: nothing is left to hide.
          if (!('sealed' in privateKey || 'd' in privateKey)) return []
          const text =
            'sealed' in privateKey ? String(privateKey.sealed) : JSON.stringify(privateKey)
          return { place: { instanceId, purpose: 'signing-key', id }, text }
        },
      ),
    write: (tx, { instanceId, id }, sealed) =>
      tx
        .update(signingKeys)
        .set({ privateKey: { sealed } })
        .where(and(eq(signingKeys.instanceId, instanceId), eq(signingKeys.kid, id))),
  },
  {
    list: async (tx) =>
      (
        await tx.select().from(jwtTemplates).where(isNotNull(jwtTemplates.signingKey)).for('update')
      ).map(({ instanceId, id, signingKey }) => ({
        place: { instanceId, purpose: 'template-key', id },
        text: signingKey ?? '',
      })),
    write: (tx, { instanceId, id }, sealed) =>
      tx
        .update(jwtTemplates)
        .set({ signingKey: sealed })
        .where(and(eq(jwtTemplates.instanceId, instanceId), eq(jwtTemplates.id, id))),
  },
]

/**
 * Makes sure that the keys of a database can be read, and seals those that releases before left as they
 * were.
 *
 * @throws {IdentityError} `secret-wrong`
 */
export async function checkStoredKeys(database: Database, vault: Vault): Promise<void> {
  const fingerprints = await listFingerprints(database)
  if (fingerprints.some((it) => it !== null && !vault.knows(it))) throw wrongSecret()
  if (fingerprints.includes(null)) await sealStoredKeys(database, vault, (text) => !isSealed(text))
}

/** Writes down what was done to an instance, in the transaction that does it. */
export type NoteRenewal = (tx: Transaction, instanceId: string, count: number) => Promise<void>

/**
 * Brings every private key under the newest secret.
 *
 * @param note called for each instance of which there were some
 * @returns how many were not under it
 * @throws {IdentityError} `secret-wrong`
 */
export function renewStoredKeys(
  database: Database,
  vault: Vault,
  note?: NoteRenewal,
): Promise<number> {
  return sealStoredKeys(database, vault, (text) => !isSealed(text) || !vault.isCurrent(text), note)
}

/** Reads a private key, sealed or as releases before wrote it. */
export function openStoredKey(vault: Vault, place: SealedPlace, text: string): string {
  return isSealed(text) ? vault.open(place, text) : text
}

function isSealed(text: string): boolean {
  return text.startsWith(SEALED_PREFIX)
}

function sealStoredKeys(
  database: Database,
  vault: Vault,
  isMeant: (text: string) => boolean,
  note?: NoteRenewal,
): Promise<number> {
  return transact(database, async (tx) => {
    const counts = new Map<string, number>()
    for (const kind of KINDS) {
      for (const { place, text } of await kind.list(tx)) {
        if (!isMeant(text)) continue
        await kind.write(tx, place, vault.seal(place, openStoredKey(vault, place, text)))
        counts.set(place.instanceId, (counts.get(place.instanceId) ?? 0) + 1)
      }
    }
    let total = 0
    for (const [instanceId, count] of counts) {
      await note?.(tx, instanceId, count)
      total += count
    }
    return total
  })
}

/** Names the secrets that the keys of a database are under; `null` stands for a key as it is. */
async function listFingerprints(db: Queryable): Promise<(string | null)[]> {
  const text = sql<string | null>`${signingKeys.privateKey} ->> 'sealed'`
  const signing = await db
    .selectDistinct({ prefix: sql<string | null>`substr(${text}, 1, ${prefixLength}::int)` })
    .from(signingKeys)
    .where(sql`${signingKeys.privateKey} ?| array['sealed', 'd']`)
  const template = await db
    .selectDistinct({
      prefix: sql<string>`substr(${jwtTemplates.signingKey}, 1, ${prefixLength}::int)`,
    })
    .from(jwtTemplates)
    .where(isNotNull(jwtTemplates.signingKey))
  return [...signing, ...template].map(({ prefix }) =>
    prefix !== null && isSealed(prefix) ? fingerprintOf(prefix) : null,
  )
}

/** Up to the end of the fingerprint: six bytes in base64url. */
const prefixLength = SEALED_PREFIX.length + 8
