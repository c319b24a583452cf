import { paramError } from '../http/errors.ts'
import type { Settings } from '../instances/settings.ts'

/**
 * Brings a username into the form that is stored and compared: NFKC first and checked after, as with
 * addresses, and in lower case, so that two users cannot look alike. Not of digits alone: that is how
 * telephone numbers are written.
 *
 * @throws {ApiError} `form_username_invalid_character`, `form_username_invalid_length`,
 * `form_username_needs_non_number_char`
 */
export function parseUsername(text: string, settings: Settings): string {
  const username = normalizeUsername(text)
  if (!/^[a-z0-9_-]+$/.test(username)) {
    throw paramError('form_username_invalid_character', 'username')
  }
  const { username_min_length: min, username_max_length: max } = settings
  if (username.length < min || username.length > max) {
    throw paramError('form_username_invalid_length', 'username')
  }
  if (/^\d+$/.test(username)) throw paramError('form_username_needs_non_number_char', 'username')
  return username
}

/** Normalizes a username without checking it: for looking it up. */
export function normalizeUsername(text: string): string {
  return text.normalize('NFKC').trim().toLowerCase()
}
