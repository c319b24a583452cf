/** Ways to prove a field of a sign-up, as a table: a strategy is a row. */

import type { signUps } from '../database/schema.ts'
import { paramError } from '../http/errors.ts'
import type { Settings } from '../instances/settings.ts'

/** One way to prove a field. */
export interface FieldProof {
  /** The field it proves. */
  readonly field: string
  /** Whether a code is typed here, or a link opened elsewhere. */
  readonly means: 'code' | 'link'
  /** Whether an instance uses it. */
  isOn(settings: Settings): boolean
  /** Where the code or link goes. */
  address(signUp: typeof signUps.$inferSelect): string | null
}

const emailProof = (strategy: 'email_code' | 'email_link', means: 'code' | 'link'): FieldProof => ({
  field: 'email_address',
  means,
  isOn: ({ email_verification_strategies: strategies }) => strategies.includes(strategy),
  address: (signUp) => signUp.emailAddress,
})

const FIELD_PROOFS: Readonly<Record<string, FieldProof>> = {
  email_code: emailProof('email_code', 'code'),
  email_link: emailProof('email_link', 'link'),
}

/**
 * Looks a strategy up.
 *
 * @throws {ApiError} `form_param_value_invalid`
 */
export function findFieldProof(settings: Settings, strategy: string): FieldProof {
  const proof = Object.hasOwn(FIELD_PROOFS, strategy) ? FIELD_PROOFS[strategy] : undefined
  if (proof === undefined || !proof.isOn(settings)) {
    throw paramError('form_param_value_invalid', 'strategy')
  }
  return proof
}

/** Names of the ways in which an instance proves a field. */
export function proofsOf(settings: Settings, field: string): string[] {
  return Object.entries(FIELD_PROOFS)
    .filter(([, proof]) => proof.field === field && proof.isOn(settings))
    .map(([strategy]) => strategy)
}
