import { and, desc, eq, gt, inArray } from 'drizzle-orm'

import { requireClient } from '../clients/client.ts'
import { sessions } from '../database/schema.ts'
import { transact } from '../database/transact.ts'
import { ApiError } from '../http/errors.ts'
import type { FrontendRoute } from '../http/route.ts'
import { claimMe, findMe } from '../users/me.ts'
import { toDeviceJson } from './device.ts'
import { noteSignOut, revokeSession } from './end.ts'
import { SIGNED_IN, findSession, isLive } from './session.ts'

/** The endpoints below `/v1/me/sessions`: where else one is signed in. */
export const ownSessionRoutes: readonly FrontendRoute[] = [
  {
    method: 'GET',
    path: '/me/sessions/active',
    reply: 'bare',
    handle: async (services, visit) => {
      const { instance, now } = visit
      const { user } = await findMe(services, visit)
      const rows = await services.database
        .select()
        .from(sessions)
        .where(
          and(
            eq(sessions.instanceId, instance.id),
            eq(sessions.userId, user.id),
            inArray(sessions.status, [...SIGNED_IN]),
            gt(sessions.expireAt, now),
            gt(sessions.abandonAt, now),
          ),
        )
        .orderBy(desc(sessions.createdAt), desc(sessions.id))
        .limit(500)
      return rows.map((session) => toDeviceJson(session, user, instance, now))
    },
  },
  {
    method: 'POST',
    path: '/me/sessions/:id/revoke',
    event: 'session.revoked',
    reply: 'envelope',
    needs: { proof: 'self' },
    handle: ({ database }, visit) =>
      transact(database, async (tx) => {
        const { instance, path, now } = visit
        const client = await requireClient(tx, visit)
        const { user } = await claimMe(tx, visit)
        const session = await findSession(tx, instance.id, path['id'] ?? '')
        // Somebody else's is told apart from none by nobody.
        if (session === null || session.userId !== user.id || !isLive(session, now)) {
          throw new ApiError('resource_not_found')
        }
        const [revoked] = await revokeSession(tx, instance.id, session.id, now)
        if (session.clientId === client.id) await noteSignOut(tx, visit, client, true)
        return toDeviceJson(revoked ?? session, user, instance, now)
      }),
  },
]
