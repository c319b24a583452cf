/** Names of the query parameters on the wire. */
export const QUERY = {
  handshake: '__clerk_handshake',
  handshakeNonce: '__clerk_handshake_nonce',
  handshakeReason: '__clerk_hs_reason',
  help: '__clerk_help',
  devBrowser: '__clerk_db_jwt',
  legacyDevSession: '__dev_session',
  synced: '__clerk_synced',
  satelliteReturnUrl: '__clerk_redirect_url',
  redirectUrl: 'redirect_url',
  suffixedCookies: 'suffixed_cookies',
  organizationId: 'organization_id',
  apiVersion: '__clerk_api_version',
  format: 'format',
  /** HTTP method that a browser's POST stands for. */
  method: '_method',
  /** Session of the client that acts. */
  sessionId: '_clerk_session_id',
  clientVersion: '_clerk_js_version',
  /** `1`: the request comes from an app that is no page, and keeps no cookies. */
  isNative: '_is_native',
  testingToken: '__clerk_testing_token',
  ticket: '__clerk_ticket',
  status: '__clerk_status',
  createdSession: '__clerk_created_session',
} as const

/** Where the Frontend API answers a handshake, below its origin. */
export const HANDSHAKE_PATH = '/v1/client/handshake'

/** Version of both APIs that this release speaks. */
export const API_VERSION = '2026-05-12'
