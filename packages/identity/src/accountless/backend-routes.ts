/** What the server of an application says that somebody began without an account. */

import { and, eq, isNull } from 'drizzle-orm'

import { instances } from '../database/schema.ts'
import type { BackendRoute, Call } from '../http/backend-route.ts'
import { ApiError } from '../http/errors.ts'
import type { Services } from '../services.ts'
import { toApplicationJson } from './application-json.ts'
import { CREATE_PATH } from './create.ts'

export const accountlessBackendRoutes: readonly BackendRoute[] = [
  { method: 'POST', path: `${CREATE_PATH}/complete`, handle: complete },
]

/** Remembers that the developer put the keys in place. Saying it again changes nothing. */
async function complete(
  { database }: Services,
  { instance, secretKey, now }: Call,
): Promise<object> {
  if (instance.application === null || secretKey === null) throw new ApiError('resource_not_found')
  await database
    .update(instances)
    .set({ completedAt: now })
    .where(and(eq(instances.id, instance.id), isNull(instances.completedAt)))
  return toApplicationJson(instance, instance.application.id, secretKey)
}
