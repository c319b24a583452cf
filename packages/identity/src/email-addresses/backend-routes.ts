import type { Queryable, Transaction } from '../database/database.ts'
import { emailAddresses } from '../database/schema.ts'
import { transact } from '../database/transact.ts'
import type { BackendRoute, Call } from '../http/backend-route.ts'
import { ApiError, paramError } from '../http/errors.ts'
import { changeUser, claimUser } from '../users/change.ts'
import { parseEmailAddress } from '../users/email-address.ts'
import { requireVerified } from '../users/profile.ts'
import { toVerificationJson } from '../verifications/code.ts'
import { findUser, toEmailAddressJson, type EmailAddress, type User } from '../users/user.ts'
import {
  addAddress,
  deleteAddress,
  isRow,
  proveAddress,
  reloadAddress,
  requireAddress,
} from './address.ts'
import { redeemProof, sendProof } from './proof.ts'

/** The endpoints below `/v1/email_addresses`. */
export const emailAddressBackendRoutes: readonly BackendRoute[] = [
  {
    method: 'GET',
    path: '/email_addresses/:id',
    handle: async ({ database }, call) => {
      const user = await findUser(database, call.instance.id, await ownerOf(database, call))
      if (user === null) throw new ApiError('resource_not_found')
      return toEmailAddressJson(requireAddress(user, idOf(call)), call.now)
    },
  },
  {
    method: 'POST',
    path: '/email_addresses',
    event: 'email_address.added',
    handle: ({ database }, call) =>
      transact(database, async (tx) => {
        const { instance, body, now } = call
        const text = parseEmailAddress(body.required('email_address', 320), 'email_address')
        const user = await claimUser(tx, call, body.required('user_id', 256))
        const id = await addAddress(tx, instance, user, text, now)
        await change(tx, call, user.id, id)
        return toEmailAddressJson(await reloadAddress(tx, user, id), now)
      }),
  },
  {
    method: 'PATCH',
    path: '/email_addresses/:id',
    event: 'email_address.updated',
    handle: ({ database }, call) =>
      transact(database, async (tx) => {
        const user = await claimUser(tx, call, await ownerOf(tx, call))
        await change(tx, call, user.id, idOf(call))
        return toEmailAddressJson(await reloadAddress(tx, user, idOf(call)), call.now)
      }),
  },
  {
    // A server that knows the user asks for the code on a page of its own.
    method: 'POST',
    path: '/email_addresses/:id/prepare_verification',
    handle: async (services, call) => {
      await ownerOf(services.database, call)
      const strategy = call.body.text('strategy', 256) ?? 'email_code'
      if (strategy !== 'email_code') throw paramError('form_param_value_invalid', 'strategy')
      const proof = { id: idOf(call), strategy }
      const { verification } = await sendProof(services, call, proof, claimOwner(call))
      return { id: verification?.id, ...toVerificationJson(verification, null, call.now) }
    },
  },
  {
    method: 'POST',
    path: '/email_addresses/:id/attempt_verification',
    handle: async (services, call) => {
      // Of an address there is not, nothing has to be said right.
      await ownerOf(services.database, call)
      const verificationId = call.body.required('verification_id', 256)
      const code = call.body.required('code', 64).trim()
      const guess = { id: idOf(call), code, verificationId }
      const address = await redeemProof(services, call, guess, claimOwner(call))
      return { id: verificationId, ...toEmailAddressJson(address, call.now).verification }
    },
  },
  {
    method: 'DELETE',
    path: '/email_addresses/:id',
    event: 'email_address.removed',
    handle: ({ database }, call) =>
      transact(database, async (tx) => {
        const user = await claimUser(tx, call, await ownerOf(tx, call))
        const address = requireAddress(user, idOf(call))
        await deleteAddress(tx, call.instance, user, address, call.now)
        return { object: 'email_address', id: address.id, deleted: true }
      }),
  },
  {
    method: 'PUT',
    path: '/users/:id/email_address',
    event: 'email_address.updated',
    handle: ({ database }, call) =>
      transact(database, async (tx) => {
        const { instance, body, now } = call
        const user = await claimUser(tx, call)
        const text = parseEmailAddress(body.required('email_address', 320), 'email_address')
        // The only address of a user is proven: they would be locked out by any other.
        if ((body.text('identification_status', 64) ?? 'verified') !== 'verified') {
          throw paramError('form_param_value_invalid', 'identification_status')
        }
        const kept = user.emailAddresses.find((row) => row.emailAddress === text)
        for (const row of user.emailAddresses) {
          if (row.id !== kept?.id) await tx.delete(emailAddresses).where(isRow(row))
        }
        const left = { ...user, emailAddresses: kept === undefined ? [] : [kept] }
        const id = kept?.id ?? (await addAddress(tx, instance, left, text, now))
        const current = await claimUser(tx, call)
        const address = requireAddress(current, id)
        if (address.verifiedAt === null) await proveAddress(tx, call, current, address, 'admin')
        await changeUser(tx, await claimUser(tx, call), { primaryEmailAddressId: id }, now)
        return toEmailAddressJson(await reloadAddress(tx, user, id), now)
      }),
  },
]

const claimOwner =
  (call: Call) =>
  async (tx: Transaction): Promise<User> =>
    claimUser(tx, call, await ownerOf(tx, call))

/** Does what the body says about being proven, and being primary. */
async function change(tx: Transaction, call: Call, userId: string, id: string): Promise<void> {
  const { body, now } = call
  const before = await claimUser(tx, call, userId)
  const address = requireAddress(before, id)
  const [isVerified, isPrimary] = [body.flag('verified'), body.flag('primary')]
  if (isVerified === true && address.verifiedAt === null) {
    await proveAddress(tx, call, before, address, 'admin')
  }
  if (isVerified === false && address.verifiedAt !== null) await disprove(tx, before, address, now)
  if (isPrimary === true) {
    const user = await claimUser(tx, call, userId)
    const primaryEmailAddressId = requireVerified(user, id, 'primary')
    await changeUser(tx, user, { primaryEmailAddressId }, now)
  }
}

/** The primary address is how a user goes by: it stays proven. */
async function disprove(
  tx: Transaction,
  user: User,
  address: EmailAddress,
  now: number,
): Promise<void> {
  if (user.primaryEmailAddressId === address.id) throw new ApiError('identification_update_failed')
  await tx
    .update(emailAddresses)
    .set({ verifiedAt: null, verificationStrategy: null, updatedAt: now })
    .where(isRow(address))
  await changeUser(tx, user, {}, now)
}

async function ownerOf(db: Queryable, call: Call): Promise<string> {
  const [row] = await db
    .select({ userId: emailAddresses.userId })
    .from(emailAddresses)
    .where(isRow({ id: idOf(call), instanceId: call.instance.id }))
  if (row === undefined) throw new ApiError('resource_not_found')
  return row.userId
}

function idOf({ path }: Call): string {
  return path['id'] ?? ''
}
