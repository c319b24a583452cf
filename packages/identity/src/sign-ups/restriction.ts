import { ApiError, type ApiErrorCode } from '../http/errors.ts'
import type { Settings } from '../instances/settings.ts'

const RESTRICTIONS = {
  public: null,
  restricted: 'sign_up_mode_restricted',
  waitlist: 'sign_up_restricted_waitlist',
} as const satisfies Readonly<Record<Settings['sign_up_mode'], ApiErrorCode | null>>

/** Why nobody may sign up who was not invited. `null`: anybody may. */
export function restrictionOf(settings: Settings): ApiErrorCode | null {
  return RESTRICTIONS[settings.sign_up_mode]
}

/**
 * Refuses a sign-up without a ticket where one is needed.
 *
 * @throws {ApiError} `sign_up_mode_restricted`, `sign_up_restricted_waitlist`
 */
export function refuseUninvited(settings: Settings, isInvited: boolean): void {
  const restriction = restrictionOf(settings)
  if (restriction !== null && !isInvited) throw new ApiError(restriction)
}
