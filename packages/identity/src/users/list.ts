import {
  and,
  asc,
  count,
  desc,
  eq,
  exists,
  gte,
  ilike,
  inArray,
  lte,
  not,
  notInArray,
  or,
  sql,
  type SQL,
} from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'

import type { Queryable } from '../database/database.ts'
import { emailAddresses, users } from '../database/schema.ts'
import { ApiError, paramError } from '../http/errors.ts'
import { readPage } from '../http/paging.ts'
import { containing, type Params } from '../http/params.ts'
import { organizationMemberships } from '../organizations/tables.ts'
import { toDay } from '../time.ts'
import { normalizeEmailAddress } from './email-address.ts'
import { findUsers, type User } from './user.ts'

const MAX_VALUES = 100

const FULL_NAME = sql`concat_ws(' ', ${users.firstName}, ${users.lastName})`

/** Filters of the user list, as a table: what a parameter of the query demands of a row. */
const FILTERS: Readonly<
  Record<string, (query: Params, name: string, instanceId: string) => SQL | undefined>
> = {
  email_address: (query, name, instanceId) =>
    hasAddress(
      instanceId,
      inArray(emailAddresses.emailAddress, listOf(query, name).map(normalizeEmailAddress)),
    ),
  email_address_query: (query, name, instanceId) =>
    hasAddress(instanceId, ilike(emailAddresses.emailAddress, containing(query, name))),
  username: (query, name) =>
    inArray(
      users.username,
      listOf(query, name).map((value) => value.toLowerCase()),
    ),
  username_query: (query, name) => ilike(users.username, containing(query, name)),
  name_query: (query, name) => ilike(FULL_NAME, containing(query, name)),
  user_id: (query, name) => signed(users.id, listOf(query, name)),
  external_id: (query, name) => signed(users.externalId, listOf(query, name)),
  banned: (query, name) => eq(users.isBanned, query.flag(name) ?? false),
  query: (query, name, instanceId) => {
    const pattern = containing(query, name)
    return or(
      // One comparison instead of three, which is what a long list waits for.
      ilike(sql`concat_ws(chr(10), ${users.id}, ${users.username}, ${FULL_NAME})`, pattern),
      hasAddress(instanceId, ilike(emailAddresses.emailAddress, pattern)),
    )
  },
  // What is known of activity is its day.
  last_active_at_since: (query, name) => gte(users.lastActiveAt, toDay(timeOf(query, name))),
  last_active_at_after: (query, name) => gte(users.lastActiveAt, toDay(timeOf(query, name))),
  last_active_at_before: (query, name) => lte(users.lastActiveAt, timeOf(query, name)),
  last_sign_in_at_after: (query, name) => gte(users.lastSignInAt, timeOf(query, name)),
  last_sign_in_at_before: (query, name) => lte(users.lastSignInAt, timeOf(query, name)),
  created_at_after: (query, name) => gte(users.createdAt, timeOf(query, name)),
  created_at_before: (query, name) => lte(users.createdAt, timeOf(query, name)),
  // Nobody has one yet, so nobody matches.
  phone_number: () => sql`false`,
  web3_wallet: () => sql`false`,
  provider: () => sql`false`,
  provider_user_id: () => sql`false`,
  organization_id: (query, name) => {
    const { included, excluded } = splitSigns(listOf(query, name))
    return and(
      included.length > 0 ? isMemberOf(included) : undefined,
      excluded.length > 0 ? not(isMemberOf(excluded)) : undefined,
    )
  },
}

/** What users are ordered by. Where nobody lacks a value, nothing is said of those who do: the index fits. */
const ORDERS: Readonly<Record<string, { readonly column: PgColumn; readonly isSparse?: true }>> = {
  created_at: { column: users.createdAt },
  updated_at: { column: users.updatedAt },
  first_name: { column: users.firstName, isSparse: true },
  last_name: { column: users.lastName, isSparse: true },
  username: { column: users.username, isSparse: true },
  last_active_at: { column: users.lastActiveAt, isSparse: true },
  last_sign_in_at: { column: users.lastSignInAt, isSparse: true },
  email_address: { column: emailAddresses.emailAddress, isSparse: true },
  phone_number: { column: users.id },
  web3wallet: { column: users.id },
}

