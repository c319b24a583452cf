import type { SessionJSON, SessionStatus, TokenJSON } from '@core/protocol'
import type { Endpoints, PageParams } from './endpoints.ts'
import { type PaginatedResponse, type Raw, type Resource, toList } from './resources.ts'
import { tokenRequest } from './session-token.ts'

/** A session of a user in one browser. Times are Unix milliseconds. */
export type Session = Resource<BackendSessionJSON> & Raw<BackendSessionJSON>
/** A token: a signed JWT. */
export type Token = Resource<TokenJSON> & Raw<TokenJSON>

/** Cookies for the browser of a session, as `Set-Cookie` headers have them. */
export type Cookies = Resource<CookiesJSON> & Raw<CookiesJSON>

interface CookiesJSON {
  readonly object: 'cookies'
  readonly cookies: readonly string[]
}

interface BackendSessionJSON extends SessionJSON {
  /** Where the session was last used. */
  readonly latest_activity?: {
    readonly id: string
    readonly device_type?: string
    readonly is_mobile: boolean
    readonly browser_name?: string
    readonly browser_version?: string
    readonly ip_address?: string
    readonly city?: string
    readonly country?: string
  }
  readonly tasks?: readonly { readonly key: string }[] | null
}

/** Which sessions. */
export interface SessionListParams extends PageParams {
  /** Sessions of this browser. */
  readonly clientId?: string
  /** Sessions of this user. */
  readonly userId?: string
  /** Only those that are this. Default: all. */
  readonly status?: SessionStatus
}

/** What {@link SessionsApi.refreshSession} needs to know. The API spells it so. */
export interface RefreshSessionParams {
  /** What to answer. Default: `token`. */
  readonly format?: 'token' | 'cookie'
  /** Session token that is over. */
  readonly expired_token: string
  /** Value of the browser's refresh cookie. */
  readonly refresh_token: string
  /** Origin of the page that asks. */
  readonly request_origin: string
  /** Headers of the request that the browser made, by lower-case name. */
  readonly request_headers?: Readonly<Record<string, readonly string[]>>
  /** Address of the browser, where a proxy hides it. */
  readonly request_originating_ip?: string
  /** Whether the cookies carry the suffix of the instance. Default: false. */
  readonly suffixed_cookies?: boolean
}

/** Sessions of the instance. Every method rejects with a `ClerkAPIResponseError` if the API refuses. */
export interface SessionsApi {
  /** Lists the sessions of a user or a client, newest first. */
  getSessionList(params?: SessionListParams): Promise<PaginatedResponse<Session>>
  /** Fetches one session. */
  getSession(sessionId: string): Promise<Session>
  /** Starts a session. Development instances only. */
  createSession(params: { readonly userId: string }): Promise<Session>
  /** Ends a session. Tokens it has already hold until they expire: 60 seconds at most. */
  revokeSession(sessionId: string): Promise<Session>
  /** @deprecated Verify the token instead: `verifyToken()`. */
  verifySession(sessionId: string, token: string): Promise<Session>
  /** Makes a token for a session, of a JWT template if one is named. */
  getToken(sessionId: string, template?: string, expiresInSeconds?: number): Promise<Token>
  /** Exchanges an expired token and its refresh token for a new one, or for cookies that hold it. */
  refreshSession(sessionId: string, params: RefreshSessionParams): Promise<Token | Cookies>
}

/** How each method of {@link SessionsApi} is carried out. */
// oxfmt-ignore
export const SESSIONS: Endpoints<SessionsApi> = {
  getSessionList: { request: (query) => ({ method: 'GET', path: ['sessions'], query: { ...query, paginated: true } }), read: toList },
  getSession:     { request: (id) => ({ method: 'GET', path: ['sessions', id] }) },
  createSession:  { request: (body) => ({ method: 'POST', path: ['sessions'], body }) },
  revokeSession:  { request: (id) => ({ method: 'POST', path: ['sessions', id, 'revoke'] }) },
  verifySession:  { request: (id, token) => ({ method: 'POST', path: ['sessions', id, 'verify'], body: { token } }) },
  getToken:       { request: tokenRequest },
  refreshSession: { request: (id, { suffixed_cookies, ...body }) => ({ method: 'POST', path: ['sessions', id, 'refresh'], query: { suffixed_cookies }, body }) },
}
