import { paramError } from '../http/errors.ts'
import type { Visit } from '../http/visit.ts'
import { readMetadata } from './metadata.ts'
import type { User, UserRow } from './user.ts'
import { parseUsername } from './username.ts'

const FIELDS = [
  ['username', 'username'],
  ['first_name', 'firstName'],
  ['last_name', 'lastName'],
] as const

/** What somebody cannot have yet. */
const UNKNOWN = ['primary_phone_number_id', 'primary_web3_wallet_id']

/**
 * Reads what a user wants to change about themselves. Empty clears a field, left out it stays.
 *
 * @throws {ApiError} `form_param_nil` for what the instance requires, `form_param_value_invalid` for what
 * it does not have, and what a username is refused for
 */
export function readOwnProfile(
  { body, instance: { settings } }: Visit,
  user: User,
): Partial<UserRow> {
  const changes: Partial<Record<'username' | 'firstName' | 'lastName', string | null>> = {}
  for (const [name, column] of FIELDS) {
    if (!body.has(name)) continue
    const text = body.text(name, 256)
    if (text === null && settings[name] === 'required') throw paramError('form_param_nil', name)
    if (text !== null && settings[name] === 'off') {
      throw paramError('form_param_value_invalid', name)
    }
    changes[column] = text !== null && name === 'username' ? parseUsername(text, settings) : text
  }
  // Without any name to sign in by, nobody would ever come back.
  if (changes.username === null && !user.emailAddresses.some(isVerified)) {
    throw paramError('form_param_nil', 'username')
  }
  for (const name of UNKNOWN) {
    if (!body.isBlank(name)) throw paramError('form_param_value_invalid', name)
  }
  const { unsafeMetadata } = readMetadata(body)
  const primary = body.text('primary_email_address_id', 256)
  return {
    ...changes,
    ...(unsafeMetadata === undefined ? {} : { unsafeMetadata }),
    ...(primary === null ? {} : { primaryEmailAddressId: requireVerified(user, primary) }),
  }
}

/**
 * Finds a proven address of a user, which is what a primary one must be.
 *
 * @throws {ApiError} `form_param_value_invalid`
 */
export function requireVerified(
  user: User,
  id: string,
  paramName = 'primary_email_address_id',
): string {
  const address = user.emailAddresses.find((row) => row.id === id)
  if (address === undefined || !isVerified(address)) {
    throw paramError('form_param_value_invalid', paramName)
  }
  return address.id
}

/** Tells whether an address is proven. */
export function isVerified({ verifiedAt }: { readonly verifiedAt: number | null }): boolean {
  return verifiedAt !== null
}
