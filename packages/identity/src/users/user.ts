import type {
  EmailAddressJSON,
  PublicUserDataJSON,
  UserJSON,
  VerificationJSON,
} from '@core/protocol'
import { and, asc, eq, inArray, isNotNull, sql, type SQL } from 'drizzle-orm'

import type { Queryable, Transaction } from '../database/database.ts'
import { emailAddresses, users, verifications } from '../database/schema.ts'
import { createStatement, given } from '../database/statement.ts'
import { imageUrl } from '../images/image.ts'
import type { Instance } from '../instances/instance.ts'
import { toVerificationJson, type Verification } from '../verifications/code.ts'
import { avatarUrl } from './avatar.ts'

/** A user, as it is stored. */
export type UserRow = typeof users.$inferSelect

/** An e-mail address, as it is stored. */
export type EmailAddressRow = typeof emailAddresses.$inferSelect

/** An e-mail address with the code or link that is under way to prove it. */
export interface EmailAddress extends EmailAddressRow {
  readonly verification: Verification | null
}

/** A user with what belongs to it. */
export interface User extends UserRow {
  readonly emailAddresses: readonly EmailAddress[]
}

/** Finds users of an instance, in no order. */
export async function findUsers(
  db: Queryable,
  instanceId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, User>> {
  if (ids.length === 0) return new Map()
  return toUsers(await usersById(db).execute({ instanceId, ids }))
}

/** What belongs to a user, as a statement joins it. */
export const OF_USER = {
  address: and(
    eq(emailAddresses.userId, users.id),
    eq(emailAddresses.instanceId, users.instanceId),
  ),
  verification: and(
    eq(verifications.id, emailAddresses.verificationId),
    eq(verifications.instanceId, users.instanceId),
  ),
  /** The order in which {@link toUsers} takes the rows of one user. */
  order: [asc(emailAddresses.createdAt), asc(emailAddresses.id)],
} as const

/** Selects users with all that belongs to them. */
const selectUsers = (db: Queryable, condition: SQL) =>
  db
    .select({ user: users, address: emailAddresses, verification: verifications })
    .from(users)
    .leftJoin(emailAddresses, OF_USER.address)
    .leftJoin(verifications, OF_USER.verification)
    .where(and(eq(users.instanceId, given('instanceId')), condition))
    .orderBy(...OF_USER.order)

const usersById = createStatement('users_by_id', (db) =>
  selectUsers(db, sql`${users.id} = any(${given('ids')}::text[])`),
)

const userByUsername = createStatement('user_by_username', (db) =>
  selectUsers(db, eq(users.username, given('username'))),
)

const userByEmailAddress = createStatement('user_by_email_address', (db) =>
  selectUsers(
    db,
    inArray(
      users.id,
      db
        .select({ id: emailAddresses.userId })
        .from(emailAddresses)
        .where(
          and(
            eq(emailAddresses.instanceId, given('instanceId')),
            eq(emailAddresses.emailAddress, given('address')),
            isNotNull(emailAddresses.verifiedAt),
          ),
        ),
    ),
  ),
)

/** What a row says of a user. */
export interface UserPart {
  readonly user: UserRow
  readonly address: EmailAddressRow | null
  readonly verification: Verification | null
}

/** Puts together what the rows of a statement say of every user. */
export function toUsers(rows: readonly UserPart[]): ReadonlyMap<string, User> {
  const found = new Map<string, User & { readonly emailAddresses: EmailAddress[] }>()
  for (const { user, address, verification } of rows) {
    const known = found.get(user.id) ?? { ...user, emailAddresses: [] }
    if (address !== null) known.emailAddresses.push({ ...address, verification })
    found.set(user.id, known)
  }
  return found
}

/** Finds a user of an instance. */
export async function findUser(
  db: Queryable,
  instanceId: string,
  id: string,
): Promise<User | null> {
  return (await findUsers(db, instanceId, [id])).get(id) ?? null
}

/** Finds the user who has a username. */
export async function findUserByUsername(
  db: Queryable,
  instanceId: string,
  username: string,
): Promise<User | null> {
  const [user] = toUsers(await userByUsername(db).execute({ instanceId, username })).values()
  return user ?? null
}

/**
 * Locks a user until the end of the transaction, so that nobody bans, deletes or changes them while
 * something is decided about them.
 */
export async function lockUser(
  tx: Transaction,
  instanceId: string,
  id: string,
): Promise<UserRow | null> {
  const [row] = await userLocked(tx).execute({ id, instanceId })
  return row ?? null
}

const userLocked = createStatement('user_locked', (db) =>
  db
    .select()
    .from(users)
    .where(and(eq(users.id, given('id')), eq(users.instanceId, given('instanceId'))))
    .for('update'),
)

/** Finds the user who has proven an e-mail address. */
export async function findUserByEmailAddress(
  db: Queryable,
  instanceId: string,
  address: string,
): Promise<User | null> {
  const [user] = toUsers(await userByEmailAddress(db).execute({ instanceId, address })).values()
  return user ?? null
}

/** Tells whether a user has proven an address. */
export function hasProven(user: User, address: string): boolean {
  return user.emailAddresses.some(
    ({ emailAddress, verifiedAt }) => emailAddress === address && verifiedAt !== null,
  )
}

/** Tells whether a lock is in force. */
export function isLocked(user: UserRow, now: number): boolean {
  return user.isLocked && (user.lockExpiresAt === null || user.lockExpiresAt > now)
}

/** The address a user goes by: the primary one, else the first. */
export function primaryEmailAddress(user: User): EmailAddressRow | null {
  return (
    user.emailAddresses.find((address) => address.id === user.primaryEmailAddressId) ??
    user.emailAddresses[0] ??
    null
  )
}

/**
 * Writes a user for browsers. Never with private metadata.
 *
 * @param memberships what they belong to, written
 */
export function toUserJson(
  user: User,
  memberships: readonly object[],
  instance: Instance,
  now: number,
): UserJSON {
  return {
    object: 'user',
    id: user.id,
    external_id: user.externalId,
    username: user.username,
    first_name: user.firstName,
    last_name: user.lastName,
    ...toPictureJson(user, instance),
    profile_image_id: user.imageId,
    primary_email_address_id: user.primaryEmailAddressId,
    primary_phone_number_id: null,
    primary_web3_wallet_id: null,
    email_addresses: user.emailAddresses.map((address) => toEmailAddressJson(address, now)),
    phone_numbers: [],
    web3_wallets: [],
    external_accounts: [],
    enterprise_accounts: [],
    saml_accounts: [],
    passkeys: [],
    organization_memberships: memberships,
    password_enabled: user.passwordDigest !== null,
    totp_enabled: false,
    backup_code_enabled: false,
    two_factor_enabled: false,
    public_metadata: user.publicMetadata,
    unsafe_metadata: user.unsafeMetadata,
    last_sign_in_at: user.lastSignInAt,
    last_active_at: user.lastActiveAt,
    banned: user.isBanned,
    locked: isLocked(user, now),
    delete_self_enabled: user.canDeleteSelf && instance.settings.delete_self,
    create_organization_enabled:
      instance.settings.organizations &&
      instance.settings.create_organization &&
      user.canCreateOrganizations,
    create_organizations_limit: user.organizationsLimit,
    legal_accepted_at: user.legalAcceptedAt,
    created_at: user.createdAt,
    updated_at: user.updatedAt,
  }
}

/** Writes a user for the application's servers: all there is, but for the password. */
export function toBackendUserJson(user: User, instance: Instance, now: number): object {
  const locked = isLocked(user, now)
  // Servers ask for memberships at an address of their own.
  const { organization_memberships: _memberships, ...json } = toUserJson(user, [], instance, now)
  return {
    ...json,
    create_organization_enabled: user.canCreateOrganizations,
    profile_image_url: json.image_url,
    private_metadata: user.privateMetadata,
    password_last_updated_at: user.passwordUpdatedAt,
    mfa_enabled_at: null,
    mfa_disabled_at: null,
    lockout_expires_in_seconds:
      locked && user.lockExpiresAt !== null ? Math.ceil((user.lockExpiresAt - now) / 1000) : null,
    verification_attempts_remaining:
      instance.settings.lockout_attempts === 0
        ? null
        : Math.max(0, instance.settings.lockout_attempts - user.failedAttempts),
    locale: user.locale,
  }
}

/** Writes an address of a user. */
export function toEmailAddressJson(row: EmailAddress, now: number): EmailAddressJSON {
  return {
    object: 'email_address',
    id: row.id,
    email_address: row.emailAddress,
    reserved: false,
    verification:
      row.verifiedAt === null
        ? toUnprovenJson(toVerificationJson(row.verification, null, now))
        : {
            object: 'verification_otp',
            status: 'verified',
            strategy: row.verificationStrategy,
            attempts: null,
            expire_at: null,
            verified_at_client: null,
            error: null,
          },
    linked_to: [],
    matches_sso_connection: false,
    created_at: row.createdAt,
    updated_at: row.updatedAt,
  }
}

/** A link that was opened elsewhere proves an address only when its owner asks. Until then nobody goes by it. */
function toUnprovenJson(verification: VerificationJSON | null): VerificationJSON | null {
  return verification?.status === 'verified'
    ? { ...verification, status: 'unverified' }
    : verification
}

/** Writes what others may see of a user. */
export function toPublicUserDataJson(user: User, instance: Instance): PublicUserDataJSON {
  return {
    user_id: user.id,
    first_name: user.firstName,
    last_name: user.lastName,
    ...toPictureJson(user, instance),
    identifier: primaryEmailAddress(user)?.emailAddress ?? user.username ?? user.id,
    username: user.username,
  }
}

/** The picture a user is shown by: their own, else one of their initials. */
export function toPictureJson(
  user: User,
  instance: Instance,
): { readonly image_url: string; readonly has_image: boolean } {
  return {
    image_url: user.imageId === null ? avatarUrl(instance, user) : imageUrl(instance, user.imageId),
    has_image: user.imageId !== null,
  }
}
