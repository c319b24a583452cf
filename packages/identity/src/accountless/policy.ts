/**
 * Whether the server makes applications for whoever asks, without an account, and what becomes of them. A
 * framework's first start asks for one, so that people can begin without keys.
 */

import { accountPortalOrigin, originOfHost } from '@core/protocol'

import { IdentityError } from '../error.ts'
import { checkHost } from '../instances/instance.ts'

/** How applications without an account are made. */
export interface AccountlessOptions {
  /**
   * Host below which each of them gets one of its own: with `localhost:4000` they are at
   * `<random>.localhost:4000`. All of these must lead to this server.
   */
  readonly host: string
  /**
   * Who makes one the operator's own: whoever holds its claim address, or the operator only, by command.
   * Default: the operator.
   */
  readonly claimedBy?: 'holder' | 'operator'
  /** Seconds after which one that nobody claimed or used is deleted. Default: 7 days. */
  readonly lifetime?: number
}

/** The options, complete and checked. */
export type AccountlessPolicy = Required<AccountlessOptions>

const LIFETIME = 7 * 24 * 60 * 60

/**
 * Completes the options.
 *
 * @throws {IdentityError} `invalid-host`
 */
export function createAccountlessPolicy(options: AccountlessOptions): AccountlessPolicy {
  const example = `app.${options.host}`
  checkHost('development', example)
  // Their claim page is on their host, and so must the Account Portal be: none leads to another one.
  if (accountPortalOrigin(example) !== originOfHost(example)) {
    throw new IdentityError(
      'invalid-host',
      `Applications cannot have hosts below "${options.host}", whose name is that of a Frontend API. Choose another one, such as dev.example.com.`,
    )
  }
  return { claimedBy: 'operator', lifetime: LIFETIME, ...options }
}