/** Lists users of an instance. */
export async function listUsers(db: Queryable, instanceId: string, query: Params): Promise<User[]> {
  const { limit, offset } = readPage(query)
  const rows = await db
    .select({ id: users.id })
    .from(users)
    // The address to order by. The database leaves it out where the order is another.
    .leftJoin(
      emailAddresses,
      and(
        eq(emailAddresses.id, users.primaryEmailAddressId),
        eq(emailAddresses.instanceId, users.instanceId),
      ),
    )
    .where(and(conditions(instanceId, query), await afterCursor(db, instanceId, query)))
    .orderBy(...orderOf(query))
    .limit(limit)
    .offset(offset)
  const ids = rows.map(({ id }) => id)
  const found = await findUsers(db, instanceId, ids)
  return ids.flatMap((id) => found.get(id) ?? [])
}

/** Counts users of an instance. */
export async function countUsers(
  db: Queryable,
  instanceId: string,
  query: Params,
): Promise<number> {
  const [row] = await db.select({ count: count() }).from(users).where(conditions(instanceId, query))
  return row?.count ?? 0
}

function conditions(instanceId: string, query: Params): SQL | undefined {
  const asked = Object.entries(FILTERS).filter(([name]) => !query.isBlank(name))
  return and(
    eq(users.instanceId, instanceId),
    ...asked.map(([name, condition]) => condition(query, name, instanceId)),
  )
}

function readOrder(query: Params): { readonly field: string; readonly isDescending: boolean } {
  const text = query.text('order_by') ?? '-created_at'
  // A plus that was not escaped arrives as a space.
  const [, sign = '', field = ''] = /^([ +-]?)(.*)$/s.exec(text) ?? []
  if (!Object.hasOwn(ORDERS, field)) throw paramError('form_param_value_invalid', 'order_by')
  return { field, isDescending: sign === '-' }
}

/** Who has no value comes as if theirs were the least. */
function orderOf(query: Params): SQL[] {
  const { field, isDescending } = readOrder(query)
  const { column = users.id, isSparse = false } = ORDERS[field] ?? {}
  const order = isDescending ? desc(column) : asc(column)
  const nulls = isDescending ? sql`nulls last` : sql`nulls first`
  return [isSparse ? sql`${order} ${nulls}` : order, isDescending ? desc(users.id) : asc(users.id)]
}

/**
 * Goes on after a user, however many come before: an offset would count them all each time.
 *
 * @throws {ApiError} `form_param_value_invalid` for a user there is not, and in another order than by creation
 */
async function afterCursor(
  db: Queryable,
  instanceId: string,
  query: Params,
): Promise<SQL | undefined> {
  const id = query.text('starting_after', 256)
  if (id === null) return undefined
  const { field, isDescending } = readOrder(query)
  const [cursor] = await db
    .select({ createdAt: users.createdAt })
    .from(users)
    .where(and(eq(users.id, id), eq(users.instanceId, instanceId)))
  if (cursor === undefined || field !== 'created_at') {
    throw paramError('form_param_value_invalid', 'starting_after')
  }
  const row = sql`(${users.createdAt}, ${users.id})`
  const start = sql`(${cursor.createdAt}::bigint, ${id})`
  return isDescending ? sql`${row} < ${start}` : sql`${row} > ${start}`
}

/** A list of its own rather than a question for each user: it is found once. */
function hasAddress(instanceId: string, condition: SQL): SQL {
  return sql`${users.id} in (select ${emailAddresses.userId} from ${emailAddresses} where ${emailAddresses.instanceId} = ${instanceId} and ${condition})`
}

function isMemberOf(ids: readonly string[]): SQL {
  return exists(
    sql`(select 1 from ${organizationMemberships} where ${organizationMemberships.userId} = ${users.id} and ${inArray(organizationMemberships.organizationId, [...ids])})`,
  )
}

/** `id` and `+id` include, `-id` excludes. */
export function signed(column: PgColumn, values: readonly string[]): SQL | undefined {
  const { included, excluded } = splitSigns(values)
  return and(
    included.length > 0 ? inArray(column, included) : undefined,
    excluded.length > 0 ? notInArray(column, excluded) : undefined,
  )
}

function splitSigns(values: readonly string[]): {
  readonly included: string[]
  readonly excluded: string[]
} {
  return {
    included: values
      .filter((value) => !value.startsWith('-'))
      .map((value) => value.replace(/^[ +]/, '')),
    excluded: values.filter((value) => value.startsWith('-')).map((value) => value.slice(1)),
  }
}

/** The values of a filter. */
export function listOf(query: Params, name: string): string[] {
  const values = query.list(name)
  if (values.length > MAX_VALUES) throw new ApiError('invalid_query_parameter_value')
  return values
}

function timeOf(query: Params, name: string): number {
  return query.integer(name, 0, Number.MAX_SAFE_INTEGER) ?? 0
}
