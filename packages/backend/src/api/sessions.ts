import type { SessionStatus, TokenJSON } from '@core/protocol'
import type { Endpoints, PageParams } from './endpoints.ts'
import type { ApiCaller, ApiRequest } from './request.ts'
import { type PaginatedResponse, type Session, type Token, toList } from './resources.ts'

/** Which sessions. */
export interface SessionListParams extends PageParams {
  readonly clientId?: string
  readonly userId?: string
  readonly status?: SessionStatus
}

/** Sessions of the instance. Every method rejects with a `ClerkAPIResponseError` if the API refuses. */
export interface SessionsApi {
  /** Lists the sessions of a user or a client, newest first. */
  getSessionList(params?: SessionListParams): Promise<PaginatedResponse<Session>>
  getSession(sessionId: string): Promise<Session>
  /** Starts a session. Development instances only. */
  createSession(params: { readonly userId: string }): Promise<Session>
  revokeSession(sessionId: string): Promise<Session>
  /** @deprecated Verify the token instead: `verifyToken()`. */
  verifySession(sessionId: string, token: string): Promise<Session>
  /** Makes a token for a session, of a JWT template if one is named. */
  getToken(sessionId: string, template?: string, expiresInSeconds?: number): Promise<Token>
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
}

/** Asks the Backend API for a token of a session. */
export async function fetchSessionToken(
  api: ApiCaller,
  sessionId: string,
  template?: string,
  expiresInSeconds?: number,
): Promise<string> {
  const token = (await api(tokenRequest(sessionId, template, expiresInSeconds))) as TokenJSON
  return token.jwt
}

function tokenRequest(sessionId: string, template?: string, expiresInSeconds?: number): ApiRequest {
  return {
    method: 'POST',
    path: ['sessions', sessionId, 'tokens', ...(template === undefined ? [] : [template])],
    ...(expiresInSeconds !== undefined && { body: { expiresInSeconds } }),
  }
}
