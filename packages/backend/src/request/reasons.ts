import type { TokenReason } from '../errors.ts'

/** Why the Backend API does not refresh a session, as far as its answers are documented. */
export type RefreshRefusal =
  | 'expired_session_token_invalid'
  | 'expired_session_token_missing_azp'
  | 'expired_session_token_missing_sid'
  | 'session_refresh_expired_session_token_missing_iat'
  | 'session_refresh_expired_session_token_consumed'
  | 'session_refresh_expired_session_token_too_old'
  | 'session_refresh_session_token_ineligible'
  | 'session_refresh_inactive_session'
  | 'session_refresh_session_not_found'
  | 'session_refresh_user_not_found'
  | 'refresh_sid_mismatch'
  | 'refresh_request_origin_invalid'
  | 'refresh_request_origin_azp_mismatch'
  | 'refresh_token_not_found'
  | 'feature_not_enabled'

/** Why a session whose token is over was not refreshed. */
export type RefreshFailure =
  /** Only GET requests refresh. */
  | 'non-eligible-non-get'
  | 'non-eligible-no-refresh-cookie'
  /** There is no secret key to call the Backend API with. */
  | 'missing-api-client'
  | 'missing-session-token'
  | 'missing-refresh-token'
  | 'expired-session-token-decode-failed'
  | 'expired-session-token-missing-sid-claim'
  /** The new token did not hold. */
  | 'invalid-session-token'
  /** The Backend API could not be reached. */
  | 'fetch-error'
  /** The Backend API refused without a code. */
  | 'unexpected-bapi-error'
  | 'unexpected-sdk-error'
  | RefreshRefusal
  /** Another code of the Backend API. */
  | (string & Record<never, never>)

const PREFIX = 'session-token-expired-refresh-'

type Listed<T> = T extends string ? (string extends T ? never : T) : never

/** What a request whose token is over says of its refresh. */
export type RefreshReason =
  | `${typeof PREFIX}${Listed<RefreshFailure>}`
  | (`${typeof PREFIX}${string}` & Record<never, never>)

/** Reasons that the state of a request itself gives; the others come from its token. */
export type RequestReason =
  | 'session-token-and-uat-missing'
  | 'session-token-missing'
  | 'session-token-but-no-client-uat'
  | 'client-uat-but-no-session-token'
  | 'session-token-iat-before-client-uat'
  | 'session-token-nbf'
  | 'session-token-iat-in-the-future'
  | 'dev-browser-sync'
  | 'dev-browser-missing'
  | 'satellite-needs-syncing'
  | 'primary-responds-to-syncing'
  | 'primary-domain-cross-origin-sync'
  | 'active-organization-mismatch'
  | 'unexpected-error'
  | RefreshReason

/** Every reason a request that is not signed in can have. */
export type StateReason = RequestReason | TokenReason

/** The reason of a request whose token is over and was not refreshed. */
export function refreshReason(failure: RefreshFailure): RefreshReason {
  return `${PREFIX}${failure}`
}

/** Tells whether a reason says that a token is over. */
export function isRefreshReason(reason: string): boolean {
  return reason.startsWith(PREFIX)
}
