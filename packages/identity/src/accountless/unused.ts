/** Applications that nobody claimed are kept as long as somebody uses them. */

import { and, asc, eq, isNotNull, isNull, lt, type SQL } from 'drizzle-orm'

import { COMMAND } from '../audit/actor.ts'
import { record } from '../audit/record.ts'
import type { Queryable } from '../database/database.ts'
import { instances } from '../database/schema.ts'
import { transact } from '../database/transact.ts'
import { isUnclaimed, type Instance } from '../instances/instance.ts'
import { resolveSettings } from '../instances/settings.ts'
import type { Services } from '../services.ts'
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

/** How many one request deletes at most. */
const MAX_DELETED = 100

/** After so long the rest is left to the next request. One that is begun is finished. */
const MAX_MS = 1000

/**
 * Deletes applications that nobody claimed, and nobody used for long, with everything in them. Each is deleted by
 * itself: one with many users in it takes a while, and one that cannot be deleted does not keep the others.
 */
export async function deleteUnused(
  services: Services,
  { lifetime }: AccountlessPolicy,
): Promise<void> {
  const { database, logger, now } = services
  const startedAt = now()
  // Used as late as a step after what is written down.
  const lastUse = startedAt - lifetime * 1000 - STEP_MS
  const isUnused = and(isUnclaimedRow(), lt(instances.usedAt, lastUse))
  const unused = await database
    .select({ id: instances.id })
    .from(instances)
    .where(isUnused)
    .orderBy(asc(instances.usedAt))
    .limit(MAX_DELETED)
  for (const { id } of unused) {
    if (now() - startedAt >= MAX_MS) return
    try {
      await deleteOne(services, and(eq(instances.id, id), isUnused))
    } catch (error) {
      // Whoever asks for an application gets it all the same.
      logger.error({ err: error, instance: id }, 'An unused application was not deleted')
    }
  }
}

async function deleteOne({ database, now }: Services, isIt: SQL | undefined): Promise<void> {
  await transact(database, async (tx) => {
    const [row] = await tx
      .select({ id: instances.id, settings: instances.settings })
      .from(instances)
      .where(isIt)
      // One that another request is deleting is left to it.
      .for('update', { skipLocked: true })
    if (row === undefined) return
    await tx.delete(instances).where(eq(instances.id, row.id))
    const instance = { id: row.id, settings: resolveSettings(row.settings) }
    const author = { instance, actor: COMMAND, address: null, now: now() }
    await record(tx, author, 'instance.deleted', row.id, { reason: 'unused' })
  })
}

/** Which instances are applications that nobody claimed. */
export function isUnclaimedRow(): SQL | undefined {
  return and(isNotNull(instances.applicationId), isNull(instances.claimedAt))
}
