/** What the Backend API changes about users. */

import { and, eq } from 'drizzle-orm'

import { record } from '../audit/record.ts'
import type { Transaction } from '../database/database.ts'
import { users } from '../database/schema.ts'
import { transact } from '../database/transact.ts'
import { ApiError, paramError } from '../http/errors.ts'
import type { Call } from '../http/backend-route.ts'
import type { Params } from '../http/params.ts'
import { deleteImage } from '../images/image.ts'
import { importDigest } from '../passwords/foreign/hashers.ts'
import { checkPasswordPolicy } from '../passwords/policy.ts'
import type { Services } from '../services.ts'
import { endSessionsOfUser } from '../sessions/end.ts'
import { nextUpdate } from '../time.ts'
import { createUser } from './create.ts'
import { parseEmailAddress } from './email-address.ts'
import { readMetadata } from './metadata.ts'
import { lockedSince } from './lockout.ts'
import { isVerified, requireVerified } from './profile.ts'
import { refuseTaken } from './taken.ts'
import { findUser, lockUser, type User, type UserRow } from './user.ts'
import { parseUsername } from './username.ts'

/** What nobody can have yet: to drop it in silence would leave a user without what protects them. */
const UNKNOWN = ['totp_secret', 'backup_codes', 'phone_number', 'web3_wallet']

const UNKNOWN_PRIMARY = ['primary_phone_number_id', 'primary_web3_wallet_id']

/** Creates a user whose addresses count as proven: the application vouches for them. */
export async function createUserByAdmin(services: Services, call: Call): Promise<User> {
  const { body, instance, now } = call
  const addresses = body
    .list('email_address')
    .map((address) => parseEmailAddress(address, 'email_address'))
  const isNameless = addresses.length === 0 && body.isBlank('username')
  if (addresses.length === 0 && (instance.settings.email_address === 'required' || isNameless)) {
    throw paramError('form_data_missing', 'email_address')
  }
  if (body.isBlank('username') && instance.settings.username === 'required') {
    throw paramError('form_data_missing', 'username')
  }
  if (new Set(addresses).size < addresses.length) {
    throw paramError('form_identifier_exists', 'email_address')
  }
  refuseAny(body, UNKNOWN)
  const statuses = 'email_address_identification_status'
  if (body.list(statuses).some((status) => status !== 'verified')) {
    throw paramError('form_param_value_invalid', statuses)
  }
  const passwordDigest = await readPassword(services, call)
  const isRequired = instance.settings.password === 'required'
  if (passwordDigest === null && isRequired && body.flag('skip_password_requirement') !== true) {
    throw paramError('form_data_missing', 'password')
  }
  const profile = readProfile(call)
  const [isBanned, isLocked] = [body.flag('banned') === true, body.flag('locked') === true]
  return transact(services.database, async (tx) => {
    const user = await createUser(
      tx,
      instance,
      {
        emailAddresses: addresses,
        verificationStrategy: 'admin',
        passwordDigest,
        ...readMetadata(body),
        ...profile,
      },
      now,
    )
    await record(tx, call, 'user.created', user.id)
    if (isBanned) await record(tx, call, 'user.banned', user.id)
    if (isLocked) await record(tx, call, 'user.locked', user.id)
    const barred = { isBanned, ...(isLocked ? lockedSince(now, instance) : {}) }
    return changeUser(tx, user, { ...profile, ...barred }, now)
  })
}

/** Changes a user. What a request does not name stays. */
export async function updateUser(services: Services, call: Call): Promise<User> {
  const { body, now } = call
  refuseAny(body, [...UNKNOWN, ...UNKNOWN_PRIMARY])
  const passwordDigest = await readPassword(services, call)
  const profile = readProfile(call)
  return transact(services.database, async (tx) => {
    const user = await claimUser(tx, call)
    // Without any name to sign in by, nobody would ever come back.
    if (profile.username === null && !user.emailAddresses.some(isVerified)) {
      throw paramError('form_param_nil', 'username')
    }
    const primary = body.text('primary_email_address_id')
    if (passwordDigest !== null && body.flag('sign_out_of_other_sessions') === true) {
      await endSessionsOfUser(tx, call, user.id)
    }
    await record(tx, call, 'user.updated', user.id, { fields: body.names() })
    if (passwordDigest !== null) await record(tx, call, 'password.changed', user.id)
    return changeUser(
      tx,
      user,
      {
        ...profile,
        ...readMetadata(body),
        ...(primary === null ? {} : { primaryEmailAddressId: requireVerified(user, primary) }),
        ...(passwordDigest === null ? {} : newPassword(passwordDigest, now)),
      },
      now,
    )
  })
}

