import { randomBytes } from 'node:crypto'

import {
  TOKEN_CATEGORIES,
  type ClientSessionJSON,
  type FactorVerificationAge,
  type TokenJSON,
} from '@core/protocol'
import { and, asc, eq, gt, inArray, type SQL } from 'drizzle-orm'

import type { Client } from '../clients/client.ts'
import type { Queryable } from '../database/database.ts'
import { clients, sessions } from '../database/schema.ts'
import { createStatement, given } from '../database/statement.ts'
import type { ArrivedSession } from '../http/arrived.ts'
import { ApiError } from '../http/errors.ts'
import type { Visit } from '../http/visit.ts'
import type { Instance } from '../instances/instance.ts'
import {
  findActiveOrganization,
  organizationClaimsV1,
  organizationClaimsV2,
  type ActiveOrganization,
} from '../organizations/active.ts'
import type { Services } from '../services.ts'
import { toSeconds } from '../time.ts'
import { toPublicUserDataJson, toUserJson, type User } from '../users/user.ts'
import { renderSessionClaims } from './claims.ts'
import { openTasks } from './tasks.ts'

/** A session, as it is stored. */
export type Session = typeof sessions.$inferSelect

/** States in which somebody is signed in. */
export const SIGNED_IN = ['active', 'pending'] as const

/** Tells whether a session still signs somebody in. */
export function isLive(session: ArrivedSession, now: number): boolean {
  return (
    (session.status === 'active' || session.status === 'pending') &&
    session.expireAt > now &&
    session.abandonAt > now
  )
}

/** The status of a session at a time: an active one expires by itself, and waits while a task is open. */
function statusAt(session: Session, instance: Instance, now: number): Session['status'] {
  if (isLive(session, now)) {
    const tasks = openTasks(instance, session.lastActiveOrganizationId)
    return tasks.length > 0 ? 'pending' : session.status
  }
  if (session.status !== 'active' && session.status !== 'pending') return session.status
  return session.expireAt <= now ? 'expired' : 'abandoned'
}

/** Finds the sessions of a client that still sign somebody in, oldest first. */
export async function findLiveSessions(
  db: Queryable,
  clientId: string,
  now: number,
): Promise<Session[]> {
  return liveSessionsOfClient(db).execute({ clientId, now })
}

/** A condition for sessions that still sign somebody in `now`. */
export function isLiveNow(): SQL | undefined {
  return and(
    inArray(sessions.status, [...SIGNED_IN]),
    gt(sessions.expireAt, given('now')),
    gt(sessions.abandonAt, given('now')),
  )
}

const liveSessionsOfClient = createStatement('live_sessions_of_client', (db) =>
  db
    .select()
    .from(sessions)
    .where(and(eq(sessions.clientId, given('clientId')), isLiveNow()))
    .orderBy(asc(sessions.createdAt), asc(sessions.id)),
)

/** A client, and its sessions that still sign somebody in, oldest first. */
export interface ClientWithSessions {
  readonly client: Client | null
  readonly live: readonly Session[]
}

/** Finds the client of a visit with its sessions. */
export async function findClientWithSessions(
  db: Queryable,
  { instance, clientId, now }: Pick<Visit, 'instance' | 'clientId' | 'now'>,
): Promise<ClientWithSessions> {
  if (clientId === null) return { client: null, live: [] }
  const instanceId = instance.id
  const rows = await clientWithSessions(db).execute({ clientId, instanceId, now })
  return {
    client: rows[0]?.client ?? null,
    live: rows.flatMap(({ session }) => (session === null ? [] : [session])),
  }
}

const clientWithSessions = createStatement('client_with_sessions', (db) =>
  db
    .select({ client: clients, session: sessions })
    .from(clients)
    .leftJoin(sessions, and(eq(sessions.clientId, clients.id), isLiveNow()))
    .where(and(eq(clients.id, given('clientId')), eq(clients.instanceId, given('instanceId'))))
    .orderBy(asc(sessions.createdAt), asc(sessions.id)),
)

/** Finds a session of an instance. */
export async function findSession(
  db: Queryable,
  instanceId: string,
  id: string,
): Promise<Session | null> {
  const [row] = await sessionById(db).execute({ id, instanceId })
  return row ?? null
}

const sessionById = createStatement('session_by_id', (db) =>
  db
    .select()
    .from(sessions)
    .where(and(eq(sessions.id, given('id')), eq(sessions.instanceId, given('instanceId')))),
)

/** How stale the time of last use may be: a token is not worth a write each time. */
const ACTIVITY_PRECISION_MS = 60_000

