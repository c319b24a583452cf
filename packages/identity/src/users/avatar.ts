/** Pictures for users who have none: their initials on a colour of their own. */

import type { Instance } from '../instances/instance.ts'

/** What a picture is made from. */
interface Person {
  readonly id: string
  readonly firstName: string | null
  readonly lastName: string | null
  readonly username: string | null
  readonly primaryEmailAddressId: string | null
  readonly emailAddresses: readonly { readonly id: string; readonly emailAddress: string }[]
}

/** The address of a user's generated picture. It says all there is to draw, so nothing is looked up. */
export function avatarUrl(instance: Instance, user: Person): string {
  return initialsUrl(instance, user.id, wordsOf(user))
}

/** The address of a generated picture of something else than a user, from the words of its name. */
export function initialsUrl(instance: Instance, id: string, words: readonly string[]): string {
  return `${instance.origin}/avatars/${encodeURIComponent(initialsOfWords(words))}-${hueOf(id)}.svg`
}

/** Draws the picture that a file name of {@link avatarUrl} describes, or returns `null`. */
export function drawAvatar(fileName: string): string | null {
  const match = /^([\p{L}\p{N}]{0,2})-(\d{1,3})\.svg$/u.exec(fileName)
  if (match === null) return null
  const [, initials = '', hue = '0'] = match
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" width="96" height="96" role="img" aria-hidden="true">',
    `<rect width="96" height="96" fill="hsl(${Number(hue) % 360} 45% 38%)"/>`,
    '<text x="48" y="49" fill="#fff" font-family="system-ui, sans-serif" font-size="40" text-anchor="middle" dominant-baseline="central">',
    `${initials}</text></svg>`,
  ].join('')
}

function wordsOf(user: Person): readonly string[] {
  const address = user.emailAddresses.find(({ id }) => id === user.primaryEmailAddressId)
  const names = [user.firstName, user.lastName].filter((name) => name !== null)
  return names.length > 0 ? names : [user.username ?? address?.emailAddress ?? '']
}

function initialsOfWords(words: readonly string[]): string {
  return words
    .map((word) => /[\p{L}\p{N}]/u.exec(word)?.[0] ?? '')
    .join('')
    .toUpperCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
    .slice(0, 2)
}

function hueOf(id: string): number {
  let hash = 0
  for (const character of id) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 360
  return hash
}
