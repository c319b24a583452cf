/**
 * Ways to prove who one is, as a table: a strategy is a row. A row says for whom it is there, what is
 * sent before it, how its proof is checked, and where a right proof leads.
 */

import type { FactorJSON } from '@core/protocol'

import type { Transaction } from '../database/database.ts'
import { paramError, type ApiError } from '../http/errors.ts'
import type { Params } from '../http/params.ts'
import type { Settings } from '../instances/settings.ts'
import type { Purpose } from '../mail/messages.ts'
import type { Services } from '../services.ts'
import type { EmailAddressRow, User } from '../users/user.ts'
import { redeemCode, type Verification } from '../verifications/code.ts'

/** What an attempt is made with. */
export interface Attempt {
  readonly user: User
  /** The code under way, if any. */
  readonly verification: Verification | null
  readonly body: Params
  readonly now: number
}

/** How a proof is checked. */
export interface Proof {
  /** Slow work, done before the transaction. What it found out is handed to `redeem`. */
  examine(services: Services, attempt: Attempt): Promise<string | null>
  /** Checks the proof and spends it, inside the transaction. Returns what is wrong, if anything. */
  redeem(tx: Transaction, attempt: Attempt, examined: string | null): Promise<ApiError | null>
}

/** One way to prove who one is. */
export interface FirstFactor {
  /** Whether an instance uses it. */
  isOn(settings: Settings): boolean
  /** The factors of this kind that a user has, shown to somebody who typed an identifier. */
  list(user: User, identifier: string | null): FactorJSON[]
  /** What is sent before an attempt. `null`: nothing, an attempt needs no preparation. */
  readonly prepare: {
    readonly purpose: Purpose
    /** Where it goes. */
    address(user: User, body: Params): string
  } | null
  /** How a proof that the request carries is checked. `null`: the proof is a link that is opened. */
  readonly proof: Proof | null
  /** Status of the sign-in after a right proof. */
  readonly leadsTo: 'complete' | 'needs_new_password'
}

const byCode: Proof = {
  examine: async () => null,
  redeem: (tx, { verification, body, now }) =>
    redeemCode(tx, verification, body.required('code', 64).trim(), now),
}

const toVerifiedAddress = (user: User, body: Params): string => {
  const id = body.text('email_address_id')
  const verified = user.emailAddresses.filter((address) => address.verifiedAt !== null)
  const address =
    id === null
      ? (verified.find((row) => row.id === user.primaryEmailAddressId) ?? verified[0])
      : verified.find((row) => row.id === id)
  if (address === undefined) throw paramError('form_param_value_invalid', 'email_address_id')
  return address.emailAddress
}

const emailFactors = (strategy: string, user: User, identifier: string | null): FactorJSON[] =>
  user.emailAddresses
    .filter((address: EmailAddressRow) => address.verifiedAt !== null)
    .map((address) => ({
      strategy,
      email_address_id: address.id,
      // Whoever typed one address need not learn the others.
      safe_identifier:
        address.emailAddress === identifier
          ? address.emailAddress
          : maskEmailAddress(address.emailAddress),
      primary: address.id === user.primaryEmailAddressId,
    }))

const FIRST_FACTORS: Readonly<Record<string, FirstFactor>> = {
  password: {
    isOn: () => true,
    list: (user) => (user.passwordDigest === null ? [] : [{ strategy: 'password' }]),
    prepare: null,
    proof: {
      examine: async ({ passwords }, { user, body }) => {
        const isRight = await passwords.verify(
          user.passwordDigest,
          body.required('password', 100_000),
        )
        return isRight ? user.passwordDigest : null
      },
      // The digest that was examined must still be the user's: it may have changed meanwhile.
      redeem: async (_tx, { user }, examined) =>
        examined !== null && examined === user.passwordDigest
          ? null
          : paramError('form_password_incorrect', 'password'),
    },
    leadsTo: 'complete',
  },
  email_code: {
    isOn: ({ email_verification_strategies: strategies }) => strategies.includes('email_code'),
    list: (user, identifier) => emailFactors('email_code', user, identifier),
    prepare: { purpose: 'sign-in', address: toVerifiedAddress },
    proof: byCode,
    leadsTo: 'complete',
  },
  email_link: {
    isOn: ({ email_verification_strategies: strategies }) => strategies.includes('email_link'),
    list: (user, identifier) => emailFactors('email_link', user, identifier),
    prepare: { purpose: 'sign-in', address: toVerifiedAddress },
    proof: null,
    leadsTo: 'complete',
  },
  reset_password_email_code: {
    isOn: () => true,
    list: (user, identifier) =>
      user.passwordDigest === null
        ? []
        : emailFactors('reset_password_email_code', user, identifier),
    prepare: { purpose: 'reset-password', address: toVerifiedAddress },
    proof: byCode,
    leadsTo: 'needs_new_password',
  },
}

/** Lists the ways a user can sign in, in the order of the table. */
export function listFirstFactors(
  settings: Settings,
  user: User,
  identifier: string | null,
): FactorJSON[] {
  return Object.values(FIRST_FACTORS).flatMap((factor) =>
    factor.isOn(settings) ? factor.list(user, identifier) : [],
  )
}

/**
 * Looks a strategy up.
 *
 * @throws {ApiError} `form_param_value_invalid` if there is none by that name, and
 * `strategy_for_user_invalid` if the instance or the user does not have it
 */
export function findFirstFactor(settings: Settings, strategy: string, user: User): FirstFactor {
  const factor = Object.hasOwn(FIRST_FACTORS, strategy) ? FIRST_FACTORS[strategy] : undefined
  if (factor === undefined) throw paramError('form_param_value_invalid', 'strategy')
  if (!factor.isOn(settings) || factor.list(user, null).length === 0) {
    throw paramError('strategy_for_user_invalid', 'strategy')
  }
  return factor
}

function maskEmailAddress(address: string): string {
  const [local = '', domain = ''] = address.split('@')
  return `${local.charAt(0)}***@${domain}`
}
