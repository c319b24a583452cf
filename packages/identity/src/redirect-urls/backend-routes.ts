/** The endpoints below `/v1/redirect_urls`. */

import { and, count, desc, eq } from 'drizzle-orm'

import type { BackendRoute, Call } from '../http/backend-route.ts'
import { ApiError, paramError } from '../http/errors.ts'
import { readPage } from '../http/paging.ts'
import { newId } from '../ids.ts'
import type { Services } from '../services.ts'
import { parseRedirectUrl } from './redirect-target.ts'
import { redirectUrls } from './tables.ts'

export const redirectUrlBackendRoutes: readonly BackendRoute[] = [
  { method: 'GET', path: '/redirect_urls', handle: listRedirectUrls },
  { method: 'POST', path: '/redirect_urls', event: 'redirect_url.created', handle: addRedirectUrl },
  { method: 'GET', path: '/redirect_urls/:id', handle: readOne },
  {
    method: 'DELETE',
    path: '/redirect_urls/:id',
    event: 'redirect_url.deleted',
    handle: removeRedirectUrl,
  },
]

async function listRedirectUrls(
  { database }: Services,
  { instance, query }: Call,
): Promise<object> {
  const where = eq(redirectUrls.instanceId, instance.id)
  const { limit, offset } = readPage(query)
  const rows = await database
    .select()
    .from(redirectUrls)
    .where(where)
    .orderBy(desc(redirectUrls.createdAt), desc(redirectUrls.id))
    .limit(limit)
    .offset(offset)
  const data = rows.map(toJson)
  if (query.flag('paginated') !== true) return data
  const [total] = await database.select({ count: count() }).from(redirectUrls).where(where)
  return { data, total_count: total?.count ?? 0 }
}

async function addRedirectUrl(
  { database }: Services,
  { instance, body, now }: Call,
): Promise<object> {
  const text = body.required('url')
  const url = parseRedirectUrl(text)
  if (url === null) throw paramError('form_param_format_invalid', 'url')
  const [row] = await database
    .insert(redirectUrls)
    .values({
      id: newId('ru', now),
      instanceId: instance.id,
      url: text,
      href: url.href,
      createdAt: now,
      updatedAt: now,
    })
    .onConflictDoNothing()
    .returning()
  if (row === undefined) {
    throw new ApiError('duplicate_record', {
      meta: { param_name: 'url' },
      detail: 'This address is registered already.',
    })
  }
  return toJson(row)
}

async function readOne({ database }: Services, call: Call): Promise<object> {
  const [row] = await database.select().from(redirectUrls).where(isIt(call))
  if (row === undefined) throw new ApiError('resource_not_found')
  return toJson(row)
}

async function removeRedirectUrl({ database }: Services, call: Call): Promise<object> {
  const [row] = await database
    .delete(redirectUrls)
    .where(isIt(call))
    .returning({ id: redirectUrls.id })
  if (row === undefined) throw new ApiError('resource_not_found')
  return { object: 'redirect_url', id: row.id, deleted: true }
}

function isIt({ instance, path }: Call) {
  return and(eq(redirectUrls.id, path['id'] ?? ''), eq(redirectUrls.instanceId, instance.id))
}

function toJson(row: typeof redirectUrls.$inferSelect): object {
  return {
    object: 'redirect_url',
    id: row.id,
    url: row.url,
    created_at: row.createdAt,
    updated_at: row.updatedAt,
  }
}
