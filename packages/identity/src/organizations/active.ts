/** The organization somebody acts in: chosen by a page, a link or an app, and told to apps in tokens. */

import { and, desc, eq, isNotNull, or, sql, type SQLWrapper } from 'drizzle-orm'

import type { Queryable, Transaction } from '../database/database.ts'
import { sessions } from '../database/schema.ts'
import type { Instance } from '../instances/instance.ts'
import { isSystemPermission } from './permissions.ts'
import { permissionKeysOfRole } from './membership.ts'
import { organizationMemberships, organizationRoles, organizations } from './tables.ts'

/** What a token says of the organization somebody acts in. */
export interface ActiveOrganization {
  readonly id: string
  readonly slug: string
  /** `org:admin`. */
  readonly role: string
  /** Keys, in their order. */
  readonly permissions: readonly string[]
}

/**
 * Finds an organization by id or slug, if the user is a member of it. Asked each time a token is signed:
 * whoever was removed or got another role sees it in their next token.
 */
export async function findActiveOrganization(
  db: Queryable,
  instance: Instance,
  userId: string,
  idOrSlug: string,
): Promise<ActiveOrganization | null> {
  if (!instance.settings.organizations) return null
  const [row] = await db
    .select({
      id: organizations.id,
      slug: organizations.slug,
      role: organizationRoles.key,
      permissions: permissionKeysOfRole,
    })
    .from(organizationMemberships)
    .innerJoin(organizations, eq(organizations.id, organizationMemberships.organizationId))
    .innerJoin(organizationRoles, eq(organizationRoles.id, organizationMemberships.roleId))
    .where(
      and(
        eq(organizationMemberships.instanceId, instance.id),
        eq(organizationMemberships.userId, userId),
        or(eq(organizations.id, idOrSlug), eq(organizations.slug, idOrSlug)),
      ),
    )
  return row ?? null
}

/**
 * Makes an organization the one a session acts in, or the personal account if it is `null`. Returns
 * whether it could: a user acts in no organization they are not a member of, and in none at all only where an
 * instance lets them.
 */
export async function activate(
  tx: Transaction,
  instance: Instance,
  session: {
    readonly id: string
    readonly userId: string
    readonly lastActiveOrganizationId: string | null
  },
  idOrSlug: string | null,
  now: number,
): Promise<boolean> {
  const { organizations: isOn, force_organization_selection: isForced } = instance.settings
  if (idOrSlug === null && isOn && isForced) {
    // Pages name what a session acts in when it begins, also if that is nothing yet.
    return session.lastActiveOrganizationId === null
  }
  const active =
    idOrSlug === null ? null : await findActiveOrganization(tx, instance, session.userId, idOrSlug)
  if (idOrSlug !== null && active === null) return false
  const ofUser = eq(organizationMemberships.userId, session.userId)
  // The row that is changed is locked: a membership that ends meanwhile ends before or after this.
  const chosen = await tx
    .update(organizationMemberships)
    .set({ activatedAt: active === null ? null : now })
    .where(
      and(
        ofUser,
        active === null ? undefined : eq(organizationMemberships.organizationId, active.id),
      ),
    )
    .returning({ id: organizationMemberships.id })
  if (active !== null && chosen.length === 0) return false
  await tx
    .update(sessions)
    .set({
      lastActiveOrganizationId: active?.id ?? null,
      updatedAt: sql`greatest(${now}::bigint, ${sessions.updatedAt} + 1)`,
    })
    .where(and(eq(sessions.id, session.id), eq(sessions.instanceId, instance.id)))
  return true
}

/** The organization that a new session of a user starts in, as part of a statement: the one they were last in. */
export function startingOrganization(db: Queryable, userId: SQLWrapper) {
  return db
    .select({ id: organizationMemberships.organizationId })
    .from(organizationMemberships)
    .where(
      and(
        sql`${organizationMemberships.userId} = ${userId}`,
        isNotNull(organizationMemberships.activatedAt),
      ),
    )
    .orderBy(desc(organizationMemberships.activatedAt), desc(organizationMemberships.id))
    .limit(1)
}

/** Claims of a session token of version 1. Permissions of the server itself stay here. */
export function organizationClaimsV1(active: ActiveOrganization | null): object {
  if (active === null) return {}
  return {
    org_id: active.id,
    org_slug: active.slug,
    org_role: active.role,
    org_permissions: active.permissions.filter((key) => !isSystemPermission(key)),
  }
}

/**
 * Claims of a session token of version 2. Permissions are packed: `o.per` lists the actions, `o.fpm` has
 * one number for each feature of `fea`, and bit _k_ of it, the least significant first, grants action
 * _k_. The numbers may outgrow what a `number` holds.
 */
export function organizationClaimsV2(active: ActiveOrganization | null): object {
  if (active === null) return {}
  const custom = active.permissions
    .filter((key) => !isSystemPermission(key))
    .map((key) => key.split(':').slice(1) as [feature: string, action: string])
  const features = [...new Set(custom.map(([feature]) => feature))].toSorted()
  const actions = [...new Set(custom.map(([, action]) => action))].toSorted()
  const masks = features.map((feature) =>
    custom
      .filter(([of]) => of === feature)
      .reduce((mask, [, action]) => mask | (1n << BigInt(actions.indexOf(action))), 0n),
  )
  return {
    o: {
      id: active.id,
      slg: active.slug,
      rol: active.role.replace(/^org:/, ''),
      ...(custom.length === 0 ? {} : { per: actions.join(','), fpm: masks.join(',') }),
    },
    ...(custom.length === 0 ? {} : { fea: features.map((feature) => `o:${feature}`).join(',') }),
  }
}
