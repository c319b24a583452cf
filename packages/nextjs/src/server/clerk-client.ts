import { type LazyClient, clientOf, createLazyClient } from '@core/backend/internal'
import { environment } from './environment.ts'
import { readStateIfAny } from './request-state.ts'

/**
 * The Backend API, with the keys that the middleware has chosen for the current request, else those of
 * the environment. Can be called or not, and the call can be awaited or not.
 *
 * @example
 * const client = await clerkClient()
 * await client.users.updateUser(userId, { firstName: 'Ada' })
 */
export const clerkClient: LazyClient = createLazyClient(async () =>
  clientOf(environment.core(), (await readStateIfAny())?.setup),
)
