/** How an address that was added is proven: by a code, or by a link. */

import { and, eq } from 'drizzle-orm'

import type { InstanceAuthor } from '../audit/record.ts'
import type { Client } from '../clients/client.ts'
import type { Queryable, Transaction } from '../database/database.ts'
import { emailAddresses } from '../database/schema.ts'
import { Refusal, transact } from '../database/transact.ts'
import { ApiError } from '../http/errors.ts'
import type { Visit } from '../http/visit.ts'
import { spend } from '../rate-limits/spend.ts'
import type { Services } from '../services.ts'
import { findLiveSessions } from '../sessions/session.ts'
import { findFieldProof } from '../strategies/proofs.ts'
import { nextUpdate } from '../time.ts'
import { changeUser } from '../users/change.ts'
import { claimMe, findMe } from '../users/me.ts'
import { findUser, lockUser, type EmailAddress, type User } from '../users/user.ts'
import { rememberAsker } from '../verifications/asker.ts'
import { redeemCode } from '../verifications/code.ts'
import { deliver, issueVerification } from '../verifications/issue.ts'
import { readLinkTarget } from '../verifications/link.ts'
import { isRow, proveAddress, reloadAddress, requireAddress } from './address.ts'

/** Finds and locks whose address it is, in the transaction that goes on with it. */
type Claim = (tx: Transaction) => Promise<User>

/**
 * Sends a code or link to an address, unless it has just been sent.
 *
 * @param readTarget where a link leads in the end
 * @throws {ApiError} `resource_not_found`, `verification_already_verified`, `too_many_requests`,
 * `mail_delivery_failed`
 */
export async function sendProof(
  services: Services,
  { instance, now }: Pick<InstanceAuthor, 'instance' | 'now'>,
  { id, strategy }: { readonly id: string; readonly strategy: string },
  claim: Claim,
  readTarget: (tx: Transaction) => Promise<string | null> = async () => null,
): Promise<EmailAddress> {
  const sent = await transact(services.database, async (tx) => {
    const user = await claim(tx)
    const address = requireAddress(user, id)
    if (address.verifiedAt !== null) throw new ApiError('verification_already_verified')
    const { verification, delivery } = await issueVerification(
      tx,
      instance,
      {
        strategy,
        address: address.emailAddress,
        current: address.verification,
        redirectUrl: await readTarget(tx),
      },
      now,
    )
    await tx
      .update(emailAddresses)
      .set({ verificationId: verification.id, updatedAt: nextUpdate(address.updatedAt, now) })
      .where(isRow(address))
    await changeUser(tx, user, {}, now)
    return { address: await reloadAddress(tx, user, address.id), delivery }
  })
  await deliver(services, instance, 'email-address', sent.delivery)
  return sent.address
}

/**
 * Tries a code for an address.
 *
 * @param guess the code, and the verification it is for if that was said
 * @throws {ApiError} `resource_not_found`, `verification_already_verified`, what the code is refused for
 */
export function redeemProof(
  services: Services,
  author: InstanceAuthor,
  guess: { readonly id: string; readonly code: string; readonly verificationId?: string },
  claim: Claim,
): Promise<EmailAddress> {
  return transact(services.database, async (tx) => {
    const user = await claim(tx)
    const address = requireAddress(user, guess.id)
    if (address.verifiedAt !== null) throw new ApiError('verification_already_verified')
    const { verification } = address
    const { verificationId = verification?.id } = guess
    if (verificationId !== verification?.id) {
      throw new ApiError('resource_not_found', { meta: { param_name: 'verification_id' } })
    }
    const sent = verification?.strategy === 'email_code' ? verification : null
    const problem = await redeemCode(tx, sent, guess.code, author.now)
    if (problem !== null) return new Refusal(problem)
    await proveAddress(tx, author, user, address, 'email_code')
    return reloadAddress(tx, user, address.id)
  })
}

/** Sends a code or link to the address that the path names. */
export async function prepareAddress(services: Services, visit: Visit): Promise<EmailAddress> {
  const strategy = visit.body.required('strategy', 256)
  const { means } = findFieldProof(visit.instance.settings, strategy)
  await spend(services, visit, 'mails')
  const named = { id: idOf(visit), strategy }
  const address = await sendProof(services, visit, named, claimOwner(visit), (tx) =>
    means === 'link' ? readLinkTarget(tx, visit) : Promise.resolve(null),
  )
  if (address.verification !== null) {
    await rememberAsker(services.database, visit, address.verification)
  }
  return address
}

/** Tries a code for the address that the path names. */
export async function attemptAddress(services: Services, visit: Visit): Promise<EmailAddress> {
  const code = visit.body.required('code', 64).trim()
  await spend(services, visit, 'attempts')
  return redeemProof(services, visit, { id: idOf(visit), code }, claimOwner(visit))
}

const claimOwner =
  (visit: Visit): Claim =>
  async (tx) =>
    (await claimMe(tx, visit)).user

/** Finds the address that the path names. If its link was opened elsewhere, it is proven by now. */
export async function readAddress(services: Services, visit: Visit): Promise<EmailAddress> {
  const { user } = await findMe(services, visit)
  const address = requireAddress(user, idOf(visit))
  if (!isOpened(address)) return address
  return transact(services.database, async (tx) => {
    const me = await claimMe(tx, visit)
    const current = requireAddress(me.user, address.id)
    // Of two that ask at once the second finds it done.
    if (!isOpened(current)) return current
    await proveAddress(tx, visit, me.user, current, 'email_link')
    return reloadAddress(tx, me.user, address.id)
  })
}

/** Proves the address whose link was opened where its owner is signed in. No session comes of it. */
export async function completeAddressByLink(
  tx: Transaction,
  visit: Visit,
  _client: Client,
  id: string,
): Promise<null> {
  const [row] = await tx
    .select({ userId: emailAddresses.userId })
    .from(emailAddresses)
    .where(isRow({ id, instanceId: visit.instance.id }))
  const locked = row === undefined ? null : await lockUser(tx, visit.instance.id, row.userId)
  const user = locked === null ? null : await findUser(tx, visit.instance.id, locked.id)
  if (user === null) throw new ApiError('resource_not_found')
  await proveAddress(tx, visit, user, requireAddress(user, id), 'email_link')
  return null
}

function idOf({ path }: Visit): string {
  return path['id'] ?? ''
}

function isOpened({ verifiedAt, verification }: EmailAddress): boolean {
  return (
    verifiedAt === null &&
    verification?.strategy === 'email_link' &&
    verification.status === 'verified'
  )
}

/** Finds the address that a link was sent for. It counts as begun here if its owner is signed in here. */
export async function findAddressOfLink(
  db: Queryable,
  { instance, clientId, now }: Visit,
  verificationId: string,
): Promise<{ readonly id: string; readonly clientId: string } | null> {
  const [row] = await db
    .select({ id: emailAddresses.id, userId: emailAddresses.userId })
    .from(emailAddresses)
    .where(
      and(
        eq(emailAddresses.verificationId, verificationId),
        eq(emailAddresses.instanceId, instance.id),
      ),
    )
  if (row === undefined) return null
  const live = clientId === null ? [] : await findLiveSessions(db, clientId, now)
  const isHere = live.some(({ userId }) => userId === row.userId)
  return { id: row.id, clientId: isHere && clientId !== null ? clientId : '' }
}
