/**
 * Every table of the identity server. Each row belongs to one instance, and every query names it:
 * nothing crosses instances.
 *
 * Times are Unix milliseconds, as on the wire.
 */

import type { ActorClaim, Metadata, SessionStatus } from '@core/protocol'
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import type { JWK } from 'jose'

/** A column that holds a time. */
export const time = (name: string) => bigint(name, { mode: 'number' })

/** When a row was made and last changed. */
export const timestamps = {
  createdAt: time('created_at').notNull(),
  updatedAt: time('updated_at').notNull(),
}

export const instances = pgTable('instances', {
  id: text('id').primaryKey(),
  type: text('type').$type<'development' | 'production'>().notNull(),
  /** Host of the Frontend API, with its port where it has one. */
  frontendApi: text('frontend_api').notNull().unique(),
  publishableKey: text('publishable_key').notNull().unique(),
  /** What was changed from the defaults; `instances/settings.ts` checks it. */
  settings: jsonb('settings').$type<Readonly<Record<string, unknown>>>().notNull(),
  /** Of those that somebody made without an account, and the columns below it as well. */
  applicationId: text('application_id').unique(),
  /** Hash of what makes it the operator's own, once. */
  claimTokenHash: text('claim_token_hash').unique(),
  /** When it became the operator's own; absent until then. */
  claimedAt: time('claimed_at'),
  /** When it was last used, give or take an hour. Those that nobody claims or uses are deleted. */
  usedAt: time('used_at'),
  /** When its developer put its keys in place. */
  completedAt: time('completed_at'),
  ...timestamps,
})

/** The column by which a row belongs to its instance. */
export const instanceId = () =>
  text('instance_id')
    .notNull()
    .references(() => instances.id, { onDelete: 'cascade' })

export const secretKeys = pgTable('secret_keys', {
  /** SHA-256 of the key. The key itself has 256 random bits, so no salt is needed. */
  keyHash: text('key_hash').primaryKey(),
  instanceId: instanceId(),
  /** What it is for, in the words of whoever made it. */
  name: text('name'),
  createdAt: time('created_at').notNull(),
})

export const signingKeys = pgTable(
  'signing_keys',
  {
    instanceId: instanceId(),
    kid: text('kid').notNull(),
    algorithm: text('algorithm').notNull(),
    /** Sealed by the vault; of a retired key, its public half. */
    privateKey: jsonb('private_key').$type<JWK | { readonly sealed: string }>().notNull(),
    publicKey: jsonb('public_key').$type<JWK>().notNull(),
    createdAt: time('created_at').notNull(),
    /** Since when nothing is signed with it. It stays in the key set until its tokens expired. */
    retiredAt: time('retired_at'),
    /** Until when tokens that were signed with it may live. */
    tokensExpireAt: time('tokens_expire_at').notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.instanceId, table.kid] }),
    uniqueIndex('signing_keys_in_use')
      .on(table.instanceId)
      .where(sql`${table.retiredAt} is null`),
  ],
)

/** A browser: what a client token stands for. Its `updatedAt` moves on sign-in and sign-out only. */
export const clients = pgTable(
  'clients',
  {
    id: text('id').primaryKey(),
    instanceId: instanceId(),
    signInId: text('sign_in_id'),
    signUpId: text('sign_up_id'),
    lastActiveSessionId: text('last_active_session_id'),
    lastAuthenticationStrategy: text('last_authentication_strategy'),
    ...timestamps,
  },
  (table) => [index('clients_instance').on(table.instanceId, table.createdAt)],
)

/** Bearer tokens of browsers: the `__client` cookie, and in development the dev-browser token. */
export const clientTokens = pgTable(
  'client_tokens',
  {
    tokenHash: text('token_hash').primaryKey(),
    instanceId: instanceId(),
    kind: text('kind').$type<'cookie' | 'dev_browser'>().notNull(),
    /** Absent until the browser begins to sign in or up. */
    clientId: text('client_id').references(() => clients.id, { onDelete: 'cascade' }),
    createdAt: time('created_at').notNull(),
  },
  (table) => [index('client_tokens_client').on(table.clientId)],
)

