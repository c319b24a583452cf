/** Applications of a server on this machine follow its port, as the development instance does. */

import { createPublishableKey } from '@core/protocol'
import { and, eq, isNotNull, like } from 'drizzle-orm'

import type { Transaction } from '../database/database.ts'
import { instances } from '../database/schema.ts'

const LOCAL = /^localhost(?::\d+)?$/

/**
 * Gives the applications below `localhost` their hosts below another one, and the keys that name these. Nothing
 * happens to those that are elsewhere.
 */
export async function moveApplications(tx: Transaction, host: string, now: number): Promise<void> {
  if (!LOCAL.test(host)) return
  const rows = await tx
    .select({ id: instances.id, frontendApi: instances.frontendApi })
    .from(instances)
    .where(and(isNotNull(instances.applicationId), like(instances.frontendApi, '%.localhost%')))
  for (const { id, frontendApi } of rows) {
    const label = frontendApi.slice(0, frontendApi.indexOf('.'))
    const moved = `${label}.${host}`
    if (moved === frontendApi) continue
    await tx
      .update(instances)
      .set({
        frontendApi: moved,
        publishableKey: createPublishableKey('development', moved),
        updatedAt: now,
      })
      .where(eq(instances.id, id))
  }
}
