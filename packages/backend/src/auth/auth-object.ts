/** What an app is told about a visitor, and what it may ask: who, may they, and where to send them. */

import {
  type ActorClaim,
  type FactorVerificationAge,
  type Has,
  type SessionClaims,
  isAuthorized,
} from '@core/protocol'
import type { ApiCaller } from '../api/request.ts'
import { fetchSessionToken } from '../api/session-token.ts'
import type { KeysState } from '../keys/key-source.ts'
import { type SessionReading, readClaims } from './session-claims.ts'

/** What `getToken()` is asked. */
export interface GetTokenOptions {
  /** Name of a JWT template. */
  readonly template?: string | undefined
  /** Lifetime of the new token, in seconds. */
  readonly expiresInSeconds?: number | undefined
}

/**
 * Returns the session token of this request, or a new one from a JWT template; `null` when signed
 * out.
 *
 * @throws {ClerkAPIResponseError} if the Backend API refuses, or cannot be reached.
 */
export type GetToken = (options?: GetTokenOptions) => Promise<string | null>

/**
 * What may be shown to a developer: no token, no key. `keys` tells what tokens are verified with:
 * `pem`, `fresh`, `stale` (the published keys could not be renewed, those at hand are used for up to
 * a day) or `missing`.
 */
export type DebugAuth = () => Readonly<Record<string, string | null>>

/** Who is asking: a signed-in user. */
export interface SignedInAuthObject {
  readonly tokenType: 'session_token'
  readonly isAuthenticated: true
  readonly sessionClaims: SessionClaims
  readonly sessionId: string
  readonly sessionStatus: 'active' | 'pending' | null
  readonly userId: string
  /** Who acts in the user's name. */
  readonly actor: ActorClaim | undefined
  readonly orgId: string | undefined
  readonly orgRole: string | undefined
  readonly orgSlug: string | undefined
  readonly orgPermissions: readonly string[] | undefined
  readonly factorVerificationAge: FactorVerificationAge | null
  readonly getToken: GetToken
  readonly has: Has
  readonly debug: DebugAuth
}

/** Who is asking: nobody that is known. */
export interface SignedOutAuthObject {
  readonly tokenType: 'session_token'
  readonly isAuthenticated: false
  readonly sessionClaims: null
  readonly sessionId: null
  /** `pending` if there is a session with tasks left. */
  readonly sessionStatus: 'pending' | null
  readonly userId: null
  readonly actor: null
  readonly orgId: null
  readonly orgRole: null
  readonly orgSlug: null
  readonly orgPermissions: null
  readonly factorVerificationAge: null
  readonly getToken: GetToken
  readonly has: Has
  readonly debug: DebugAuth
}

/** Who is asking. */
export type AuthObject = SignedInAuthObject | SignedOutAuthObject

/** What tokens are verified with at this moment; nothing where that happened elsewhere. */
interface KeysReading {
  readonly state?: KeysState
}

/** Makes the Auth object of a verified session. */
export function createSignedInAuth(
  token: string,
  claims: SessionClaims,
  api: ApiCaller,
  keys: KeysReading = {},
): SignedInAuthObject {
  const session = readClaims(claims)
  return {
    tokenType: 'session_token',
    isAuthenticated: true,
    sessionClaims: claims,
    sessionId: session.sessionId,
    sessionStatus: session.sessionStatus,
    userId: session.userId,
    actor: session.actor,
    orgId: session.orgId,
    orgRole: session.orgRole,
    orgSlug: session.orgSlug,
    orgPermissions: session.orgPermissions,
    factorVerificationAge: session.factorVerificationAge,
    getToken: async (options = {}) => {
      const { template, expiresInSeconds } = options
      if (template === undefined && expiresInSeconds === undefined) return token
      return fetchSessionToken(api, session.sessionId, template, expiresInSeconds)
    },
    has: (params) => isAuthorized(rightsOf(session), params),
    debug: () => ({
      status: 'signed-in',
      userId: session.userId,
      sessionId: session.sessionId,
      orgId: session.orgId ?? null,
      ...(keys.state && { keys: keys.state }),
    }),
  }
}

/** Makes the Auth object of a request that is not signed in. */
export function createSignedOutAuth(
  state: {
    readonly reason?: string | null
    readonly sessionStatus?: 'pending' | null
  } = {},
  keys: KeysReading = {},
): SignedOutAuthObject {
  return {
    tokenType: 'session_token',
    isAuthenticated: false,
    sessionClaims: null,
    sessionId: null,
    sessionStatus: state.sessionStatus ?? null,
    userId: null,
    actor: null,
    orgId: null,
    orgRole: null,
    orgSlug: null,
    orgPermissions: null,
    factorVerificationAge: null,
    getToken: () => Promise.resolve(null),
    has: () => false,
    debug: () => ({
      status: 'signed-out',
      reason: state.reason ?? null,
      ...(keys.state && { keys: keys.state }),
    }),
  }
}

/** How a pending session (one with tasks to finish) is shown. */
export interface ToAuthOptions {
  /** Default: `true`. */
  readonly treatPendingAsSignedOut?: boolean | undefined
}

/** Makes the Auth object of a request, whatever its state. */
export function toAuth(
  token: string | null,
  claims: SessionClaims | null,
  reason: string | null,
  api: ApiCaller,
  options: ToAuthOptions = {},
  keys: KeysReading = {},
): AuthObject {
  if (token === null || claims === null) return createSignedOutAuth({ reason }, keys)
  if (claims.sts === 'pending' && options.treatPendingAsSignedOut !== false) {
    return createSignedOutAuth({ reason, sessionStatus: 'pending' }, keys)
  }
  return createSignedInAuth(token, claims, api, keys)
}

function rightsOf(session: SessionReading): Parameters<typeof isAuthorized>[0] {
  // Whoever acts in somebody's name has not proved the user's own factors.
  return session.actor === undefined ? session : { ...session, factorVerificationAge: null }
}
