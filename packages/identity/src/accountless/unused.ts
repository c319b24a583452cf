/** Applications that nobody claimed are kept as long as somebody uses them. */

import { and, eq, isNotNull, isNull, lt, type SQL } from 'drizzle-orm'

import type { Database, Queryable } from '../database/database.ts'
import { instances } from '../database/schema.ts'
import { isUnclaimed, type Instance } from '../instances/instance.ts'
import { sweep } from '../tokens/sweep.ts'
import type { AccountlessPolicy } from './policy.ts'

/** Use is written down no more often than this. */
const STEP_MS = 60 * 60 * 1000

/** Remembers that an instance is in use, where that is what keeps it. */
export async function noteUse(db: Queryable, instance: Instance, now: number): Promise<void> {
  if (!isUnclaimed(instance) || now - (instance.application?.usedAt ?? now) < STEP_MS) return
  await db
    .update(instances)
    .set({ usedAt: now })
    .where(and(eq(instances.id, instance.id), lt(instances.usedAt, now)))
}

/** Deletes applications that nobody claimed, and nobody used for long, with everything in them. */
export function deleteUnused(
  database: Database,
  { lifetime }: AccountlessPolicy,
  now: number,
): Promise<void> {
  // Used as late as a step after what is written down.
  const lastUse = now - lifetime * 1000 - STEP_MS
  return sweep(
    database,
    instances,
    instances.id,
    and(isUnclaimedRow(), lt(instances.usedAt, lastUse)),
  )
}

/** Which instances are applications that nobody claimed. */
export function isUnclaimedRow(): SQL | undefined {
  return and(isNotNull(instances.applicationId), isNull(instances.claimedAt))
}
