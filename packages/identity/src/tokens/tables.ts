/** Tables of what stands for something else: a session that goes on, a sign-in, a template, a domain. */

import type { ActorClaim } from '@core/protocol'
import { bigint, index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'

import { instances, sessions, users } from '../database/schema.ts'

const time = (name: string) => bigint(name, { mode: 'number' })

const timestamps = {
  createdAt: time('created_at').notNull(),
  updatedAt: time('updated_at').notNull(),
}

const instanceId = () =>
  text('instance_id')
    .notNull()
    .references(() => instances.id, { onDelete: 'cascade' })

/**
 * Families of refresh tokens: one row from the handshake that began it to its end, however often its
 * token is exchanged. Any token of the family but its newest is recognized by not being it.
 */
export const refreshFamilies = pgTable(
  'refresh_families',
  {
    /** Hash of the part that all tokens of the family share. */
    familyHash: text('family_hash').primaryKey(),
    instanceId: instanceId(),
    sessionId: text('session_id')
      .notNull()
      .references(() => sessions.id, { onDelete: 'cascade' }),
    /** Origin of the app whose cookie holds it. No other app can use it. */
    origin: text('origin').notNull(),
    /** Hash of the newest token. */
    tokenHash: text('token_hash').notNull(),
    /** Hash of the token before it. */
    previousHash: text('previous_hash'),
    /** With the token before, the newest one can be computed again: losers of a race get it, too. */
    seed: text('seed'),
    rotatedAt: time('rotated_at'),
    expireAt: time('expire_at').notNull(),
    createdAt: time('created_at').notNull(),
  },
  (table) => [
    index('refresh_families_session').on(table.sessionId),
    index('refresh_families_expiry').on(table.expireAt),
  ],
)

/** What waits, encrypted, for the one who brings its token. It is handed out once. */
export const oneTimePayloads = pgTable(
  'one_time_payloads',
  {
    tokenHash: text('token_hash').primaryKey(),
    instanceId: instanceId(),
    purpose: text('purpose').$type<'handshake' | 'satellite' | 'mailed_link'>().notNull(),
    /** Encrypted under the token, of which only the hash is kept here. */
    payload: text('payload').notNull(),
    expireAt: time('expire_at').notNull(),
  },
  (table) => [index('one_time_payloads_expiry').on(table.expireAt)],
)

/** Templates of tokens for other services. */
export const jwtTemplates = pgTable(
  'jwt_templates',
  {
    id: text('id').primaryKey(),
    instanceId: instanceId(),
    name: text('name').notNull(),
    claims: jsonb('claims').$type<Readonly<Record<string, unknown>>>().notNull(),
    /** Seconds, as the next one. */
    lifetime: integer('lifetime').notNull(),
    allowedClockSkew: integer('allowed_clock_skew').notNull(),
    /** Algorithm and text of a key of its own; absent: the instance's key. Sealed, never shown again. */
    signingAlgorithm: text('signing_algorithm'),
    signingKey: text('signing_key'),
    ...timestamps,
  },
  (table) => [uniqueIndex('jwt_templates_name').on(table.instanceId, table.name)],
)

/** Tickets that servers make: each signs somebody in, once. */
export const tickets = pgTable(
  'tickets',
  {
    id: text('id').primaryKey(),
    instanceId: instanceId(),
    kind: text('kind').$type<'sign_in_token' | 'actor_token'>().notNull(),
    tokenHash: text('token_hash').notNull().unique(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    status: text('status').$type<'pending' | 'accepted' | 'revoked'>().notNull(),
    /** Who acts in the session; actor tokens only. */
    actor: jsonb('actor').$type<ActorClaim>(),
    /** Organization that the session starts in. */
    organizationId: text('organization_id'),
    /** Seconds; absent: as long as other sessions. */
    sessionLifetime: integer('session_lifetime'),
    expireAt: time('expire_at').notNull(),
    ...timestamps,
  },
  (table) => [index('tickets_user').on(table.userId)],
)

/** Tokens with which tests pass the checks for robots. */
export const testingTokens = pgTable(
  'testing_tokens',
  {
    tokenHash: text('token_hash').primaryKey(),
    instanceId: instanceId(),
    expireAt: time('expire_at').notNull(),
  },
  (table) => [index('testing_tokens_expiry').on(table.expireAt)],
)

/** Satellites: domains beside the one where people sign in. */
export const domains = pgTable(
  'domains',
  {
    id: text('id').primaryKey(),
    instanceId: instanceId(),
    name: text('name').notNull(),
    /** Host of the Frontend API for this domain; absent where the domain's own server forwards to it. */
    frontendApi: text('frontend_api').unique(),
    proxyUrl: text('proxy_url'),
    ...timestamps,
  },
  (table) => [uniqueIndex('domains_name').on(table.instanceId, table.name)],
)
