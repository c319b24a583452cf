import type { User } from '@core/backend'
import { type ForwardedState, clientOf } from '@core/backend/internal'
import type { AuthOptions } from './auth-function.ts'
import { environment } from './environment.ts'
import { readState } from './request-state.ts'

const users = new WeakMap<ForwardedState, Promise<User>>()

/**
 * Returns the user who is asking, from the Backend API, or `null` when signed out. However often it is
 * called while one request is answered, the API is asked once.
 *
 * @throws {TypeError} if `clerkMiddleware()` has not run for the request.
 * @throws {ClerkAPIResponseError} if the Backend API refuses, or cannot be reached.
 */
export async function currentUser(options?: AuthOptions): Promise<User | null> {
  const state = await readState('currentUser')
  const { userId } =
    options === undefined ? state.auth : (state.state.toAuth(options) ?? state.auth)
  if (userId === null) return null
  let user = users.get(state)
  if (user === undefined) {
    user = clientOf(environment.core(), state.setup).users.getUser(userId)
    users.set(state, user)
  }
  return user
}
