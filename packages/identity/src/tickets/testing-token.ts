/** Tokens with which tests pass the checks for robots: as often as they like, for an hour. */

import { and, eq, gt, lte } from 'drizzle-orm'

import type { Queryable } from '../database/database.ts'
import type { Call } from '../http/backend-route.ts'
import { ApiError } from '../http/errors.ts'
import { hashToken, newToken } from '../secrets.ts'
import type { Services } from '../services.ts'
import { toSeconds } from '../time.ts'
import { sweep } from '../tokens/sweep.ts'
import { testingTokens } from '../tokens/tables.ts'

const LIFETIME_SECONDS = 3600

/**
 * Answers `POST /v1/testing_tokens`. Production instances have robots to fear, so theirs must be set to it.
 *
 * @throws {ApiError} `request_invalid_for_environment`
 */
export async function createTestingToken(
  { database }: Services,
  { instance, now }: Call,
): Promise<object> {
  if (instance.type === 'production' && !instance.settings.testing_tokens) {
    throw new ApiError('request_invalid_for_environment')
  }
  const token = `${toSeconds(now)}-${newToken()}`
  const isOver = lte(testingTokens.expireAt, now)
  await sweep(database, testingTokens, testingTokens.tokenHash, isOver)
  await database.insert(testingTokens).values({
    tokenHash: hashToken(token),
    instanceId: instance.id,
    expireAt: now + LIFETIME_SECONDS * 1000,
  })
  return { object: 'testing_token', token, expires_at: toSeconds(now) + LIFETIME_SECONDS }
}

/** Tells whether a token was handed out for tests of an instance and is not over. */
export async function isTestingToken(
  db: Queryable,
  instanceId: string,
  token: string,
  now: number,
): Promise<boolean> {
  const rows = await db
    .select({ tokenHash: testingTokens.tokenHash })
    .from(testingTokens)
    .where(
      and(
        eq(testingTokens.tokenHash, hashToken(token)),
        eq(testingTokens.instanceId, instanceId),
        gt(testingTokens.expireAt, now),
      ),
    )
  return rows.length > 0
}
