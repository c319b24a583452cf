import type { StateReason } from './decide.ts'

/** What a handshake would clear up, had the request been the load of a page. */
const OPEN: ReadonlySet<StateReason | null> = new Set<StateReason>([
  'client-uat-but-no-session-token',
  'dev-browser-missing',
  'dev-browser-sync',
  'session-token-but-no-client-uat',
  'session-token-expired',
  'session-token-iat-before-client-uat',
  'session-token-iat-in-the-future',
  'session-token-nbf',
])

/**
 * Tells whether a request that is not signed in might turn out to be, if the page were loaded: the
 * identity server could then be asked on the way.
 */
export function wantsHandshake(reason: StateReason | null): boolean {
  return OPEN.has(reason)
}
