import { type RequestReason, type StateReason, isRefreshReason, refreshReason } from './reasons.ts'

/** All a decision about a request rests on. Plain values: the table can be read without the request. */
export interface Facts {
  /** Where the session token is. A token in the `Authorization` header wins over cookies. */
  readonly carrier: 'header' | 'cookie'
  readonly instance: 'development' | 'production'
  /** Answer of the identity server to a handshake, and what it turned out to be. */
  readonly handshake:
    | 'absent'
    | 'unverified'
    | 'signed_in'
    | 'signed_out'
    | 'unknown'
    | 'refused'
    /** The answer was left with the identity server, and is not there any more. */
    | 'lost'
  /** What keeps the domains of one instance in step asks for. */
  readonly sync: SyncFact
  /** Development-browser token. */
  readonly devBrowser: 'absent' | 'in_cookie' | 'in_query'
  /** What the browser's client says of itself (`__client_uat`). */
  readonly client: 'signed_in' | 'signed_out'
  readonly session: SessionFact
  /** Whether the client changed after the session token was issued. */
  readonly isStale: boolean
  /** Whether the visitor comes from a site that may have changed the session without this one. */
  readonly isCrossOrigin: boolean
  /** Whether the active organization is the one that the URL speaks of, if it speaks of any. */
  readonly organization: 'as_asked' | 'other'
  /** Whether a redirect is possible: a page is being loaded, and not for the fourth time in a row. */
  readonly canHandshake: boolean
}

/** What the page load of a satellite, or one that a satellite sent here, asks for. */
export type SyncFact =
  | 'none'
  /** A satellite that knows nothing of its visitor, and was not told to ask. */
  | 'unasked'
  /** A satellite must ask its primary domain who is signed in. */
  | 'of_satellite'
  /** A satellite asks this primary domain. Development only. */
  | 'of_primary'

/** What is known of the session token. */
export type SessionFact =
  | 'absent'
  | 'unverified'
  | 'valid'
  | 'early'
  | 'future'
  | 'refused'
  /** It is over, and the request may bring a new one from the identity server. */
  | 'expired'
  | 'expired_not_get'
  | 'expired_no_refresh_cookie'
  | 'refreshed'
  | 'refresh_failed'

/**
 * What to do next. `resolve`, `verify` and `refresh` find out a fact that is still open; the
 * decision is then made again. Where `reason` is `null`, what was refused gives the reason.
 */
export type Decision =
  | { readonly verdict: 'resolve' | 'verify' | 'refresh' | 'sign_in' }
  | { readonly verdict: 'sign_out' | 'handshake'; readonly reason: RequestReason | null }

type Rule = Partial<Facts> & Decision

