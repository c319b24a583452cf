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
  /** Kind of token that proved it. */
  readonly tokenType: 'session_token'
  /** Whether somebody is signed in. */
  readonly isAuthenticated: true
  /** Claims of the session token, those of the application included. Nobody can change them. */
  readonly sessionClaims: SessionClaims
  /** Id of the session: `sess_…`. */
  readonly sessionId: string
  /** `pending` while the session has tasks left. */
  readonly sessionStatus: 'active' | 'pending' | null
  /** Id of the user: `user_…`. */
  readonly userId: string
  /** Who acts in the user's name. */
  readonly actor: ActorClaim | undefined
  /** Id of the active organization, if there is one. */
  readonly orgId: string | undefined
  /** Key of the user's role there: `org:admin`. */
  readonly orgRole: string | undefined
  /** Slug of the active organization. */
  readonly orgSlug: string | undefined
  /** What the user may do there: `org:feature:action`. */
  readonly orgPermissions: readonly string[] | undefined
  /** Minutes since the first and the second factor were last proved; `-1` if never. */
  readonly factorVerificationAge: FactorVerificationAge | null
  /** Returns the session token, or a fresh one of a JWT template. */
  readonly getToken: GetToken
  /**
   * Tells whether the user has a role, a permission, a feature or a plan, or has proved themselves
   * lately.
   */
  readonly has: Has
  /** Returns what may be logged: nothing in it is secret. */
  readonly debug: DebugAuth
}

/** Who is asking: nobody that is known. */
export interface SignedOutAuthObject {
  /** Kind of token that was looked for. */
  readonly tokenType: 'session_token'
  /** Whether somebody is signed in. */
  readonly isAuthenticated: false
  /** Nobody has claims. */
  readonly sessionClaims: null
  /** There is no session. */
  readonly sessionId: null
  /** `pending` if there is a session with tasks left. */
  readonly sessionStatus: 'pending' | null
  /** There is no user. */
  readonly userId: null
  /** Nobody acts as somebody else. */
  readonly actor: null
  /** There is no active organization. */
  readonly orgId: null
  /** There is no role. */
  readonly orgRole: null
  /** There is no active organization. */
  readonly orgSlug: null
  /** There are no permissions. */
  readonly orgPermissions: null
  /** Nothing was proved. */
  readonly factorVerificationAge: null
  /** Returns `null`: there is no session to have a token of. */
  readonly getToken: GetToken
  /** Returns false, whatever is asked for. */
  readonly has: Has
  /** Returns what may be logged: nothing in it is secret. */
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
