import { QUERY } from '@core/protocol'

import type { Queryable } from '../database/database.ts'
import { transact } from '../database/transact.ts'
import type { Visit } from '../http/visit.ts'
import type { Instance } from '../instances/instance.ts'
import { findRedirectTarget } from '../redirect-urls/redirect-target.ts'
import { hashToken } from '../secrets.ts'
import type { Services } from '../services.ts'
import { findClientWithSessions } from '../sessions/session.ts'
import { findUserByEmailAddress } from '../users/user.ts'
import { findMailedTicket, requireMailedTicket } from './find-mailed.ts'

type LinkStatus = 'sign_in' | 'sign_up' | 'complete'

/**
 * Answers the link in the mail of an invitation: sends the browser to where the invited person signs in or up
 * with the ticket, or accepts at once for whoever is signed in with the address. Returns `null` if the
 * ticket is not one of an invitation. Somebody who is not signed in uses up nothing, for mail scanners follow links.
 *
 * @throws {ApiError} what is wrong with an invitation that is over
 */
export async function answerInvitationLink(
  services: Services,
  visit: Visit,
): Promise<Response | null> {
  const { database } = services
  const { instance, query, now } = visit
  const text = query.text('ticket', 4096) ?? ''
  if ((await findMailedTicket(database, instance.id, hashToken(text))) === null) return null
  const ticket = await requireMailedTicket(database, instance.id, text, now)
  const owner = await findUserByEmailAddress(database, instance.id, ticket.emailAddress)
  const { live } = await findClientWithSessions(database, visit)
  const isOwnerHere = owner !== null && live.some(({ userId }) => userId === owner.id)
  if (isOwnerHere) {
    await transact(database, (tx) => ticket.accept(tx, instance, owner.id, now))
  }
  const status: LinkStatus = isOwnerHere ? 'complete' : owner === null ? 'sign_up' : 'sign_in'
  const target = await targetOf(database, instance, ticket.redirectUrl, status)
  target.searchParams.set(QUERY.ticket, text)
  target.searchParams.set(QUERY.status, status)
  return new Response(null, {
    status: 302,
    headers: {
      location: target.href,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    },
  })
}

/** The first place that is allowed today. The portal always is. */
async function targetOf(
  db: Queryable,
  instance: Instance,
  redirectUrl: string | null,
  status: LinkStatus,
): Promise<URL> {
  const { settings, portalOrigin } = instance
  const own = {
    sign_in: [settings.sign_in_url, `${portalOrigin}/sign-in`],
    sign_up: [settings.sign_up_url, `${portalOrigin}/sign-up`],
    complete: [settings.after_sign_in_url, settings.home_url, `${portalOrigin}/`],
  }[status]
  for (const candidate of [redirectUrl, ...own]) {
    const target = await findRedirectTarget(db, instance, candidate)
    if (target !== null) return target
  }
  return new URL(portalOrigin)
}