export const users = pgTable(
  'users',
  {
    id: text('id').primaryKey(),
    instanceId: instanceId(),
    externalId: text('external_id'),
    username: text('username'),
    firstName: text('first_name'),
    lastName: text('last_name'),
    primaryEmailAddressId: text('primary_email_address_id'),
    /** Their own picture: a row of `images`. */
    imageId: text('image_id'),
    passwordDigest: text('password_digest'),
    passwordUpdatedAt: time('password_updated_at'),
    /** Whether somebody else may know the password: it has to be replaced at the next sign-in. */
    isPasswordCompromised: boolean('is_password_compromised').notNull().default(false),
    publicMetadata: jsonb('public_metadata').$type<Metadata>().notNull(),
    privateMetadata: jsonb('private_metadata').$type<Metadata>().notNull(),
    unsafeMetadata: jsonb('unsafe_metadata').$type<Metadata>().notNull(),
    isBanned: boolean('is_banned').notNull().default(false),
    isLocked: boolean('is_locked').notNull().default(false),
    /** When a lock ends; absent while locked means never. */
    lockExpiresAt: time('lock_expires_at'),
    /** Wrong passwords and codes since the last right one. */
    failedAttempts: integer('failed_attempts').notNull().default(0),
    canDeleteSelf: boolean('can_delete_self').notNull().default(true),
    canCreateOrganizations: boolean('can_create_organizations').notNull().default(true),
    organizationsLimit: integer('organizations_limit'),
    legalAcceptedAt: time('legal_accepted_at'),
    lastSignInAt: time('last_sign_in_at'),
    lastActiveAt: time('last_active_at'),
    locale: text('locale'),
    ...timestamps,
  },
  (table) => [
    index('users_instance').on(table.instanceId, table.createdAt),
    uniqueIndex('users_external_id').on(table.instanceId, table.externalId),
    uniqueIndex('users_username').on(table.instanceId, table.username),
  ],
)

