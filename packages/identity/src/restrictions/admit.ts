/** Whether an address may come in. The lists and switches of an instance decide, in one place. */

import { and, eq, inArray, or, sql } from 'drizzle-orm'

import type { Queryable } from '../database/database.ts'
import { paramError } from '../http/errors.ts'
import type { Instance } from '../instances/instance.ts'
import { dotless } from '../users/gmail.ts'
import { isDisposable } from './disposable.ts'
import { listedIdentifiers } from './tables.ts'

/**
 * Lets an address in, or refuses it. Whoever was invited need not be on the allowlist; what is blocked stays
 * blocked. Asked when an address is named, and again before it becomes a user's.
 *
 * @param address normalized; `null` for who has none, whom no allowlist can name
 * @param isInvited whether a ticket was sent to the address
 * @throws {ApiError} `not_allowed_to_sign_up`, `form_email_address_blocked`
 */
export async function admit(
  db: Queryable,
  instance: Instance,
  address: string | null,
  isInvited: boolean,
): Promise<void> {
  const { settings } = instance
  if (address !== null) await refuseKind(instance, address)
  const lists = {
    allow: settings.allowlist && !isInvited,
    block: settings.blocklist,
  }
  if (!lists.allow && !lists.block) return
  const found = address === null ? [] : await findLists(db, instance, address)
  const isRefused =
    (lists.block && found.includes('block')) || (lists.allow && !found.includes('allow'))
  if (isRefused) {
    throw paramError('not_allowed_to_sign_up', 'email_address')
  }
}

/** Refuses kinds of addresses that an instance does not want. */
async function refuseKind({ settings }: Instance, address: string): Promise<void> {
  const isSubaddress = address.slice(0, address.lastIndexOf('@')).includes('+')
  if (
    (settings.block_email_subaddresses && isSubaddress) ||
    (settings.block_disposable_email_domains && (await isDisposable(address)))
  ) {
    throw paramError('form_email_address_blocked', 'email_address')
  }
}

/** The lists that an address is on, by itself or by its domain. */
async function findLists(
  db: Queryable,
  { id, settings }: Instance,
  address: string,
): Promise<readonly ('allow' | 'block')[]> {
  const domain = address.slice(address.lastIndexOf('@'))
  const spelled = settings.ignore_dots_for_gmail_addresses ? dotless(address) : null
  const rows = await db
    .select({ list: listedIdentifiers.list })
    .from(listedIdentifiers)
    .where(
      and(
        eq(listedIdentifiers.instanceId, id),
        or(
          inArray(listedIdentifiers.identifier, [address, `*${domain}`]),
          spelled === null
            ? undefined
            : inArray(
                sql`replace(${listedIdentifiers.identifier}, '.', '')`,
                [spelled, spelled.replace('@gmail.com', '@googlemail.com')].map((it) =>
                  it.replaceAll('.', ''),
                ),
              ),
        ),
      ),
    )
  return rows.map(({ list }) => list)
}
