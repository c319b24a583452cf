/** The keys that instances sign with. A private key is generated once and kept; see `schema.ts`. */

import type { JwkJSON, JwksJSON } from '@core/protocol'
import { and, asc, eq, isNull } from 'drizzle-orm'
import {
  SignJWT,
  exportJWK,
  generateKeyPair,
  importJWK,
  type CryptoKey,
  type JWTPayload,
} from 'jose'

import type { Queryable } from '../database/open.ts'
import { signingKeys } from '../database/schema.ts'

const ALGORITHM = 'RS256'

/** Signs tokens of one instance. */
export interface Signer {
  sign(payload: JWTPayload, header: Readonly<Record<string, unknown>>): Promise<string>
}

/** A private key and its public half. Both can be exported. */
export type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>

/** Generates a key pair: RS256 with 2048 bits, which every SDK accepts. */
export function generateSigningKeyPair(): Promise<KeyPair> {
  return generateKeyPair(ALGORITHM, { modulusLength: 2048, extractable: true })
}

/** Stores the signing key of an instance. Its `kid` is the instance's id. */
export async function storeSigningKey(
  db: Queryable,
  instanceId: string,
  pair: KeyPair,
  now: number,
): Promise<void> {
  await db.insert(signingKeys).values({
    instanceId,
    kid: instanceId,
    algorithm: ALGORITHM,
    privateKey: await exportJWK(pair.privateKey),
    publicKey: await exportJWK(pair.publicKey),
    createdAt: now,
  })
}

/** Reads the key set that verifiers need: the key in use, and older ones whose tokens still live. */
export async function readJwks(db: Queryable, instanceId: string): Promise<JwksJSON> {
  const rows = await db
    .select()
    .from(signingKeys)
    .where(eq(signingKeys.instanceId, instanceId))
    .orderBy(asc(signingKeys.createdAt))
  return {
    keys: rows.map((row): JwkJSON => ({
      use: 'sig',
      kty: row.publicKey.kty ?? 'RSA',
      kid: row.kid,
      alg: row.algorithm,
      n: row.publicKey.n,
      e: row.publicKey.e,
    })),
  }
}

/** Keeps the imported private keys of instances, so that signing needs no query. */
export function createSigners(db: Queryable): (instanceId: string) => Promise<Signer> {
  const signers = new Map<string, Promise<Signer>>()
  return (instanceId) => {
    const known = signers.get(instanceId)
    if (known !== undefined) return known
    const signer = loadSigner(db, instanceId)
    signers.set(instanceId, signer)
    // A failure is not remembered: the next request tries again.
    signer.catch(() => signers.delete(instanceId))
    return signer
  }
}

async function loadSigner(db: Queryable, instanceId: string): Promise<Signer> {
  const [row] = await db
    .select()
    .from(signingKeys)
    .where(and(eq(signingKeys.instanceId, instanceId), isNull(signingKeys.retiredAt)))
  if (row === undefined) throw new Error(`Instance ${instanceId} has no signing key.`)
  const key = (await importJWK(row.privateKey, row.algorithm)) as CryptoKey
  return {
    sign: (payload, header) =>
      new SignJWT(payload)
        .setProtectedHeader({ ...header, alg: row.algorithm, kid: row.kid })
        .sign(key),
  }
}
