import type { ClientSessionJSON } from '@core/protocol'

import { findClient } from '../clients/client.ts'
import { ApiError } from '../http/errors.ts'
import type { Visit } from '../http/visit.ts'
import { readMembershipsOf } from '../organizations/membership.ts'
import type { Services } from '../services.ts'
import { findUser } from '../users/user.ts'
import { isLive, signSessionToken, toClientSessionJson, type Session } from './session.ts'

/** Writes a session for its browser, with a fresh token if it is live. */
export async function readSession(
  services: Services,
  visit: Visit,
  session: Session,
): Promise<ClientSessionJSON> {
  const { instance, now } = visit
  const user = await findUser(services.database, instance.id, session.userId)
  const client = await findClient(services.database, instance.id, session.clientId)
  if (user === null || client === null) throw new ApiError('authentication_invalid')
  const token = isLive(session, now)
    ? await signSessionToken(services, instance, session, {
        origin: visit.origin,
        clientUpdatedAt: client.updatedAt,
      })
    : null
  const membershipsOf = await readMembershipsOf(services.database, instance, [user], now)
  return toClientSessionJson(session, user, membershipsOf(user), instance, token, now)
}
