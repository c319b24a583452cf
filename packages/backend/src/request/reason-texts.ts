/**
 * What every reason means and what to do about it, for `docs/reference/reasons.md`. Nothing that ships
 * imports it. A reason without a row does not compile; run `pnpm reference` after a change.
 */

import type { TokenReason } from '../errors.ts'
import type { RefreshFailure, RequestReason } from './reasons.ts'

/** What a developer wants to know of a reason. */
export interface ReasonText {
  /**
   * What the request is told: it is signed out, or sent to the identity server first (where that
   * cannot be, it is signed out). `thrown`: only `verifyToken()` says so.
   */
  readonly answer: 'signed-out' | 'handshake' | 'thrown'
  readonly meaning: string
  readonly remedy: string
}

/** Names of a union that is open to others: those that are written out. */
type Known<T extends string> = T extends unknown
  ? Record<never, never> extends Record<T, unknown>
    ? never
    : T
  : never

/** Reasons of the request itself, without those of a refresh. */
type OwnReason = Exclude<Known<RequestReason>, `session-token-expired-refresh-${string}`>

const NOTHING = 'Nothing: this is how a visit begins or ends.'
const SETTLES = 'Nothing: the identity server settles it.'
const CLOCKS =
  'Set the clocks of this server and of the identity server right, or raise `clockSkewInMs`.'
const SERVER = 'Nothing, unless it is frequent: then look into the log of the identity server.'

/** Every reason that a request itself gives. */
export const REQUEST_REASONS: { readonly [R in OwnReason]: ReasonText } = {
  'session-token-and-uat-missing': {
    answer: 'signed-out',
    meaning: 'There is no session token, and the browser knows of no sign-in.',
    remedy: NOTHING,
  },
  'session-token-missing': {
    answer: 'signed-out',
    meaning: 'The identity server was asked, and nobody is signed in.',
    remedy: NOTHING,
  },
  'session-token-but-no-client-uat': {
    answer: 'handshake',
    meaning:
      'There is a session token, but the cookie `__client_uat` says that nobody is signed in.',
    remedy: SETTLES,
  },
  'client-uat-but-no-session-token': {
    answer: 'handshake',
    meaning:
      'Somebody has signed in, but the session token is missing: the page was closed for longer than it lives.',
    remedy: SETTLES,
  },
  'session-token-iat-before-client-uat': {
    answer: 'handshake',
    meaning: 'The session token is older than the last sign-in or sign-out of the browser.',
    remedy: SETTLES,
  },
  'session-token-nbf': {
    answer: 'handshake',
    meaning: 'The session token is not valid yet.',
    remedy: CLOCKS,
  },
  'session-token-iat-in-the-future': {
    answer: 'handshake',
    meaning: 'The session token was issued in the future.',
    remedy: CLOCKS,
  },
  'dev-browser-sync': {
    answer: 'handshake',
    meaning:
      'The URL of a development instance brings the name of a browser, which the app’s cookies do not know yet.',
    remedy: SETTLES,
  },
  'dev-browser-missing': {
    answer: 'handshake',
    meaning: 'The browser is new to a development instance, which gives it a name first.',
    remedy:
      'Nothing in a browser. A client without cookies comes here each time: let it send its token in the `Authorization` header.',
  },
  'satellite-needs-syncing': {
    answer: 'handshake',
    meaning: 'A satellite asks its primary domain who is signed in.',
    remedy: SETTLES,
  },
  'primary-responds-to-syncing': {
    answer: 'handshake',
    meaning: 'A satellite in development asks this primary domain who is signed in.',
    remedy: SETTLES,
  },
  'primary-domain-cross-origin-sync': {
    answer: 'handshake',
    meaning:
      'The visitor comes from another site of the instance, where the session may have changed. Where there can be no handshake the request stays signed in.',
    remedy: SETTLES,
  },
  'active-organization-mismatch': {
    answer: 'handshake',
    meaning:
      'The URL names another organization than the active one (`organizationSyncOptions`). Where there can be no handshake the request stays signed in.',
    remedy:
      'Nothing. If the visitor may not enter that organization, the active one stays: let the page say so.',
  },
  'unexpected-error': {
    answer: 'signed-out',
    meaning: 'A request that no rule foresees. It is denied.',
    remedy: 'Report it: this is a bug.',
  },
}

