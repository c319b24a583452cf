import { COOKIES, HEADERS, type PublishableKey, QUERY, type SessionClaims } from '@core/protocol'
import { canNavigate } from '../auth/request-kind.ts'
import type { TokenCarrier, TokenReason } from '../errors.ts'
import type { Instance } from '../instance.ts'
import { findForeignClass } from '../session/claims.ts'
import { type ParsedToken, parseToken } from '../session/token-gate.ts'
import type { VerifiedTokens } from '../session/verified-tokens.ts'
import { type CookieNames, type Cookies, parseCookies, selectCookies } from './cookies.ts'
import type { Facts } from './decide.ts'
import { publicUrlOf } from './public-url.ts'
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
  /** Open until the token has been verified. */
  session: Facts['session']
  /** Why the token was refused. */
  refusal: TokenReason | null = null
  /** Why the answer to a handshake was refused. */
  handshakeRefusal: TokenReason | null = null
  /** Why the session was not refreshed. */
  refreshFailure: RefreshFailure | null = null

  readonly request: Request
  readonly sessionToken: string | undefined
  /** What is known of the session token without the network. */
  readonly token: KnownToken | null
  readonly handshakeToken: string | undefined
  readonly refreshToken: string | undefined
  readonly devBrowserToken: string | undefined
  readonly usesSuffixedCookies: boolean
  readonly #cookies: Cookies
  #publicUrl: URL | undefined
  readonly #known: KnownToken[] = []

  constructor(
    request: Request,
    publishableKey: PublishableKey,
    instance: Instance,
    names: CookieNames,
    now: number,
  ) {
    this.request = request
    this.instance = publishableKey.instanceType
    this.#cookies = parseCookies(request.headers.get(HEADERS.cookie))

    const { verified } = instance.verifier
    const read = (token: string): KnownToken => this.#read(token, verified, now)
    const peek = (token: string): KnownToken['claims'] => read(token).claims

    const selected = selectCookies(this.#cookies, names, publishableKey, peek, now)
    this.usesSuffixedCookies = selected.isSuffixed

    // Our parameters are never written in another spelling, so a text search finds them.
    const query = request.url.includes('__clerk_') ? this.publicUrl.searchParams : null
    // An empty one names no browser and must not hide the one in the cookie.
    const devBrowserInQuery = query?.get(QUERY.devBrowser) || null
    this.devBrowser =
      devBrowserInQuery !== null ? 'in_query' : selected.devBrowser ? 'in_cookie' : 'absent'
    this.devBrowserToken = (devBrowserInQuery ?? selected.devBrowser) || undefined

    const bearer = parseAuthorization(request.headers.get(HEADERS.authorization))
    this.carrier = bearer === null ? 'cookie' : 'header'
    this.sessionToken = bearer ?? (selected.session || undefined)

    // Only where the protocol puts it: in production a link must not be able to sign a visitor in.
    const answer =
      (this.instance === 'development' ? query?.get(QUERY.handshake) : null) ??
      this.#cookies[COOKIES.handshake]
    this.handshakeToken = bearer === null ? answer || undefined : undefined
    this.handshake = this.handshakeToken === undefined ? 'absent' : 'unverified'

    // The plain name belongs to no instance in particular, so it is not read.
    this.refreshToken = this.#cookies[names.refresh] || undefined

    const clientUat = parseSeconds(selected.clientUat)
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
    const count = this.#cookies[COOKIES.redirectCount]
    if (count === undefined) return 0
    // A counter that was tampered with must not keep a loop going.
    return /^\d{1,3}$/.test(count) ? Number(count) : MAX_HANDSHAKES
  }

  /** What a token that is over can still be good for. */
  get expired(): 'expired' | 'expired_not_get' | 'expired_no_refresh_cookie' {
    if (this.request.method !== 'GET') return 'expired_not_get'
    return this.refreshToken === undefined ? 'expired_no_refresh_cookie' : 'expired'
  }

  get canHandshake(): boolean {
    return canNavigate(this.request) && this.handshakeCount < MAX_HANDSHAKES
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
