/** What needs no client, so that an app that calls nothing else of this package bundles nothing else. */

import type { SessionClaims } from '@core/protocol'
import { type Core, createCore } from './core.ts'
import { TokenVerificationError } from './errors.ts'
import { type Instances, createInstances } from './instance.ts'
import { type ClerkOptions, requireOptions } from './options.ts'
import type { RequestState } from './request/state.ts'
import { type Runtime, createRuntime } from './runtime.ts'
import { verifySessionToken } from './session/verify-token.ts'
import { rulesOf } from './site.ts'

/** Options of one call. */
export type AuthenticateRequestOptions = Omit<ClerkOptions, 'encryptionKey' | 'userAgent'>

// Key sets and proofs are worth keeping from one call to the next; they are kept apart by key.
let kept: { readonly runtime: Runtime; readonly instances: Instances } | undefined

function coreOf(options: ClerkOptions): Core {
  if (kept === undefined) {
    const runtime = createRuntime()
    kept = { runtime, instances: createInstances(runtime) }
  }
  return createCore(options, kept.runtime, undefined, kept.instances)
}

/**
 * Finds out who is asking, without a client: a bundle then holds no method of the Backend API. Never
 * throws because of what a request holds.
 *
 * Options that are not given come from the environment, as with `createClerkClient`. They are checked
 * with each call, which a client does once; key sets and verified tokens are kept between calls.
 *
 * @throws {ClerkError} `options-invalid`, naming everything that is missing or wrong.
 * @example
 * const { isSignedIn, headers } = await authenticateRequest(request, {
 *   authorizedParties: ['https://app.example.com'],
 * })
 */
export async function authenticateRequest(
  request: Request,
  options: AuthenticateRequestOptions = {},
): Promise<RequestState> {
  const core = coreOf(options)
  return (await core.authenticate(request, core.setup())).state
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
  const core = coreOf(options)
  requireOptions(core.options, 'verify')
  // JavaScript callers pass on whatever a header or a cookie gave them.
  if (typeof token !== 'string') throw new TokenVerificationError('token-invalid')
  const { instance } = core.setup()
  const rules = { ...rulesOf(core.options), isSessionOptional: true }
  const result = await verifySessionToken(token, instance.verifier, rules, core.runtime.now())
  if ('reason' in result) throw new TokenVerificationError(result.reason)
  return result.claims
}
