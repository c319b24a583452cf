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
import { renewDigest, replaceDigest } from '../passwords/renew.ts'
import { redeemCode, type Verification } from '../verifications/code.ts'

/** What is known of somebody's ways to sign in, true or pretended. */
export interface FactorHolder {
  readonly hasPassword: boolean
  readonly primaryEmailAddressId: string | null
  readonly emailAddresses: readonly Pick<EmailAddressRow, 'id' | 'emailAddress' | 'verifiedAt'>[]
}

/** What an attempt is made with. */
export interface Attempt {
  /** `null`: nobody, which takes as long to find out. */
  readonly user: User | null
  /** The code under way, if any. */
  readonly verification: Verification | null
  readonly body: Params
  readonly now: number
}

/** A password that was right. */
export interface Examined {
  /** The digest that it was checked against. */
  readonly digest: string
  /** The digest that takes its place, if one came from elsewhere. */
  readonly successor: string | null
}

/** How a proof is checked. */
export interface Proof {
  /** Slow work, done before the transaction. What it found out is handed to `redeem`. */
  examine(services: Services, attempt: Attempt): Promise<Examined | null>
  /** Checks the proof and spends it, inside the transaction. Returns what is wrong, if anything. */
  redeem(tx: Transaction, attempt: Attempt, examined: Examined | null): Promise<ApiError | null>
  /**
   * What somebody is told who may not sign in and has proven who they are, where nobody may learn who
   * exists.
   */
  veil(barred: ApiError): ApiError
}

/** One way to prove who one is. */
export interface FirstFactor {
  /** Whether an instance uses it. */
  isOn(settings: Settings): boolean
  /** The factors of this kind that somebody has, shown to somebody who typed an identifier. */
  list(holder: FactorHolder, identifier: string | null): FactorJSON[]
  /** What is sent before an attempt. `null`: nothing, an attempt needs no preparation. */
  readonly prepare: {
    readonly purpose: Purpose
    /** Where it goes. */
    address(holder: FactorHolder, body: Params): string
  } | null
  /** How a proof that the request carries is checked. `null`: the proof is a link that is opened. */
  readonly proof: Proof | null
  /** Status of the sign-in after a right proof. */
  leadsTo(user: User): 'complete' | 'needs_new_password'
}

const byCode: Proof = {
  examine: async () => null,
  redeem: (tx, { verification, body, now }) =>
    redeemCode(tx, verification, body.required('code', 64).trim(), now),
  // They read the mails of the account: it is no secret to them.
  veil: (barred) => barred,
}

const usesEmail =
  (strategy: 'email_code' | 'email_link') =>
  ({ email_address: requirement, email_verification_strategies: strategies }: Settings): boolean =>
    requirement !== 'off' && strategies.includes(strategy)

const toVerifiedAddress = (holder: FactorHolder, body: Params): string => {
  const id = body.text('email_address_id')
  const verified = holder.emailAddresses.filter((address) => address.verifiedAt !== null)
  const address =
    id === null
      ? (verified.find((row) => row.id === holder.primaryEmailAddressId) ?? verified[0])
      : verified.find((row) => row.id === id)
  if (address === undefined) throw paramError('form_param_value_invalid', 'email_address_id')
  return address.emailAddress
}

const emailFactors = (
  strategy: string,
  holder: FactorHolder,
  identifier: string | null,
): FactorJSON[] =>
  holder.emailAddresses
    .filter((address) => address.verifiedAt !== null)
    .map((address) => ({
      strategy,
      email_address_id: address.id,
      // Whoever typed one address need not learn the others.
      safe_identifier:
        address.emailAddress === identifier
          ? address.emailAddress
          : maskEmailAddress(address.emailAddress),
      primary: address.id === holder.primaryEmailAddressId,
    }))

