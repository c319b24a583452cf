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
  isNull,
  like,
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

/** What words are looked for in, as the index `users_words` has it. */
const WORDS = sql`(${users.id} || chr(10) || coalesce(${users.username}, '') || chr(10) || coalesce(${users.firstName}, '') || ' ' || coalesce(${users.lastName}, ''))`

/** Among whom somebody is looked for. */
interface Scope {
  readonly instanceId: string
  /** Whether they are few: then each is asked, instead of all who match being listed by an index. */
  readonly isFew: boolean
}

/** Filters that an index answers with a list of users, each named once. */
const LISTS: Readonly<Record<string, (query: Params, name: string, instanceId: string) => SQL>> = {
  email_address: (query, name, instanceId) => ownersOf(instanceId, isOneOf(query, name)),
  email_address_query: (query, name, instanceId) => ownersOf(instanceId, hasPart(query, name)),
  // Two lists that each have an index, where an "or" over both would read every user.
  query: (query, name, instanceId) =>
    sql`select ${users.id} from ${users} where ${users.instanceId} = ${instanceId} and ${ilike(WORDS, containing(query, name))} union ${ownersOf(instanceId, hasPart(query, name))}`,
}

/** Filters of the user list, as a table: what a parameter of the query demands of a row. */
const FILTERS: Readonly<
  Record<string, (query: Params, name: string, scope: Scope) => SQL | undefined>
> = {
  email_address: (query, name, scope) =>
    scope.isFew ? hasAddress(scope, isOneOf(query, name)) : isListed(query, name, scope),
  email_address_query: (query, name, scope) =>
    scope.isFew ? hasAddress(scope, hasPart(query, name)) : isListed(query, name, scope),
  username: (query, name) =>
    inArray(
      users.username,
      listOf(query, name).map((value) => value.toLowerCase()),
    ),
  username_query: (query, name) => within(users.username, containing(query, name)),
  name_query: (query, name) => within(FULL_NAME, containing(query, name)),
  user_id: (query, name) => signed(users.id, listOf(query, name)),
  external_id: (query, name) => signed(users.externalId, listOf(query, name)),
  banned: (query, name) => eq(users.isBanned, query.flag(name) ?? false),
  query: (query, name, scope) =>
    scope.isFew
      ? or(ilike(WORDS, containing(query, name)), hasAddress(scope, hasPart(query, name)))
      : isListed(query, name, scope),
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
  phone_number_query: () => sql`false`,
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

/** Parameters that look for a part of a text, which few or nearly all may have. */
const WORD_FILTERS = ['query', 'email_address_query', 'username_query', 'name_query']

/** Among so many users, each is asked. It takes no longer than to ask for one word that hardly anybody has. */
const FEW = 1000

/** Lists users of an instance. */
export async function listUsers(db: Queryable, instanceId: string, query: Params): Promise<User[]> {
  const after = await afterCursor(db, instanceId, query)
  const ids =
    (await findAmongFirst(db, instanceId, query, after)) ??
    (await selectIds(db, query, and(conditions({ instanceId, isFew: false }, query), after)))
  const found = await findUsers(db, instanceId, ids)
  return ids.flatMap((id) => found.get(id) ?? [])
}

/**
 * Fills a page with those who have a word and come first anyway. A word that many have does, at once, and
 * listing them all to find the first would take seconds; `null` if it does not.
 */
async function findAmongFirst(
  db: Queryable,
  instanceId: string,
  query: Params,
  after: SQL | undefined,
): Promise<readonly string[] | null> {
  const isByWord = WORD_FILTERS.some((name) => !query.isBlank(name))
  if (!isByWord || readOrder(query).field !== 'created_at') return null
  const first = db
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.instanceId, instanceId), after))
    .orderBy(...orderOf(query))
    .limit(FEW)
  const asked = and(inArray(users.id, first), conditions({ instanceId, isFew: true }, query))
  const ids = await selectIds(db, query, asked)
  return ids.length === readPage(query).limit ? ids : null
}

async function selectIds(
  db: Queryable,
  query: Params,
  condition: SQL | undefined,
): Promise<readonly string[]> {
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
    .where(condition)
    .orderBy(...orderOf(query))
    .limit(limit)
    .offset(offset)
  return rows.map(({ id }) => id)
}

/** Counts users of an instance. */
export async function countUsers(
  db: Queryable,
  instanceId: string,
  query: Params,
): Promise<number> {
  const all = { instanceId, isFew: false }
  const [only = '', ...others] = askedFilters(query).map(([name]) => name)
  // Nothing else is asked of those who are listed, so none of them is looked up.
  const list = others.length === 0 ? LISTS[only]?.(query, only, instanceId) : undefined
  const [row] = await (list === undefined
    ? db.select({ count: count() }).from(users).where(conditions(all, query))
    : db.select({ count: count() }).from(sql`(${list}) as listed`))
  return row?.count ?? 0
}

function askedFilters(query: Params) {
  return Object.entries(FILTERS).filter(([name]) => !query.isBlank(name))
}

function conditions(scope: Scope, query: Params): SQL | undefined {
  return and(
    eq(users.instanceId, scope.instanceId),
    ...askedFilters(query).map(([name, condition]) => condition(query, name, scope)),
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

/** Whether a part of what words are looked for in holds a text. The whole holds it as well, and has the index. */
function within(part: PgColumn | SQL, pattern: string): SQL | undefined {
  return and(ilike(WORDS, pattern), ilike(part, pattern))
}

function isOneOf(query: Params, name: string): SQL {
  return inArray(emailAddresses.emailAddress, listOf(query, name).map(normalizeEmailAddress))
}

/** Addresses are stored in lower case, and to compare them as they are takes a fourth of the time. */
function hasPart(query: Params, name: string): SQL {
  return like(emailAddresses.emailAddress, containing(query, name).toLowerCase())
}

function hasAddress({ instanceId }: Scope, condition: SQL): SQL {
  return sql`exists (${ownersOf(instanceId, and(eq(emailAddresses.userId, users.id), condition))})`
}

/** Lists once, whatever is believed of how long the list is. A database without statistics would for each user. */
function isListed(query: Params, name: string, { instanceId }: Scope): SQL | undefined {
  const list = LISTS[name]?.(query, name, instanceId)
  return list === undefined ? undefined : sql`${users.id} = any(array(${list}))`
}

function ownersOf(instanceId: string, condition: SQL | undefined): SQL {
  return sql`select distinct ${emailAddresses.userId} from ${emailAddresses} where ${and(eq(emailAddresses.instanceId, instanceId), condition)}`
}

function isMemberOf(ids: readonly string[]): SQL {
  return exists(
    sql`(select 1 from ${organizationMemberships} where ${organizationMemberships.userId} = ${users.id} and ${inArray(organizationMemberships.organizationId, [...ids])})`,
  )
}

/** `id` and `+id` include, `-id` excludes. Who has none at all is not excluded by any. */
export function signed(column: PgColumn, values: readonly string[]): SQL | undefined {
  const { included, excluded } = splitSigns(values)
  const isOther = excluded.length > 0 ? notInArray(column, excluded) : undefined
  return and(
    included.length > 0 ? inArray(column, included) : undefined,
    isOther === undefined || column.notNull ? isOther : or(isNull(column), isOther),
  )
}

/** Parts the values of a filter by their signs. */
export function splitSigns(values: readonly string[]): {
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

/** The time that a parameter names, in Unix milliseconds. */
export function timeOf(query: Params, name: string): number {
  return query.integer(name, 0, Number.MAX_SAFE_INTEGER) ?? 0
}
