/** A new session token for one that is over, without a detour of the browser. */

import type { SessionClaims } from '@core/protocol'
import { isClerkAPIResponseError } from '../api/errors.ts'
import type { ApiCaller } from '../api/request.ts'
import type { Setup } from '../instance.ts'
import { verifySessionToken } from '../session/verify-token.ts'
import type { CookieNames } from './cookies.ts'
import { readDirectives } from './directives.ts'
import type { RequestFacts } from './facts.ts'
import type { RefreshFailure } from './reasons.ts'

/** A session that goes on, and the cookies that tell the browser. */
export interface Refreshed {
  readonly token: string
  readonly claims: SessionClaims
  readonly cookies: readonly string[]
}

/**
 * Exchanges a token that is over, with the refresh token beside it, for a new one, which is then
 * verified like any other and must belong to the same session. Never throws.
 */
export async function refreshSession(
  facts: RequestFacts,
  { instance }: Setup,
  names: CookieNames,
  now: number,
): Promise<Refreshed | { readonly failure: RefreshFailure }> {
  const { token: old, refreshToken } = facts
  if (instance.requestApi === null) return { failure: 'missing-api-client' }
  if (old === null) return { failure: 'missing-session-token' }
  if (refreshToken === undefined) return { failure: 'missing-refresh-token' }
  if (old.claims === null) return { failure: 'expired-session-token-decode-failed' }
  const sessionId = old.claims['sid']
  if (typeof sessionId !== 'string') return { failure: 'expired-session-token-missing-sid-claim' }

  const { origin, hostname } = facts.publicUrl
  const { refreshes, requestApi } = instance
  const id = JSON.stringify([old.text, refreshToken, origin])
  // A page load brings several requests at once; each exchange could make the next one fail.
  const pending = refreshes.get(id) ?? exchange(requestApi, sessionId, refreshToken, facts)
  refreshes.set(id, pending)
  let body: unknown
  try {
    body = await pending
  } catch (error) {
    return { failure: failureOf(error) }
  } finally {
    if (refreshes.get(id) === pending) refreshes.delete(id)
  }
  const given = (body as { readonly cookies?: unknown } | null | undefined)?.cookies
  const { cookies, sessionToken: token } = readDirectives(
    Array.isArray(given) ? given : [],
    names,
    hostname,
  )
  if (token === undefined) return { failure: 'unexpected-sdk-error' }
  const result = await verifySessionToken(token, instance.verifier, facts.site.rules, now)
  return 'claims' in result && result.claims.sid === sessionId
    ? { token, claims: result.claims, cookies }
    : { failure: 'invalid-session-token' }
}

function exchange(
  api: ApiCaller,
  sessionId: string,
  refreshToken: string,
  { sessionToken, request, publicUrl, usesSuffixedCookies }: RequestFacts,
): Promise<unknown> {
  return api({
    method: 'POST',
    path: ['sessions', sessionId, 'refresh'],
    query: { suffixedCookies: usesSuffixedCookies || undefined },
    body: {
      format: 'cookie',
      expiredToken: sessionToken,
      refreshToken,
      requestOrigin: publicUrl.origin,
      requestHeaders: Object.fromEntries(
        [...request.headers].map(([name, value]) => [name, [value]]),
      ),
    },
  })
}

function failureOf(error: unknown): RefreshFailure {
  if (!isClerkAPIResponseError(error)) return 'unexpected-sdk-error'
  const code = error.errors[0]?.code
  if (code === 'unexpected_error') return 'fetch-error'
  // It ends up in a header and in logs, whoever wrote it.
  return code !== undefined && /^[\w.-]{1,100}$/.test(code) ? code : 'unexpected-bapi-error'
}
