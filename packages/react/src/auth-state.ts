/** Who is signed in, as `useAuth()` tells it: one function from claims to state. */

import { authorizationFactsOf, organizationOf } from '@core/js'
import { isAuthorized, type ActorClaim, type Has, type SessionClaims } from '@core/protocol'

/**
 * What a server found out about the request that a page was rendered for. Never holds a token. More
 * members than these are welcome and ignored.
 */
export interface InitialState {
  readonly sessionClaims: SessionClaims | null
}

interface Unknown {
  readonly isLoaded: false
  readonly isSignedIn: undefined
  readonly userId: undefined
  readonly sessionId: undefined
  readonly sessionClaims: undefined
  readonly actor: undefined
  readonly orgId: undefined
  readonly orgRole: undefined
  readonly orgSlug: undefined
}

interface SignedOutState {
  readonly isLoaded: true
  readonly isSignedIn: false
  readonly userId: null
  readonly sessionId: null
  readonly sessionClaims: null
  readonly actor: null
  readonly orgId: null
  readonly orgRole: null
  readonly orgSlug: null
}

interface SignedInState {
  readonly isLoaded: true
  readonly isSignedIn: true
  readonly userId: string
  readonly sessionId: string
  readonly sessionClaims: SessionClaims
  /** Who acts in the user's name, if somebody does. */
  readonly actor: ActorClaim | null
}

interface WithoutOrganization {
  readonly orgId: null
  readonly orgRole: null
  readonly orgSlug: null
}

interface WithOrganization {
  readonly orgId: string
  /** Key of the user's role in the organization: `org:admin`. */
  readonly orgRole: string
  readonly orgSlug: string | null
}

/** Who is signed in. `isLoaded` and `isSignedIn` tell which members are there. */
export type AuthState = { readonly has: Has } & (
  | Unknown
  | SignedOutState
  | (SignedInState & WithoutOrganization)
  | (SignedInState & WithOrganization)
)

const nobodyHas: Has = () => false

const UNKNOWN: AuthState = {
  isLoaded: false,
  isSignedIn: undefined,
  userId: undefined,
  sessionId: undefined,
  sessionClaims: undefined,
  actor: undefined,
  orgId: undefined,
  orgRole: undefined,
  orgSlug: undefined,
  has: nobodyHas,
}

const SIGNED_OUT: AuthState = {
  isLoaded: true,
  isSignedIn: false,
  userId: null,
  sessionId: null,
  sessionClaims: null,
  actor: null,
  orgId: null,
  orgRole: null,
  orgSlug: null,
  has: nobodyHas,
}

/**
 * Reads who is signed in out of the claims of their token: `undefined` while that is not known,
 * `null` when nobody is. A session with tasks left counts as signed out unless asked otherwise.
 */
export function toAuthState(
  claims: SessionClaims | null | undefined,
  { treatPendingAsSignedOut = true }: { readonly treatPendingAsSignedOut?: boolean } = {},
): AuthState {
  if (claims === undefined) return UNKNOWN
  if (claims === null || (treatPendingAsSignedOut && claims.sts === 'pending')) return SIGNED_OUT
  const facts = authorizationFactsOf(claims)
  const { orgId, orgRole, orgSlug } = organizationOf(claims)
  const state = {
    isLoaded: true,
    isSignedIn: true,
    userId: claims.sub,
    sessionId: claims.sid,
    sessionClaims: claims,
    actor: claims.act ?? null,
    has: (params) => isAuthorized(facts, params),
  } satisfies SignedInState & { has: Has }
  return orgId && orgRole
    ? { ...state, orgId, orgRole, orgSlug }
    : { ...state, orgId: null, orgRole: null, orgSlug: null }
}
