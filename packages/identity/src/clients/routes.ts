import { eq } from 'drizzle-orm'

import { clientTokens, clients } from '../database/schema.ts'
import { transact } from '../database/transact.ts'
import { ApiError } from '../http/errors.ts'
import type { FrontendRoute } from '../http/route.ts'
import { spend } from '../rate-limits/spend.ts'
import { signOut } from '../sessions/end.ts'
import { announceUat, claimClient, newBrowserToken, requireClient } from './client.ts'
import { readClientJson } from './client-json.ts'
import { clearedClientCookie } from './cookies.ts'

/** The endpoints of the browser itself. */
export const clientRoutes: readonly FrontendRoute[] = [
  {
    method: 'GET',
    path: '/client',
    // A page that starts must never be refused here: nobody is the answer, not an error.
    reply: 'resource',
    handle: async (services, visit) => {
      const client = await readClientJson(services, visit)
      // Sessions may have expired or been revoked since the cookie was written.
      if (client?.sessions.length === 0) announceUat(visit, 0)
      return client
    },
  },
  {
    method: 'PUT',
    path: '/client',
    reply: 'envelope',
    handle: async (services, visit) => {
      await spend(services, visit, 'browsers')
      await transact(services.database, (tx) => claimClient(tx, visit))
      return readClientJson(services, visit)
    },
  },
  {
    method: 'DELETE',
    path: '/client',
    reply: 'resource',
    handle: async (services, visit) => {
      await transact(services.database, async (tx) => {
        const client = await requireClient(tx, visit)
        await signOut(tx, visit, client, 'removed')
        await tx
          .update(clients)
          .set({ signInId: null, signUpId: null })
          .where(eq(clients.id, client.id))
        await tx.delete(clientTokens).where(eq(clientTokens.clientId, client.id))
      })
      if (visit.browser.kind === 'cookie') visit.setCookie(clearedClientCookie(visit.instance))
      return readClientJson(services, visit)
    },
  },
  {
    // Where a page sends the answer to a riddle for robots. None is ever posed, so there is nothing to check.
    method: 'POST',
    path: '/client/verify',
    reply: 'envelope',
    handle: readClientJson,
  },
  {
    method: 'POST',
    path: '/dev_browser',
    reply: 'bare',
    handle: async (services, visit) => {
      // In production a browser is known by its cookie alone.
      if (visit.instance.type === 'production') {
        throw new ApiError('request_invalid_for_environment')
      }
      await spend(services, visit, 'browsers')
      return { id: await newBrowserToken(services.database, visit, 'dev_browser', null) }
    },
  },
]
