import type { User } from '@core/js'

/** What is shown of somebody: a user, or an organization. */
export interface Person {
  readonly name: string
  /** Second line; nothing where it would repeat the first. */
  readonly detail: string | null
  /** At most two letters. */
  readonly initials: string
  /** A picture that the user chose; a generated one says nothing that the initials do not. */
  readonly imageUrl: string | null
  readonly isOrganization?: boolean
}

/** Puts a user into words. */
export function toPerson(user: User): Person {
  const email = user.primaryEmailAddress?.emailAddress ?? null
  const name = user.fullName ?? user.username ?? email ?? ''
  return {
    name,
    detail: email === name ? null : email,
    initials: initialsOf(user.fullName ?? user.username ?? email ?? ''),
    imageUrl: user.hasImage && user.imageUrl !== '' ? user.imageUrl : null,
  }
}

/** The first letters of the first and the last word. */
export function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter(Boolean)
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words
  // By code point: the first letter of a name may be two UTF-16 units.
  return ends
    .map((word) => [...(word ?? '')][0] ?? '')
    .join('')
    .toUpperCase()
}
