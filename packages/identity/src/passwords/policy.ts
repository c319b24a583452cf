import { paramError, type ApiErrorCode } from '../http/errors.ts'
import type { Settings } from '../instances/settings.ts'

/**
 * Characters that count as special ones: those of ASCII that are neither letters nor digits, but for the
 * backslash. Browser clients make a class of a regular expression of them, which it would break.
 */
export const SPECIAL_CHARACTERS = '!"#$%&\'()*+,-./:;<=>?@[]^_`{|}~'

/** More than any password that is not too long, however many bytes its characters take. */
const MAX_BYTES = 4096

interface Requirement {
  readonly setting: keyof Settings
  isMetBy(password: string): boolean
  readonly code: ApiErrorCode
}

// oxfmt-ignore
const REQUIREMENTS: readonly Requirement[] = [
  { setting: 'password_require_lowercase',    isMetBy: (it) => /\p{Ll}/u.test(it), code: 'form_password_no_lowercase' },
  { setting: 'password_require_uppercase',    isMetBy: (it) => /\p{Lu}/u.test(it), code: 'form_password_no_uppercase' },
  { setting: 'password_require_numbers',      isMetBy: (it) => /\p{Nd}/u.test(it), code: 'form_password_no_number' },
  { setting: 'password_require_special_char', isMetBy: hasSpecialCharacter,        code: 'form_password_no_special_char' },
]

/**
 * Refuses a password that an instance does not accept. Length counts characters, not bytes: nothing is
 * cut off by the hash.
 *
 * @throws {ApiError} `form_password_size_in_bytes_exceeded`, `form_password_length_too_short`,
 * `form_password_length_too_long`, and those of the requirements that are set
 */
export function checkPasswordPolicy(
  password: string,
  settings: Settings,
  paramName = 'password',
): void {
  if (Buffer.byteLength(password) > MAX_BYTES) {
    throw paramError('form_password_size_in_bytes_exceeded', paramName)
  }
  const normalized = password.normalize('NFKC')
  const length = [...normalized].length
  if (length < settings.password_min_length) {
    throw paramError('form_password_length_too_short', paramName)
  }
  if (length > settings.password_max_length) {
    throw paramError('form_password_length_too_long', paramName)
  }
  const unmet = REQUIREMENTS.find(
    ({ setting, isMetBy }) => settings[setting] === true && !isMetBy(normalized),
  )
  if (unmet !== undefined) throw paramError(unmet.code, paramName)
}

function hasSpecialCharacter(password: string): boolean {
  return [...password].some((character) => SPECIAL_CHARACTERS.includes(character))
}
