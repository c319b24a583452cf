import { and, asc, count, desc, eq } from 'drizzle-orm'

import type { Queryable } from '../database/database.ts'
import { clientTokens, clients, sessions } from '../database/schema.ts'
import type { BackendRoute, Call } from '../http/backend-route.ts'
import { ApiError } from '../http/errors.ts'
import { readPage } from '../http/paging.ts'
import { hashToken } from '../secrets.ts'
import { toSessionJson } from '../sessions/device.ts'
import { takeOnce } from '../tokens/one-time-payload.ts'
import { findClient, type Client } from './client.ts'

/** The endpoints below `/v1/clients`. */
export const clientBackendRoutes: readonly BackendRoute[] = [
  {
    method: 'GET',
    path: '/clients',
    handle: async ({ database }, call) => {
      const { instance, query } = call
      const { limit, offset } = readPage(query)
      const where = eq(clients.instanceId, instance.id)
      const rows = await database
        .select()
        .from(clients)
        .where(where)
        .orderBy(desc(clients.createdAt), desc(clients.id))
        .limit(limit)
        .offset(offset)
      const data = await Promise.all(rows.map((row) => write(database, row, call)))
      if (query.flag('paginated') !== true) return data
      const [total] = await database.select({ count: count() }).from(clients).where(where)
      return { data, total_count: total?.count ?? 0 }
    },
  },
  {
    // Before `:id`, which would take it for one.
    method: 'GET',
    path: '/clients/handshake_payload',
    handle: async ({ database }, { instance, query, now }) => {
      const directives = await takeOnce(
        database,
        { instanceId: instance.id, purpose: 'handshake' },
        query.text('nonce') ?? '',
        now,
      )
      if (directives === null) throw new ApiError('resource_not_found')
      return { directives }
    },
  },
  {
    method: 'GET',
    path: '/clients/:id',
    handle: async ({ database }, call) => {
      const client = await findClient(database, call.instance.id, call.path['id'] ?? '')
      if (client === null) throw new ApiError('resource_not_found')
      return write(database, client, call)
    },
  },
  {
    method: 'POST',
    path: '/clients/verify',
    isUncounted: true,
    handle: async ({ database }, call) => {
      const token = call.body.text('token')
      if (token === null) throw new ApiError('cookie_invalid')
      const [row] = await database
        .select()
        .from(clientTokens)
        .where(
          and(
            eq(clientTokens.tokenHash, hashToken(token)),
            eq(clientTokens.instanceId, call.instance.id),
          ),
        )
      const client =
        row?.clientId == null ? null : await findClient(database, call.instance.id, row.clientId)
      if (client === null) throw new ApiError('cookie_invalid')
      return write(database, client, call)
    },
  },
]

async function write(db: Queryable, client: Client, { instance, now }: Call): Promise<object> {
  const rows = await db
    .select()
    .from(sessions)
    .where(and(eq(sessions.clientId, client.id), eq(sessions.instanceId, client.instanceId)))
    .orderBy(asc(sessions.createdAt))
  return {
    object: 'client',
    id: client.id,
    session_ids: rows.map(({ id }) => id),
    sessions: rows.map((row) => toSessionJson(row, instance, now)),
    sign_in_id: client.signInId,
    sign_up_id: client.signUpId,
    last_active_session_id: client.lastActiveSessionId,
    last_authentication_strategy: client.lastAuthenticationStrategy,
    created_at: client.createdAt,
    updated_at: client.updatedAt,
  }
}
