/**
 * Refresh tokens: with one, an app's server exchanges a session token that is over for a new one. Each
 * works once and is replaced by the next of its family. Requests of one page load that bring the same
 * token get the same successor; whoever brings it later has a copy, and the family ends.
 */

import { createHmac, randomBytes } from 'node:crypto'

import { and, eq, gt, lte, or } from 'drizzle-orm'

import type { Queryable } from '../database/database.ts'
import type { Instance } from '../instances/instance.ts'
import { hashToken, newToken } from '../secrets.ts'
import type { Services } from '../services.ts'
import { sweep } from './sweep.ts'
import { refreshFamilies } from './tables.ts'

/** How long a token that was exchanged still leads to its successor: one page load on a slow network. */
const GRACE_MS = 10_000

/** How long a family outlives the next one of its app: two pages may have asked at once. */
const OVERLAP_MS = 60_000

/** `rt_`, the name of the family, and what changes with every exchange. */
const FORM = /^rt_([\w-]{22})\.[\w-]{43}$/

type Family = typeof refreshFamilies.$inferSelect

/** Whose refresh token it is. */
export interface RefreshHolder {
  readonly instance: Instance
  readonly sessionId: string
  /** Origin of the app whose cookie holds it. */
  readonly origin: string
}

/**
 * Begins a family for a session and an app. Earlier families of both end: the app's cookie holds one.
 *
 * @returns `null` if the instance leaves renewal to the handshake
 */
export async function issueRefreshToken(
  db: Queryable,
  { instance, sessionId, origin }: RefreshHolder,
  now: number,
): Promise<string | null> {
  const lifetime = instance.settings.refresh_token_lifetime * 1000
  if (lifetime === 0) return null
  const family = randomBytes(16).toString('base64url')
  const token = `rt_${family}.${newToken()}`
  await sweep(
    db,
    refreshFamilies,
    refreshFamilies.familyHash,
    or(
      lte(refreshFamilies.expireAt, now),
      and(
        eq(refreshFamilies.sessionId, sessionId),
        eq(refreshFamilies.origin, origin),
        lte(refreshFamilies.createdAt, now - OVERLAP_MS),
      ),
    ),
  )
  await db.insert(refreshFamilies).values({
    familyHash: hashToken(family),
    instanceId: instance.id,
    sessionId,
    origin,
    tokenHash: hashToken(token),
    expireAt: now + lifetime,
    createdAt: now,
  })
  return token
}

/** What became of a refresh token: its successor, or why there is none. */
export type Exchange = { readonly successor: string } | { readonly refusal: 'unknown' | 'reused' }

/**
 * Exchanges a refresh token for the next one of its family. Of any number of exchanges at once one
 * changes the row; the others compute the same successor from what it left there.
 */
export async function exchangeRefreshToken(
  services: Pick<Services, 'database' | 'logger'>,
  token: string,
  holder: RefreshHolder,
  now: number,
): Promise<Exchange> {
  const { database } = services
  const family = await findFamily(database, token, holder, now)
  if (family === null) return { refusal: 'unknown' }
  const tokenHash = hashToken(token)
  const seed = newToken()
  const successor = successorOf(token, seed)
  const [won] = await database
    .update(refreshFamilies)
    .set({ tokenHash: hashToken(successor), previousHash: tokenHash, seed, rotatedAt: now })
    .where(
      and(
        eq(refreshFamilies.familyHash, family.familyHash),
        eq(refreshFamilies.tokenHash, tokenHash),
      ),
    )
    .returning({ familyHash: refreshFamilies.familyHash })
  if (won !== undefined) return { successor }

  const after = await findFamily(database, token, holder, now)
  if (after === null) return { refusal: 'unknown' }
  const { seed: left, rotatedAt } = after
  if (after.previousHash === tokenHash && left !== null && rotatedAt !== null) {
    if (now - rotatedAt < GRACE_MS) return { successor: successorOf(token, left) }
  }
  await database.delete(refreshFamilies).where(eq(refreshFamilies.familyHash, family.familyHash))
  services.logger.warn(
    { event: 'refresh_token.reused', instance: holder.instance.id, session: holder.sessionId },
    'A refresh token was used twice. Its family has been revoked.',
  )
  return { refusal: 'reused' }
}

/** Tells whether a refresh token is the newest of its family, without using it up. */
export async function isRefreshToken(
  db: Queryable,
  token: string,
  holder: RefreshHolder,
  now: number,
): Promise<boolean> {
  return (await findFamily(db, token, holder, now))?.tokenHash === hashToken(token)
}

async function findFamily(
  db: Queryable,
  token: string,
  { instance, sessionId, origin }: RefreshHolder,
  now: number,
): Promise<Family | null> {
  const [, family] = FORM.exec(token) ?? []
  if (family === undefined) return null
  const [row] = await db
    .select()
    .from(refreshFamilies)
    .where(
      and(
        eq(refreshFamilies.familyHash, hashToken(family)),
        eq(refreshFamilies.instanceId, instance.id),
        eq(refreshFamilies.sessionId, sessionId),
        eq(refreshFamilies.origin, origin),
        gt(refreshFamilies.expireAt, now),
      ),
    )
  return row ?? null
}

/** Whoever has read the database lacks the token, whoever has the token lacks the seed. */
function successorOf(token: string, seed: string): string {
  const [family = ''] = token.split('.')
  return `${family}.${createHmac('sha256', seed).update(token).digest('base64url')}`
}
