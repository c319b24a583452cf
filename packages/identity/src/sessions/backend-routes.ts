import { TOKEN_CATEGORIES } from '@core/protocol'
import {
  and,
  count,
  desc,
  eq,
  gt,
  inArray,
  isNotNull,
  isNull,
  lte,
  or,
  type SQL,
} from 'drizzle-orm'

import { findClient } from '../clients/client.ts'
import { sessions } from '../database/schema.ts'
import { transact } from '../database/transact.ts'
import type { BackendRoute, Call } from '../http/backend-route.ts'
import { ApiError, paramError } from '../http/errors.ts'
import { readPage } from '../http/paging.ts'
import type { Instance } from '../instances/instance.ts'
import { issueTemplateToken } from '../jwt-templates/issue.ts'
import type { Services } from '../services.ts'
import { toSessionJson } from './device.ts'
import { revokeSession } from './end.ts'
import { startServerSession } from './start.ts'
import { verifyOwnToken } from '../tokens/own-token.ts'
import { refresh } from './refresh.ts'
import { SIGNED_IN, findSession, isLive, signSessionToken, type Session } from './session.ts'
import { openTasks } from './tasks.ts'

/** The endpoints below `/v1/sessions`. */
export const sessionBackendRoutes: readonly BackendRoute[] = [
  {
    method: 'GET',
    path: '/sessions',
    handle: async ({ database }, call) => {
      const { limit, offset } = readPage(call.query)
      const where = conditions(call)
      const rows = await database
        .select()
        .from(sessions)
        .where(where)
        .orderBy(desc(sessions.createdAt), desc(sessions.id))
        .limit(limit)
        .offset(offset)
      const data = rows.map((row) => toSessionJson(row, call.instance, call.now))
      if (call.query.flag('paginated') !== true) return data
      const [total] = await database.select({ count: count() }).from(sessions).where(where)
      return { data, total_count: total?.count ?? 0 }
    },
  },
  {
    method: 'POST',
    path: '/sessions',
    event: 'session.created',
    handle: async ({ database }, call) => {
      // Elsewhere nobody gets in without a proof, not even by a server.
      if (call.instance.type !== 'development') {
        throw new ApiError('request_invalid_for_environment')
      }
      const session = await transact(database, (tx) => startServerSession(tx, call))
      return toSessionJson(session, call.instance, call.now)
    },
  },
  {
    method: 'GET',
    path: '/sessions/:id',
    handle: async (services, call) =>
      toSessionJson(await requireSession(services, call), call.instance, call.now),
  },
  {
    method: 'POST',
    path: '/sessions/:id/revoke',
    event: 'session.revoked',
    handle: async (services, call) => {
      const session = await requireSession(services, call)
      const [revoked] = await transact(services.database, (tx) =>
        revokeSession(tx, call.instance.id, session.id, call.now),
      )
      return toSessionJson(revoked ?? session, call.instance, call.now)
    },
  },
  {
    // For servers that verify no token themselves.
    method: 'POST',
    path: '/sessions/:id/verify',
    isUncounted: true,
    handle: async (services, call) => {
      const session = await requireSession(services, call)
      const token = call.body.required('token', 16_384)
      const verified = await verifyOwnToken(services.database, call.instance, token)
      const { sid, exp } = verified?.claims ?? {}
      if (
        verified?.category !== TOKEN_CATEGORIES.session ||
        sid !== session.id ||
        typeof exp !== 'number' ||
        exp * 1000 <= call.now ||
        !isLive(session, call.now)
      ) {
        throw new ApiError('invalid_session_token')
      }
      return toSessionJson(session, call.instance, call.now)
    },
  },
  {
    method: 'POST',
    path: '/sessions/:id/tokens',
    isUncounted: true,
    handle: async (services, call) => {
      const session = await requireSession(services, call)
      const client = await findClient(services.database, call.instance.id, session.clientId)
      if (client === null || !isLive(session, call.now)) throw new ApiError('resource_not_found')
      const lifetime = call.body.integer('expires_in_seconds', 30, 315_360_000)
      return signSessionToken(services, call.instance, session, {
        // A server has no origin. The page that last used the session had one.
        origin: session.origin,
        clientUpdatedAt: client.updatedAt,
        ...(lifetime === null ? {} : { lifetimeSeconds: lifetime }),
      })
    },
  },
  {
    method: 'POST',
    path: '/sessions/:id/tokens/:template',
    isUncounted: true,
    handle: async (services, call) => {
      const session = await requireSession(services, call)
      if (!isLive(session, call.now)) throw new ApiError('resource_not_found')
      return issueTemplateToken(services, call.instance, session, call.path['template'] ?? '', {
        origin: session.origin,
        lifetime: call.body.integer('expires_in_seconds', 30, 315_360_000),
      })
    },
  },
  {
    method: 'POST',
    path: '/sessions/:id/refresh',
    isUncounted: true,
    handle: refresh,
  },
]

async function requireSession({ database }: Services, call: Call): Promise<Session> {
  const session = await findSession(database, call.instance.id, call.path['id'] ?? '')
  if (session === null) throw new ApiError('resource_not_found')
  return session
}

const STATUSES = ['ended', 'removed', 'replaced', 'revoked'] as const

function conditions({ instance, query, now }: Call): SQL | undefined {
  const userId = query.text('user_id')
  const clientId = query.text('client_id')
  return and(
    eq(sessions.instanceId, instance.id),
    userId === null ? undefined : eq(sessions.userId, userId),
    clientId === null ? undefined : eq(sessions.clientId, clientId),
    statusCondition(query.text('status'), instance, now),
  )
}

/** A session expires by itself, and waits while a task is open, so its stored status may be behind. */
function statusCondition(status: string | null, instance: Instance, now: number): SQL | undefined {
  const stored = STATUSES.find((known) => known === status)
  if (status === null) return undefined
  if (stored !== undefined) return eq(sessions.status, stored)
  switch (status) {
    case 'active':
    case 'pending':
      return and(
        isWaiting(status, instance),
        gt(sessions.expireAt, now),
        gt(sessions.abandonAt, now),
      )
    case 'expired':
      return or(
        eq(sessions.status, 'expired'),
        and(inArray(sessions.status, [...SIGNED_IN]), lte(sessions.expireAt, now)),
      )
    case 'abandoned':
      return or(
        eq(sessions.status, 'abandoned'),
        and(
          inArray(sessions.status, [...SIGNED_IN]),
          gt(sessions.expireAt, now),
          lte(sessions.abandonAt, now),
        ),
      )
    default:
      throw paramError('form_param_value_invalid', 'status')
  }
}

/** What tells sessions that wait for a task from those that do not. */
function isWaiting(status: 'active' | 'pending', instance: Instance): SQL | undefined {
  // Where nobody may act for themselves, whoever acts in no organization has to choose one.
  if (openTasks(instance, null).length === 0) return eq(sessions.status, status)
  const { lastActiveOrganizationId } = sessions
  return and(
    inArray(sessions.status, [...SIGNED_IN]),
    status === 'pending' ? isNull(lastActiveOrganizationId) : isNotNull(lastActiveOrganizationId),
  )
}
