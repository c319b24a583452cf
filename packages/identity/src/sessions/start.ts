/** The end of every sign-in and sign-up: a session begins. */

import type { ActorClaim } from '@core/protocol'
import { and, asc, eq, sql, type SQLWrapper } from 'drizzle-orm'

import { actorOf } from '../audit/actor.ts'
import { eventChanges, toGivenEvent } from '../audit/record.ts'
import {
  announceUat,
  insertClient,
  newClient,
  nextClientUpdate,
  rotateClientToken,
  type Client,
} from '../clients/client.ts'
import type { Queryable, Transaction } from '../database/database.ts'
import { clients, sessions, signIns, users } from '../database/schema.ts'
import {
  createInsert,
  createStatement,
  given,
  givenRow,
  toGivenRow,
  together,
} from '../database/statement.ts'
import type { ArrivedClient } from '../http/arrived.ts'
import type { Call } from '../http/backend-route.ts'
import { ApiError, paramError } from '../http/errors.ts'
import type { Visit } from '../http/visit.ts'
import { newId } from '../ids.ts'
import type { Instance } from '../instances/instance.ts'
import { findActiveOrganization, startingOrganization } from '../organizations/active.ts'
import { toSeconds } from '../time.ts'
import { forgiveAttempts, refuseBarred, toForgiven } from '../users/lockout.ts'
import type { UserRow } from '../users/user.ts'
import { isLiveNow, type Session } from './session.ts'

/**
 * Refuses to begin what would end in a second session where an instance allows one, or in a second one of
 * the same user.
 *
 * @param userId who is about to sign in, if that is known
 * @throws {ApiError} `session_exists`, `identifier_already_signed_in`
 */
export async function refuseSecondSession(
  db: Queryable,
  visit: Visit,
  client: ArrivedClient,
  userId: string | null = null,
): Promise<void> {
  if (!visit.instance.settings.single_session_mode && userId === null) return
  const [other] = await otherSession(db).execute({ ...toGivenVisit(visit, client), userId })
  refuseOther(visit, other?.id ?? null)
}

const otherSession = createStatement('other_session', (db) =>
  sessionInTheWay(db, sql`${given('userId')}::text`),
)

/** Who is about to get a session, locked, and what stands in the way of it. */
export interface Starter {
  readonly user: UserRow
  readonly otherSessionId: string | null
  /** The organization that the session starts in, unless another one is named. */
  readonly organizationId: string | null
}

/**
 * Locks a user who is about to get a session, so that nobody bans, deletes or changes them meanwhile. The
 * caller holds the lock of the client.
 */
export async function lockStarter(
  tx: Transaction,
  visit: Pick<Visit, 'instance' | 'now'>,
  client: Client,
  userId: string,
): Promise<Starter | null> {
  const { id: instanceId, settings } = visit.instance
  const values = { ...toGivenVisit(visit, client), id: userId, instanceId }
  const [row] = await starterLocked(tx).execute(values)
  if (row === undefined) return null
  return { ...row, organizationId: settings.organizations ? row.organizationId : null }
}

const starterLocked = createStatement('starter_locked', (db) =>
  db
    .select({
      user: users,
      otherSessionId: sql<string | null>`(${sessionInTheWay(db, users.id).getSQL()})`,
      organizationId: sql<string | null>`(${startingOrganization(db, users.id).getSQL()})`,
    })
    .from(users)
    .where(and(eq(users.id, given('id')), eq(users.instanceId, given('instanceId'))))
    .for('update', { of: users }),
)

/** The session of a client that keeps a user from a second one. Who acts as somebody is not signed in as them. */
function sessionInTheWay(db: Queryable, userId: SQLWrapper) {
  return db
    .select({ id: sessions.id })
    .from(sessions)
    .where(
      and(
        eq(sessions.clientId, given('clientId')),
        isLiveNow(),
        sql`(${given('isSingle')}::boolean or ${sessions.userId} = ${userId} and ${sessions.actor} is null)`,
      ),
    )
    .orderBy(asc(sessions.createdAt), asc(sessions.id))
    .limit(1)
}

function toGivenVisit({ instance, now }: Pick<Visit, 'instance' | 'now'>, client: ArrivedClient) {
  return { clientId: client.id, now, isSingle: instance.settings.single_session_mode }
}

function refuseOther({ instance }: Visit, sessionId: string | null): void {
  if (sessionId === null) return
  const isSingle = instance.settings.single_session_mode
  const code = isSingle ? 'session_exists' : 'identifier_already_signed_in'
  throw new ApiError(code, { meta: { session_id: sessionId } })
}

/** What is special about the beginning of a session. */
export interface Beginning {
  /**
   * The user, whom the caller has locked, if their attempt was counted before: the last one that is left locks
   * them, and is good all the same if it was right.
   */
  readonly claimed?: Starter
  /** Who acts in the user's name. Default: nobody. */
  readonly actor?: ActorClaim | null
  /** The organization that is active at first. Default: the one that the user was last in. */
  readonly organizationId?: string | null
  /** Instead of the instance's lifetime. */
  readonly lifetimeSeconds?: number
  /** A sign-in of the user's own that nobody has kept yet: it ends as it begins, and is kept with this. */
  readonly signIn?: typeof signIns.$inferSelect | null
}

