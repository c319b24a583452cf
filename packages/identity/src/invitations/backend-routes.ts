/** The endpoints below `/v1/invitations`: the application's servers invite people into it. */

import { and, asc, count, desc, eq, ilike, inArray, ne, or } from 'drizzle-orm'

import type { BackendRoute, Call } from '../http/backend-route.ts'
import { ApiError, paramError } from '../http/errors.ts'
import { readOrder, readPage } from '../http/paging.ts'
import { containing, type Params } from '../http/params.ts'
import type { Instance } from '../instances/instance.ts'
import { spendOfInstance } from '../rate-limits/spend.ts'
import { readRedirectUrl } from '../redirect-urls/redirect-target.ts'
import type { Services } from '../services.ts'
import { nextUpdate } from '../time.ts'
import { parseEmailAddress } from '../users/email-address.ts'
import { readMetadata } from '../users/metadata.ts'
import { toInvitationJson } from './invitation.ts'
import { invite, type NewInvitation } from './invite.ts'
import { hasStatus, refuseSettled } from './status.ts'
import { invitations } from './tables.ts'

export const applicationInvitationRoutes: readonly BackendRoute[] = [
  { method: 'GET', path: '/invitations', handle: listInvitations },
  {
    method: 'POST',
    path: '/invitations',
    handle: async (services, call) => {
      const [made] = await inviteAll(services, call, [call.body])
      return made
    },
  },
  {
    method: 'POST',
    path: '/invitations/bulk',
    takes: 'list',
    handle: async (services, call) => inviteAll(services, call, await call.items()),
  },
  {
    method: 'POST',
    path: '/invitations/:id/revoke',
    event: 'invitation.revoked',
    handle: revokeInvitation,
  },
]

const DAY = 24 * 60 * 60

const MAX_BULK = 10

/** What a mail may be called. There is one for all of them. */
const TEMPLATES: ReadonlySet<string> = new Set(['invitation', 'waitlist_invitation'])

/** What lists can be ordered by. */
const ORDERS = {
  created_at: invitations.createdAt,
  email_address: invitations.emailAddress,
  expires_at: invitations.expireAt,
} as const

async function listInvitations(
  { database }: Services,
  { instance, query, now }: Call,
): Promise<object> {
  const wanted = query.list('status')
  const text = query.text('query', 256)
  const { column, isDescending } = readOrder(query, ORDERS, '-created_at')
  const where = and(
    eq(invitations.instanceId, instance.id),
    wanted.length === 0 ? ne(invitations.status, 'revoked') : hasStatus(invitations, wanted, now),
    text === null
      ? undefined
      : or(eq(invitations.id, text), ilike(invitations.emailAddress, containing(query, 'query'))),
  )
  const { limit, offset } = readPage(query)
  const rows = await database
    .select()
    .from(invitations)
    .where(where)
    .orderBy(isDescending ? desc(column) : asc(column), desc(invitations.id))
    .limit(limit)
    .offset(offset)
  const data = rows.map((row) => toInvitationJson(row, now))
  if (query.flag('paginated') !== true) return data
  const [total] = await database.select({ count: count() }).from(invitations).where(where)
  return { data, total_count: total?.count ?? 0 }
}

async function inviteAll(
  services: Services,
  call: Call,
  bodies: readonly Params[],
): Promise<object[]> {
  const { instance, now } = call
  if (bodies.length > MAX_BULK) throw new ApiError('bulk_size_exceeded')
  if (bodies.length === 0) throw paramError('form_param_nil', 'email_address')
  const items = await Promise.all(bodies.map((body) => readItem(services, instance, body)))
  await spendOfInstance(services, call, 'invitations', items.length)
  const sent = await invite(services, call, items)
  return sent.map(({ invitation, url }) => toInvitationJson(invitation, now, url))
}

async function readItem(
  { database }: Services,
  instance: Instance,
  body: Params,
): Promise<NewInvitation> {
  const template = body.text('template_slug', 64)
  if (template !== null && !TEMPLATES.has(template)) {
    throw paramError('form_param_value_invalid', 'template_slug')
  }
  const redirectUrl = await readRedirectUrl(database, instance, body)
  const days = body.integer('expires_in_days', 1, 365)
  return {
    emailAddress: parseEmailAddress(body.required('email_address'), 'email_address'),
    redirectUrl,
    publicMetadata: readMetadata(body).publicMetadata ?? {},
    notify: body.flag('notify') ?? true,
    ignoreExisting: body.flag('ignore_existing') ?? false,
    ...(days === null ? {} : { lifetime: days * DAY }),
  }
}

/** Takes an invitation back that nobody accepted yet. The statement that asks is the one that does it. */
async function revokeInvitation(
  { database }: Services,
  { instance, path, now }: Call,
): Promise<object> {
  const isIt = and(eq(invitations.id, path['id'] ?? ''), eq(invitations.instanceId, instance.id))
  const [before] = await database.select().from(invitations).where(isIt)
  if (before === undefined) throw new ApiError('resource_not_found')
  const [revoked] = await database
    .update(invitations)
    .set({ status: 'revoked', updatedAt: nextUpdate(before.updatedAt, now) })
    .where(and(isIt, inArray(invitations.status, ['pending', 'expired'])))
    .returning()
  if (revoked !== undefined) return toInvitationJson(revoked, now)
  const [current] = await database.select().from(invitations).where(isIt)
  if (current !== undefined) refuseSettled(current, now)
  throw new ApiError('resource_not_found')
}
