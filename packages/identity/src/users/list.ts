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
import { normalizeEmailAddress } from './email-address.ts'
import { findUsers, type User } from './user.ts'

const MAX_VALUES = 100

/** Filters of the user list, as a table: what a parameter of the query demands of a row. */
const FILTERS: Readonly<Record<string, (query: Params, name: string) => SQL | undefined>> = {
  email_address: (query, name) =>
    hasAddress(
      inArray(emailAddresses.emailAddress, listOf(query, name).map(normalizeEmailAddress)),
    ),
  email_address_query: (query, name) =>
    hasAddress(ilike(emailAddresses.emailAddress, containing(query, name))),
  username: (query, name) =>
    inArray(
      users.username,
      listOf(query, name).map((value) => value.toLowerCase()),
    ),
  username_query: (query, name) => ilike(users.username, containing(query, name)),
  name_query: (query, name) => hasName(containing(query, name)),
  user_id: (query, name) => signed(users.id, listOf(query, name)),
  external_id: (query, name) => signed(users.externalId, listOf(query, name)),
  banned: (query, name) => eq(users.isBanned, query.flag(name) ?? false),
  query: (query, name) => {
    const pattern = containing(query, name)
    return or(
      ilike(users.id, pattern),
      ilike(users.username, pattern),
      hasName(pattern),
      hasAddress(ilike(emailAddresses.emailAddress, pattern)),
    )
  },
  last_active_at_since: (query, name) => gte(users.lastActiveAt, timeOf(query, name)),
  last_active_at_after: (query, name) => gte(users.lastActiveAt, timeOf(query, name)),
  last_active_at_before: (query, name) => lte(users.lastActiveAt, timeOf(query, name)),
  last_sign_in_at_after: (query, name) => gte(users.lastSignInAt, timeOf(query, name)),
  last_sign_in_at_before: (query, name) => lte(users.lastSignInAt, timeOf(query, name)),
  created_at_after: (query, name) => gte(users.createdAt, timeOf(query, name)),
  created_at_before: (query, name) => lte(users.createdAt, timeOf(query, name)),
  // Nobody has one yet, so nobody matches.
  phone_number: () => sql`false`,
  web3_wallet: () => sql`false`,
  organization_id: (query, name) =>
    exists(
      sql`(select 1 from ${organizationMemberships} where ${organizationMemberships.userId} = ${users.id} and ${signed(organizationMemberships.organizationId, listOf(query, name))})`,
    ),
}

const ORDERS: Readonly<Record<string, PgColumn | SQL>> = {
  created_at: users.createdAt,
  updated_at: users.updatedAt,
  first_name: users.firstName,
  last_name: users.lastName,
  username: users.username,
  last_active_at: users.lastActiveAt,
  last_sign_in_at: users.lastSignInAt,
  email_address: sql`(select ${emailAddresses.emailAddress} from ${emailAddresses} where ${emailAddresses.id} = ${users.primaryEmailAddressId})`,
  phone_number: users.id,
  web3wallet: users.id,
}

/** Lists users of an instance. */
export async function listUsers(db: Queryable, instanceId: string, query: Params): Promise<User[]> {
  const { limit, offset } = readPage(query)
  const rows = await db
    .select({ id: users.id })
    .from(users)
    .where(conditions(instanceId, query))
    .orderBy(...orderOf(query), desc(users.id))
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
    ...asked.map(([name, condition]) => condition(query, name)),
  )
}

function orderOf(query: Params): SQL[] {
  const text = query.text('order_by') ?? '-created_at'
  // A plus that was not escaped arrives as a space.
  const [, sign = '', field = ''] = /^([ +-]?)(.*)$/s.exec(text) ?? []
  const order = Object.hasOwn(ORDERS, field) ? ORDERS[field] : undefined
  if (order === undefined) throw paramError('form_param_value_invalid', 'order_by')
  return [sign === '-' ? desc(order) : asc(order)]
}

function hasAddress(condition: SQL | undefined): SQL {
  return exists(
    sql`(select 1 from ${emailAddresses} where ${emailAddresses.userId} = ${users.id} and ${condition})`,
  )
}

function hasName(pattern: string): SQL | undefined {
  return or(
    ilike(users.firstName, pattern),
    ilike(users.lastName, pattern),
    ilike(sql`concat_ws(' ', ${users.firstName}, ${users.lastName})`, pattern),
  )
}

/** `id` and `+id` include, `-id` excludes. */
export function signed(column: PgColumn, values: readonly string[]): SQL | undefined {
  const excluded = values.filter((value) => value.startsWith('-')).map((value) => value.slice(1))
  const included = values
    .filter((value) => !value.startsWith('-'))
    .map((value) => value.replace(/^[ +]/, ''))
  return and(
    included.length > 0 ? inArray(column, included) : undefined,
    excluded.length > 0 ? notInArray(column, excluded) : undefined,
  )
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
