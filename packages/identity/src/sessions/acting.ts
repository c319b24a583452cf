import { QUERY } from '@core/protocol'

import { actorOf } from '../audit/actor.ts'
import type { Queryable } from '../database/database.ts'
import { ApiError } from '../http/errors.ts'
import type { Visit } from '../http/visit.ts'
import { findClientWithSessions, type Session } from './session.ts'

/**
 * Finds the session that acts: the one that the path names as `:session`, and no other; else the one that
 * the query names, if it is the client's, else the last active one. From then on the visit knows who acts.
 *
 * @throws {ApiError} `authentication_invalid`
 */
export async function findActingSession(db: Queryable, visit: Visit): Promise<Session> {
  const { client, live } = await findClientWithSessions(db, visit)
  const named = visit.query.text(QUERY.sessionId)
  const inPath = visit.path['session']
  const session =
    inPath !== undefined
      ? live.find(({ id }) => id === inPath)
      : (live.find(({ id }) => id === named) ??
        live.find(({ id }) => id === client?.lastActiveSessionId) ??
        live[0])
  if (session === undefined) throw new ApiError('authentication_invalid')
  visit.actor = actorOf(session)
  return session
}
