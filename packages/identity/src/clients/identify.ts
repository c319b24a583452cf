import { COOKIES, QUERY } from '@core/protocol'
import { parseCookie } from 'cookie'

import type { clientTokens } from '../database/schema.ts'
import type { ArrivedToken } from '../http/arrived.ts'
import type { Browser } from '../http/visit.ts'
import type { Instance } from '../instances/instance.ts'

/** A browser's token, as it is stored. */
export type ClientToken = typeof clientTokens.$inferSelect

/**
 * Finds out which browser a request comes from: in development by the dev-browser token in the query, if one
 * is there, else by the `__client` cookie. A token that is not known counts as none, and so does a cookie
 * that a browser should have thrown away by now.
 *
 * @param token what was found by that token
 */
export function identifyBrowser(
  instance: Instance,
  search: URLSearchParams,
  token: ArrivedToken | null,
  now: number,
): Browser {
  const isNamed = instance.type === 'development' && search.has(QUERY.devBrowser)
  const kind = isNamed ? 'dev_browser' : 'cookie'
  const isGood =
    token !== null &&
    token.instanceId === instance.id &&
    token.kind === kind &&
    (kind === 'dev_browser' || token.createdAt > now - instance.settings.client_lifetime * 1000)
  return { kind, tokenHash: isGood ? token.tokenHash : null }
}

/** Reads the token by which a production browser is known, whether it is one or not. */
export function readClientCookie(request: Request): string | undefined {
  return parseCookie(request.headers.get('cookie') ?? '')[COOKIES.client]
}