const REFUSED_REFRESH = 'The token cannot be exchanged.'

/** Why a session whose token is over was not refreshed: the end of a `session-token-expired-refresh-` reason. */
export const REFRESH_FAILURES: {
  readonly [F in Known<RefreshFailure>]: Omit<ReasonText, 'answer'>
} = {
  'non-eligible-non-get': {
    meaning: 'Only GET requests refresh, and this is another.',
    remedy: 'Let the browser client fetch: it renews the token ahead of time.',
  },
  'non-eligible-no-refresh-cookie': {
    meaning: 'The browser has no refresh token for this instance.',
    remedy: SETTLES,
  },
  'missing-api-client': {
    meaning: 'There is no secret key to call the Backend API with.',
    remedy: 'Set `CLERK_SECRET_KEY`: sessions are then renewed without a redirect.',
  },
  'missing-session-token': { meaning: 'There is no token to exchange.', remedy: SETTLES },
  'missing-refresh-token': { meaning: 'There is no refresh token to exchange.', remedy: SETTLES },
  'expired-session-token-decode-failed': {
    meaning: 'The token that is over cannot be read.',
    remedy: SETTLES,
  },
  'expired-session-token-missing-sid-claim': {
    meaning: 'The token that is over names no session.',
    remedy: SETTLES,
  },
  'invalid-session-token': {
    meaning: 'The new token does not hold, or belongs to another session.',
    remedy:
      'Check that `CLERK_JWT_KEY`, `CLERK_SECRET_KEY` and `CLERK_PUBLISHABLE_KEY` belong to one instance, and the clocks.',
  },
  'fetch-error': {
    meaning: 'The Backend API could not be reached, or did not answer within five seconds.',
    remedy: 'Check `CLERK_API_URL` and the network between this server and the identity server.',
  },
  'unexpected-bapi-error': {
    meaning: 'The Backend API refused without a code.',
    remedy: 'Look into the log of the identity server.',
  },
  'unexpected-sdk-error': {
    meaning: 'The Backend API answered something that is no refresh.',
    remedy:
      'Check that `CLERK_API_URL` is the Backend API, and that nothing in between changes its answers.',
  },
  expired_session_token_invalid: {
    meaning: `${REFUSED_REFRESH} It is not one of this instance.`,
    remedy: SERVER,
  },
  expired_session_token_missing_azp: {
    meaning: `${REFUSED_REFRESH} It names no origin (\`azp\`).`,
    remedy: SERVER,
  },
  expired_session_token_missing_sid: {
    meaning: `${REFUSED_REFRESH} It names no session (\`sid\`).`,
    remedy: SERVER,
  },
  session_refresh_expired_session_token_missing_iat: {
    meaning: `${REFUSED_REFRESH} It does not say when it was issued (\`iat\`).`,
    remedy: SERVER,
  },
  session_refresh_expired_session_token_consumed: {
    meaning: `${REFUSED_REFRESH} It was exchanged before.`,
    remedy: SERVER,
  },
  session_refresh_expired_session_token_too_old: {
    meaning: `${REFUSED_REFRESH} It has been over for too long.`,
    remedy: SETTLES,
  },
  session_refresh_session_token_ineligible: {
    meaning: `${REFUSED_REFRESH} Tokens of its kind never can.`,
    remedy: SERVER,
  },
  session_refresh_inactive_session: { meaning: 'The session has ended.', remedy: NOTHING },
  session_refresh_session_not_found: { meaning: 'There is no such session.', remedy: NOTHING },
  session_refresh_user_not_found: { meaning: 'The user was deleted.', remedy: NOTHING },
  refresh_sid_mismatch: {
    meaning: 'Token and refresh token belong to two sessions.',
    remedy: SERVER,
  },
  refresh_request_origin_invalid: {
    meaning: 'The origin of the request is none.',
    remedy: 'Let the proxy in front of this server set `X-Forwarded-Host` and `X-Forwarded-Proto`.',
  },
  refresh_request_origin_azp_mismatch: {
    meaning: 'The token was issued for another origin than that of the request.',
    remedy: 'Let the proxy in front of this server set `X-Forwarded-Host` and `X-Forwarded-Proto`.',
  },
  refresh_token_not_found: {
    meaning: 'The refresh token is not known, or was replaced.',
    remedy: SETTLES,
  },
  feature_not_enabled: { meaning: 'The instance does not refresh sessions.', remedy: SETTLES },
}

