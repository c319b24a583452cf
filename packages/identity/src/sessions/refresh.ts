/** Renewal of a session by an app's server: an expired token and a refresh token for new ones. */

import { TOKEN_CATEGORIES } from '@core/protocol'
import { eq } from 'drizzle-orm'

import { findClient } from '../clients/client.ts'
import { sessions } from '../database/schema.ts'
import { sessionDirectives } from '../handshake/directives.ts'
import type { Call } from '../http/backend-route.ts'
import { ApiError } from '../http/errors.ts'
import { isAllowedOrigin } from '../http/origins.ts'
import type { Params } from '../http/params.ts'
import type { Services } from '../services.ts'
import { exchangeRefreshToken, isRefreshToken } from '../tokens/refresh-token.ts'
import { verifyOwnToken } from '../tokens/own-token.ts'
import { findUser } from '../users/user.ts'
import { activityOf, findSession, isLive, signSessionToken, type Session } from './session.ts'

/**
 * Answers `POST /v1/sessions/{id}/refresh`. Every refusal is a 401: the app falls back to a handshake.
 *
 * @throws {ApiError} 401 with the code that says why
 */
export async function refresh(services: Services, call: Call): Promise<object> {
  const { instance, body, query, now } = call
  const lifetime = instance.settings.refresh_token_lifetime * 1000
  if (lifetime === 0) throw new ApiError('feature_not_enabled', { status: 401 })
  const expired = await readExpiredToken(services, call)
  if (expired.sid !== call.path['id']) throw new ApiError('refresh_sid_mismatch')
  const origin = readText(body, 'request_origin')
  if (origin === null || !isAllowedOrigin(instance, origin)) {
    throw new ApiError('refresh_request_origin_invalid')
  }
  if (origin !== expired.azp) throw new ApiError('refresh_request_origin_azp_mismatch')
  if (expired.exp * 1000 + lifetime <= now) {
    throw new ApiError('session_refresh_expired_session_token_too_old')
  }
  const session = await findRenewableSession(services, call, expired)
  const client = await findClient(services.database, instance.id, session.clientId)
  if (client === null) throw new ApiError('session_refresh_session_not_found')

  const token = readText(body, 'refresh_token') ?? ''
  const holder = { instance, sessionId: session.id, origin }
  const isCookies = readText(body, 'format') === 'cookie'
  let refreshToken: string | null = null
  if (isCookies) {
    const exchange = await exchangeRefreshToken(services, token, holder, now)
    if ('refusal' in exchange) {
      throw new ApiError(
        exchange.refusal === 'reused'
          ? 'session_refresh_expired_session_token_consumed'
          : 'refresh_token_not_found',
      )
    }
    refreshToken = exchange.successor
  } else if (!(await isRefreshToken(services.database, token, holder, now))) {
    // Who asks for the bare token could not be given a successor, so none is made.
    throw new ApiError('refresh_token_not_found')
  }
  const change = activityOf(session, instance, origin, now)
  if (change !== null) {
    await services.database.update(sessions).set(change).where(eq(sessions.id, session.id))
  }
  const renewed = await signSessionToken(services, instance, session, {
    origin,
    clientUpdatedAt: client.updatedAt,
  })
  if (!isCookies) return renewed
  return {
    object: 'cookies',
    cookies: sessionDirectives(
      instance,
      { sessionToken: renewed.jwt, refreshToken },
      {
        isSuffixed: query.text('suffixed_cookies') === 'true',
        isSecure: origin.startsWith('https:'),
      },
    ),
  }
}

interface ExpiredToken {
  readonly sub: string
  readonly sid: string
  readonly azp: string
  readonly exp: number
}

/** Checks everything about a session token but its end. */
async function readExpiredToken(
  { database }: Services,
  { instance, body }: Call,
): Promise<ExpiredToken> {
  const verified = await verifyOwnToken(database, instance, readText(body, 'expired_token') ?? '')
  if (verified === null) throw new ApiError('expired_session_token_invalid')
  const { sub, sid, azp, iat, exp } = verified.claims
  if (verified.category !== TOKEN_CATEGORIES.session || typeof sub !== 'string') {
    throw new ApiError('session_refresh_session_token_ineligible')
  }
  if (typeof sid !== 'string') throw new ApiError('expired_session_token_missing_sid')
  if (typeof azp !== 'string') throw new ApiError('expired_session_token_missing_azp')
  if (typeof iat !== 'number' || typeof exp !== 'number') {
    throw new ApiError('session_refresh_expired_session_token_missing_iat')
  }
  return { sub, sid, azp, exp }
}

async function findRenewableSession(
  { database }: Services,
  { instance, now }: Call,
  { sid, sub }: ExpiredToken,
): Promise<Session> {
  const session = await findSession(database, instance.id, sid)
  if (session === null || session.userId !== sub) {
    throw new ApiError('session_refresh_session_not_found')
  }
  if (!isLive(session, now)) throw new ApiError('session_refresh_inactive_session')
  const user = await findUser(database, instance.id, session.userId)
  if (user === null || user.isBanned) throw new ApiError('session_refresh_user_not_found')
  return session
}

/** A parameter that is no text, or too long, counts as missing: there is a refusal for that. */
function readText(body: Params, name: string): string | null {
  try {
    return body.text(name, 16_384)
  } catch {
    return null
  }
}
