import type { Metadata } from '@core/protocol'

import type { Transaction } from '../database/database.ts'
import { emailAddresses, users } from '../database/schema.ts'
import { only } from '../database/transact.ts'
import { paramError } from '../http/errors.ts'
import { newId } from '../ids.ts'
import type { Instance } from '../instances/instance.ts'
import { refuseOtherSpelling, spellingOf } from './gmail.ts'
import { refuseTaken } from './taken.ts'
import type { User } from './user.ts'

/** What a user is made of. */
export interface NewUser {
  /** Proven, normalized addresses. The first is the primary one. */
  readonly emailAddresses: readonly string[]
  /** How the addresses were proven. */
  readonly verificationStrategy: string
  readonly externalId?: string | null
  readonly username?: string | null
  readonly firstName?: string | null
  readonly lastName?: string | null
  readonly passwordDigest?: string | null
  readonly publicMetadata?: Metadata
  readonly privateMetadata?: Metadata
  readonly unsafeMetadata?: Metadata
  readonly legalAcceptedAt?: number | null
  readonly locale?: string | null
  readonly createdAt?: number
}

/**
 * Creates a user. What is taken is found out by the constraints of the tables, so that two requests at
 * once cannot both win.
 *
 * @throws {ApiError} `form_identifier_exists`
 */
export async function createUser(
  tx: Transaction,
  instance: Instance,
  input: NewUser,
  now: number,
): Promise<User> {
  const id = newId('user', now)
  const addresses = input.emailAddresses.map((emailAddress, index) => ({
    id: newId('idn', now),
    instanceId: instance.id,
    userId: id,
    emailAddress,
    ...spellingOf(instance, emailAddress),
    verifiedAt: now,
    verificationStrategy: input.verificationStrategy,
    // One after the other, so that they are listed in the order they came in.
    createdAt: now + index,
    updatedAt: now + index,
  }))
  const [user] = await tx
    .insert(users)
    .values({
      id,
      instanceId: instance.id,
      externalId: input.externalId ?? null,
      username: input.username ?? null,
      firstName: input.firstName ?? null,
      lastName: input.lastName ?? null,
      passwordDigest: input.passwordDigest ?? null,
      passwordUpdatedAt: input.passwordDigest ? now : null,
      primaryEmailAddressId: addresses[0]?.id ?? null,
      publicMetadata: input.publicMetadata ?? {},
      privateMetadata: input.privateMetadata ?? {},
      unsafeMetadata: input.unsafeMetadata ?? {},
      canDeleteSelf: true,
      legalAcceptedAt: input.legalAcceptedAt ?? null,
      locale: input.locale ?? null,
      createdAt: input.createdAt ?? now,
      updatedAt: now,
    })
    .onConflictDoNothing()
    .returning()
  if (user === undefined) {
    await refuseTaken(tx, { id, instanceId: instance.id }, input)
    // Whoever had it is gone meanwhile.
    throw paramError('form_identifier_exists', input.username ? 'username' : 'external_id')
  }
  const rows = []
  for (const address of addresses) {
    await refuseOtherSpelling(tx, instance, address.emailAddress)
    const inserted = await tx
      .insert(emailAddresses)
      .values(address)
      .onConflictDoNothing()
      .returning()
    if (inserted.length === 0) throw paramError('form_identifier_exists', 'email_address')
    rows.push({ ...only(inserted), verification: null })
  }
  return { ...user, emailAddresses: rows }
}
