import { ApiError } from '../http/errors.ts'
import type { FrontendRoute } from '../http/route.ts'
import { readMembershipsOf } from '../organizations/membership.ts'
import { findActingSession } from '../sessions/acting.ts'
import { findUser, toUserJson } from './user.ts'

/** The endpoints below `/v1/me`. */
export const meRoutes: readonly FrontendRoute[] = [
  {
    method: 'GET',
    path: '/me',
    reply: 'envelope',
    handle: async (services, visit) => {
      const session = await findActingSession(services.database, visit)
      const user = await findUser(services.database, visit.instance.id, session.userId)
      if (user === null) throw new ApiError('authentication_invalid')
      const { instance, now } = visit
      const membershipsOf = await readMembershipsOf(services.database, instance, [user], now)
      return toUserJson(user, membershipsOf(user), instance, now)
    },
  },
]
