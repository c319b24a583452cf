/** Refuses what is done too often: by a visitor, to an account, or by the servers of an application. */

import { createHmac } from 'node:crypto'

import { isLoopbackAddress, toVisitorNetwork } from '../http/address.ts'
import type { Call } from '../http/backend-route.ts'
import { ApiError } from '../http/errors.ts'
import type { Visit } from '../http/visit.ts'
import type { Instance } from '../instances/instance.ts'
import type { Services } from '../services.ts'
import { isTestAddress } from '../users/email-address.ts'
import { LIMITS, type Limit, type LimitName } from './limits.ts'

/** Whom a limit counts, and how much of it they use. */
interface Spending {
  readonly address?: string | null
  readonly browser?: string | null
  readonly account?: string | null
  readonly instance?: string
}

/** Which member of a limit says how much each of those may. */
const MAXIMA = {
  address: 'perAddress',
  browser: 'perBrowser',
  account: 'perAccount',
  instance: 'perInstance',
} as const satisfies Readonly<Record<keyof Spending, keyof Limit>>

/**
 * Counts what a visitor does, before it is done.
 *
 * @param account identifier or id of the account that it is done to
 * @throws {ApiError} `too_many_requests`
 */
export async function spend(
  services: Services,
  visit: Visit,
  name: LimitName,
  { account = null, cost = 1 }: { readonly account?: string | null; readonly cost?: number } = {},
): Promise<void> {
  const { instance, address, clientId, isTest, now } = visit
  const isDevelopment = instance.type === 'development'
  // Whoever develops does on one machine what a crowd does elsewhere.
  if (isDevelopment && address !== null && isLoopbackAddress(address)) return
  const isTestAccount = account !== null && isDevelopment && isTestAddress(account)
  await claim(services, toScope(instance), name, cost, now, {
    // Tests of the application come from one place.
    address: isTest || address === null ? null : toVisitorNetwork(address),
    browser: isTest ? null : clientId,
    account: isTestAccount ? null : account,
  })
}

/**
 * Counts what a server of the application does, before it is done.
 *
 * @throws {ApiError} `too_many_requests`
 */
export async function spendOfInstance(
  services: Services,
  { instance, now }: Pick<Call, 'instance' | 'now'>,
  name: LimitName,
  cost: number = 1,
): Promise<void> {
  await claim(services, toScope(instance), name, cost, now, { instance: instance.id })
}

/**
 * Counts what somebody asks of the server itself, before it is done. Nobody is left out: a program that asks anew
 * with every page runs on the machine of whoever develops.
 *
 * @throws {ApiError} `too_many_requests`
 */
export async function spendOfServer(
  services: Services,
  address: string | null,
  name: LimitName,
  now: number,
): Promise<void> {
  const subject = address === null ? null : toVisitorNetwork(address)
  await claim(services, { instanceId: null, percent: 100 }, name, 1, now, { address: subject })
}

/** Within what is counted. */
interface Scope {
  /** `null`: the whole server. */
  readonly instanceId: string | null
  readonly percent: number
}

function toScope({ id, settings }: Instance): Scope {
  return { instanceId: id, percent: settings.rate_limits }
}

async function claim(
  { rateCounter }: Services,
  { instanceId, percent }: Scope,
  name: LimitName,
  cost: number,
  now: number,
  spending: Spending,
): Promise<void> {
  if (percent === 0) return
  const limit: Limit = LIMITS[name]
  const uses = Object.entries(MAXIMA).flatMap(([kind, member]) => {
    const subject = spending[kind as keyof Spending] ?? null
    const maximum = limit[member]
    if (subject === null || maximum === undefined) return []
    const scaled = Math.max(1, Math.floor((maximum * percent) / 100))
    const key = toKey(instanceId, name, kind, subject)
    return [{ key, cost, seconds: limit.seconds, maximum: scaled }]
  })
  if (uses.length === 0) return
  const counts = await rateCounter.count(instanceId, uses, now)
  const waits = counts.flatMap(({ key, count, expireAt }) => {
    const maximum = uses.find((use) => use.key === key)?.maximum ?? 0
    return count > maximum ? [Math.max(1, Math.ceil((expireAt - now) / 1000))] : []
  })
  if (waits.length > 0) throw new ApiError('too_many_requests', { retryAfter: Math.max(...waits) })
}

/** Whoever reads the table learns neither addresses nor accounts from it. */
function toKey(instanceId: string | null, ...parts: readonly string[]): string {
  return createHmac('sha256', instanceId ?? '')
    .update(parts.join('\n'))
    .digest('base64url')
}