/**
 * Locks a user, the one that the path names if no other is, until the end of the transaction.
 *
 * @throws {ApiError} `resource_not_found`
 */
export async function claimUser(
  tx: Transaction,
  { instance, path }: Call,
  id: string = path['id'] ?? '',
): Promise<User> {
  const row = await lockUser(tx, instance.id, id)
  const user = row === null ? null : await findUser(tx, instance.id, row.id)
  if (user === null) throw new ApiError('resource_not_found')
  return user
}

/** Writes changes of a user, whose lock the caller holds. */
export async function changeUser(
  tx: Transaction,
  user: User,
  changes: Partial<UserRow>,
  now: number,
): Promise<User> {
  // Names that are taken are looked up first, so that the constraint's error stays the rare case.
  await refuseTaken(tx, user, changes)
  if (changes.imageId !== undefined && user.imageId !== null && changes.imageId !== user.imageId) {
    await deleteImage(tx, user.instanceId, user.imageId)
  }
  const [row] = await tx
    .update(users)
    .set({ ...changes, updatedAt: nextUpdate(user.updatedAt, now) })
    .where(and(eq(users.id, user.id), eq(users.instanceId, user.instanceId)))
    .returning()
  if (row === undefined) throw new ApiError('resource_not_found')
  return { ...row, emailAddresses: user.emailAddresses }
}

/** What a new password changes about a user, and `null` in place of one. */
export function newPassword(passwordDigest: string | null, now: number): Partial<UserRow> {
  return { passwordDigest, passwordUpdatedAt: now, isPasswordCompromised: false }
}

/** Reads the members of a user that both creation and change take. */
function readProfile({ body, instance: { settings }, now }: Call): Partial<UserRow> {
  const text = (name: string): string | null | undefined =>
    body.has(name) ? body.text(name, 256) : undefined
  const username = text('username')
  const profile = {
    firstName: text('first_name'),
    lastName: text('last_name'),
    username: username ? parseUsername(username, settings) : username,
    externalId: text('external_id'),
    locale: text('locale'),
    canDeleteSelf: body.flag('delete_self_enabled') ?? undefined,
    canCreateOrganizations: body.flag('create_organization_enabled') ?? undefined,
    // `null` is no limit of the user's own.
    organizationsLimit: body.has('create_organizations_limit')
      ? body.integer('create_organizations_limit', 0, 1_000_000)
      : undefined,
    legalAcceptedAt: readTime(body, 'legal_accepted_at', now),
    createdAt: readTime(body, 'created_at', now),
  }
  return Object.fromEntries(Object.entries(profile).filter(([, value]) => value !== undefined))
}

function refuseAny(body: Params, names: readonly string[]): void {
  for (const name of names) {
    if (!body.isBlank(name)) throw paramError('form_param_value_invalid', name)
  }
}

/** Reads a time of the past. */
export function readTime(body: Params, name: string, now: number): number | undefined {
  const text = body.text(name, 64)
  if (text === null) return undefined
  const time = Date.parse(text)
  if (!/^\d{4}-\d{2}-\d{2}T/.test(text) || Number.isNaN(time) || time > now || time < 0) {
    throw paramError('form_param_value_invalid', name)
  }
  return time
}

async function readPassword(services: Services, { body, instance }: Call): Promise<string | null> {
  const digest = body.text('password_digest', 1024)
  if (digest !== null) {
    return importDigest(body.required('password_hasher'), digest)
  }
  const password = body.text('password', 100_000)
  if (password === null) return null
  if (body.flag('skip_password_checks') !== true) checkPasswordPolicy(password, instance.settings)
  return services.passwords.hash(password)
}
