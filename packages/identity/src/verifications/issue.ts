/** Sends what proves an address: a code to type or a link to follow. */

import { and, count, eq, gt } from 'drizzle-orm'

import type { Transaction } from '../database/database.ts'
import { verifications } from '../database/schema.ts'
import { lockName, only } from '../database/transact.ts'
import { ApiError } from '../http/errors.ts'
import { newId } from '../ids.ts'
import type { Instance } from '../instances/instance.ts'
import type { Settings } from '../instances/settings.ts'
import type { Mail } from '../mail/mailer.ts'
import { codeMail, linkMail, noAccountMail, type Purpose } from '../mail/messages.ts'
import { hashCode, newCode, newToken } from '../secrets.ts'
import type { Services } from '../services.ts'
import { isTestAddress } from '../users/email-address.ts'
import type { Verification } from './code.ts'
import { linkUrl } from './link.ts'

/** What must be delivered once the transaction has been committed. */
export interface PendingDelivery {
  readonly verification: Verification
  /** `null`: there is none, as nobody has the address, and that is what the mail says. */
  readonly secret: string | null
}

interface Means {
  readonly newSecret: () => string
  readonly lifetime: (settings: Settings) => number
  /** What everybody knows, in place of the secret: nothing is sent to test addresses. */
  readonly testSecret: string | null
  readonly mail: (instance: Instance, purpose: Purpose, to: Verification, secret: string) => Mail
}

const CODE: Means = {
  newSecret: newCode,
  lifetime: (settings) => settings.code_lifetime,
  testSecret: '424242',
  mail: ({ settings }, purpose, { address }, secret) =>
    codeMail(settings, purpose, address, secret),
}

const LINK: Means = {
  newSecret: newToken,
  lifetime: (settings) => settings.email_link_lifetime,
  // A link that everybody can put together would be no proof, and no use in a test of mails.
  testSecret: null,
  mail: (instance, purpose, { id, address }, secret) =>
    linkMail(instance.settings, purpose, address, linkUrl(instance, id, secret)),
}

const meansOf = (strategy: string): Means => (strategy === 'email_link' ? LINK : CODE)

const HOUR = 60 * 60 * 1000

/**
 * Issues a code or link for an address, or returns the one under way if it has just been sent: browsers
 * and people ask twice.
 */
export async function issueVerification(
  tx: Transaction,
  instance: Instance,
  input: {
    readonly strategy: string
    readonly address: string
    readonly current: Verification | null
    /** Where a link leads in the end. */
    readonly redirectUrl?: string | null
    /** Whether nothing proves it, as nobody has the address. */
    readonly isDecoy?: boolean
  },
  now: number,
): Promise<{ readonly verification: Verification; readonly delivery: PendingDelivery | null }> {
  const { strategy, address, current, redirectUrl = null, isDecoy = false } = input
  const { settings } = instance
  if (
    current?.status === 'unverified' &&
    current.strategy === strategy &&
    current.address === address &&
    current.redirectUrl === redirectUrl &&
    current.expireAt > now &&
    current.sentAt !== null &&
    current.sentAt + settings.code_resend_interval * 1000 > now
  ) {
    return { verification: current, delivery: null }
  }
  const { newSecret, lifetime, testSecret } = meansOf(strategy)
  const known = instance.type === 'development' && isTestAddress(address) ? testSecret : null
  if (known === null) await refuseFlood(tx, instance, address, now)
  if (current?.status === 'unverified') {
    // Of two only the newer works.
    await tx.update(verifications).set({ status: 'failed' }).where(eq(verifications.id, current.id))
  }
  const id = newId('ver', now)
  const secret = known ?? newSecret()
  const verification = only(
    await tx
      .insert(verifications)
      .values({
        id,
        instanceId: instance.id,
        strategy,
        status: 'unverified',
        address,
        // No code and no token has the empty hash.
        codeHash: isDecoy ? '' : hashCode(secret, id),
        redirectUrl,
        maxAttempts: settings.code_max_attempts,
        sentAt: now,
        expireAt: now + lifetime(settings) * 1000,
        createdAt: now,
      })
      .returning(),
  )
  const delivery = known === null ? { verification, secret: isDecoy ? null : secret } : null
  return { verification, delivery }
}

async function refuseFlood(
  tx: Transaction,
  instance: Instance,
  address: string,
  now: number,
): Promise<void> {
  // What others are about to send counts as well, so they are waited for.
  await lockName(tx, 'codes', instance.id, address)
  const [sent] = await tx
    .select({ count: count() })
    .from(verifications)
    .where(
      and(
        eq(verifications.instanceId, instance.id),
        eq(verifications.address, address),
        gt(verifications.createdAt, now - HOUR),
      ),
    )
  if ((sent?.count ?? 0) >= instance.settings.codes_per_address_and_hour) {
    throw new ApiError('too_many_requests', { retryAfter: 60 })
  }
}

/**
 * Delivers a code or link. If the mail cannot be handed over it counts as not sent, so that the next
 * request for one sends at once.
 *
 * @throws {ApiError} `mail_delivery_failed`
 */
export async function deliver(
  services: Services,
  instance: Instance,
  purpose: Purpose,
  delivery: PendingDelivery | null,
): Promise<void> {
  if (delivery === null) return
  const { verification, secret } = delivery
  const mail =
    secret === null
      ? noAccountMail(instance, verification.address)
      : meansOf(verification.strategy).mail(instance, purpose, verification, secret)
  try {
    await services.mailer.send(instance, mail)
  } catch (error) {
    services.logger.error({ err: error, verificationId: verification.id }, 'A mail was not sent')
    await services.database
      .update(verifications)
      .set({ sentAt: null })
      .where(eq(verifications.id, verification.id))
    throw new ApiError('mail_delivery_failed', { retryAfter: 5 })
  }
}
