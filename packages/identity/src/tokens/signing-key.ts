/**
 * The keys that instances sign with. One key of an instance is in use; those before it stay in the key
 * set until the last token that they signed has expired.
 */

import { createPrivateKey, randomBytes, type JsonWebKeyInput } from 'node:crypto'

import type { JwkJSON, JwksJSON } from '@core/protocol'
import { and, asc, eq, isNull, sql } from 'drizzle-orm'
import {
  exportJWK,
  generateKeyPair,
  importJWK,
  type CryptoKey,
  type JWK,
  type JWTPayload,
} from 'jose'

import type { Database, Queryable } from '../database/database.ts'
import { instances, signingKeys } from '../database/schema.ts'
import { transact } from '../database/transact.ts'
import { openStoredKey } from '../vault/stored-keys.ts'
import type { SealedPlace, Vault } from '../vault/vault.ts'
import { signCompact, type CompactKey, type SigningAlgorithm } from './compact.ts'

/** Signs tokens of one instance. Every token says when it ends. */
export interface Signer {
  sign(
    payload: JWTPayload & { readonly exp: number },
    header: Readonly<Record<string, unknown>>,
  ): Promise<string>
}

/** A private key and its public half. Both can be exported. */
export type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>

/** How long a process may go on with a key before it looks whether there is a newer one. */
const SIGNER_LIFETIME_MS = 60_000

/** Until when a key is needed is written down ahead by this much, so that hardly any token writes. */
const HOLD_AHEAD_MS = 3_600_000

/** How much longer than its last token a key is published: a verifier's clock may be behind. */
const GRACE_MS = 300_000

/** Generates a key pair. RS256 has 2048 bits, which every SDK accepts. */
export function generateSigningKeyPair(algorithm: SigningAlgorithm = 'RS256'): Promise<KeyPair> {
  return generateKeyPair(algorithm, {
    extractable: true,
    ...(algorithm === 'RS256' ? { modulusLength: 2048 } : {}),
  })
}

/** Stores the first signing key of an instance. Its `kid` is the instance's id. */
export async function storeSigningKey(
  db: Queryable,
  vault: Vault,
  instanceId: string,
  pair: KeyPair,
  now: number,
): Promise<void> {
  await insertKey(db, vault, instanceId, instanceId, pair, now)
}

/** Stores a signing key of an instance that had others. Returns its `kid`. */
export async function storeNextSigningKey(
  db: Queryable,
  vault: Vault,
  instanceId: string,
  pair: KeyPair,
  now: number,
): Promise<string> {
  const kid = `${instanceId}_${randomBytes(6).toString('hex')}`
  await insertKey(db, vault, instanceId, kid, pair, now)
  return kid
}

async function insertKey(
  db: Queryable,
  vault: Vault,
  instanceId: string,
  kid: string,
  pair: KeyPair,
  now: number,
): Promise<void> {
  const publicKey = await exportJWK(pair.publicKey)
  const privateKey = JSON.stringify(await exportJWK(pair.privateKey))
  await db.insert(signingKeys).values({
    instanceId,
    kid,
    algorithm: algorithmOf(publicKey),
    privateKey: { sealed: vault.seal(placeOf(instanceId, kid), privateKey) },
    publicKey,
    createdAt: now,
  })
}

function placeOf(instanceId: string, id: string): SealedPlace {
  return { instanceId, purpose: 'signing-key', id }
}

/** The algorithm of a key follows from its kind; what was asked for may be another matter. */
function algorithmOf({ kty, crv }: JWK): SigningAlgorithm {
  if (kty === 'RSA') return 'RS256'
  if (kty === 'EC' && crv === 'P-256') return 'ES256'
  if (kty === 'OKP' && crv === 'Ed25519') return 'EdDSA'
  throw new Error(`A key of kind ${kty} (${crv}) cannot sign session tokens.`)
}

/**
 * Puts a new key in the place of the one in use, which stays in the key set for its tokens. Its private
 * half is destroyed: nothing is signed with it any more. Processes notice within a minute.
 *
 * @param tokenLifetime seconds that a session token of the instance lives
 * @returns the `kid` of the new key
 */
export async function rotateSigningKey(
  database: Database,
  vault: Vault,
  instanceId: string,
  pair: KeyPair,
  tokenLifetime: number,
  now: number,
): Promise<string> {
  return transact(database, async (tx) => {
    // Of two rotations at once, the second waits here and retires the key of the first.
    await tx
      .select({ id: instances.id })
      .from(instances)
      .where(eq(instances.id, instanceId))
      .for('update')
    await tx
      .update(signingKeys)
      .set({
        retiredAt: now,
        privateKey: sql`${signingKeys.publicKey}`,
        tokensExpireAt: sql`greatest(${signingKeys.tokensExpireAt}, ${now + SIGNER_LIFETIME_MS + tokenLifetime * 1000}::bigint)`,
      })
      .where(isInUse(instanceId))
    return storeNextSigningKey(tx, vault, instanceId, pair, now)
  })
}

/** Reads the key set that verifiers need: the key in use, and older ones whose tokens still live. */
export async function readJwks(db: Queryable, instanceId: string, now: number): Promise<JwksJSON> {
  const rows = await db
    .select()
    .from(signingKeys)
    .where(eq(signingKeys.instanceId, instanceId))
    .orderBy(asc(signingKeys.createdAt))
  return {
    keys: rows
      .filter(
        ({ retiredAt, tokensExpireAt }) => retiredAt === null || tokensExpireAt + GRACE_MS > now,
      )
      .map(toJwkJson),
  }
}

