/** Session tokens: one per session, template and organization, renewed before they expire. */

import type { SessionClaims, TokenJSON } from '@core/protocol'
import { isClerkAPIResponseError, isClerkRuntimeError } from './errors.ts'
import { sessionPath, type FrontendApi } from './frontend-api.ts'
import type { Platform } from './platform.ts'
import { organizationOf, readClaims } from './session-claims.ts'

/** Which token is wanted. */
export interface TokenRequest {
  readonly sessionId: string
  readonly template?: string | undefined
  /** `null`: the personal account. */
  readonly organizationId: string | null
}

export interface Token {
  readonly sessionId: string
  readonly jwt: string
  readonly claims: SessionClaims
  /** When it expires by this browser's clock, in Unix milliseconds. */
  readonly expiresAt: number
  /** From here on it is renewed in the background. */
  readonly refreshAt: number
}

export interface TokensContext {
  readonly platform: Platform
  readonly api: FrontendApi
  /** A plain session token arrived, from whatever source. */
  readonly onToken: (token: Token, source: 'server' | 'tab' | 'cookie') => void
}

const REFRESH_AHEAD_MS = 17_000
/** A token with less left than this would not survive the request it is asked for. */
const LEEWAY_MS = 5_000
const RETRY_DELAYS_MS = [1_000, 2_000, 4_000]

export class Tokens {
  readonly #context: TokensContext
  readonly #tokens = new Map<string, Token>()
  readonly #pending = new Map<string, Promise<Token>>()
  // What this browser's clock shows minus what the server's does. A token's age is counted from
  // its `iat`, corrected by this: counting from receipt would make an old token look new, and
  // counting from `iat` alone would make every token look expired to a clock that runs ahead.
  #clockOffsetMs: number | undefined

  constructor(context: TokensContext) {
    this.#context = context
  }

  /** Returns a token with enough life left, from memory where there is one. */
  async get(request: TokenRequest, skipCache = false): Promise<string> {
    const key = keyOf(request)
    const token = this.#tokens.get(key)
    if (!token || skipCache) return (await this.#refresh(key, request, skipCache)).jwt
    const now = this.#context.platform.now()
    const leeway = Math.min(LEEWAY_MS, (token.expiresAt - token.refreshAt) / 4)
    if (token.expiresAt - now <= leeway) return (await this.#refresh(key, request)).jwt
    if (token.refreshAt <= now) this.#refresh(key, request).catch(() => undefined)
    return token.jwt
  }

  /** Gets a new token, whatever is in memory. */
  async renew(request: TokenRequest): Promise<void> {
    await this.#refresh(keyOf(request), request)
  }

  /** Returns the plain token in memory, however old. */
  peek(sessionId: string, organizationId: string | null): Token | undefined {
    return this.#tokens.get(keyOf({ sessionId, organizationId }))
  }

  /** Takes in a plain token that came with a client, from a cookie or from another tab. */
  hydrate(jwt: string, source: 'server' | 'tab' | 'cookie'): Token | undefined {
    const claims = readClaims(jwt)
    if (!claims?.sid) return undefined
    const key = keyOf({ sessionId: claims.sid, organizationId: organizationOf(claims).orgId })
    const known = this.#tokens.get(key)
    // Answers overtake each other: only a newer token replaces the one in memory.
    if (known && known.claims.iat >= claims.iat) return known
    if (source === 'server') this.#clockOffsetMs ??= this.#offsetTo(claims)
    return this.#keep(key, claims.sid, jwt, claims, source)
  }

  /** Forgets the tokens of all sessions but these. */
  retain(sessionIds: readonly string[]): void {
    for (const [key, { sessionId }] of this.#tokens) {
      if (!sessionIds.includes(sessionId)) this.#tokens.delete(key)
    }
  }

  #refresh(key: string, request: TokenRequest, skipCache = false): Promise<Token> {
    const running = this.#pending.get(key)
    if (running) return running
    const started = this.#fetch(key, request, skipCache).finally(() => this.#pending.delete(key))
    this.#pending.set(key, started)
    return started
  }

  async #fetch(key: string, request: TokenRequest, skipCache: boolean): Promise<Token> {
    const { platform, api } = this.#context
    const path = sessionPath(request.sessionId, 'tokens')
    const delays = [...RETRY_DELAYS_MS]
    for (;;) {
      try {
        const { jwt } = await (request.template === undefined
          ? api.request<TokenJSON>(path, {
              method: 'POST',
              body: { organizationId: request.organizationId },
              ...(skipCache && { search: { debug: 'skip_cache' } }),
            })
          : api.request<TokenJSON>(`${path}/${encodeURIComponent(request.template)}`, {
              method: 'POST',
            }))
        const claims = readClaims(jwt)
        if (!claims) throw new TypeError('The identity server answered without a token.')
        // This one was made just now: the best measure of the clocks there is.
        if (request.template === undefined) this.#clockOffsetMs = this.#offsetTo(claims)
        const source = request.template === undefined ? 'server' : undefined
        return this.#keep(key, request.sessionId, jwt, claims, source)
      } catch (error) {
        const delay = isOutage(error) ? delays.shift() : undefined
        if (delay === undefined) throw error
        await new Promise<void>((resolve) => platform.setTimeout(resolve, delay))
      }
    }
  }

  #keep(
    key: string,
    sessionId: string,
    jwt: string,
    claims: SessionClaims,
    source: 'server' | 'tab' | 'cookie' | undefined,
  ): Token {
    const lifetimeMs = (claims.exp - claims.iat) * 1000
    const expiresAt = claims.exp * 1000 + (this.#clockOffsetMs ?? 0)
    const refreshAt = expiresAt - Math.min(REFRESH_AHEAD_MS, lifetimeMs / 3)
    const token: Token = { sessionId, jwt, claims, expiresAt, refreshAt }
    this.#tokens.set(key, token)
    if (source) this.#context.onToken(token, source)
    return token
  }

  #offsetTo(claims: SessionClaims): number {
    return this.#context.platform.now() - claims.iat * 1000
  }
}

/** Tells whether an error says nothing about the session, only about the way to the server. */
export function isOutage(error: unknown): boolean {
  return (
    (isClerkRuntimeError(error) && error.code === 'network_error') ||
    (isClerkAPIResponseError(error) && (error.status >= 500 || error.status === 429))
  )
}

function keyOf({ sessionId, template, organizationId }: TokenRequest): string {
  return [sessionId, template, organizationId].filter(Boolean).join('-')
}