/** What the use of a session by an app changes about it, or `null` if it was noted a moment ago. */
export function activityOf(
  session: ArrivedSession,
  instance: Instance,
  origin: string | null,
  now: number,
): Pick<Session, 'lastActiveAt' | 'abandonAt' | 'origin'> | null {
  const isStale = session.lastActiveAt + ACTIVITY_PRECISION_MS <= now
  if (!isStale && session.origin === origin) return null
  return {
    lastActiveAt: now,
    abandonAt: now + instance.settings.session_inactivity_timeout * 1000,
    origin,
  }
}

/** What a session token is made for. */
export interface TokenAudience {
  /** Origin of the page that asks: `azp`. Absent for servers. */
  readonly origin: string | null
  /** The client's last sign-in or sign-out, in Unix milliseconds. A token must not look older. */
  readonly clientUpdatedAt: number
  /** Instead of the one the session acts in: an id, or `null` for the personal account. */
  readonly organizationId?: string | null
  /** Instead of the instance's lifetime. */
  readonly lifetimeSeconds?: number
}

/** Signs a session token, of the version that the instance is set to. */
export async function signSessionToken(
  services: Services,
  instance: Instance,
  session: ArrivedSession,
  audience: TokenAudience,
): Promise<TokenJSON> {
  const now = services.now()
  // A verifier compares `iat` with the seconds of `__client_uat`; an older token means a handshake.
  const issuedAt = Math.max(toSeconds(now), toSeconds(audience.clientUpdatedAt))
  const active = await findTokenOrganization(services, instance, session, audience)
  const status = openTasks(instance, active?.id ?? null).length > 0 ? 'pending' : session.status
  const custom = await renderSessionClaims(services, instance, {
    ...session,
    lastActiveOrganizationId: active?.id ?? null,
  })
  const signer = await services.signerOf(instance.id)
  const jwt = await signer.sign(
    {
      // First: nothing that an instance adds takes the place of what follows.
      ...custom,
      iss: instance.origin,
      sub: session.userId,
      sid: session.id,
      iat: issuedAt,
      nbf: issuedAt - 10,
      exp: issuedAt + (audience.lifetimeSeconds ?? instance.settings.session_token_lifetime),
      ...(audience.origin === null ? {} : { azp: audience.origin }),
      ...(session.actor === null ? {} : { act: session.actor }),
      ...(instance.settings.token_version === '2'
        ? {
            v: 2,
            jti: randomBytes(10).toString('hex'),
            sts: status,
            ...organizationClaimsV2(active),
          }
        : {
            ...(status === 'pending' ? { sts: 'pending' } : {}),
            ...organizationClaimsV1(active),
          }),
      fva: factorVerificationAge(session, now),
    },
    { typ: 'JWT', cat: TOKEN_CATEGORIES.session },
  )
  return { object: 'token', jwt }
}

async function findTokenOrganization(
  { database }: Services,
  instance: Instance,
  session: ArrivedSession,
  { organizationId = session.lastActiveOrganizationId }: TokenAudience,
): Promise<ActiveOrganization | null> {
  if (organizationId === null) return null
  const active = await findActiveOrganization(database, instance, session.userId, organizationId)
  // Whoever was removed meanwhile is themselves. Who names an organization must be in it.
  if (active === null && organizationId !== session.lastActiveOrganizationId) {
    throw new ApiError('organization_not_found_or_unauthorized')
  }
  return active
}

function factorVerificationAge(session: ArrivedSession, now: number): FactorVerificationAge {
  // Who acts in somebody's name has proven nothing as them: no reverification lets them pass.
  if (session.actor !== null) return [-1, -1]
  const minutes = (time: number | null): number =>
    time === null ? -1 : Math.max(0, Math.floor((now - time) / 60_000))
  return [minutes(session.firstFactorAt), minutes(session.secondFactorAt)]
}

/** Writes a session for its browser. */
export function toClientSessionJson(
  session: Session,
  user: User,
  memberships: readonly object[],
  instance: Instance,
  token: TokenJSON | null,
  now: number,
): ClientSessionJSON {
  const tasks = openTasks(instance, session.lastActiveOrganizationId)
  return {
    ...commonJson(session, instance, now),
    last_active_token: token,
    tasks: tasks.length === 0 ? null : tasks,
    factor_verification_age: factorVerificationAge(session, now),
    user: toUserJson(user, memberships, instance, now),
    public_user_data: toPublicUserDataJson(user, instance),
  }
}

/** Writes what both APIs show of a session. */
export function commonJson(session: Session, instance: Instance, now: number) {
  return {
    object: 'session',
    id: session.id,
    status: statusAt(session, instance, now),
    expire_at: session.expireAt,
    abandon_at: session.abandonAt,
    last_active_at: session.lastActiveAt,
    last_active_organization_id: session.lastActiveOrganizationId,
    actor: session.actor,
    created_at: session.createdAt,
    updated_at: session.updatedAt,
  } as const
}
