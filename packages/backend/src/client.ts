import type { SessionClaims } from '@core/protocol'
import { type ApiClient, createApiClient } from './api/client.ts'
import { TokenVerificationError } from './errors.ts'
import { type Instance, type Instances, type Setup, createInstances, layOver } from './instance.ts'
import {
  type ClerkOptions,
  type EnvironmentPrefix,
  type ResolvedOptions,
  requireOptions,
  resolveOptions,
} from './options.ts'
import { type Authentication, authenticate } from './request/authenticate.ts'
import type { RequestState } from './request/state.ts'
import { type Runtime, createRuntime } from './runtime.ts'
import { verifySessionToken } from './session/verify-token.ts'

/** Options of one call, laid over those of the client. */
export type AuthenticateRequestOptions = Omit<ClerkOptions, 'encryptionKey' | 'userAgent'>

/** The Backend API, and the answer to "who is asking?". */
export interface ClerkClient extends ApiClient {
  /**
   * Finds out who is asking. Never throws because of what a request holds.
   *
   * @throws {ClerkError} `options-invalid`
   */
  authenticateRequest(request: Request, options?: AuthenticateRequestOptions): Promise<RequestState>
}

/** A client, its options and its instances: what adapters build on. */
export interface Core {
  readonly runtime: Runtime
  readonly options: ResolvedOptions
  readonly prefix: EnvironmentPrefix | undefined
  /** Lays options over those of the client. */
  setup(given?: ClerkOptions): Setup
  /** @throws {ClerkError} `options-invalid`, before there is a promise. */
  authenticate(request: Request, setup: Setup): Promise<Authentication>
  /** Returns the client of these options: its Backend API calls use their keys. */
  client(setup: Setup): ClerkClient
}

/** Creates what is behind a client. */
export function createCore(
  given: ClerkOptions,
  runtime: Runtime,
  prefix?: EnvironmentPrefix,
  instances: Instances = createInstances(runtime),
): Core {
  const options = resolveOptions(given, runtime.env, 'configure', prefix)
  const base: Setup = { options, instance: instances.of(options) }

  const core: Core = {
    runtime,
    options,
    prefix,
    setup: (given) => (given === undefined ? base : layOver(base, given, instances)),
    authenticate(request, setup) {
      if (!isComplete(setup)) requireOptions(setup.options, 'authenticate', prefix)
      return authenticate(request, setup, runtime.now())
    },
    client: (setup) => ({
      ...apiClientOf(setup.instance),
      async authenticateRequest(request, given) {
        const own = given === undefined ? setup : layOver(setup, given, instances)
        return (await core.authenticate(request, own)).state
      },
    }),
  }
  return core
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
  const core = createCore(options, createRuntime())
  return core.client(core.setup())
}

function apiClientOf(instance: Instance): ApiClient {
  instance.apiClient ??= createApiClient(instance.api)
  return instance.apiClient
}

function isComplete({ options }: Setup): boolean {
  return options.publishableKey !== null && (options.jwtKey !== null || options.secretKey !== null)
}

/** Options of {@link verifyToken}. */
export type VerifyTokenOptions = Pick<
  ClerkOptions,
  | 'apiUrl'
  | 'apiVersion'
  | 'audience'
  | 'authorizedParties'
  | 'clockSkewInMs'
  | 'jwksCacheTtlInMs'
  | 'jwtKey'
  | 'publishableKey'
  | 'secretKey'
  | 'skipJwksCache'
>

/** Claims of a verified token. Only a token that belongs to a session names one (`sid`). */
export type VerifiedClaims = WithoutSession<SessionClaims> & { readonly sid?: string }

type WithoutSession<Claims> = Claims extends unknown ? Omit<Claims, 'sid'> : never

// Key sets and proofs are worth keeping from one call to the next; they are kept apart by key.
let shared: { readonly runtime: Runtime; readonly instances: Instances } | undefined

/**
 * Verifies a token and returns its claims, which nobody can change. It need not name a session.
 *
 * Tokens of other classes (JWT templates, machines, OAuth) are refused. With a publishable key the
 * issuer must be its host.
 *
 * @throws {TokenVerificationError} whose `reason` says why the token is not accepted.
 * @throws {ClerkError} `options-invalid`, if there is neither `jwtKey` nor `secretKey`.
 * @example
 * const { sub } = await verifyToken(token, { jwtKey: process.env.CLERK_JWT_KEY })
 */
export async function verifyToken(
  token: string,
  options: VerifyTokenOptions = {},
): Promise<VerifiedClaims> {
  if (shared === undefined) {
    const runtime = createRuntime()
    shared = { runtime, instances: createInstances(runtime) }
  }
  const { runtime, instances } = shared
  const core = createCore(options, runtime, undefined, instances)
  requireOptions(core.options, 'verify')
  // JavaScript callers pass on whatever a header or a cookie gave them.
  if (typeof token !== 'string') throw new TokenVerificationError('token-invalid')
  const { instance } = core.setup()
  const rules = { ...core.options, isSessionOptional: true }
  const result = await verifySessionToken(token, instance.verifier, rules, runtime.now())
  if ('reason' in result) throw new TokenVerificationError(result.reason)
  return result.claims
}
