/** The endpoints of the allowlist and the blocklist. They hold addresses, domains, numbers and wallets. */

import { and, count, desc, eq } from 'drizzle-orm'

import { record } from '../audit/record.ts'
import { transact } from '../database/transact.ts'
import type { BackendRoute, Call } from '../http/backend-route.ts'
import { ApiError, paramError } from '../http/errors.ts'
import { readPage } from '../http/paging.ts'
import { newId } from '../ids.ts'
import { insertInvitations, mailInvitations, type SentInvitation } from '../invitations/invite.ts'
import type { Services } from '../services.ts'
import { parseDomain, parseEmailAddress } from '../users/email-address.ts'
import { listedIdentifiers } from './tables.ts'

type Row = typeof listedIdentifiers.$inferSelect

interface List {
  readonly name: Row['list']
  readonly path: string
  readonly object: 'allowlist_identifier' | 'blocklist_identifier'
  readonly idPrefix: 'alid' | 'blid'
  /** Whether the list is wrapped even where nobody asks for it. */
  readonly isAlwaysWrapped: boolean
}

// oxfmt-ignore
const LISTS: readonly List[] = [
  { name: 'allow', path: '/allowlist_identifiers', object: 'allowlist_identifier', idPrefix: 'alid', isAlwaysWrapped: false },
  { name: 'block', path: '/blocklist_identifiers', object: 'blocklist_identifier', idPrefix: 'blid', isAlwaysWrapped: true },
]

/** What can stand on a list. First match wins; every other text is one address. */
const KINDS: readonly {
  readonly type: Row['type']
  readonly isOne: (text: string) => boolean
  readonly parse: (text: string) => string
}[] = [
  {
    type: 'email_address',
    isOne: (text) => text.startsWith('*@'),
    parse: (text) => `*@${parseDomain(text.slice(2), 'identifier')}`,
  },
  {
    type: 'phone_number',
    isOne: (text) => /^\+[1-9]\d{6,14}$/.test(text),
    parse: (text) => text,
  },
  {
    type: 'web3_wallet',
    isOne: (text) => /^0x[\da-f]{40}$/i.test(text),
    parse: (text) => text.toLowerCase(),
  },
]

export const restrictionBackendRoutes: readonly BackendRoute[] = LISTS.flatMap(
  (list): BackendRoute[] => [
    {
      method: 'GET',
      path: list.path,
      handle: (services, call) => readList(services, call, list),
    },
    {
      method: 'POST',
      path: list.path,
      handle: (services, call) => addIdentifier(services, call, list),
    },
    {
      method: 'DELETE',
      path: `${list.path}/:id`,
      event: `${list.object}.deleted`,
      handle: (services, call) => removeIdentifier(services, call, list),
    },
  ],
)

async function readList(
  { database }: Services,
  { instance, query }: Call,
  list: List,
): Promise<object> {
  const where = and(
    eq(listedIdentifiers.instanceId, instance.id),
    eq(listedIdentifiers.list, list.name),
  )
  const { limit, offset } = readPage(query)
  const rows = await database
    .select()
    .from(listedIdentifiers)
    .where(where)
    .orderBy(desc(listedIdentifiers.createdAt), desc(listedIdentifiers.id))
    .limit(limit)
    .offset(offset)
  const data = rows.map((row) => toJson(row, list))
  if (!list.isAlwaysWrapped && query.flag('paginated') !== true) return data
  const [total] = await database.select({ count: count() }).from(listedIdentifiers).where(where)
  return { data, total_count: total?.count ?? 0 }
}

/** Puts an identifier on a list. Whoever comes on the allowlist can be invited in the same breath. */
async function addIdentifier(services: Services, call: Call, list: List): Promise<object> {
  const { instance, body, now } = call
  const given = body.required('identifier', 320).trim()
  const kind = KINDS.find(({ isOne }) => isOne(given))
  const type = kind?.type ?? 'email_address'
  // A star may stand in an address, but whoever writes one here means a pattern.
  if (kind === undefined && given.includes('*')) {
    throw paramError('form_param_format_invalid', 'identifier')
  }
  const identifier = kind?.parse(given) ?? parseEmailAddress(given, 'identifier')
  const isNotified = list.name === 'allow' && body.flag('notify') === true
  if (isNotified && kind !== undefined) throw paramError('form_param_value_invalid', 'notify')
  const { row, sent } = await transact(services.database, async (tx) => {
    const invitations: SentInvitation[] = isNotified
      ? await insertInvitations(tx, call, [{ emailAddress: identifier }])
      : []
    const [inserted] = await tx
      .insert(listedIdentifiers)
      .values({
        id: newId(list.idPrefix, now),
        instanceId: instance.id,
        list: list.name,
        type,
        identifier,
        invitationId: invitations[0]?.invitation.id ?? null,
        createdAt: now,
        updatedAt: now,
      })
      .onConflictDoNothing()
      .returning()
    if (inserted === undefined) {
      throw new ApiError('duplicate_record', {
        meta: { param_name: 'identifier' },
        detail: 'This is on the list already.',
      })
    }
    await record(tx, call, `${list.object}.created`, inserted.id)
    return { row: inserted, sent: invitations }
  })
  try {
    await mailInvitations(services, instance, sent)
  } catch (error) {
    // Whoever asks again is not to be told that there is one.
    await services.database.delete(listedIdentifiers).where(isIt(call, list, row.id))
    throw error
  }
  return toJson(row, list)
}

async function removeIdentifier({ database }: Services, call: Call, list: List): Promise<object> {
  const [row] = await database
    .delete(listedIdentifiers)
    .where(isIt(call, list, call.path['id'] ?? ''))
    .returning({ id: listedIdentifiers.id })
  if (row === undefined) throw new ApiError('resource_not_found')
  return { object: list.object, id: row.id, deleted: true }
}

function isIt({ instance }: Call, list: List, id: string) {
  return and(
    eq(listedIdentifiers.id, id),
    eq(listedIdentifiers.instanceId, instance.id),
    eq(listedIdentifiers.list, list.name),
  )
}

function toJson(row: Row, list: List): object {
  return {
    object: list.object,
    id: row.id,
    identifier: row.identifier,
    identifier_type: row.type,
    instance_id: row.instanceId,
    ...(row.invitationId === null ? {} : { invitation_id: row.invitationId }),
    created_at: row.createdAt,
    updated_at: row.updatedAt,
  }
}
