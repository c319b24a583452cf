/**
 * Domains of an instance: the primary one, where people sign in, and satellites, which follow it. Pages of
 * a production satellite speak to a Frontend API of their own, so that its cookies are theirs.
 */

import { createHash } from 'node:crypto'

import { originOfHost } from '@core/protocol'
import { and, eq, ne, or } from 'drizzle-orm'

import type { Queryable } from '../database/database.ts'
import { instances } from '../database/schema.ts'
import { only, transact } from '../database/transact.ts'
import type { Call } from '../http/backend-route.ts'
import { ApiError, paramError } from '../http/errors.ts'
import type { Params } from '../http/params.ts'
import { parseUrl } from '../http/url.ts'
import { newId } from '../ids.ts'
import type { Instance, Satellite } from '../instances/instance.ts'
import type { Services } from '../services.ts'
import { nextUpdate } from '../time.ts'
import { domains } from '../tokens/tables.ts'

/** Lower case, with a port where it has one. Other alphabets are written in Punycode. */
const NAME = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}(?::\d{1,5})?$/

/** Lists the domains: the primary one first. */
export async function listDomains(_services: Services, { instance }: Call): Promise<object> {
  const data = [primaryJson(instance), ...instance.satellites.map((it) => toJson(it, instance))]
  return { data, total_count: data.length }
}

/** Adds a satellite. */
export async function addDomain(
  services: Services,
  { instance, body, now }: Call,
): Promise<object> {
  const name = readName(body) ?? missing('name')
  if (body.flag('is_satellite') !== true)
    throw paramError('form_param_value_invalid', 'is_satellite')
  const proxyUrl = readProxyUrl(body, name)
  return transact(services.database, async (tx) => {
    const place = { name, proxyUrl, frontendApi: frontendApiOf(instance, name, proxyUrl) }
    await refuseTaken(tx, instance, place, null)
    const row = only(
      await tx
        .insert(domains)
        .values({
          id: newId('dmn', now),
          instanceId: instance.id,
          ...place,
          createdAt: now,
          updatedAt: now,
        })
        .returning(),
    )
    return toJson(row, instance)
  })
}

/** Changes what a request names of a satellite. */
export async function updateDomain(
  services: Services,
  { instance, body, path, now }: Call,
): Promise<object> {
  refusePrimary(instance, path['id'])
  return transact(services.database, async (tx) => {
    const isIt = and(eq(domains.id, path['id'] ?? ''), eq(domains.instanceId, instance.id))
    const [before] = await tx.select().from(domains).where(isIt).for('update')
    if (before === undefined) throw new ApiError('resource_not_found')
    const name = readName(body) ?? before.name
    // Empty takes it away; left out, it stays.
    const proxyUrl = body.has('proxy_url') ? readProxyUrl(body, name) : before.proxyUrl
    const place = { name, proxyUrl, frontendApi: frontendApiOf(instance, name, proxyUrl) }
    await refuseTaken(tx, instance, place, before.id)
    const row = only(
      await tx
        .update(domains)
        .set({ ...place, updatedAt: nextUpdate(before.updatedAt, now) })
        .where(isIt)
        .returning(),
    )
    return toJson(row, instance)
  })
}

/** Removes a satellite. Its pages are no pages of the instance any more. */
export async function deleteDomain(
  { database }: Services,
  { instance, path }: Call,
): Promise<object> {
  refusePrimary(instance, path['id'])
  const [row] = await database
    .delete(domains)
    .where(and(eq(domains.id, path['id'] ?? ''), eq(domains.instanceId, instance.id)))
    .returning({ id: domains.id })
  if (row === undefined) throw new ApiError('resource_not_found')
  return { object: 'domain', id: row.id, deleted: true }
}

/** In development all domains share the instance's own Frontend API. */
function frontendApiOf(instance: Instance, name: string, proxyUrl: string | null): string | null {
  return instance.type === 'production' && proxyUrl === null ? `clerk.${name}` : null
}

/** Refuses a name that leads somewhere already. Two at once meet at an index and run one by one. */
async function refuseTaken(
  db: Queryable,
  instance: Instance,
  { name, frontendApi }: { readonly name: string; readonly frontendApi: string | null },
  ownId: string | null,
): Promise<void> {
  const [other] = await db
    .select({ id: domains.id })
    .from(domains)
    .where(
      and(
        or(
          and(eq(domains.instanceId, instance.id), eq(domains.name, name)),
          frontendApi === null ? undefined : eq(domains.frontendApi, frontendApi),
        ),
        ownId === null ? undefined : ne(domains.id, ownId),
      ),
    )
  const [primary] = await db
    .select({ id: instances.id })
    .from(instances)
    .where(or(eq(instances.frontendApi, `clerk.${name}`), eq(instances.frontendApi, name)))
  if (other !== undefined || primary !== undefined) throw paramError('home_url_taken', 'name')
}

function missing(param: string): never {
  throw paramError('form_param_nil', param)
}

function readName(body: Params): string | null {
  const name = body.text('name', 253)?.toLowerCase() ?? null
  if (name !== null && !NAME.test(name)) throw paramError('form_param_format_invalid', 'name')
  return name
}

/** A proxy is on the domain it serves: another one could not set its cookies. */
function readProxyUrl(body: Params, name: string): string | null {
  const text = body.text('proxy_url')
  if (text === null) return null
  const url = parseUrl(text)
  const isOnDomain = url !== null && (url.host === name || url.host.endsWith(`.${name}`))
  if (!isOnDomain || url.origin !== originOfHost(url.host) || /[?#@]/.test(text)) {
    throw paramError('invalid_proxy_configuration', 'proxy_url')
  }
  return url.href.replace(/\/+$/, '')
}

function refusePrimary(instance: Instance, id: string | undefined): void {
  if (id === primaryIdOf(instance)) throw new ApiError('operation_not_allowed_on_primary_domain')
}

/** The primary domain has no row. Its id is made of the instance's, and is the id of nothing else. */
function primaryIdOf(instance: Instance): string {
  return `dmn_primary${createHash('sha256').update(instance.id).digest('hex').slice(0, 20)}`
}

function primaryJson(instance: Instance): object {
  return {
    object: 'domain',
    id: primaryIdOf(instance),
    name: instance.frontendApi.replace(/^clerk\./, ''),
    is_satellite: false,
    frontend_api_url: instance.publicUrl,
    accounts_portal_url: instance.portalOrigin,
    proxy_url: instance.settings.proxy_url === '' ? null : instance.publicUrl,
    development_origin: '',
    cname_targets: [],
  }
}

function toJson({ id, name, frontendApi, proxyUrl }: Satellite, instance: Instance): object {
  return {
    object: 'domain',
    id,
    name,
    is_satellite: true,
    frontend_api_url: proxyUrl ?? originOfHost(frontendApi ?? instance.frontendApi),
    accounts_portal_url: null,
    proxy_url: proxyUrl,
    development_origin: instance.type === 'development' ? originOfHost(name) : '',
    cname_targets:
      frontendApi === null
        ? []
        : [{ host: frontendApi, value: instance.frontendApi, required: true }],
  }
}
