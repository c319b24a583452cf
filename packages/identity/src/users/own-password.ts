/** How a user changes their own password. */

import type { UserJSON } from '@core/protocol'

import { record } from '../audit/record.ts'
import { transact } from '../database/transact.ts'
import { ApiError, paramError } from '../http/errors.ts'
import type { Visit } from '../http/visit.ts'
import { tellOfNewPassword } from '../mail/notify.ts'
import { checkPasswordPolicy } from '../passwords/policy.ts'
import { spend } from '../rate-limits/spend.ts'
import type { Services } from '../services.ts'
import { endSessionsOfUser } from '../sessions/end.ts'
import { holderOfUser, listFirstFactors } from '../strategies/first-factors.ts'
import { newPassword } from './change.ts'
import { FORGIVEN, claimAttempt } from './lockout.ts'
import { changeMe, findMe } from './me.ts'
import type { User, UserRow } from './user.ts'

/**
 * Sets a password in place of the current one, if there is one.
 *
 * @throws {ApiError} `form_param_nil` without the current password where it is needed,
 * `form_password_incorrect`, `form_new_password_matches_current`, what the policy refuses, and `user_locked`
 * after too many guesses
 */
export async function changeOwnPassword(services: Services, visit: Visit): Promise<UserJSON> {
  const { instance, body, now } = visit
  const password = body.required('new_password', 100_000)
  checkPasswordPolicy(password, instance.settings, 'new_password')
  const { user } = await findMe(services, visit)
  const claimed = await proveCurrentPassword(services, visit, user)
  if (
    user.passwordDigest !== null &&
    (await services.passwords.verify(user.passwordDigest, password))
  ) {
    throw paramError('form_new_password_matches_current', 'new_password')
  }
  const digest = await services.passwords.hash(password)
  const written = await changeMe(services, visit, async (me, tx) => {
    refuseOvertaken(user, me.user)
    if (body.flag('sign_out_of_other_sessions') === true) {
      await endSessionsOfUser(tx, visit, user.id, me.session.id)
    }
    await record(tx, visit, 'password.changed', user.id)
    return { ...newPassword(digest, now), ...claimed }
  })
  await tellOfNewPassword(services, instance, user)
  return written
}

/**
 * Removes the password of somebody who can sign in without it.
 *
 * @throws {ApiError} `no_password_set`, `resource_in_use`, and as above
 */
export async function removeOwnPassword(services: Services, visit: Visit): Promise<UserJSON> {
  const { instance, now } = visit
  const { user } = await findMe(services, visit)
  if (user.passwordDigest === null) throw new ApiError('no_password_set')
  const claimed = await proveCurrentPassword(services, visit, user)
  const written = await changeMe(services, visit, async (me, tx) => {
    refuseOvertaken(user, me.user)
    const left = listFirstFactors(
      instance.settings,
      holderOfUser({ ...me.user, passwordDigest: null }),
      null,
    )
    if (left.length === 0) throw new ApiError('resource_in_use')
    await record(tx, visit, 'password.removed', user.id)
    return { ...newPassword(null, now), ...claimed }
  })
  await tellOfNewPassword(services, instance, user)
  return written
}

/** Asks for the current password, unless the instance asks for a fresh proof instead. */
async function proveCurrentPassword(
  services: Services,
  visit: Visit,
  user: User,
): Promise<Partial<UserRow>> {
  const { instance, body, now } = visit
  const isProven = instance.settings.reverification && body.isBlank('current_password')
  if (user.passwordDigest === null || isProven) return {}
  const current = body.required('current_password', 100_000)
  // Whoever finds a browser open must not be able to guess without end.
  await spend(services, visit, 'attempts', { account: user.id })
  const isLast = await claimAttempt(services.database, instance, user.id, now)
  if (!(await services.passwords.verify(user.passwordDigest, current))) {
    await transact(services.database, async (tx) => {
      await record(tx, visit, 'reverification.failed', user.id, { strategy: 'password' })
      if (isLast) await record(tx, visit, 'user.locked', user.id)
    })
    throw paramError('form_password_incorrect', 'current_password')
  }
  return FORGIVEN
}

/** The password that was checked must still be the user's: it may have changed meanwhile. */
function refuseOvertaken(before: User, now: User): void {
  if (before.passwordDigest !== now.passwordDigest) {
    throw paramError('form_password_incorrect', 'current_password')
  }
}
