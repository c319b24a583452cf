import { COOKIES, HEADERS, type PublishableKey, QUERY, type SessionClaims } from '@core/protocol'
import { readClaims } from '../auth/session-claims.ts'
import { canNavigate } from '../auth/request-kind.ts'
import type { TokenCarrier, TokenReason } from '../errors.ts'
import type { Setup } from '../instance.ts'
import type { OrganizationTarget } from '../paths/organization-sync.ts'
import { findForeignClass } from '../session/claims.ts'
import { type ParsedToken, parseToken } from '../session/token-gate.ts'
import type { Site } from '../site.ts'
import type { VerifiedTokens } from '../session/verified-tokens.ts'
import { type CookieNames, type Cookies, countOf, parseCookies, selectCookies } from './cookies.ts'
import type { Facts, SyncFact } from './decide.ts'
import { publicUrlOf } from './public-url.ts'
import { isForeignReferrer } from './referrer.ts'
import type { RefreshFailure } from './reasons.ts'

/** Handshakes in a row after which another would be a loop. */
const MAX_HANDSHAKES = 3

/**
 * Reads a request: no network, no cryptography. What only some decisions ask for is worked out when
 * it is asked for, because most requests carry a token that was seen before and need none of it.
 */
export class RequestFacts implements Facts {
  readonly carrier: TokenCarrier
  readonly instance: Facts['instance']
  /** Open until a handshake token has been verified. */
  handshake: Facts['handshake']
  readonly devBrowser: Facts['devBrowser']
  readonly client: Facts['client']
  readonly isStale: boolean
  /** Known once the session is. */
  organization: Facts['organization'] = 'as_asked'
  /** Open until the token has been verified. */
  session: Facts['session']
  /** Why the token was refused. */
  refusal: TokenReason | null = null
  /** Why the answer to a handshake was refused. */
  handshakeRefusal: TokenReason | null = null
  /** Why the session was not refreshed. */
  refreshFailure: RefreshFailure | null = null

  readonly request: Request
  readonly site: Site
  readonly sessionToken: string | undefined
  /** What is known of the session token without the network. */
  readonly token: KnownToken | null
  /** Answer of the identity server, or the name under which it keeps it. */
  readonly handshakeAnswer: HandshakeToken
  readonly refreshToken: string | undefined
  readonly devBrowserToken: string | undefined
  readonly usesSuffixedCookies: boolean
  readonly #setup: Setup
  readonly #cookies: Cookies
  readonly #query: URLSearchParams | null
  readonly #clientUat: number
  #publicUrl: URL | undefined
  readonly #known: KnownToken[] = []

