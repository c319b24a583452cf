/** What somebody may type to say who they are, as a table: a kind of identifier is a row. */

import type { Queryable } from '../database/database.ts'
import type { Instance } from '../instances/instance.ts'
import type { Settings } from '../instances/settings.ts'
import { normalizeEmailAddress } from '../users/email-address.ts'
import { findUserByEmailAddress, findUserByUsername, type User } from '../users/user.ts'
import { normalizeUsername } from '../users/username.ts'

interface Identifier {
  readonly name: string
  readonly isOn: (settings: Settings) => boolean
  readonly normalize: (text: string) => string
  /** Whether a normalized text can be one. No text can be two kinds at once. */
  readonly isOne: (text: string) => boolean
  readonly find: (db: Queryable, instanceId: string, text: string) => Promise<User | null>
}

const IDENTIFIERS: readonly Identifier[] = [
  {
    name: 'email_address',
    isOn: ({ email_address: requirement }) => requirement !== 'off',
    normalize: normalizeEmailAddress,
    isOne: (text) => text.includes('@'),
    find: findUserByEmailAddress,
  },
  {
    name: 'username',
    isOn: ({ username: requirement }) => requirement !== 'off',
    normalize: normalizeUsername,
    isOne: (text) => !text.includes('@'),
    find: findUserByUsername,
  },
]

/** Names of the identifiers an instance accepts. */
export function supportedIdentifiers(settings: Settings): string[] {
  return IDENTIFIERS.filter(({ isOn }) => isOn(settings)).map(({ name }) => name)
}

/** Finds out whom an identifier names, and how it is written when it is stored. */
export async function identify(
  db: Queryable,
  instance: Instance,
  text: string,
): Promise<{ readonly identifier: string; readonly user: User | null }> {
  const kind = IDENTIFIERS.find(
    ({ isOn, normalize, isOne }) => isOn(instance.settings) && isOne(normalize(text)),
  )
  if (kind === undefined) return { identifier: normalizeUsername(text).slice(0, 254), user: null }
  const identifier = kind.normalize(text).slice(0, 254)
  return { identifier, user: await kind.find(db, instance.id, identifier) }
}
