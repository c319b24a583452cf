/** What is handed out once, to whoever brings the token it was kept under. */

import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'

import { and, eq, gt, lte } from 'drizzle-orm'

import type { Queryable } from '../database/database.ts'
import { hashToken, newToken } from '../secrets.ts'
import { sweep } from './sweep.ts'
import { oneTimePayloads } from './tables.ts'

/** What a payload is for. One that was kept for something else is not found. */
export interface PayloadPlace {
  readonly instanceId: string
  readonly purpose: (typeof oneTimePayloads.$inferSelect)['purpose']
}

/** Keeps a payload until a time. Returns the token, without which nobody can read it. */
export async function keepOnce(
  db: Queryable,
  place: PayloadPlace,
  payload: unknown,
  expireAt: number,
  now: number,
): Promise<string> {
  const token = newToken()
  const isOver = lte(oneTimePayloads.expireAt, now)
  await sweep(db, oneTimePayloads, oneTimePayloads.tokenHash, isOver)
  await db.insert(oneTimePayloads).values({
    tokenHash: hashToken(token),
    ...place,
    payload: seal(token, JSON.stringify(payload)),
    expireAt,
  })
  return token
}

/** Takes a payload away. Of several who bring its token at once, one gets it, the others `null`. */
export async function takeOnce(
  db: Queryable,
  { instanceId, purpose }: PayloadPlace,
  token: string,
  now: number,
): Promise<unknown> {
  const [row] = await db
    .delete(oneTimePayloads)
    .where(
      and(
        eq(oneTimePayloads.tokenHash, hashToken(token)),
        eq(oneTimePayloads.instanceId, instanceId),
        eq(oneTimePayloads.purpose, purpose),
        gt(oneTimePayloads.expireAt, now),
      ),
    )
    .returning()
  return row === undefined ? null : (JSON.parse(open(token, row.payload)) as unknown)
}

/** Encrypts under the token: what is kept signs people in, and copies of a database travel far. */
function seal(token: string, text: string): string {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', keyOf(token), nonce)
  return Buffer.concat([
    nonce,
    cipher.update(text, 'utf8'),
    cipher.final(),
    cipher.getAuthTag(),
  ]).toString('base64url')
}

function open(token: string, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64url')
  const decipher = createDecipheriv('aes-256-gcm', keyOf(token), bytes.subarray(0, 12))
  decipher.setAuthTag(bytes.subarray(-16))
  return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString(
    'utf8',
  )
}

function keyOf(token: string): Buffer {
  return createHmac('sha256', token).update('one-time payload').digest()
}
