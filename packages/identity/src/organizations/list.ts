/** What the application's servers can ask of lists of organizations and of members. */

import {
  Column,
  and,
  asc,
  count,
  desc,
  eq,
  exists,
  gte,
  ilike,
  inArray,
  is,
  lte,
  not,
  or,
  sql,
  type SQL,
} from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'

import { emailAddresses, users } from '../database/schema.ts'
import type { Call } from '../http/backend-route.ts'
import { paramError } from '../http/errors.ts'
import { readPage } from '../http/paging.ts'
import { containing, type Params } from '../http/params.ts'
import type { Services } from '../services.ts'
import { toDay } from '../time.ts'
import { normalizeEmailAddress } from '../users/email-address.ts'
import { listOf, signed, splitSigns, timeOf } from '../users/list.ts'
import { refuseWithoutOrganizations } from './access.ts'
import {
  countMemberships,
  findMemberships,
  matchesPerson,
  toBackendMembershipJson,
  writeMemberships,
} from './membership.ts'
import { organizationColumns, toBackendOrganizationJson } from './organization.ts'
import { organizationMemberships, organizationRoles, organizations } from './tables.ts'

/** Lists members that meet a condition, with their number. */
export async function listMembers(
  { database }: Services,
  { instance, query, now }: Call,
  where: SQL | undefined,
): Promise<object> {
  refuseWithoutOrganizations(instance)
  const rows = await findMemberships(
    database,
    instance.id,
    {
      where,
      orderBy: orderOf(query, MEMBER_ORDERS, organizationMemberships.id),
      ...readPage(query),
    },
    now,
  )
  return {
    data: await writeMemberships(database, instance, rows, toBackendMembershipJson),
    total_count: await countMemberships(database, instance.id, where),
  }
}

const MEMBER_ORDERS: Readonly<Record<string, PgColumn | SQL>> = {
  created_at: organizationMemberships.createdAt,
  first_name: users.firstName,
  last_name: users.lastName,
  username: users.username,
  email_address: sql`(select ${emailAddresses.emailAddress} from ${emailAddresses} where ${emailAddresses.id} = ${users.primaryEmailAddressId})`,
  // Nobody has one yet.
  phone_number: organizationMemberships.id,
}

const ORDERS: Readonly<Record<string, PgColumn | SQL>> = {
  created_at: organizations.createdAt,
  name: organizations.name,
  members_count: organizations.membersCount,
}

function orderOf(
  query: Params,
  orders: Readonly<Record<string, PgColumn | SQL>>,
  last: PgColumn,
): SQL[] {
  const text = query.text('order_by') ?? '-created_at'
  // A plus that was not escaped arrives as a space.
  const [, sign = '', field = ''] = /^([ +-]?)(.*)$/s.exec(text) ?? []
  const order = Object.hasOwn(orders, field) ? orders[field] : undefined
  if (order === undefined) throw paramError('form_param_value_invalid', 'order_by')
  const by = sign === '-' ? desc(order) : asc(order)
  // Where nobody lacks a value, nothing is said of those who do: the index fits.
  if (is(order, Column) && order.notNull) return [by, desc(last)]
  // Who has no value comes as if theirs were the least.
  return [sign === '-' ? sql`${by} nulls last` : sql`${by} nulls first`, desc(last)]
}

/** Lists organizations, with their number. */
export async function listOrganizations({ database }: Services, call: Call): Promise<object> {
  const { instance, query, now } = call
  refuseWithoutOrganizations(instance)
  const { limit, offset } = readPage(query)
  const where = and(eq(organizations.instanceId, instance.id), ...organizationFilters(query))
  const rows = await database
    .select(organizationColumns(now))
    .from(organizations)
    .where(where)
    .orderBy(...orderOf(query, ORDERS, organizations.id))
    .limit(limit)
    .offset(offset)
  const [total] = await database.select({ count: count() }).from(organizations).where(where)
  const withMembersCount = query.flag('include_members_count') === true
  return {
    data: rows.map((row) => toBackendOrganizationJson(row, instance, { withMembersCount })),
    total_count: total?.count ?? 0,
  }
}

function organizationFilters(query: Params): (SQL | undefined)[] {
  const text = query.text('query', 256)
  return [
    text === null
      ? undefined
      : or(
          eq(organizations.id, text),
          ilike(organizations.name, containing(query, 'query')),
          ilike(organizations.slug, containing(query, 'query')),
        ),
    query.isBlank('organization_id')
      ? undefined
      : signed(organizations.id, listOf(query, 'organization_id')),
    query.isBlank('user_id') ? undefined : hasMembers(listOf(query, 'user_id')),
  ]
}

/** Whether one of those named is a member, and nobody whom a sign excludes. */
function hasMembers(values: readonly string[]): SQL | undefined {
  const { included, excluded } = splitSigns(values)
  return and(
    included.length > 0 ? hasAny(included) : undefined,
    excluded.length > 0 ? not(hasAny(excluded)) : undefined,
  )
}

function hasAny(userIds: readonly string[]): SQL {
  return exists(
    sql`(select 1 from ${organizationMemberships} where ${organizationMemberships.organizationId} = ${organizations.id} and ${inArray(organizationMemberships.userId, [...userIds])})`,
  )
}

/** Filters of member lists, as a table: what a parameter of the query demands of a row. */
const MEMBER_FILTERS: Readonly<Record<string, (query: Params, name: string) => SQL | undefined>> = {
  user_id: (query, name) => signed(organizationMemberships.userId, listOf(query, name)),
  role: (query, name) => inArray(organizationRoles.key, listOf(query, name)),
  username: (query, name) =>
    inArray(
      users.username,
      listOf(query, name).map((value) => value.toLowerCase()),
    ),
  username_query: (query, name) => ilike(users.username, containing(query, name)),
  name_query: (query, name) =>
    ilike(sql`concat_ws(' ', ${users.firstName}, ${users.lastName})`, containing(query, name)),
  email_address: (query, name) =>
    hasAddress(
      inArray(emailAddresses.emailAddress, listOf(query, name).map(normalizeEmailAddress)),
    ),
  email_address_query: (query, name) =>
    hasAddress(ilike(emailAddresses.emailAddress, containing(query, name))),
  query: (query, name) => matchesPerson(containing(query, name)),
  last_active_at_before: (query, name) => lte(users.lastActiveAt, timeOf(query, name)),
  // What is known of activity is its day.
  last_active_at_after: (query, name) => gte(users.lastActiveAt, toDay(timeOf(query, name))),
  created_at_before: (query, name) => lte(organizationMemberships.createdAt, timeOf(query, name)),
  created_at_after: (query, name) => gte(organizationMemberships.createdAt, timeOf(query, name)),
  // Nobody has one yet, so nobody matches.
  phone_number: () => sql`false`,
  phone_number_query: () => sql`false`,
  web3_wallet: () => sql`false`,
}

/** What a query demands of the members it lists. */
export function memberFilters(query: Params): (SQL | undefined)[] {
  return Object.entries(MEMBER_FILTERS)
    .filter(([name]) => !query.isBlank(name))
    .map(([name, condition]) => condition(query, name))
}

function hasAddress(condition: SQL): SQL {
  return sql`exists (select 1 from ${emailAddresses} where ${emailAddresses.userId} = ${users.id} and ${condition})`
}