  constructor(
    request: Request,
    setup: Setup,
    publishableKey: PublishableKey,
    names: CookieNames,
    now: number,
  ) {
    this.request = request
    this.#setup = setup
    this.instance = publishableKey.instanceType
    this.site = setup.siteOf(() => this.publicUrl)
    this.#cookies = parseCookies(request.headers.get(HEADERS.cookie))

    const { verified } = setup.instance.verifier
    const read = (token: string): KnownToken => this.#read(token, verified, now)
    const peek = (token: string): KnownToken['claims'] => read(token).claims

    const owner = {
      instanceType: this.instance,
      issuers: this.site.rules.issuers ?? [],
    }
    const selected = selectCookies(this.#cookies, names, owner, peek, now)
    this.usesSuffixedCookies = selected.isSuffixed

    // Our parameters are never written in another spelling, so a text search finds them.
    const query = request.url.includes('__clerk_') ? this.publicUrl.searchParams : null
    this.#query = query
    // An empty one names no browser and must not hide the one in the cookie.
    const devBrowserInQuery = query?.get(QUERY.devBrowser) || null
    this.devBrowser =
      devBrowserInQuery !== null ? 'in_query' : selected.devBrowser ? 'in_cookie' : 'absent'
    this.devBrowserToken = (devBrowserInQuery ?? selected.devBrowser) || undefined

    const bearer = parseAuthorization(request.headers.get(HEADERS.authorization))
    this.carrier = bearer === null ? 'cookie' : 'header'
    this.sessionToken = bearer ?? (selected.session || undefined)

    this.handshakeAnswer = bearer === null ? this.#readAnswer() : NO_ANSWER
    this.handshake = this.handshakeAnswer === NO_ANSWER ? 'absent' : 'unverified'

    // The plain name belongs to no instance in particular, so it is not read.
    this.refreshToken = this.#cookies[names.refresh] || undefined

    const clientUat = parseSeconds(selected.clientUat)
    this.#clientUat = clientUat
    this.client = clientUat === 0 ? 'signed_out' : 'signed_in'

    if (this.sessionToken === undefined) {
      this.token = null
      this.session = 'absent'
      this.isStale = false
      return
    }
    this.token = read(this.sessionToken)
    const { proved, parsed, claims } = this.token
    if (proved === undefined) {
      this.refusal = parsed ? findForeignClass(parsed.header, parsed.claims) : 'token-invalid'
    }
    this.session = this.refusal === null ? 'unverified' : 'refused'
    const issuedAt = claims?.['iat']
    this.isStale = !(typeof issuedAt === 'number' && issuedAt >= clientUat)
  }

  /** The URL that the visitor sees. */
  get publicUrl(): URL {
    this.#publicUrl ??= publicUrlOf(this.request)
    return this.#publicUrl
  }

  /** How many handshakes this browser has just been through. */
  get handshakeCount(): number {
    if (this.#cookies[COOKIES.redirectCount] === undefined) return 0
    const header = this.request.headers.get(HEADERS.cookie)
    return countOf(header, COOKIES.redirectCount, MAX_HANDSHAKES)
  }

  get sync(): SyncFact {
    if (this.site.isSatellite) return this.#syncOfSatellite()
    if (this.instance === 'production') return 'none'
    return this.satelliteUrl === null ? 'none' : 'of_primary'
  }

  /** Page of a satellite that waits for this primary domain to say who is signed in. Development only. */
  get satelliteUrl(): URL | null {
    const text = this.#query?.get(QUERY.satelliteReturnUrl)
    if (!text || !/^https?:\/\//i.test(text) || !URL.canParse(text)) return null
    const url = new URL(text)
    // Who names the apps of the instance wants nobody else to get its development browser.
    const { authorizedParties } = this.site.rules
    const isKnown = authorizedParties.length === 0 || authorizedParties.includes(url.origin)
    return isKnown ? url : null
  }

  get isCrossOrigin(): boolean {
    const { headers, method } = this.request
    if (this.site.isSatellite || method !== 'GET' || !this.#loadsDocument) return false
    const referrer = headers.get(HEADERS.referer)
    if (referrer === null || headers.get(HEADERS.secFetchSite) === 'same-origin') return false
    if (this.handshakeCount > 0 || this.#isServerAway) return false
    return isForeignReferrer(referrer, this.publicUrl.origin, this.site.frontendApi, this.instance)
  }

  /** The organization that the URL speaks of. */
  get organizationTarget(): OrganizationTarget | null {
    const { organizationSyncOptions } = this.#setup.options
    return organizationSyncOptions?.find(this.publicUrl.pathname) ?? null
  }

  /** What a token that is over can still be good for. */
  get expired(): 'expired' | 'expired_not_get' | 'expired_no_refresh_cookie' {
    if (this.request.method !== 'GET') return 'expired_not_get'
    return this.refreshToken === undefined ? 'expired_no_refresh_cookie' : 'expired'
  }

  get canHandshake(): boolean {
    return canNavigate(this.request) && !this.isLooping
  }

  /** Whether this browser has been sent away so often that once more would not help. */
  get isLooping(): boolean {
    return this.handshakeCount >= MAX_HANDSHAKES
  }

  /** Notes a session that holds, and whether it is in the organization that the URL speaks of. */
  admit(claims: SessionClaims): void {
    this.session = 'valid'
    // A pending session has no organization yet, and nobody but its tasks may change that.
    if (this.#setup.options.organizationSyncOptions === null || claims.sts === 'pending') return
    if (this.#isServerAway) return
    const { orgId, orgSlug } = readClaims(claims)
    const target = this.organizationTarget
    const isAsked =
      target === null ||
      (target.type === 'personal' && !orgId) ||
      (target.type === 'id' && target.value === orgId) ||
      (target.type === 'slug' && target.value === orgSlug)
    this.organization = isAsked ? 'as_asked' : 'other'
  }

  /** Who is signed in well enough is not sent to a server that did not answer this app lately. */
  get #isServerAway(): boolean {
    return this.#setup.instance.verifier.keys.state === 'stale'
  }

  get #loadsDocument(): boolean {
    return this.request.headers.get(HEADERS.secFetchDest) === 'document'
  }

  #syncOfSatellite(): SyncFact {
    if (this.request.method !== 'GET' || !this.#loadsDocument) return 'none'
    const synced = this.#query?.get(QUERY.synced)
    if (synced === 'true') return 'none'
    if (synced === 'false') return 'of_satellite'
    if (this.sessionToken !== undefined || this.#clientUat !== 0) return 'none'
    return this.#setup.options.satelliteAutoSync ? 'of_satellite' : 'unasked'
  }

  /** Only where the protocol puts it: in production a link must not be able to sign a visitor in. */
  #readAnswer(): HandshakeToken {
    const query = this.instance === 'development' ? this.#query : null
    const nonce = query?.get(QUERY.handshakeNonce) || this.#cookies[COOKIES.handshakeNonce]
    if (nonce) return { type: 'nonce', text: nonce }
    const token = query?.get(QUERY.handshake) || this.#cookies[COOKIES.handshake]
    return token ? { type: 'token', text: token } : NO_ANSWER
  }

  /** Each token is looked up and taken apart once, however many questions are asked about it. */
  #read(text: string, verified: VerifiedTokens | null, now: number): KnownToken {
    const known = this.#known.find((token) => token.text === text)
    if (known) return known
    const proved = verified?.get(text, now)
    const parsed = proved ? null : parseToken(text)
    const claims = (proved as KnownToken['claims'] | undefined) ?? parsed?.claims ?? null
    const token = { text, proved, parsed, claims }
    this.#known.push(token)
    return token
  }
}

/** Answer to a handshake as the browser brings it: signed, or to be fetched once under a nonce. */
export interface HandshakeToken {
  readonly type: 'token' | 'nonce'
  readonly text: string
}

const NO_ANSWER: HandshakeToken = { type: 'token', text: '' }

/** What is known of a token without the network: it was proved before, or can be read, or cannot. */
export interface KnownToken {
  readonly text: string
  /** Claims of a token that was proved before. */
  readonly proved: SessionClaims | undefined
  /** The token, taken apart; `null` if it was proved before, or cannot be read. */
  readonly parsed: ParsedToken | null
  /** Its claims, proved or not. */
  readonly claims: Readonly<Record<string, unknown>> | null
}

/**
 * Reads the token of an `Authorization` header. The scheme is exactly `Bearer`; another scheme is
 * somebody else's. A header of one word is taken for the token itself.
 */
export function parseAuthorization(header: string | null): string | null {
  if (!header) return null
  const space = header.indexOf(' ')
  if (space === -1) return header
  return header.slice(0, space) === 'Bearer' ? header.slice(space + 1) : null
}

/** Reads a decimal number of seconds; anything else counts as zero, which never signs anyone in. */
function parseSeconds(text: string | undefined): number {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : 0
}
