/** The tables of organizations. Like all others, each row belongs to one instance. */

import type { Metadata } from '@core/protocol'
import { sql } from 'drizzle-orm'
import {
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core'

import { instanceId, time, timestamps, users, verifications } from '../database/schema.ts'
import { images } from '../images/tables.ts'

/** How people with an address of a domain come into its organization. */
export type EnrollmentMode = 'manual_invitation' | 'automatic_invitation' | 'automatic_suggestion'

export const organizations = pgTable(
  'organizations',
  {
    id: text('id').primaryKey(),
    instanceId: instanceId(),
    name: text('name').notNull(),
    slug: text('slug').notNull(),
    imageId: text('image_id').references(() => images.id, { onDelete: 'set null' }),
    publicMetadata: jsonb('public_metadata').$type<Metadata>().notNull(),
    privateMetadata: jsonb('private_metadata').$type<Metadata>().notNull(),
    /** Moves with every membership, in the statement that asks whether there is room for one more. */
    membersCount: integer('members_count').notNull().default(0),
    /** 0: no limit. */
    maxAllowedMemberships: integer('max_allowed_memberships').notNull(),
    isAdminDeleteEnabled: boolean('is_admin_delete_enabled').notNull(),
    createdBy: text('created_by').references(() => users.id, { onDelete: 'set null' }),
    ...timestamps,
  },
  (table) => [
    uniqueIndex('organizations_slug').on(table.instanceId, table.slug),
    index('organizations_instance').on(table.instanceId, table.createdAt),
    index('organizations_created_by').on(table.createdBy),
  ],
)

export const organizationPermissions = pgTable(
  'organization_permissions',
  {
    id: text('id').primaryKey(),
    instanceId: instanceId(),
    /** `org:feature:action`; those of the server itself are `org:sys_feature:action`. */
    key: text('key').notNull(),
    name: text('name').notNull(),
    description: text('description'),
    type: text('type').$type<'system' | 'user'>().notNull(),
    ...timestamps,
  },
  (table) => [uniqueIndex('organization_permissions_key').on(table.instanceId, table.key)],
)

export const organizationRoles = pgTable(
  'organization_roles',
  {
    id: text('id').primaryKey(),
    instanceId: instanceId(),
    /** `org:name`. */
    key: text('key').notNull(),
    name: text('name').notNull(),
    description: text('description'),
    ...timestamps,
  },
  (table) => [uniqueIndex('organization_roles_key').on(table.instanceId, table.key)],
)

export const organizationRolePermissions = pgTable(
  'organization_role_permissions',
  {
    roleId: text('role_id')
      .notNull()
      .references(() => organizationRoles.id, { onDelete: 'cascade' }),
    permissionId: text('permission_id')
      .notNull()
      .references(() => organizationPermissions.id, { onDelete: 'cascade' }),
  },
  (table) => [
    primaryKey({ columns: [table.roleId, table.permissionId] }),
    index('organization_role_permissions_permission').on(table.permissionId),
  ],
)

const organizationId = () =>
  text('organization_id')
    .notNull()
    .references(() => organizations.id, { onDelete: 'cascade' })

// Neither a user nor a role takes memberships with it: whoever deletes one asks first what becomes of
// the organization. Only a whole instance goes at once.
const roleId = () =>
  text('role_id')
    .notNull()
    .references(() => organizationRoles.id)

export const organizationMemberships = pgTable(
  'organization_memberships',
  {
    id: text('id').primaryKey(),
    instanceId: instanceId(),
    organizationId: organizationId(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
    roleId: roleId(),
    publicMetadata: jsonb('public_metadata').$type<Metadata>().notNull(),
    privateMetadata: jsonb('private_metadata').$type<Metadata>().notNull(),
    /** When it was last chosen; absent since the personal account was. A new session starts in the latest. */
    activatedAt: time('activated_at'),
    ...timestamps,
  },
  (table) => [
    uniqueIndex('organization_memberships_user').on(table.userId, table.organizationId),
    index('organization_memberships_organization').on(table.organizationId, table.createdAt),
    index('organization_memberships_instance').on(table.instanceId, table.createdAt),
    index('organization_memberships_role').on(table.roleId, table.organizationId),
  ],
)

/** A domain whose people an organization takes in. */
export const organizationDomains = pgTable(
  'organization_domains',
  {
    id: text('id').primaryKey(),
    instanceId: instanceId(),
    organizationId: organizationId(),
    /** Lower case, without a dot at its end. */
    name: text('name').notNull(),
    enrollmentMode: text('enrollment_mode').$type<EnrollmentMode>().notNull(),
    verifiedAt: time('verified_at'),
    verificationStrategy: text('verification_strategy'),
    /** Code under way. */
    verificationId: text('verification_id').references(() => verifications.id, {
      onDelete: 'set null',
    }),
    affiliationEmailAddress: text('affiliation_email_address'),
    ...timestamps,
  },
  (table) => [
    uniqueIndex('organization_domains_name').on(table.organizationId, table.name),
    // Anybody may name a domain; only one organization of an instance may have proven it.
    uniqueIndex('organization_domains_verified')
      .on(table.instanceId, table.name)
      .where(sql`${table.verifiedAt} is not null`),
    index('organization_domains_verification').on(table.verificationId),
  ],
)

export const organizationInvitations = pgTable(
  'organization_invitations',
  {
    id: text('id').primaryKey(),
    instanceId: instanceId(),
    organizationId: organizationId(),
    /** Normalized: see `users/email-address.ts`. */
    emailAddress: text('email_address').notNull(),
    roleId: roleId(),
    status: text('status').$type<'pending' | 'accepted' | 'revoked' | 'expired'>().notNull(),
    inviterId: text('inviter_id').references(() => users.id, { onDelete: 'set null' }),
    /** The domain that invites by itself, if no person did. */
    domainId: text('domain_id').references(() => organizationDomains.id, { onDelete: 'cascade' }),
    /** Hash of the ticket in the mail; none where a domain invites. */
    ticketHash: text('ticket_hash').unique(),
    redirectUrl: text('redirect_url'),
    publicMetadata: jsonb('public_metadata').$type<Metadata>().notNull(),
    privateMetadata: jsonb('private_metadata').$type<Metadata>().notNull(),
    expireAt: time('expire_at').notNull(),
    ...timestamps,
  },
  (table) => [
    uniqueIndex('organization_invitations_pending')
      .on(table.organizationId, table.emailAddress)
      .where(sql`${table.status} = 'pending'`),
    index('organization_invitations_address').on(table.instanceId, table.emailAddress),
    index('organization_invitations_organization').on(table.organizationId, table.createdAt),
    index('organization_invitations_instance').on(table.instanceId, table.createdAt),
    index('organization_invitations_role').on(table.roleId),
    index('organization_invitations_domain').on(table.domainId),
    index('organization_invitations_inviter').on(table.inviterId),
  ],
)

/** Somebody who asks to be taken in. */
export const organizationMembershipRequests = pgTable(
  'organization_membership_requests',
  {
    id: text('id').primaryKey(),
    instanceId: instanceId(),
    organizationId: organizationId(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    status: text('status').$type<'pending' | 'accepted' | 'revoked'>().notNull(),
    ...timestamps,
  },
  (table) => [
    uniqueIndex('organization_membership_requests_pending')
      .on(table.organizationId, table.userId)
      .where(sql`${table.status} = 'pending'`),
    index('organization_membership_requests_organization').on(
      table.organizationId,
      table.createdAt,
    ),
    index('organization_membership_requests_user').on(table.userId),
  ],
)

/** An organization that a user is told of, because of their address. */
export const organizationSuggestions = pgTable(
  'organization_suggestions',
  {
    id: text('id').primaryKey(),
    instanceId: instanceId(),
    organizationId: organizationId(),
    domainId: text('domain_id')
      .notNull()
      .references(() => organizationDomains.id, { onDelete: 'cascade' }),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    status: text('status').$type<'pending' | 'accepted'>().notNull(),
    ...timestamps,
  },
  (table) => [
    uniqueIndex('organization_suggestions_user').on(table.userId, table.organizationId),
    index('organization_suggestions_domain').on(table.domainId, table.status),
    index('organization_suggestions_organization').on(table.organizationId),
  ],
)
