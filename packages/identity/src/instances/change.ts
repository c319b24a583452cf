import { eq, sql } from 'drizzle-orm'

import type { Queryable } from '../database/database.ts'
import { instances } from '../database/schema.ts'
import { IdentityError } from '../error.ts'
import { paramError } from '../http/errors.ts'
import type { Instance } from '../instances/instance.ts'
import { parseSettingChanges, type Settings } from './settings.ts'

/**
 * Changes settings of an instance, and no others: the database merges them, so that of two who change
 * different ones at once neither undoes what the other did. Returns all of them.
 *
 * @param changes unchecked values by setting
 * @param paramName parameter that is to blame for a value that a setting does not accept
 * @throws {ApiError} `form_param_value_invalid`
 */
export async function changeSettings(
  db: Queryable,
  instance: Instance,
  changes: Readonly<Record<string, unknown>>,
  paramName: string,
  now: number,
): Promise<Settings> {
  let checked
  try {
    checked = parseSettingChanges(changes)
  } catch (error) {
    if (error instanceof IdentityError) throw paramError('form_param_value_invalid', paramName)
    throw error
  }
  if (Object.keys(checked).length > 0) {
    await db
      .update(instances)
      .set({
        settings: sql`${instances.settings} || ${JSON.stringify(checked)}::jsonb`,
        updatedAt: sql`greatest(${now}::bigint, ${instances.updatedAt} + 1)`,
      })
      .where(eq(instances.id, instance.id))
  }
  return { ...instance.settings, ...checked }
}
