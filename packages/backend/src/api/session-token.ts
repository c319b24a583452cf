import type { TokenJSON } from '@core/protocol'
import type { ApiCaller, ApiRequest } from './request.ts'

/** Asks the Backend API for a token of a session, of a JWT template if one is named. */
export async function fetchSessionToken(
  api: ApiCaller,
  sessionId: string,
  template?: string,
  expiresInSeconds?: number,
): Promise<string> {
  const token = (await api(tokenRequest(sessionId, template, expiresInSeconds))) as TokenJSON
  return token.jwt
}

/** The request for a token of a session. */
export function tokenRequest(
  sessionId: string,
  template?: string,
  expiresInSeconds?: number,
): ApiRequest {
  return {
    method: 'POST',
    path: ['sessions', sessionId, 'tokens', ...(template === undefined ? [] : [template])],
    ...(expiresInSeconds !== undefined && { body: { expiresInSeconds } }),
  }
}