const KEYS =
  'Check that `CLERK_JWT_KEY`, `CLERK_SECRET_KEY` and `CLERK_PUBLISHABLE_KEY` belong to one instance.'

/** Every reason that a token gives. */
export const TOKEN_REASONS: { readonly [R in TokenReason]: ReasonText } = {
  'token-expired': {
    answer: 'thrown',
    meaning: 'The token has expired. A request says why its session was not refreshed instead.',
    remedy: 'Fetch a new token for each call, with `getToken()`: it lives for a minute.',
  },
  'token-not-active-yet': {
    answer: 'thrown',
    meaning: 'The token is not valid yet (`nbf`). A request says `session-token-nbf` instead.',
    remedy: CLOCKS,
  },
  'token-iat-in-the-future': {
    answer: 'thrown',
    meaning:
      'The token was issued in the future (`iat`). A request says `session-token-iat-in-the-future` instead.',
    remedy: CLOCKS,
  },
  'token-invalid': {
    answer: 'signed-out',
    meaning:
      'The token is no well-formed JWT: three parts of canonical base64url, one JSON object each in the first two, nothing twice, nothing critical.',
    remedy: 'Send the token as `getToken()` returned it, after `Bearer `.',
  },
  'token-invalid-algorithm': {
    answer: 'signed-out',
    meaning: 'The token is not signed with the algorithm of its key.',
    remedy: KEYS,
  },
  'token-invalid-signature': {
    answer: 'signed-out',
    meaning: 'The signature does not match: the token was changed, or signed with another key.',
    remedy: KEYS,
  },
  'token-invalid-authorized-parties': {
    answer: 'signed-out',
    meaning:
      'The token was requested by an origin that `authorizedParties` does not list, or by none (`azp`).',
    remedy: 'Add the origin of the app, with its scheme and port, if the app is yours.',
  },
  'token-verification-failed': {
    answer: 'signed-out',
    meaning:
      'A claim is missing, or has a value that is not accepted: `sub`, `sid`, `iss`, `aud` or a date.',
    remedy:
      'Check `audience`, and that the publishable key belongs to the instance that issued the token.',
  },
  'token-type-mismatch': {
    answer: 'signed-out',
    meaning:
      'The token is no session token, but one of a JWT template, a machine or an OAuth application.',
    remedy: 'Send what `getToken()` returns without a template.',
  },
  'secret-key-invalid': {
    answer: 'signed-out',
    meaning:
      'The Backend API refused the secret key, so there are no keys to verify with. `protect()` answers 503.',
    remedy: 'Check `CLERK_SECRET_KEY`, or set `CLERK_JWT_KEY`, which needs no network.',
  },
  'jwk-remote-failed-to-load': {
    answer: 'signed-out',
    meaning:
      'The signing keys could not be fetched, and none are known from before. Nobody can tell who is asking: `protect()` answers 503.',
    remedy: 'Check `CLERK_API_URL` and the network, or set `CLERK_JWT_KEY`, which needs none.',
  },
  'jwk-failed-to-resolve': {
    answer: 'signed-out',
    meaning: 'There is no key to verify with.',
    remedy: 'Set `CLERK_JWT_KEY` or `CLERK_SECRET_KEY`.',
  },
  'jwk-kid-mismatch': {
    answer: 'signed-out',
    meaning: 'The token names a signing key that the instance does not have.',
    remedy: KEYS,
  },
}
