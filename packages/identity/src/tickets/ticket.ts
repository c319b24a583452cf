/**
 * Tickets that servers make: sign-in tokens, and actor tokens, with which one acts as somebody else. Each
 * is good for one sign-in; only its hash is kept.
 */

import type { ActorClaim } from '@core/protocol'
import { and, eq, gt } from 'drizzle-orm'

import type { Queryable, Transaction } from '../database/database.ts'
import { only } from '../database/transact.ts'
import type { Call } from '../http/backend-route.ts'
import { ApiError, paramError, type ApiErrorCode } from '../http/errors.ts'
import { newId } from '../ids.ts'
import type { Instance } from '../instances/instance.ts'
import { findActiveOrganization } from '../organizations/active.ts'
import { hashToken, newToken } from '../secrets.ts'
import type { Services } from '../services.ts'
import { nextUpdate } from '../time.ts'
import { tickets } from '../tokens/tables.ts'
import { findUser } from '../users/user.ts'
import { ticketUrl } from './ticket-url.ts'

/** A ticket, as it is stored. */
export type Ticket = typeof tickets.$inferSelect

type TicketKind = Ticket['kind']

const DAY = 24 * 60 * 60

/** What tells the kinds of tickets apart. Durations are seconds. */
const KINDS: Readonly<
  Record<
    TicketKind,
    {
      readonly id: 'sit' | 'act'
      readonly lifetime: number
      readonly cannotRevoke: ApiErrorCode
    }
  >
> = {
  sign_in_token: {
    id: 'sit',
    lifetime: 30 * DAY,
    cannotRevoke: 'sign_in_token_cannot_be_revoked_code',
  },
  actor_token: {
    id: 'act',
    lifetime: 3600,
    cannotRevoke: 'actor_token_cannot_be_revoked_code',
  },
}

/** How long somebody acts as another person. */
const ACTOR_SESSION_LIFETIME = 1800

/** An actor stands in every token of its session, and tokens stand in cookies. */
const MAX_ACTOR_CHARACTERS = 1024

/** Creates a ticket. Its text is in this answer and nowhere else. */
export async function createTicket(
  { database }: Services,
  { instance, body, now }: Call,
  kind: TicketKind,
): Promise<object> {
  const userId = body.required('user_id')
  const lifetime = body.integer('expires_in_seconds', 1, 315_360_000) ?? KINDS[kind].lifetime
  const isActor = kind === 'actor_token'
  const actor = isActor ? readActor(body.object('actor')) : null
  const sessionLifetime = isActor
    ? (body.integer('session_max_duration_in_seconds', 1, 400 * DAY) ?? ACTOR_SESSION_LIFETIME)
    : null
  const organizationId = isActor ? null : body.text('org_id')
  if ((await findUser(database, instance.id, userId)) === null) {
    throw new ApiError('resource_not_found', { meta: { param_name: 'user_id' } })
  }
  if (
    organizationId !== null &&
    (await findActiveOrganization(database, instance, userId, organizationId)) === null
  ) {
    throw new ApiError('resource_not_found', { meta: { param_name: 'org_id' } })
  }
  const token = `${KINDS[kind].id}_${newToken()}`
  const row = only(
    await database
      .insert(tickets)
      .values({
        id: newId(KINDS[kind].id, now),
        instanceId: instance.id,
        kind,
        tokenHash: hashToken(token),
        userId,
        status: 'pending',
        actor,
        organizationId,
        sessionLifetime,
        expireAt: now + lifetime * 1000,
        createdAt: now,
        updatedAt: now,
      })
      .returning(),
  )
  return toTicketJson(row, instance, token)
}

/** Makes a ticket useless that has not been used. */
export async function revokeTicket(
  { database }: Services,
  { instance, path, now }: Call,
  kind: TicketKind,
): Promise<object> {
  const isIt = and(
    eq(tickets.id, path['id'] ?? ''),
    eq(tickets.instanceId, instance.id),
    eq(tickets.kind, kind),
  )
  const [before] = await database.select().from(tickets).where(isIt)
  if (before === undefined) throw new ApiError('resource_not_found')
  const [revoked] = await database
    .update(tickets)
    .set({ status: 'revoked', updatedAt: nextUpdate(before.updatedAt, now) })
    // Somebody may be using it this moment: one of both comes first.
    .where(and(isIt, eq(tickets.status, 'pending')))
    .returning()
  if (revoked === undefined) throw new ApiError(KINDS[kind].cannotRevoke)
  return toTicketJson(revoked, instance, null)
}

/**
 * Uses a ticket up. Of several who bring it at once one gets it; the others wait for that one's
 * transaction, and get it if that fails.
 *
 * @throws {ApiError} `ticket_invalid`, `ticket_expired`
 */
export async function spendTicket(
  tx: Transaction,
  instanceId: string,
  token: string,
  now: number,
): Promise<Ticket> {
  const isIt = and(eq(tickets.tokenHash, hashToken(token)), eq(tickets.instanceId, instanceId))
  const [spent] = await tx
    .update(tickets)
    .set({ status: 'accepted', updatedAt: now })
    .where(and(isIt, eq(tickets.status, 'pending'), gt(tickets.expireAt, now)))
    .returning()
  if (spent !== undefined) return spent
  const [found] = await tx.select().from(tickets).where(isIt)
  throw paramError(found?.status === 'pending' ? 'ticket_expired' : 'ticket_invalid', 'ticket')
}

/** Finds out whom a ticket signs in, whatever has become of it. */
export async function findHolderOfTicket(
  db: Queryable,
  instanceId: string,
  tokenHash: string,
): Promise<string | null> {
  const [found] = await db
    .select({ userId: tickets.userId })
    .from(tickets)
    .where(and(eq(tickets.tokenHash, tokenHash), eq(tickets.instanceId, instanceId)))
  return found?.userId ?? null
}

function readActor(actor: Readonly<Record<string, unknown>> | null): ActorClaim {
  if (actor === null) throw paramError('form_param_nil', 'actor')
  const { sub } = actor
  if (typeof sub !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(sub)) {
    throw paramError('form_param_format_invalid', 'actor')
  }
  if (JSON.stringify(actor).length > MAX_ACTOR_CHARACTERS) {
    throw paramError('form_param_max_length_exceeded', 'actor')
  }
  return { ...actor, sub }
}

function toTicketJson(row: Ticket, instance: Instance, token: string | null): object {
  return {
    object: row.kind,
    id: row.id,
    user_id: row.userId,
    ...(row.kind === 'actor_token' ? { actor: row.actor } : {}),
    // Text by contract. Later answers cannot have it.
    token: token ?? '',
    status: row.status,
    url: token === null ? null : ticketUrl(instance, token),
    created_at: row.createdAt,
    updated_at: row.updatedAt,
  }
}
