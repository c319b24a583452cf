/** How much of what may be done in which time, as a table. The setting `rate_limits` scales all of it. */

/** A limit: how often, for each of those who are counted. A span begins with what is first counted in it. */
export interface Limit {
  readonly seconds: number
  /** For each visitor, by their address: of IPv6, its network. */
  readonly perAddress?: number
  /** For each browser that is known. */
  readonly perBrowser?: number
  /** For each account, whoever tries, and whether it exists or not. */
  readonly perAccount?: number
  /** For all servers of the application together. */
  readonly perInstance?: number
}

/** Name of a limit. */
export type LimitName = keyof typeof LIMITS

/**
 * Every limit. What is asked at every page (`GET /v1/client`, tokens, key sets) and what servers read has
 * none: counting would cost more than answering.
 */
// oxfmt-ignore
export const LIMITS = {
  /** Identifiers that are typed: each asks whether there is an account. */
  sign_ins:           { seconds: 60,   perAddress: 120 },
  /** Passwords, codes and tickets that are tried, in a sign-in or by somebody who is signed in. */
  attempts:           { seconds: 60,   perAddress: 120, perAccount: 20 },
  /** Sign-ups that are begun, and people who want to wait. */
  sign_ups:           { seconds: 3600, perAddress: 200 },
  /** Codes and links. How many one address is sent is a setting: `codes_per_address_and_hour`. */
  mails:              { seconds: 600,  perAddress: 60, perBrowser: 20 },
  /** People that members of organizations invite. Each organization has a limit of its own, too. */
  member_invitations: { seconds: 3600, perAddress: 500, perBrowser: 250 },
  /** Browsers that want to be known. */
  browsers:           { seconds: 600,  perAddress: 300 },
  /** Whatever servers change. */
  changes:            { seconds: 10,   perInstance: 1000 },
  /** People whom servers invite into the application. */
  invitations:        { seconds: 3600, perInstance: 350 },
  /** Applications without an account, of the server itself. */
  applications:       { seconds: 3600, perAddress: 30 },
} as const satisfies Readonly<Record<string, Limit>>
