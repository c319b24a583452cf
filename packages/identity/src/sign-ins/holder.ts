import type { signIns } from '../database/schema.ts'
import type { Settings } from '../instances/settings.ts'
import { hashToken } from '../secrets.ts'
import { holderOfUser, type FactorHolder } from '../strategies/first-factors.ts'
import { parseEmailAddress } from '../users/email-address.ts'
import type { User } from '../users/user.ts'

/**
 * Tells what a sign-in shows of whoever it is for. With enumeration protection that is made of what was
 * typed alone, so that an account which exists looks like one that does not. `null`: there is nobody.
 */
export function holderOf(
  { enumeration_protection: isProtected }: Settings,
  signIn: typeof signIns.$inferSelect,
  user: User | null,
): FactorHolder | null {
  const { status, identifier, canSignUp } = signIn
  if (status === 'needs_identifier') return null
  if (user !== null && !isProtected) return holderOfUser(user)
  if (identifier === null || !(isProtected || canSignUp)) return null
  const addressId = aliasOf(signIn.id, identifier)
  return {
    hasPassword: isProtected,
    primaryEmailAddressId: addressId,
    emailAddresses: identifier.includes('@')
      ? [{ id: addressId, emailAddress: identifier, verifiedAt: signIn.createdAt }]
      : [],
  }
}

/**
 * Refuses what looks like an address and is none, where an address that nobody has is sent mail. That
 * depends on nothing but the text.
 *
 * @throws {ApiError} `form_param_format_invalid`
 */
export function refuseNoAddress(identifier: string): void {
  if (identifier.includes('@')) parseEmailAddress(identifier, 'identifier')
}

/** An id that looks like that of an address. It is another one in every sign-in, whoever has the address. */
function aliasOf(signInId: string, identifier: string): string {
  return `idn_${hashToken(`${signInId}\n${identifier}`).replaceAll(/[-_]/g, '0').slice(0, 27)}`
}
