import type { SessionStatus } from '@core/protocol'
import { and, eq, inArray, ne, sql, type SQL } from 'drizzle-orm'

import { actorOf } from '../audit/actor.ts'
import { record, type Author } from '../audit/record.ts'
import { announceUat, nextClientUpdate, type Client } from '../clients/client.ts'
import type { Transaction } from '../database/database.ts'
import { clients, sessions } from '../database/schema.ts'
import type { Visit } from '../http/visit.ts'
import { SIGNED_IN, findLiveSessions, type Session } from './session.ts'

/** Ends sessions that are still signed in. One that has ended keeps the status it ended with. */
async function endSessions(
  tx: Transaction,
  which: SQL | undefined,
  status: SessionStatus,
  now: number,
): Promise<Session[]> {
  return tx
    .update(sessions)
    .set({ status, updatedAt: sql`greatest(${now}::bigint, ${sessions.updatedAt} + 1)` })
    .where(and(which, inArray(sessions.status, [...SIGNED_IN])))
    .returning()
}

/** Revokes every session of a user, but for one if it is named. */
export async function endSessionsOfUser(
  tx: Transaction,
  author: Author,
  userId: string,
  exceptId?: string,
): Promise<void> {
  const { instance, now } = author
  const others = exceptId === undefined ? undefined : ne(sessions.id, exceptId)
  const ended = await endSessions(
    tx,
    and(eq(sessions.instanceId, instance.id), eq(sessions.userId, userId), others),
    'revoked',
    now,
  )
  if (ended.length === 0) return
  await record(tx, author, 'session.revoked', userId, { sessions: ended.map(({ id }) => id) })
}

/** Revokes one session of an instance. */
export function revokeSession(
  tx: Transaction,
  instanceId: string,
  id: string,
  now: number,
): Promise<Session[]> {
  return endSessions(
    tx,
    and(eq(sessions.instanceId, instanceId), eq(sessions.id, id)),
    'revoked',
    now,
  )
}

/** Signs a browser out of one of its sessions, or of all. The browser itself stays known. */
export async function signOut(
  tx: Transaction,
  visit: Visit,
  client: Client,
  status: 'ended' | 'removed',
  sessionId?: string,
): Promise<Session[]> {
  const { now } = visit
  const one = sessionId === undefined ? undefined : eq(sessions.id, sessionId)
  const ended = await endSessions(tx, and(eq(sessions.clientId, client.id), one), status, now)
  for (const session of ended) {
    await record(tx, { ...visit, actor: actorOf(session) }, 'session.ended', session.id)
  }
  await noteSignOut(tx, visit, client, ended.length > 0)
  return ended
}

/** Brings a client up to date once sessions of it have ended. */
export async function noteSignOut(
  tx: Transaction,
  visit: Visit,
  client: Client,
  hasEnded: boolean,
): Promise<void> {
  const { now } = visit
  const left = await findLiveSessions(tx, client.id, now)
  const active = left.find(({ id }) => id === client.lastActiveSessionId) ?? left[0]
  await tx
    .update(clients)
    .set({
      lastActiveSessionId: active?.id ?? null,
      ...(hasEnded ? { updatedAt: nextClientUpdate(client, now) } : {}),
    })
    .where(eq(clients.id, client.id))
  if (left.length === 0) announceUat(visit, 0)
}