/**
 * Starts a session in a client whose lock the caller holds. The attempts of the client are used up,
 * its token changes, and its apps learn the time of the sign-in.
 *
 * @throws {ApiError} `session_exists`, `identifier_already_signed_in`, `user_banned`, `user_locked`
 */
export async function startSession(
  tx: Transaction,
  visit: Visit,
  client: Client,
  userId: string,
  strategy: string,
  { claimed, actor = null, organizationId = null, lifetimeSeconds, signIn = null }: Beginning = {},
): Promise<Session> {
  const { instance, now } = visit
  const starter = claimed ?? (await lockStarter(tx, visit, client, userId))
  if (starter === null) throw new ApiError('authentication_invalid')
  const { user } = starter
  refuseBarred(claimed === undefined ? user : { ...user, isLocked: false }, now)
  // Whoever acts as somebody may do so beside them.
  if (actor === null || instance.settings.single_session_mode) {
    refuseOther(visit, starter.otherSessionId)
  }
  const session = newSession(instance, {
    clientId: client.id,
    userId: user.id,
    actor,
    organizationId: organizationId ?? starter.organizationId,
    ...(lifetimeSeconds === undefined ? {} : { lifetimeSeconds }),
    origin: visit.origin,
    userAgent: visit.userAgent,
    ipAddress: visit.address,
    now,
  })
  visit.actor = actorOf(session)
  const updatedAt = nextClientUpdate(client, now)
  const detail = { strategy, session: session.id }
  // Who acts in the user's name has proven nothing as them.
  const ofTheirOwn = signIn === null ? sessionStarted : signedIn
  const started = actor === null ? ofTheirOwn : actingSessionStarted
  const ended = { clientId: client.id, createdSessionId: session.id }
  await started(tx).execute({
    ...(signIn === null ? {} : toGivenRow(signIns, { ...signIn, ...ended })),
    ...toGivenRow(sessions, session),
    ...toGivenEvent(visit, 'sign_in.succeeded', user.id, detail),
    ...toForgiven(user, now),
    clientId: client.id,
    strategy,
    updatedAt,
  })
  await rotateClientToken(tx, visit, client)
  announceUat(visit, toSeconds(updatedAt))
  return session
}

const sessionStarted = createStatement('session_started', (db) =>
  together(db, ...startChanges(db), forgiveAttempts(db)),
)

const signedIn = createStatement('signed_in', (db) =>
  together(
    db,
    ...startChanges(db),
    forgiveAttempts(db),
    db.insert(signIns).values(givenRow(signIns)),
  ),
)

const actingSessionStarted = createStatement('acting_session_started', (db) =>
  together(db, ...startChanges(db)),
)

function startChanges(db: Queryable): readonly SQLWrapper[] {
  return [
    db.insert(sessions).values(givenRow(sessions)),
    ...eventChanges(db),
    db
      .update(clients)
      .set({
        signInId: null,
        signUpId: null,
        lastActiveSessionId: given('sessions.id'),
        lastAuthenticationStrategy: given('strategy'),
        updatedAt: given('updatedAt'),
      })
      .where(eq(clients.id, given('clientId'))),
  ]
}

/**
 * Starts a session that a server asks for, in a browser that nobody has. For tests: it takes no proof.
 *
 * @throws {ApiError} `resource_not_found`, `form_param_value_invalid`, `user_banned`, `user_locked`
 */
export async function startServerSession(tx: Transaction, call: Call): Promise<Session> {
  const { instance, body, now } = call
  const client = newClient(instance.id, now)
  const starter = await lockStarter(tx, call, client, body.required('user_id', 256))
  if (starter === null) throw new ApiError('resource_not_found')
  const { user } = starter
  refuseBarred(user, now)
  const named = body.text('active_organization_id', 256)
  const active = named === null ? null : await findActiveOrganization(tx, instance, user.id, named)
  if (named !== null && active === null) {
    throw paramError('form_param_value_invalid', 'active_organization_id')
  }
  await insertClient(tx, client)
  const session = newSession(instance, {
    clientId: client.id,
    userId: user.id,
    actor: null,
    organizationId: active?.id ?? starter.organizationId,
    origin: null,
    userAgent: null,
    ipAddress: null,
    now,
  })
  await insertSession(tx, session)
  return session
}

const insertSession = createInsert('insert_session', sessions)

function newSession(
  { id: instanceId, settings }: Instance,
  input: Pick<Session, 'clientId' | 'userId' | 'actor' | 'origin' | 'userAgent' | 'ipAddress'> &
    Pick<Beginning, 'lifetimeSeconds'> & {
      readonly organizationId: string | null
      readonly now: number
    },
): Session {
  const { organizationId, lifetimeSeconds = settings.session_lifetime, now, ...row } = input
  return {
    ...row,
    id: newId('sess', now),
    instanceId,
    status: 'active',
    lastActiveOrganizationId: organizationId,
    expireAt: now + lifetimeSeconds * 1000,
    abandonAt: now + settings.session_inactivity_timeout * 1000,
    lastActiveAt: now,
    firstFactorAt: now,
    secondFactorAt: null,
    createdAt: now,
    updatedAt: now,
  }
}
