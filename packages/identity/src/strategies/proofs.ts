/** Ways to prove a field of a sign-up, as a table: a strategy is a row. */

import { paramError } from '../http/errors.ts'
import type { SignUp } from '../sign-ups/sign-up.ts'

/** One way to prove a field. */
export interface Proof {
  /** The field it proves. */
  readonly field: string
  /** Where the code goes. */
  address(signUp: SignUp): string | null
}

const PROOFS: Readonly<Record<string, Proof>> = {
  email_code: { field: 'email_address', address: (signUp) => signUp.emailAddress },
}

/**
 * Looks a strategy up.
 *
 * @throws {ApiError} `form_param_value_invalid`
 */
export function findProof(strategy: string): Proof {
  const proof = Object.hasOwn(PROOFS, strategy) ? PROOFS[strategy] : undefined
  if (proof === undefined) throw paramError('form_param_value_invalid', 'strategy')
  return proof
}