export const emailAddresses = pgTable(
  'email_addresses',
  {
    id: text('id').primaryKey(),
    instanceId: instanceId(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** Normalized: see `users/email-address.ts`. */
    emailAddress: text('email_address').notNull(),
    verifiedAt: time('verified_at'),
    verificationStrategy: text('verification_strategy'),
    /** Code or link under way to prove it. */
    verificationId: text('verification_id').references(() => verifications.id, {
      onDelete: 'set null',
    }),
    /** Of a Gmail address, its form without dots: see `users/gmail.ts`. */
    dotlessAddress: text('dotless_address'),
    /** Whether no other address may have the same form. */
    isDotlessUnique: boolean('is_dotless_unique').notNull().default(false),
    ...timestamps,
  },
  (table) => [
    index('email_addresses_user').on(table.userId),
    index('email_addresses_verification').on(table.verificationId),
    index('email_addresses_address').on(table.instanceId, table.emailAddress),
    index('email_addresses_domain').on(
      table.instanceId,
      sql`split_part(${table.emailAddress}, '@', 2)`,
    ),
    // Anybody may claim an address; only one user of an instance may have proven it.
    uniqueIndex('email_addresses_verified')
      .on(table.instanceId, table.emailAddress)
      .where(sql`${table.verifiedAt} is not null`),
    index('email_addresses_dotless')
      .on(table.instanceId, table.dotlessAddress)
      .where(sql`${table.dotlessAddress} is not null`),
    uniqueIndex('email_addresses_dotless_verified')
      .on(table.instanceId, table.dotlessAddress)
      .where(sql`${table.isDotlessUnique} and ${table.verifiedAt} is not null`),
  ],
)

export const sessions = pgTable(
  'sessions',
  {
    id: text('id').primaryKey(),
    instanceId: instanceId(),
    clientId: text('client_id')
      .notNull()
      .references(() => clients.id, { onDelete: 'cascade' }),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    status: text('status').$type<SessionStatus>().notNull(),
    expireAt: time('expire_at').notNull(),
    abandonAt: time('abandon_at').notNull(),
    lastActiveAt: time('last_active_at').notNull(),
    lastActiveOrganizationId: text('last_active_organization_id'),
    /** When the first factor was last proven. */
    firstFactorAt: time('first_factor_at').notNull(),
    /** When the second factor was last proven; absent where none is in use. */
    secondFactorAt: time('second_factor_at'),
    /** Origin that last asked for a token: `azp` of tokens the Backend API asks for. */
    origin: text('origin'),
    /** What the browser that last used it calls itself. */
    userAgent: text('user_agent'),
    /** Where the browser was that last used it. */
    ipAddress: text('ip_address'),
    actor: jsonb('actor').$type<ActorClaim>(),
    ...timestamps,
  },
  (table) => [
    index('sessions_client').on(table.clientId, table.status),
    index('sessions_user').on(table.instanceId, table.userId, table.status),
    index('sessions_organization').on(table.lastActiveOrganizationId),
  ],
)

/** Something sent to prove an address: a code, or a link with a token. Both are hashed and work once. */
export const verifications = pgTable(
  'verifications',
  {
    id: text('id').primaryKey(),
    instanceId: instanceId(),
    strategy: text('strategy').notNull(),
    /** `transferable`: what it proved belongs to an account that is another, or yet to be made. */
    status: text('status').$type<'unverified' | 'verified' | 'failed' | 'transferable'>().notNull(),
    /** Where the code went. A code proves this address and no other. */
    address: text('address').notNull(),
    codeHash: text('code_hash').notNull(),
    /** Where the browser goes that opened the link. */
    redirectUrl: text('redirect_url'),
    /** The client that opened the link, if it was one that is known. */
    openedByClientId: text('opened_by_client_id'),
    attempts: integer('attempts').notNull().default(0),
    maxAttempts: integer('max_attempts').notNull(),
    /** When the code left; absent if it could not be sent. */
    sentAt: time('sent_at'),
    expireAt: time('expire_at').notNull(),
    createdAt: time('created_at').notNull(),
  },
  (table) => [
    index('verifications_address').on(table.instanceId, table.address, table.createdAt),
    index('verifications_expiry').on(table.expireAt),
  ],
)

export const signIns = pgTable(
  'sign_ins',
  {
    id: text('id').primaryKey(),
    instanceId: instanceId(),
    clientId: text('client_id')
      .notNull()
      .references(() => clients.id, { onDelete: 'cascade' }),
    status: text('status')
      .$type<'needs_identifier' | 'needs_first_factor' | 'needs_new_password' | 'complete'>()
      .notNull(),
    identifier: text('identifier'),
    userId: text('user_id').references(() => users.id, { onDelete: 'cascade' }),
    /** Strategy that proved the first factor. */
    firstFactorStrategy: text('first_factor_strategy'),
    /** Code under way for the first factor. */
    firstFactorVerificationId: text('first_factor_verification_id').references(
      () => verifications.id,
      { onDelete: 'set null' },
    ),
    /** Whether an address that nobody has becomes a sign-up once it is proven. */
    canSignUp: boolean('can_sign_up').notNull().default(false),
    createdSessionId: text('created_session_id'),
    abandonAt: time('abandon_at').notNull(),
    ...timestamps,
  },
  (table) => [
    index('sign_ins_client').on(table.clientId),
    index('sign_ins_verification').on(table.firstFactorVerificationId),
  ],
)

export const signUps = pgTable(
  'sign_ups',
  {
    id: text('id').primaryKey(),
    instanceId: instanceId(),
    clientId: text('client_id')
      .notNull()
      .references(() => clients.id, { onDelete: 'cascade' }),
    status: text('status').$type<'missing_requirements' | 'complete'>().notNull(),
    emailAddress: text('email_address'),
    /** Normalized: see `users/username.ts`. */
    username: text('username'),
    /** Code under way for the e-mail address. */
    emailVerificationId: text('email_verification_id').references(() => verifications.id, {
      onDelete: 'set null',
    }),
    firstName: text('first_name'),
    lastName: text('last_name'),
    passwordDigest: text('password_digest'),
    /** The ticket that lets it in, and proves its address. */
    ticketHash: text('ticket_hash'),
    /** What the application calls the user who comes of it. */
    externalId: text('external_id'),
    /** Whether the application says that it has done its part. */
    customAction: boolean('custom_action').notNull().default(false),
    unsafeMetadata: jsonb('unsafe_metadata').$type<Metadata>().notNull(),
    legalAcceptedAt: time('legal_accepted_at'),
    locale: text('locale'),
    createdSessionId: text('created_session_id'),
    createdUserId: text('created_user_id'),
    abandonAt: time('abandon_at').notNull(),
    ...timestamps,
  },
  (table) => [
    index('sign_ups_client').on(table.clientId),
    index('sign_ups_verification').on(table.emailVerificationId),
  ],
)

/** Mails that development instances keep instead of sending. */
export const outbox = pgTable(
  'outbox',
  {
    id: text('id').primaryKey(),
    instanceId: instanceId(),
    recipient: text('recipient').notNull(),
    subject: text('subject').notNull(),
    text: text('text').notNull(),
    code: text('code'),
    createdAt: time('created_at').notNull(),
  },
  (table) => [index('outbox_instance').on(table.instanceId, table.createdAt)],
)