function toJwkJson({ kid, algorithm, publicKey }: typeof signingKeys.$inferSelect): JwkJSON {
  const { kty = 'RSA', n, e, crv, x, y } = publicKey
  const parts = kty === 'RSA' ? { n, e } : kty === 'EC' ? { crv, x, y } : { crv, x }
  return { use: 'sig', kty, kid, alg: algorithm, ...parts }
}

/** Finds the public key that a token names, however long ago it was in use. */
export async function findPublicKey(
  db: Queryable,
  instanceId: string,
  kid: string,
): Promise<{ readonly key: CryptoKey; readonly algorithm: string } | null> {
  const [row] = await db
    .select()
    .from(signingKeys)
    .where(and(eq(signingKeys.instanceId, instanceId), eq(signingKeys.kid, kid)))
  if (row === undefined) return null
  const key = (await importJWK(row.publicKey, row.algorithm)) as CryptoKey
  return { key, algorithm: row.algorithm }
}

/** The signers of a process. */
export interface Signers {
  of(instanceId: string): Promise<Signer>
  /** Makes the next token ask which key is in use. */
  forget(instanceId: string): void
}

/** A private key that was imported, and until when its tokens are known to be accounted for. */
interface LoadedKey extends CompactKey {
  readonly loadedAt: number
  heldUntil: number
}

/**
 * Keeps the imported private keys of instances, so that signing needs no query. None of this may be
 * called inside a transaction: it asks the database on its own.
 */
export function createSigners(db: Queryable, vault: Vault, now: () => number): Signers {
  const loaded = new Map<string, Promise<LoadedKey>>()

  const load = (instanceId: string): Promise<LoadedKey> => {
    const known = loaded.get(instanceId)
    const key = loadKey(db, vault, instanceId, now(), known)
    loaded.set(instanceId, key)
    // A failure is not remembered: the next request tries again.
    key.catch(() => {
      if (loaded.get(instanceId) === key) loaded.delete(instanceId)
    })
    return key
  }
  const current = async (instanceId: string): Promise<LoadedKey> => {
    const known = loaded.get(instanceId)
    if (known === undefined) return load(instanceId)
    const key = await known
    if (Math.abs(now() - key.loadedAt) < SIGNER_LIFETIME_MS) return key
    // Somebody else may be looking already.
    const other = loaded.get(instanceId)
    return other === known || other === undefined ? load(instanceId) : other
  }
  const signerOf = async (instanceId: string): Promise<Signer> => ({
    sign: async (payload, header) => {
      let key = await current(instanceId)
      // The key was replaced since it was loaded: the new one signs.
      if (!(await hold(db, instanceId, key, payload.exp * 1000))) {
        key = await load(instanceId)
        if (!(await hold(db, instanceId, key, payload.exp * 1000))) {
          throw new Error(`The signing key of instance ${instanceId} changes too fast.`)
        }
      }
      return signCompact(payload, header, key)
    },
  })
  return { of: signerOf, forget: (instanceId) => void loaded.delete(instanceId) }
}

async function loadKey(
  db: Queryable,
  vault: Vault,
  instanceId: string,
  now: number,
  before: Promise<LoadedKey> | undefined,
): Promise<LoadedKey> {
  const [row] = await db.select().from(signingKeys).where(isInUse(instanceId))
  if (row === undefined) throw new Error(`Instance ${instanceId} has no signing key.`)
  const held = { loadedAt: now, heldUntil: row.tokensExpireAt }
  const known = await before?.catch(() => undefined)
  if (known?.kid === row.kid) return { ...known, ...held }
  const jwk = readPrivateKey(vault, row)
  const key = createPrivateKey({ key: jwk as JsonWebKeyInput['key'], format: 'jwk' })
  return { kid: row.kid, algorithm: algorithmOf(jwk), key, ...held }
}

function readPrivateKey(
  vault: Vault,
  { instanceId, kid, privateKey }: typeof signingKeys.$inferSelect,
): JWK {
  const text = 'sealed' in privateKey ? String(privateKey.sealed) : JSON.stringify(privateKey)
  return JSON.parse(openStoredKey(vault, placeOf(instanceId, kid), text)) as JWK
}

/** Sees to it that a key stays in the key set until a time. `false`: it is not in use any more. */
async function hold(
  db: Queryable,
  instanceId: string,
  key: LoadedKey,
  until: number,
): Promise<boolean> {
  if (until <= key.heldUntil) return true
  const ahead = until + HOLD_AHEAD_MS
  const rows = await db
    .update(signingKeys)
    .set({ tokensExpireAt: sql`greatest(${signingKeys.tokensExpireAt}, ${ahead}::bigint)` })
    .where(and(isInUse(instanceId), eq(signingKeys.kid, key.kid)))
    .returning({ tokensExpireAt: signingKeys.tokensExpireAt })
  const [row] = rows
  if (row === undefined) return false
  key.heldUntil = row.tokensExpireAt
  return true
}

function isInUse(instanceId: string) {
  return and(eq(signingKeys.instanceId, instanceId), isNull(signingKeys.retiredAt))
}
