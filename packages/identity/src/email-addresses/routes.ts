import { transact } from '../database/transact.ts'
import { paramError } from '../http/errors.ts'
import type { FrontendRoute } from '../http/route.ts'
import { admit } from '../restrictions/admit.ts'
import { parseEmailAddress } from '../users/email-address.ts'
import { claimMe } from '../users/me.ts'
import { toEmailAddressJson } from '../users/user.ts'
import { addAddress, deleteAddress, reloadAddress, requireAddress } from './address.ts'
import { attemptAddress, prepareAddress, readAddress } from './proof.ts'

/** The endpoints below `/v1/me/email_addresses`. */
export const emailAddressRoutes: readonly FrontendRoute[] = [
  {
    method: 'POST',
    path: '/me/email_addresses',
    event: 'email_address.added',
    reply: 'envelope',
    needs: { proof: 'reverification' },
    handle: async ({ database }, visit) => {
      const { instance, body, now } = visit
      if (instance.settings.email_address === 'off') {
        throw paramError('form_param_value_invalid', 'email_address')
      }
      const text = parseEmailAddress(body.required('email_address', 320), 'email_address')
      const address = await transact(database, async (tx) => {
        const { user } = await claimMe(tx, visit)
        // Whoever is in need not be on the allowlist; what is blocked stays blocked.
        await admit(tx, instance, text, true)
        return reloadAddress(tx, user, await addAddress(tx, instance, user, text, now))
      })
      return toEmailAddressJson(address, now)
    },
  },
  {
    method: 'GET',
    path: '/me/email_addresses/:id',
    reply: 'envelope',
    handle: async (services, visit) =>
      toEmailAddressJson(await readAddress(services, visit), visit.now),
  },
  {
    method: 'POST',
    path: '/me/email_addresses/:id/prepare_verification',
    reply: 'envelope',
    needs: { proof: 'self' },
    handle: async (services, visit) =>
      toEmailAddressJson(await prepareAddress(services, visit), visit.now),
  },
  {
    method: 'POST',
    path: '/me/email_addresses/:id/attempt_verification',
    reply: 'envelope',
    needs: { proof: 'self' },
    handle: async (services, visit) =>
      toEmailAddressJson(await attemptAddress(services, visit), visit.now),
  },
  {
    method: 'DELETE',
    path: '/me/email_addresses/:id',
    event: 'email_address.removed',
    reply: 'envelope',
    needs: { proof: 'reverification' },
    handle: ({ database }, visit) =>
      transact(database, async (tx) => {
        const { user } = await claimMe(tx, visit)
        const address = requireAddress(user, visit.path['id'] ?? '')
        await deleteAddress(tx, visit.instance, user, address, visit.now)
        return { object: 'email_address', id: address.id, deleted: true }
      }),
  },
]
