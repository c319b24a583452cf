import type { ClientSessionJSON } from '@core/protocol'
import { and, eq } from 'drizzle-orm'

import { requireClient, type Client } from '../clients/client.ts'
import { readClientJson } from '../clients/client-json.ts'
import type { Queryable } from '../database/database.ts'
import { clients, sessions } from '../database/schema.ts'
import { only, transact } from '../database/transact.ts'
import type { ArrivedClient, ArrivedSession } from '../http/arrived.ts'
import { ApiError } from '../http/errors.ts'
import type { Params } from '../http/params.ts'
import type { FrontendRoute } from '../http/route.ts'
import type { Visit } from '../http/visit.ts'
import { issueTemplateToken } from '../jwt-templates/issue.ts'
import { activate } from '../organizations/active.ts'
import type { Services } from '../services.ts'
import { nextUpdate } from '../time.ts'
import { noteActivity } from '../users/lockout.ts'
import { signOut } from './end.ts'
import { readSession } from './read.ts'
import { activityOf, isLive, signSessionToken, type Session } from './session.ts'

/** The endpoints below `/v1/client/sessions`. */
export const sessionRoutes: readonly FrontendRoute[] = [
  {
    method: 'DELETE',
    path: '/client/sessions',
    reply: 'envelope',
    handle: async (services, visit) => {
      await transact(services.database, async (tx) => {
        const client = await requireClient(tx, visit)
        await signOut(tx, visit, client, 'removed')
      })
      return readClientJson(services, visit)
    },
  },
  {
    method: 'POST',
    path: '/client/sessions/:id/touch',
    reply: 'envelope',
    handle: async (services, visit) => readSession(services, visit, await touch(services, visit)),
  },
  {
    method: 'POST',
    path: '/client/sessions/:id/tokens',
    reply: 'bare',
    handle: issueToken,
  },
  {
    method: 'POST',
    path: '/client/sessions/:id/tokens/:template',
    reply: 'bare',
    handle: async (services, visit) => {
      const { session } = await useSession(services, visit)
      return issueTemplateToken(services, visit.instance, session, visit.path['template'] ?? '', {
        origin: visit.origin,
      })
    },
  },
  {
    method: 'POST',
    path: '/client/sessions/:id/end',
    reply: 'envelope',
    handle: (services, visit) => leave(services, visit, 'ended'),
  },
  {
    method: 'POST',
    path: '/client/sessions/:id/remove',
    reply: 'envelope',
    handle: (services, visit) => leave(services, visit, 'removed'),
  },
]

async function touch(services: Services, visit: Visit): Promise<Session> {
  const { instance, body, now } = visit
  return transact(services.database, async (tx) => {
    const client = await requireClient(tx, visit)
    const session = await requireLiveSession(tx, visit, client)
    await tx
      .update(clients)
      .set({ lastActiveSessionId: session.id })
      .where(eq(clients.id, client.id))
    // Empty means the personal account; left out, nothing changes.
    if (body.has('active_organization_id')) {
      const chosen = readOrganizationId(body, 'active_organization_id')
      if (!(await activate(tx, instance, session, chosen, now))) {
        throw new ApiError('organization_not_found_or_unauthorized')
      }
    }
    if (session.actor === null) await noteActivity(tx, session, now)
    return only(
      await tx
        .update(sessions)
        .set({ ...activity(visit), updatedAt: nextUpdate(session.updatedAt, visit.now) })
        .where(eq(sessions.id, session.id))
        .returning(),
    )
  })
}

async function issueToken(services: Services, visit: Visit): Promise<unknown> {
  const { client, session } = await useSession(services, visit)
  return signSessionToken(services, visit.instance, session, {
    origin: visit.origin,
    clientUpdatedAt: client.updatedAt,
    ...(visit.body.has('organization_id')
      ? { organizationId: readOrganizationId(visit.body, 'organization_id') }
      : {}),
  })
}

/** Finds the session that the path names, and notes that it is in use. */
async function useSession(
  { database }: Services,
  visit: Visit,
): Promise<{ readonly client: ArrivedClient; readonly session: ArrivedSession }> {
  const { client, session } = visit
  if (client === null || session === null || !isLive(session, visit.now)) {
    throw new ApiError('authentication_invalid')
  }
  const change = activityOf(session, visit.instance, visit.origin, visit.now)
  if (change !== null) {
    if (session.actor === null) await noteActivity(database, session, visit.now)
    await database.update(sessions).set(change).where(eq(sessions.id, session.id))
  }
  return { client, session }
}

async function leave(
  services: Services,
  visit: Visit,
  status: 'ended' | 'removed',
): Promise<ClientSessionJSON> {
  const session = await transact(services.database, async (tx) => {
    const client = await requireClient(tx, visit)
    const session = await requireLiveSession(tx, visit, client)
    const [ended] = await signOut(tx, visit, client, status, session.id)
    return ended ?? session
  })
  return readSession(services, visit, session)
}

/**
 * Finds the session that the path names among those of the client.
 *
 * @throws {ApiError} `authentication_invalid`: whatever is wrong, nobody is signed in by it
 */
async function requireLiveSession(db: Queryable, visit: Visit, client: Client): Promise<Session> {
  const [session] = await db
    .select()
    .from(sessions)
    .where(and(eq(sessions.id, visit.path['id'] ?? ''), eq(sessions.clientId, client.id)))
  if (session === undefined || !isLive(session, visit.now)) {
    throw new ApiError('authentication_invalid')
  }
  return session
}

/**
 * Reads which organization is asked for. What can be the name of none is answered as one that nobody is in:
 * browsers take a status of 422 here for the end of the session.
 *
 * @throws {ApiError} `organization_not_found_or_unauthorized`
 */
function readOrganizationId(body: Params, name: string): string | null {
  try {
    return body.text(name, 256)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    throw new ApiError('organization_not_found_or_unauthorized')
  }
}

function activity(visit: Visit): Partial<Session> {
  return {
    lastActiveAt: visit.now,
    abandonAt: visit.now + visit.instance.settings.session_inactivity_timeout * 1000,
    origin: visit.origin,
    userAgent: visit.userAgent,
    ipAddress: visit.address,
  }
}
