/** What a sign-up collects, as a table: a field is a row. */

import type { signUps } from '../database/schema.ts'
import type { Settings } from '../instances/settings.ts'

type SignUp = typeof signUps.$inferSelect

interface Field {
  readonly name: string
  readonly requirement: (settings: Settings) => 'off' | 'optional' | 'required'
  readonly isFilled: (signUp: SignUp) => boolean
}

// oxfmt-ignore
const FIELDS: readonly Field[] = [
  { name: 'email_address',  requirement: ({ email_address }) => email_address,                   isFilled: (it) => it.emailAddress !== null },
  { name: 'username',       requirement: ({ username }) => username,                             isFilled: (it) => it.username !== null },
  { name: 'password',       requirement: ({ password }) => password,                             isFilled: (it) => it.passwordDigest !== null },
  { name: 'first_name',     requirement: ({ first_name }) => first_name,                         isFilled: (it) => it.firstName !== null },
  { name: 'last_name',      requirement: ({ last_name }) => last_name,                           isFilled: (it) => it.lastName !== null },
  { name: 'legal_accepted', requirement: ({ legal_consent }) => legal_consent ? 'required' : 'off', isFilled: (it) => it.legalAcceptedAt !== null },
]

/** Fields by which somebody is found when they sign in. */
const IDENTIFIERS = ['email_address', 'username'] as const

/** Names of the fields an instance requires. */
export function requiredFields(settings: Settings): string[] {
  return namesOf((field) => field.requirement(settings) === 'required')
}

/** Names of the fields an instance accepts. */
export function optionalFields(settings: Settings): string[] {
  return namesOf((field) => field.requirement(settings) === 'optional')
}

/** Names of required fields that a sign-up has not filled. */
export function missingFields(signUp: SignUp, settings: Settings): string[] {
  const missing = namesOf(
    (field) => field.requirement(settings) === 'required' && !field.isFilled(signUp),
  )
  const isNamed = signUp.emailAddress !== null || signUp.username !== null
  if (IDENTIFIERS.some((name) => missing.includes(name))) return missing
  if (isNamed)
    return canSignIn(signUp) || missing.includes('password') ? missing : [...missing, 'password']
  // Where each is optional one is needed all the same: nobody could ever sign in without.
  return [IDENTIFIERS.find((name) => isCollected(name, settings)) ?? IDENTIFIERS[0], ...missing]
}

/** An address is sent codes or links. A username proves nothing by itself. */
function canSignIn({ emailAddress, passwordDigest }: SignUp): boolean {
  return emailAddress !== null || passwordDigest !== null
}

/** Whether an instance wants a field at all. What it does not want is not stored. */
export function isCollected(name: string, settings: Settings): boolean {
  return FIELDS.some((field) => field.name === name && field.requirement(settings) !== 'off')
}

function namesOf(predicate: (field: Field) => boolean): string[] {
  return FIELDS.filter(predicate).map((field) => field.name)
}
