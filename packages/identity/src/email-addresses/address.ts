/** The e-mail addresses of a user: which may be added, when one counts as proven, which must stay. */

import { and, eq } from 'drizzle-orm'

import { record, type InstanceAuthor } from '../audit/record.ts'
import type { Transaction } from '../database/database.ts'
import { emailAddresses } from '../database/schema.ts'
import { only } from '../database/transact.ts'
import { ApiError, paramError } from '../http/errors.ts'
import { newId } from '../ids.ts'
import type { Instance } from '../instances/instance.ts'
import { holderOfUser, listFirstFactors } from '../strategies/first-factors.ts'
import { nextUpdate } from '../time.ts'
import { changeUser } from '../users/change.ts'
import { refuseOtherSpelling, spellingOf } from '../users/gmail.ts'
import { findUser, findUserByEmailAddress, type EmailAddress, type User } from '../users/user.ts'

/**
 * Finds an address among those of a user.
 *
 * @throws {ApiError} `resource_not_found`
 */
export function requireAddress(user: User, id: string): EmailAddress {
  const address = user.emailAddresses.find((row) => row.id === id)
  if (address === undefined) throw new ApiError('resource_not_found')
  return address
}

/**
 * Adds an address to a user, whose lock the caller holds. Nothing is proven by that.
 *
 * @throws {ApiError} `form_identifier_exists`, `quota_exceeded`
 */
export async function addAddress(
  tx: Transaction,
  instance: Instance,
  user: User,
  emailAddress: string,
  now: number,
): Promise<string> {
  const owner = await findUserByEmailAddress(tx, instance.id, emailAddress)
  if (owner !== null || user.emailAddresses.some((row) => row.emailAddress === emailAddress)) {
    throw paramError('form_identifier_exists', 'email_address')
  }
  await refuseOtherSpelling(tx, instance, emailAddress)
  if (user.emailAddresses.length >= instance.settings.email_addresses_per_user) {
    throw new ApiError('quota_exceeded')
  }
  // Listed after those there are, however fast they come in.
  const createdAt = Math.max(now, ...user.emailAddresses.map((row) => row.createdAt + 1))
  const { id } = only(
    await tx
      .insert(emailAddresses)
      .values({
        id: newId('idn', now),
        instanceId: instance.id,
        userId: user.id,
        emailAddress,
        ...spellingOf(instance, emailAddress),
        createdAt,
        updatedAt: createdAt,
      })
      .returning(),
  )
  await changeUser(tx, user, {}, now)
  return id
}

/**
 * Notes that a user, whose lock the caller holds, has proven an address. The first one becomes primary.
 *
 * @throws {ApiError} `form_identifier_exists` if somebody else has proven it meanwhile
 */
export async function proveAddress(
  tx: Transaction,
  author: InstanceAuthor,
  user: User,
  address: EmailAddress,
  strategy: string,
): Promise<void> {
  const { instance, now } = author
  await refuseOtherSpelling(tx, instance, address.emailAddress)
  const { verification: _underWay, ...row } = address
  // Written anew rather than updated: only an insertion yields to whoever was first, instead of failing.
  await tx.delete(emailAddresses).where(isRow(address))
  const inserted = await tx
    .insert(emailAddresses)
    .values({
      ...row,
      ...spellingOf(instance, row.emailAddress),
      verifiedAt: now,
      verificationStrategy: strategy,
      verificationId: null,
      updatedAt: nextUpdate(row.updatedAt, now),
    })
    .onConflictDoNothing()
    .returning()
  if (inserted.length === 0) throw paramError('form_identifier_exists', 'email_address')
  await record(tx, author, 'email_address.verified', address.id, { user_id: user.id, strategy })
  const primaryEmailAddressId = user.primaryEmailAddressId ?? address.id
  await changeUser(tx, user, { primaryEmailAddressId }, now)
}

/**
 * Deletes an address of a user, whose lock the caller holds. Another proven one becomes primary in its place.
 *
 * @throws {ApiError} `identification_deletion_failed` for the last one that the instance requires or that
 * the user signs in by
 */
export async function deleteAddress(
  tx: Transaction,
  instance: Instance,
  user: User,
  address: EmailAddress,
  now: number,
): Promise<void> {
  if (address.verifiedAt !== null) refuseLast(instance, user, address)
  await tx.delete(emailAddresses).where(isRow(address))
  const isPrimary = user.primaryEmailAddressId === address.id
  const heir = user.emailAddresses.find((row) => row.id !== address.id && row.verifiedAt !== null)
  await changeUser(tx, user, isPrimary ? { primaryEmailAddressId: heir?.id ?? null } : {}, now)
}

function refuseLast({ settings }: Instance, user: User, address: EmailAddress): void {
  const left = user.emailAddresses.filter((row) => row.id !== address.id)
  const isProvenLeft = left.some((row) => row.verifiedAt !== null)
  const isRequired = settings.email_address === 'required' || user.username === null
  const holder = holderOfUser({ ...user, emailAddresses: left })
  const canSignIn = listFirstFactors(settings, holder, null).length > 0
  if ((isRequired && !isProvenLeft) || !canSignIn) {
    throw new ApiError('identification_deletion_failed')
  }
}

/** Finds an address once it has been changed. */
export async function reloadAddress(
  tx: Transaction,
  user: User,
  id: string,
): Promise<EmailAddress> {
  const reloaded = await findUser(tx, user.instanceId, user.id)
  return requireAddress(reloaded ?? user, id)
}

/** Names the row of an address. */
export function isRow({ id, instanceId }: Pick<EmailAddress, 'id' | 'instanceId'>) {
  return and(eq(emailAddresses.id, id), eq(emailAddresses.instanceId, instanceId))
}
