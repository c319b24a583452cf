/** Where people may be sent with a link or a ticket: allowed origins, and addresses that were registered. */

import { and, eq } from 'drizzle-orm'

import type { Queryable } from '../database/database.ts'
import { ApiError } from '../http/errors.ts'
import { parseRedirectTarget } from '../http/origins.ts'
import type { Params } from '../http/params.ts'
import { parsePlainUrl } from '../http/url.ts'
import type { Instance } from '../instances/instance.ts'
import { redirectUrls } from './tables.ts'

/** Schemes that belong to browsers and not to apps: some run what they are given, none is encrypted. */
const BROWSER_SCHEMES: ReadonlySet<string> = new Set([
  'about:',
  'blob:',
  'data:',
  'file:',
  'filesystem:',
  'ftp:',
  'http:',
  'javascript:',
  'vbscript:',
  'view-source:',
  'ws:',
  'wss:',
])

/** Parses an address that can be registered: `https:` or the scheme of an app, `null` for every other. */
export function parseRedirectUrl(text: string): URL | null {
  const url = parsePlainUrl(text)
  return url !== null && !BROWSER_SCHEMES.has(url.protocol) ? url : null
}

/** Finds out whether people may be sent to an address: a page of an allowed origin, or exactly one registered. */
export async function findRedirectTarget(
  db: Queryable,
  instance: Instance,
  target: string | null,
): Promise<URL | null> {
  const page = parseRedirectTarget(instance, target)
  if (page !== null || target === null) return page
  const url = parseRedirectUrl(target)
  if (url === null) return null
  const [registered] = await db
    .select({ id: redirectUrls.id })
    .from(redirectUrls)
    .where(and(eq(redirectUrls.instanceId, instance.id), eq(redirectUrls.href, url.href)))
  return registered === undefined ? null : url
}

/**
 * Reads where an invitation leads, `null` if nothing is said.
 *
 * @throws {ApiError} `redirect_url_invalid`
 */
export async function readRedirectUrl(
  db: Queryable,
  instance: Instance,
  body: Params,
): Promise<string | null> {
  const text = body.text('redirect_url')
  if (text !== null && (await findRedirectTarget(db, instance, text)) === null) {
    throw new ApiError('redirect_url_invalid')
  }
  return text
}
