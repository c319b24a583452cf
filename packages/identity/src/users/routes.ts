import { findClient } from '../clients/client.ts'
import { ApiError } from '../http/errors.ts'
import type { FrontendRoute } from '../http/route.ts'
import type { Visit } from '../http/visit.ts'
import type { Services } from '../services.ts'
import { findLiveSessions, type Session } from '../sessions/session.ts'
import { QUERY } from '@core/protocol'
import { findUser, toUserJson } from './user.ts'

/** The endpoints below `/v1/me`. */
export const meRoutes: readonly FrontendRoute[] = [
  {
    method: 'GET',
    path: '/me',
    reply: 'envelope',
    handle: async (services, visit) => {
      const session = await findActingSession(services, visit)
      const user = await findUser(services.database, visit.instance.id, session.userId)
      if (user === null) throw new ApiError('authentication_invalid')
      return toUserJson(user, visit.instance, visit.now)
    },
  },
]

/** The session that acts: the one the request names, if it is the client's, else the last active one. */
async function findActingSession(services: Services, visit: Visit): Promise<Session> {
  const { database } = services
  const client =
    visit.clientId === null ? null : await findClient(database, visit.instance.id, visit.clientId)
  const live = client === null ? [] : await findLiveSessions(database, client.id, visit.now)
  const named = visit.query.text(QUERY.sessionId)
  const session =
    live.find(({ id }) => id === named) ??
    live.find(({ id }) => id === client?.lastActiveSessionId) ??
    live[0]
  if (session === undefined) throw new ApiError('authentication_invalid')
  return session
}
