import {
  and,
  asc,
  count,
  desc,
  eq,
  getTableColumns,
  ilike,
  or,
  sql,
  type Placeholder,
  type SQL,
} from 'drizzle-orm'

import type { Queryable } from '../database/database.ts'
import { emailAddresses, users } from '../database/schema.ts'
import { createStatement } from '../database/statement.ts'
import type { Instance } from '../instances/instance.ts'
import { findUsers, toPublicUserDataJson, type User } from '../users/user.ts'
import {
  organizationColumns,
  toBackendOrganizationJson,
  toOrganizationJson,
  type Organization,
} from './organization.ts'
import { organizationMemberships, organizationRoles, organizations } from './tables.ts'

/** A membership, as it is stored. */
export type MembershipRow = typeof organizationMemberships.$inferSelect

/** A membership with its organization and what its role permits. */
export interface Membership extends MembershipRow {
  readonly organization: Organization
  readonly role: { readonly id: string; readonly key: string; readonly name: string }
  /** Keys, in their order. */
  readonly permissions: readonly string[]
}

/** Which memberships are meant, and which part of them. */
export interface MembershipQuery {
  readonly where: SQL | undefined
  readonly orderBy?: readonly SQL[]
  readonly limit?: number
  readonly offset?: number
}

const NEWEST_FIRST = [desc(organizationMemberships.createdAt), desc(organizationMemberships.id)]

/** What a role permits, as keys. */
export const permissionKeysOfRole = sql<string[]>`array(
  select permission.key from organization_role_permissions link
  join organization_permissions permission on permission.id = link.permission_id
  where link.role_id = organization_roles.id order by permission.key
)`

/** Finds memberships of an instance, newest first if nothing else is asked. */
export async function findMemberships(
  db: Queryable,
  instanceId: string,
  query: MembershipQuery,
  now: number,
): Promise<Membership[]> {
  return toMemberships(await selectMemberships(db, instanceId, query, now))
}

const selectMemberships = (
  db: Queryable,
  instanceId: string | Placeholder,
  query: MembershipQuery,
  now: number | Placeholder,
) =>
  db
    .select({
      membership: getTableColumns(organizationMemberships),
      organization: organizationColumns(now),
      role: {
        id: organizationRoles.id,
        key: organizationRoles.key,
        name: organizationRoles.name,
      },
      permissions: permissionKeysOfRole,
    })
    .from(organizationMemberships)
    .innerJoin(organizations, eq(organizations.id, organizationMemberships.organizationId))
    .innerJoin(organizationRoles, eq(organizationRoles.id, organizationMemberships.roleId))
    .innerJoin(users, eq(users.id, organizationMemberships.userId))
    .where(and(eq(organizationMemberships.instanceId, instanceId), query.where))
    .orderBy(...(query.orderBy ?? NEWEST_FIRST))
    .limit(query.limit ?? 10_000)
    .offset(query.offset ?? 0)

function toMemberships(rows: Awaited<ReturnType<typeof selectMemberships>>): Membership[] {
  return rows.map(({ membership, ...rest }) => ({ ...membership, ...rest }))
}

/** Counts memberships of an instance. */
export async function countMemberships(
  db: Queryable,
  instanceId: string,
  where: SQL | undefined,
): Promise<number> {
  const [row] = await db
    .select({ count: count() })
    .from(organizationMemberships)
    .innerJoin(organizationRoles, eq(organizationRoles.id, organizationMemberships.roleId))
    .innerJoin(users, eq(users.id, organizationMemberships.userId))
    .where(and(eq(organizationMemberships.instanceId, instanceId), where))
  return row?.count ?? 0
}

/** Finds the membership of a user in an organization. */
export async function findMembership(
  db: Queryable,
  instanceId: string,
  organizationId: string,
  userId: string,
  now: number,
): Promise<Membership | null> {
  const where = and(
    eq(organizationMemberships.organizationId, organizationId),
    eq(organizationMemberships.userId, userId),
  )
  const [membership] = await findMemberships(db, instanceId, { where }, now)
  return membership ?? null
}

/** Finds what each of some users belongs to, oldest first. */
async function findMembershipsOfUsers(
  db: Queryable,
  instanceId: string,
  userIds: readonly string[],
  now: number,
): Promise<readonly Membership[]> {
  if (userIds.length === 0) return []
  return toMemberships(await membershipsOfUsers(db).execute({ instanceId, userIds, now }))
}

const membershipsOfUsers = createStatement('memberships_of_users', (db) =>
  selectMemberships(
    db,
    sql.placeholder('instanceId'),
    {
      where: sql`${organizationMemberships.userId} = any(${sql.placeholder('userIds')}::text[])`,
      orderBy: [asc(organizationMemberships.createdAt), asc(organizationMemberships.id)],
    },
    sql.placeholder('now'),
  ),
)

/** Writes a membership for browsers. */
export function toMembershipJson(membership: Membership, user: User, instance: Instance): object {
  return {
    object: 'organization_membership',
    id: membership.id,
    organization: toOrganizationJson(membership.organization, instance),
    public_user_data: toPublicUserDataJson(user, instance),
    role: membership.role.key,
    role_name: membership.role.name,
    permissions: membership.permissions,
    public_metadata: membership.publicMetadata,
    created_at: membership.createdAt,
    updated_at: membership.updatedAt,
  }
}

/** Writes a membership for the application's servers. */
export function toBackendMembershipJson(
  membership: Membership,
  user: User,
  instance: Instance,
): object {
  return {
    ...toMembershipJson(membership, user, instance),
    organization: toBackendOrganizationJson(membership.organization, instance),
    private_metadata: membership.privateMetadata,
  }
}

/** Reads and writes what each of some users belongs to. */
export async function readMembershipsOf(
  db: Queryable,
  instance: Instance,
  people: readonly User[],
  now: number,
): Promise<(user: User) => object[]> {
  const ids = people.map(({ id }) => id)
  const memberships = instance.settings.organizations
    ? await findMembershipsOfUsers(db, instance.id, ids, now)
    : []
  return (user) =>
    memberships
      .filter(({ userId }) => userId === user.id)
      .map((membership) => toMembershipJson(membership, user, instance))
}

/** Writes memberships of several users, whom it looks up. */
export async function writeMemberships(
  db: Queryable,
  instance: Instance,
  memberships: readonly Membership[],
  write: (membership: Membership, user: User, instance: Instance) => object,
): Promise<object[]> {
  const ids = [...new Set(memberships.map(({ userId }) => userId))]
  const found = await findUsers(db, instance.id, ids)
  return memberships.flatMap((membership) => {
    const user = found.get(membership.userId)
    return user === undefined ? [] : [write(membership, user, instance)]
  })
}

/** Whether a name, user name or e-mail address of a user holds a text. */
export function matchesPerson(pattern: string): SQL | undefined {
  return or(
    ilike(sql`concat_ws(' ', ${users.firstName}, ${users.lastName})`, pattern),
    ilike(users.username, pattern),
    sql`exists (select 1 from ${emailAddresses} address where address.user_id = ${users.id} and address.email_address ilike ${pattern})`,
  )
}
