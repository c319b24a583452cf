import { lte, sql } from 'drizzle-orm'

import type { Database } from '../database/database.ts'
import { sweep } from '../tokens/sweep.ts'
import { rateLimits } from './tables.ts'

/** What is counted. */
export interface Use {
  readonly key: string
  readonly cost: number
  readonly seconds: number
}

/** What has been counted by now. */
export interface Count {
  readonly key: string
  readonly count: number
  /** When it begins anew. Unix milliseconds. */
  readonly expireAt: number
}

/** Counts, for all processes that share a database. */
export interface RateCounter {
  count(instanceId: string | null, uses: readonly Use[], now: number): Promise<readonly Count[]>
}

const SWEEP_INTERVAL_MS = 60_000
/** More than a process leaves behind in that time. */
const SWEEP_ROWS = 5000

/** Creates a counter. It counts outside of transactions: nobody waits until somebody else's has ended. */
export function createRateCounter(database: Database): RateCounter {
  let sweptAt = 0
  return {
    count: async (instanceId, uses, now) => {
      if (now - sweptAt >= SWEEP_INTERVAL_MS) {
        sweptAt = now
        await sweep(database, rateLimits, rateLimits.key, lte(rateLimits.expireAt, now), SWEEP_ROWS)
      }
      const isOver = lte(rateLimits.expireAt, now)
      // One statement: of any number of requests at once, each sees a count of its own.
      return database
        .insert(rateLimits)
        .values(
          uses
            // In one order, so that no two wait for each other.
            .toSorted((a, b) => (a.key < b.key ? -1 : 1))
            .map(({ key, cost, seconds }) => ({
              key,
              instanceId,
              count: cost,
              expireAt: now + seconds * 1000,
            })),
        )
        .onConflictDoUpdate({
          target: rateLimits.key,
          set: {
            count: sql`case when ${isOver} then excluded.count else ${rateLimits.count} + excluded.count end`,
            expireAt: sql`case when ${isOver} then excluded.expire_at else ${rateLimits.expireAt} end`,
          },
        })
        .returning({
          key: rateLimits.key,
          count: rateLimits.count,
          expireAt: rateLimits.expireAt,
        })
    },
  }
}
