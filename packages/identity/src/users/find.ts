import { ApiError } from '../http/errors.ts'
import type { Call } from '../http/backend-route.ts'
import type { Services } from '../services.ts'
import { findUser, type User } from './user.ts'

/**
 * Finds the user that the path names.
 *
 * @throws {ApiError} `resource_not_found`
 */
export async function requireUser({ database }: Services, { instance, path }: Call): Promise<User> {
  const user = await findUser(database, instance.id, path['id'] ?? '')
  if (user === null) throw new ApiError('resource_not_found')
  return user
}
