/** Links that prove an address: a random token that is hashed at rest, works once and for a while. */

import { and, eq, gt, sql } from 'drizzle-orm'

import type { Queryable, Transaction } from '../database/database.ts'
import { verifications } from '../database/schema.ts'
import { ApiError } from '../http/errors.ts'
import type { Visit } from '../http/visit.ts'
import type { Instance } from '../instances/instance.ts'
import { findRedirectTarget } from '../redirect-urls/redirect-target.ts'
import { hashCode } from '../secrets.ts'
import { findVerification, type Verification } from './code.ts'

/** Where the link in a mail leads, below `/v1`. */
export const VERIFY_PATH = '/verify'

/** Writes a link. Its token names the verification that it belongs to. */
export function linkUrl(instance: Instance, verificationId: string, secret: string): string {
  return `${instance.publicUrl}/v1${VERIFY_PATH}?token=${verificationId}.${secret}`
}

/**
 * Finds the verification that a token belongs to, whatever has become of it.
 *
 * @throws {ApiError} `ticket_invalid`
 */
export async function findLink(
  db: Queryable,
  instance: Instance,
  token: string,
): Promise<Verification> {
  const [id = '', secret = ''] = token.split('.')
  const verification = await findVerification(db, instance.id, id)
  if (
    verification?.strategy !== 'email_link' ||
    verification.codeHash !== hashCode(secret, verification.id)
  ) {
    throw new ApiError('ticket_invalid')
  }
  return verification
}

/**
 * Spends a link. The statement that does it checks that nobody has, so of any number of requests at once
 * one can win. Returns the verification as it is then, or `null` to the others.
 *
 * @param clientId the client that opened the link, if it is one that is known
 */
export async function redeemLink(
  tx: Transaction,
  { id, instanceId }: Verification,
  clientId: string | null,
  now: number,
): Promise<Verification | null> {
  const [row] = await tx
    .update(verifications)
    .set({
      status: 'verified',
      attempts: sql`${verifications.attempts} + 1`,
      openedByClientId: clientId,
    })
    .where(
      and(
        eq(verifications.id, id),
        eq(verifications.instanceId, instanceId),
        eq(verifications.status, 'unverified'),
        gt(verifications.expireAt, now),
      ),
    )
    .returning()
  return row ?? null
}

/**
 * Reads where the browser goes after it has opened the link. A path is one of the page that asks.
 *
 * @throws {ApiError} `form_param_nil`, `redirect_url_invalid`
 */
export async function readLinkTarget(
  db: Queryable,
  { instance, origin, body }: Visit,
): Promise<string> {
  const text = body.required('redirect_url')
  const absolute = origin !== null && /^\/(?![/\\])/.test(text) ? origin + text : text
  const target = await findRedirectTarget(db, instance, absolute)
  if (target === null) throw new ApiError('redirect_url_invalid')
  return target.href
}
