/** Response header with a development-browser token that replaces the stored one. */
export const DEV_BROWSER_HEADER = 'clerk-db-jwt'

/** Names of the headers that the protocol reads or writes, in lower case. */
export const HEADERS = {
  authorization: 'authorization',
  cookie: 'cookie',
  setCookie: 'set-cookie',
  cacheControl: 'cache-control',
  location: 'location',
  retryAfter: 'retry-after',
  origin: 'origin',
  referer: 'referer',
  host: 'host',
  forwardedHost: 'x-forwarded-host',
  forwardedProto: 'x-forwarded-proto',
  accept: 'accept',
  secFetchDest: 'sec-fetch-dest',
  secFetchSite: 'sec-fetch-site',
  /** Status of a request that is not signed in: `signed-out` or `handshake`. */
  authStatus: 'x-clerk-auth-status',
  /** Why a request is not signed in. */
  authReason: 'x-clerk-auth-reason',
  authMessage: 'x-clerk-auth-message',
  /** What the middleware tells the server, encrypted. Never accepted from a client. */
  requestState: 'x-clerk-request-data',
  apiVersion: 'clerk-api-version',
  /** Development-browser token that replaces the stored one. */
  devBrowser: DEV_BROWSER_HEADER as typeof DEV_BROWSER_HEADER,
} as const

/** Every header a client sends under this prefix is dropped before a server trusts one. */
export const INTERNAL_HEADER_PREFIX = 'x-clerk-'
