/** Gmail delivers to one person, whatever dots stand in the name: `ada.b@gmail.com` is `adab@gmail.com`. */

import { and, eq, isNotNull, ne } from 'drizzle-orm'

import type { Queryable } from '../database/database.ts'
import { emailAddresses } from '../database/schema.ts'
import { paramError } from '../http/errors.ts'
import type { Instance } from '../instances/instance.ts'

const GMAIL = /^([^@]+)@(?:gmail|googlemail)\.com$/

/** A Gmail address without dots; `null` for every other address. */
export function dotless(address: string): string | null {
  const name = GMAIL.exec(address)?.[1]
  return name === undefined ? null : `${name.replaceAll('.', '')}@gmail.com`
}

/** The columns by which the database keeps addresses apart that differ in dots alone. */
export function spellingOf(
  { settings }: Instance,
  address: string,
): Pick<typeof emailAddresses.$inferInsert, 'dotlessAddress' | 'isDotlessUnique'> {
  const dotlessAddress = dotless(address)
  return {
    dotlessAddress,
    isDotlessUnique: dotlessAddress !== null && settings.ignore_dots_for_gmail_addresses,
  }
}

/**
 * Refuses an address that somebody has in another spelling. Two at once meet at an index; this finds those
 * that came before the instance cared.
 *
 * @throws {ApiError} `form_identifier_exists`
 */
export async function refuseOtherSpelling(
  db: Queryable,
  { id, settings }: Instance,
  address: string,
): Promise<void> {
  const name = settings.ignore_dots_for_gmail_addresses ? dotless(address) : null
  if (name === null) return
  const [other] = await db
    .select({ id: emailAddresses.id })
    .from(emailAddresses)
    .where(
      and(
        eq(emailAddresses.instanceId, id),
        eq(emailAddresses.dotlessAddress, name),
        ne(emailAddresses.emailAddress, address),
        isNotNull(emailAddresses.verifiedAt),
      ),
    )
    .limit(1)
  if (other !== undefined) throw paramError('form_identifier_exists', 'email_address')
}
