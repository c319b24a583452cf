/** The end of every sign-in and sign-up: a session begins. */

import type { ActorClaim } from '@core/protocol'
import { eq } from 'drizzle-orm'

import { actorOf } from '../audit/actor.ts'
import { record } from '../audit/record.ts'
import {
  announceUat,
  insertClient,
  newClient,
  nextClientUpdate,
  rotateClientToken,
  type Client,
} from '../clients/client.ts'
import type { Queryable, Transaction } from '../database/database.ts'
import { clients, sessions } from '../database/schema.ts'
import { createInsert, createStatement, given } from '../database/statement.ts'
import type { Call } from '../http/backend-route.ts'
import { ApiError, paramError } from '../http/errors.ts'
import type { Visit } from '../http/visit.ts'
import { newId } from '../ids.ts'
import type { Instance } from '../instances/instance.ts'
import { findActiveOrganization, findStartingOrganization } from '../organizations/active.ts'
import { toSeconds } from '../time.ts'
import { refuseBarred, forgiveAttempts } from '../users/lockout.ts'
import { lockUser, type UserRow } from '../users/user.ts'
import { findLiveSessions, type Session } from './session.ts'

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
  client: Client,
  userId: string | null = null,
): Promise<void> {
  const isSingle = visit.instance.settings.single_session_mode
  if (!isSingle && userId === null) return
  const live = await findLiveSessions(db, client.id, visit.now)
  // Who acts as somebody is not signed in as them.
  const other = isSingle ? live[0] : live.find((it) => it.userId === userId && it.actor === null)
  if (other === undefined) return
  const code = isSingle ? 'session_exists' : 'identifier_already_signed_in'
  throw new ApiError(code, { meta: { session_id: other.id } })
}

/** What is special about the beginning of a session. */
export interface Beginning {
  /**
   * The user as they were when the caller locked them, if their attempt was counted before: the last one that
   * is left locks them, and is good all the same if it was right.
   */
  readonly claimed?: UserRow
  /** Who acts in the user's name. Default: nobody. */
  readonly actor?: ActorClaim | null
  /** The organization that is active at first. Default: the one that the user was last in. */
  readonly organizationId?: string | null
  /** Instead of the instance's lifetime. */
  readonly lifetimeSeconds?: number
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
  { claimed, actor = null, organizationId = null, lifetimeSeconds }: Beginning = {},
): Promise<Session> {
  const { instance, now } = visit
  const user = claimed ?? (await lockUser(tx, instance.id, userId))
  if (user === null) throw new ApiError('authentication_invalid')
  refuseBarred(claimed === undefined ? user : { ...user, isLocked: false }, now)
  await refuseSecondSession(tx, visit, client, actor === null ? user.id : null)
  const session = await insertSession(tx, instance, {
    clientId: client.id,
    userId: user.id,
    actor,
    organizationId,
    ...(lifetimeSeconds === undefined ? {} : { lifetimeSeconds }),
    origin: visit.origin,
    userAgent: visit.userAgent,
    ipAddress: visit.address,
    now,
  })
  visit.actor = actorOf(session)
  await record(tx, visit, 'sign_in.succeeded', user.id, { strategy, session: session.id })
  // Who acts in the user's name has proven nothing as them.
  if (actor === null) await forgiveAttempts(tx, user, now)
  const updatedAt = nextClientUpdate(client, now)
  await clientSignedIn(tx).execute({ id: client.id, sessionId: session.id, strategy, updatedAt })
  await rotateClientToken(tx, visit, client)
  announceUat(visit, toSeconds(updatedAt))
  return session
}

const clientSignedIn = createStatement('client_signed_in', (db) =>
  db
    .update(clients)
    .set({
      signInId: null,
      signUpId: null,
      lastActiveSessionId: given('sessionId'),
      lastAuthenticationStrategy: given('strategy'),
      updatedAt: given('updatedAt'),
    })
    .where(eq(clients.id, given('id'))),
)

/**
 * Starts a session that a server asks for, in a browser that nobody has. For tests: it takes no proof.
 *
 * @throws {ApiError} `resource_not_found`, `form_param_value_invalid`, `user_banned`, `user_locked`
 */
export async function startServerSession(tx: Transaction, call: Call): Promise<Session> {
  const { instance, body, now } = call
  const user = await lockUser(tx, instance.id, body.required('user_id', 256))
  if (user === null) throw new ApiError('resource_not_found')
  refuseBarred(user, now)
  const named = body.text('active_organization_id', 256)
  const active = named === null ? null : await findActiveOrganization(tx, instance, user.id, named)
  if (named !== null && active === null) {
    throw paramError('form_param_value_invalid', 'active_organization_id')
  }
  const client = newClient(instance.id, now)
  await insertClient(tx, client)
  const organizationId = active?.id ?? null
  const input = { clientId: client.id, userId: user.id, actor: null, organizationId, now }
  return insertSession(tx, instance, { ...input, origin: null, userAgent: null, ipAddress: null })
}

async function insertSession(
  tx: Transaction,
  instance: Instance,
  input: Pick<Session, 'clientId' | 'userId' | 'actor' | 'origin' | 'userAgent' | 'ipAddress'> &
    Pick<Beginning, 'lifetimeSeconds'> & {
      readonly organizationId: string | null
      readonly now: number
    },
): Promise<Session> {
  const { settings } = instance
  const { organizationId, lifetimeSeconds = settings.session_lifetime, now, ...row } = input
  const session: Session = {
    ...row,
    id: newId('sess', now),
    instanceId: instance.id,
    status: 'active',
    lastActiveOrganizationId:
      organizationId ?? (await findStartingOrganization(tx, instance, row.userId)),
    expireAt: now + lifetimeSeconds * 1000,
    abandonAt: now + settings.session_inactivity_timeout * 1000,
    lastActiveAt: now,
    firstFactorAt: now,
    secondFactorAt: null,
    createdAt: now,
    updatedAt: now,
  }
  await insertRow(tx, session)
  return session
}

const insertRow = createInsert('insert_session', sessions)
