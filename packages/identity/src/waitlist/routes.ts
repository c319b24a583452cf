import { record } from '../audit/record.ts'
import { transact } from '../database/transact.ts'
import { ApiError } from '../http/errors.ts'
import type { FrontendRoute } from '../http/route.ts'
import type { Visit } from '../http/visit.ts'
import { newId } from '../ids.ts'
import { spend } from '../rate-limits/spend.ts'
import { admit } from '../restrictions/admit.ts'
import type { Services } from '../services.ts'
import { parseEmailAddress } from '../users/email-address.ts'
import { findUserByEmailAddress } from '../users/user.ts'
import { addEntry } from './entry.ts'

export const waitlistRoutes: readonly FrontendRoute[] = [
  { method: 'POST', path: '/waitlist', reply: 'bare', handle: join },
]

/**
 * Lets somebody wait. The answer is the same for whoever waits already or has an account: nobody learns of
 * an address from it, and no mail goes to one that a stranger typed.
 */
async function join(services: Services, visit: Visit): Promise<object> {
  const { instance, body, now } = visit
  if (instance.settings.sign_up_mode !== 'waitlist') throw new ApiError('feature_not_enabled')
  const emailAddress = parseEmailAddress(body.required('email_address'), 'email_address')
  await spend(services, visit, 'sign_ups')
  const id = await transact(services.database, async (tx) => {
    await admit(tx, instance, emailAddress, false)
    const user = await findUserByEmailAddress(tx, instance.id, emailAddress)
    const entry = user === null ? await addEntry(tx, instance, emailAddress, now) : null
    if (entry?.isNew === true) await record(tx, visit, 'waitlist_entry.created', entry.id)
    return entry?.isNew === true ? entry.id : newId('wle', now)
  })
  return { object: 'waitlist', id, created_at: now, updated_at: now }
}
