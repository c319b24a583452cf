import { COOKIES, QUERY } from '@core/protocol'
import { parseCookie } from 'cookie'
import { and, eq, gt } from 'drizzle-orm'

import type { Queryable } from '../database/database.ts'
import { clientTokens } from '../database/schema.ts'
import type { Browser } from '../http/visit.ts'
import type { Instance } from '../instances/instance.ts'
import { hashToken } from '../secrets.ts'

/**
 * Finds out which browser a request comes from: in development by the dev-browser token in the query, if one
 * is there, else by the `__client` cookie. A token that is not known counts as none, and so does a cookie
 * that a browser should have thrown away by now.
 */
export async function identifyBrowser(
  db: Queryable,
  instance: Instance,
  request: Request,
  search: URLSearchParams,
  now: number,
): Promise<{ readonly browser: Browser; readonly clientId: string | null }> {
  const named = instance.type === 'development' ? search.get(QUERY.devBrowser) : null
  const kind = named === null ? 'cookie' : 'dev_browser'
  const token = named ?? readClientCookie(request)
  if (!token) return { browser: { kind, tokenHash: null }, clientId: null }
  const tokenHash = hashToken(token)
  const [row] = await db
    .select()
    .from(clientTokens)
    .where(
      and(
        eq(clientTokens.tokenHash, tokenHash),
        eq(clientTokens.instanceId, instance.id),
        eq(clientTokens.kind, kind),
        kind === 'cookie'
          ? gt(clientTokens.createdAt, now - instance.settings.client_lifetime * 1000)
          : undefined,
      ),
    )
  return row === undefined
    ? { browser: { kind, tokenHash: null }, clientId: null }
    : { browser: { kind, tokenHash }, clientId: row.clientId }
}

/** Reads the token by which a production browser is known, whether it is one or not. */
export function readClientCookie(request: Request): string | undefined {
  return parseCookie(request.headers.get('cookie') ?? '')[COOKIES.client]
}
