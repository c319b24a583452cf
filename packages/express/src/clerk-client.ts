import { type LazyClient, createAuthenticator, createLazyClient } from '@core/backend/internal'
import { SDK } from './sdk.ts'

const authenticator = createAuthenticator(undefined, { env: process.env, sdk: SDK })

/**
 * The Backend API with the keys of the environment (`CLERK_SECRET_KEY`), which are read at the first
 * use. Can be called as well: `clerkClient().users`.
 *
 * @example
 * const user = await clerkClient.users.getUser(userId)
 */
export const clerkClient: LazyClient = createLazyClient(() => authenticator.client)
