import { paramError } from '../http/errors.ts'
import type { Settings } from '../instances/settings.ts'

/**
 * Refuses a password that an instance does not accept. Length counts characters, not bytes: nothing is
 * cut off by the hash.
 *
 * @throws {ApiError} `form_password_length_too_short`, `form_password_length_too_long`
 */
export function checkPasswordPolicy(
  password: string,
  settings: Settings,
  paramName = 'password',
): void {
  const length = [...password.normalize('NFKC')].length
  if (length < settings.password_min_length) {
    throw paramError('form_password_length_too_short', paramName)
  }
  if (length > settings.password_max_length) {
    throw paramError('form_password_length_too_long', paramName)
  }
}
