import { type ApiClient, createApiClient } from './api/client.ts'
import { type Core, createCore } from './core.ts'
import type { Setup } from './instance.ts'
import type { ClerkOptions } from './options.ts'
import type { RequestState } from './request/state.ts'
import { createRuntime } from './runtime.ts'
import type { AuthenticateRequestOptions } from './standalone.ts'

/** The Backend API, and the answer to "who is asking?". */
export interface ClerkClient extends ApiClient {
  /**
   * Finds out who is asking. Never throws because of what a request holds.
   *
   * @param options Laid over those of the client.
   * @throws {ClerkError} `options-invalid`
   */
  authenticateRequest(request: Request, options?: AuthenticateRequestOptions): Promise<RequestState>
}

/**
 * Creates a client of the Backend API that also authenticates requests.
 *
 * Options that are not given come from the environment (`CLERK_SECRET_KEY`,
 * `CLERK_PUBLISHABLE_KEY`, `CLERK_JWT_KEY`, …). Either `jwtKey` or `secretKey` is enough to
 * authenticate; with `jwtKey` no request ever leaves the process for it.
 *
 * @throws {ClerkError} `options-invalid`, with every malformed option in one message.
 * @example
 * const clerk = createClerkClient({ secretKey, publishableKey })
 * const { isSignedIn } = await clerk.authenticateRequest(request, {
 *   authorizedParties: ['https://app.example.com'],
 * })
 */
export function createClerkClient(options: ClerkOptions = {}): ClerkClient {
  return clientOf(createCore(options, createRuntime()))
}

/**
 * Returns the client of a setup: its calls to the Backend API use the keys of that instance.
 *
 * @param setup Default: that of the core's own options.
 */
export function clientOf(core: Core, setup: Setup = core.setup()): ClerkClient {
  const { instance } = setup
  instance.apiClient ??= createApiClient(instance.api)
  return {
    ...instance.apiClient,
    async authenticateRequest(request, given) {
      return (await core.authenticate(request, core.setup(given, setup))).state
    },
  }
}
