import type { BackendRoute, Call } from '../http/backend-route.ts'
import { ApiError } from '../http/errors.ts'
import type { Services } from '../services.ts'
import { requireUser } from './find.ts'

/**
 * The endpoints of what a user may sign in with besides addresses and a password. Nobody has any of it yet:
 * to switch it off is done at once, and there is none to delete.
 */
export const userFactorBackendRoutes: readonly BackendRoute[] = [
  ...['mfa', 'totp', 'backup_code'].map((kind): BackendRoute => ({
    method: 'DELETE',
    path: `/users/:id/${kind}`,
    handle: async (services, call) => ({ user_id: (await requireUser(services, call)).id }),
  })),
  ...['passkeys', 'web3_wallets', 'external_accounts', 'trusted_devices'].map(
    (kind): BackendRoute => ({
      method: 'DELETE',
      path: `/users/:id/${kind}/:factor`,
      handle: refuseWith('resource_not_found'),
    }),
  ),
  {
    method: 'GET',
    path: '/users/:id/trusted_devices',
    handle: async (services, call) => {
      await requireUser(services, call)
      return { data: [], total_count: 0 }
    },
  },
  {
    method: 'POST',
    path: '/users/:id/verify_totp',
    handle: refuseWith('totp_disabled'),
  },
  {
    method: 'GET',
    path: '/users/:id/oauth_access_tokens/:provider',
    handle: refuseWith('oauth_token_provider_not_enabled'),
  },
]

function refuseWith(
  code: 'resource_not_found' | 'totp_disabled' | 'oauth_token_provider_not_enabled',
) {
  return async (services: Services, call: Call): Promise<never> => {
    await requireUser(services, call)
    throw new ApiError(code)
  }
}