const FIRST_FACTORS: Readonly<Record<string, FirstFactor>> = {
  password: {
    isOn: () => true,
    list: ({ hasPassword }) => (hasPassword ? [{ strategy: 'password' }] : []),
    prepare: null,
    proof: {
      examine: async ({ passwords }, { user, body }) => {
        const digest = user?.passwordDigest ?? null
        const password = body.required('password', 100_000)
        const isRight = await passwords.verify(digest, password)
        if (digest === null || !isRight) return null
        return { digest, successor: await renewDigest(passwords, digest, password) }
      },
      // The digest that was examined must still be the user's: it may have changed meanwhile.
      redeem: async (tx, { user }, examined) => {
        if (examined === null || examined.digest !== user?.passwordDigest) {
          return paramError('form_password_incorrect', 'password')
        }
        await replaceDigest(tx, user, examined)
        return null
      },
      // Anything else would tell whoever guesses that the guess was right.
      veil: () => paramError('form_password_incorrect', 'password'),
    },
    // What somebody else may know proves it once more, and then no longer.
    leadsTo: (user) => (user.isPasswordCompromised ? 'needs_new_password' : 'complete'),
  },
  email_code: {
    isOn: usesEmail('email_code'),
    list: (holder, identifier) => emailFactors('email_code', holder, identifier),
    prepare: { purpose: 'sign-in', address: toVerifiedAddress },
    proof: byCode,
    leadsTo: () => 'complete',
  },
  email_link: {
    isOn: usesEmail('email_link'),
    list: (holder, identifier) => emailFactors('email_link', holder, identifier),
    prepare: { purpose: 'sign-in', address: toVerifiedAddress },
    proof: null,
    leadsTo: () => 'complete',
  },
  reset_password_email_code: {
    isOn: ({ email_address: requirement }) => requirement !== 'off',
    list: (holder, identifier) =>
      holder.hasPassword ? emailFactors('reset_password_email_code', holder, identifier) : [],
    prepare: { purpose: 'reset-password', address: toVerifiedAddress },
    proof: byCode,
    leadsTo: () => 'needs_new_password',
  },
}

/** What a user signs in with. */
export function holderOfUser(user: User): FactorHolder {
  return { ...user, hasPassword: user.passwordDigest !== null }
}

/** A way to prove at once who one is. */
export type InstantFactor = Pick<FirstFactor, 'prepare'> & { readonly proof: Proof }

/** What leads to a new password proves too little, and a link is opened elsewhere. */
function toInstant(strategy: string, user: User): InstantFactor | null {
  const factor = FIRST_FACTORS[strategy]
  if (factor === undefined || factor.proof === null) return null
  return factor.leadsTo(user) === 'complete'
    ? { prepare: factor.prepare, proof: factor.proof }
    : null
}

/**
 * Lists the ways in which somebody who is signed in proves at once who they are. Who has links alone is sent a
 * code: without any way they would never get on.
 */
export function listInstantFactors(settings: Settings, user: User): FactorJSON[] {
  const holder = holderOfUser(user)
  const usual = listFirstFactors(settings, holder, null).filter(
    ({ strategy }) => toInstant(strategy, user) !== null,
  )
  if (usual.length > 0 || settings.email_address === 'off') return usual
  return emailFactors('email_code', holder, null)
}

/**
 * Looks a strategy up that proves at once who somebody is.
 *
 * @throws {ApiError} `form_param_value_invalid` if there is none by that name, and
 * `strategy_for_user_invalid` if it is none of theirs
 */
export function findInstantFactor(settings: Settings, strategy: string, user: User): InstantFactor {
  refuseUnknownFactor(strategy)
  const factor = toInstant(strategy, user)
  const isListed = listInstantFactors(settings, user).some((it) => it.strategy === strategy)
  if (factor === null || !isListed) throw paramError('strategy_for_user_invalid', 'strategy')
  return factor
}

/** Lists the ways somebody can sign in, in the order of the table. */
export function listFirstFactors(
  settings: Settings,
  holder: FactorHolder,
  identifier: string | null,
): FactorJSON[] {
  return Object.values(FIRST_FACTORS).flatMap((factor) =>
    factor.isOn(settings) ? factor.list(holder, identifier) : [],
  )
}

/**
 * Refuses a strategy that nobody here has.
 *
 * @throws {ApiError} `form_param_value_invalid`
 */
export function refuseUnknownFactor(strategy: string): void {
  if (!Object.hasOwn(FIRST_FACTORS, strategy)) {
    throw paramError('form_param_value_invalid', 'strategy')
  }
}

/**
 * Looks a strategy up.
 *
 * @throws {ApiError} `form_param_value_invalid` if there is none by that name, and
 * `strategy_for_user_invalid` if the instance or whoever signs in does not have it
 */
export function findFirstFactor(
  settings: Settings,
  strategy: string,
  holder: FactorHolder,
): FirstFactor {
  const factor = Object.hasOwn(FIRST_FACTORS, strategy) ? FIRST_FACTORS[strategy] : undefined
  if (factor === undefined) throw paramError('form_param_value_invalid', 'strategy')
  if (!factor.isOn(settings) || factor.list(holder, null).length === 0) {
    throw paramError('strategy_for_user_invalid', 'strategy')
  }
  return factor
}

function maskEmailAddress(address: string): string {
  const [local = '', domain = ''] = address.split('@')
  return `${local.charAt(0)}***@${domain}`
}