/** First match wins; a fact that a row leaves out may be anything. */
// oxfmt-ignore
const RULES: readonly Rule[] = [
  { handshake: 'unverified',                                                       verdict: 'resolve' },
  { handshake: 'signed_in',                                                        verdict: 'sign_in' },
  { handshake: 'signed_out',                                                       verdict: 'sign_out',  reason: 'session-token-missing' },
  { handshake: 'unknown',                                                          verdict: 'sign_out',  reason: null },
  { handshake: 'lost', session: 'absent',                                          verdict: 'sign_out',  reason: 'session-token-missing' },

  { carrier: 'cookie', sync: 'unasked',                                            verdict: 'sign_out',  reason: 'session-token-and-uat-missing' },
  { carrier: 'cookie', sync: 'of_satellite',                                       verdict: 'handshake', reason: 'satellite-needs-syncing' },
  { carrier: 'cookie', sync: 'of_primary',                                         verdict: 'handshake', reason: 'primary-responds-to-syncing' },

  { carrier: 'cookie', instance: 'development', devBrowser: 'in_query',            verdict: 'handshake', reason: 'dev-browser-sync' },
  { carrier: 'cookie', instance: 'development', devBrowser: 'absent',              verdict: 'handshake', reason: 'dev-browser-missing' },

  { carrier: 'cookie', client: 'signed_out', session: 'absent',                    verdict: 'sign_out',  reason: 'session-token-and-uat-missing' },
  { carrier: 'cookie', client: 'signed_out',                                       verdict: 'handshake', reason: 'session-token-but-no-client-uat' },
  { carrier: 'cookie', session: 'absent',                                          verdict: 'handshake', reason: 'client-uat-but-no-session-token' },

  { session: 'refused',                                                            verdict: 'sign_out',  reason: null },
  { carrier: 'cookie', isStale: true,                                              verdict: 'handshake', reason: 'session-token-iat-before-client-uat' },

  { session: 'unverified',                                                         verdict: 'verify' },
  { session: 'expired',                                                            verdict: 'refresh' },
  { session: 'refreshed',                                                          verdict: 'sign_in' },
  { session: 'refresh_failed',                                                     verdict: 'handshake', reason: null },
  { session: 'expired_not_get',                                                    verdict: 'handshake', reason: refreshReason('non-eligible-non-get') },
  { session: 'expired_no_refresh_cookie',                                          verdict: 'handshake', reason: refreshReason('non-eligible-no-refresh-cookie') },
  { session: 'early',                                                              verdict: 'handshake', reason: 'session-token-nbf' },
  { session: 'future',                                                             verdict: 'handshake', reason: 'session-token-iat-in-the-future' },
  // Who has no time for a redirect stays signed in as before.
  { carrier: 'cookie', session: 'valid', isCrossOrigin: true, canHandshake: true,  verdict: 'handshake', reason: 'primary-domain-cross-origin-sync' },
  { carrier: 'cookie', session: 'valid', organization: 'other', canHandshake: true, verdict: 'handshake', reason: 'active-organization-mismatch' },
  { session: 'valid',                                                              verdict: 'sign_in' },
]

// Engines read rows that all have the same members many times faster.
const BLANK: { readonly [K in keyof Facts]: undefined } = {
  handshake: undefined,
  carrier: undefined,
  session: undefined,
  instance: undefined,
  devBrowser: undefined,
  client: undefined,
  isStale: undefined,
  organization: undefined,
  sync: undefined,
  isCrossOrigin: undefined,
  canHandshake: undefined,
}
const ROWS = RULES.map((rule) => ({ ...BLANK, reason: null, ...rule }) as Rule)

/**
 * Looks facts up in the table. Total: every combination has a first match. A handshake that cannot
 * be is a sign-out for the same reason.
 */
export function decide(facts: Facts): Decision {
  const rule = ROWS.find((row) => matches(row, facts))
  // Nothing matched: deny.
  if (rule === undefined) return { verdict: 'sign_out', reason: 'unexpected-error' }
  if (rule.verdict === 'handshake') {
    const { reason } = rule
    return { verdict: facts.canHandshake ? 'handshake' : 'sign_out', reason }
  }
  return rule.verdict === 'sign_out'
    ? { verdict: 'sign_out', reason: rule.reason }
    : { verdict: rule.verdict }
}

const OPEN: ReadonlySet<string | null> = new Set(
  RULES.flatMap((rule) => (rule.verdict === 'handshake' ? [rule.reason] : [])),
)

/**
 * Tells whether a request that is not signed in might turn out to be, if the page were loaded: the
 * identity server could then be asked on the way.
 */
export function wantsHandshake(reason: StateReason | null): boolean {
  return reason !== null && (OPEN.has(reason) || isRefreshReason(reason))
}

function matches(row: Rule, facts: Facts): boolean {
  return (
    (row.handshake === undefined || row.handshake === facts.handshake) &&
    (row.carrier === undefined || row.carrier === facts.carrier) &&
    (row.session === undefined || row.session === facts.session) &&
    (row.instance === undefined || row.instance === facts.instance) &&
    (row.devBrowser === undefined || row.devBrowser === facts.devBrowser) &&
    (row.client === undefined || row.client === facts.client) &&
    (row.isStale === undefined || row.isStale === facts.isStale) &&
    (row.organization === undefined || row.organization === facts.organization) &&
    // Last, because finding these out costs more than the others.
    (row.sync === undefined || row.sync === facts.sync) &&
    (row.isCrossOrigin === undefined || row.isCrossOrigin === facts.isCrossOrigin) &&
    (row.canHandshake === undefined || row.canHandshake === facts.canHandshake)
  )
}
