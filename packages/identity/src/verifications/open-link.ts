/**
 * Answers the link in a mail.
 *
 * Programs that scan mail follow links, and must sign nobody in: a browser that is not known here is shown
 * a page first, whose button spends the link. A browser that is known is a person's.
 */

import { QUERY } from '@core/protocol'

import { requireClient, type Client } from '../clients/client.ts'
import type { Queryable, Transaction } from '../database/database.ts'
import { transact } from '../database/transact.ts'
import { ApiError } from '../http/errors.ts'
import type { Visit } from '../http/visit.ts'
import { findRedirectTarget } from '../redirect-urls/redirect-target.ts'
import type { Services } from '../services.ts'
import { completeAddressByLink, findAddressOfLink } from '../email-addresses/proof.ts'
import { completeSignInByLink, findSignInOfLink } from '../sign-ins/opened-link.ts'
import { completeSignUpByLink, findSignUpOfLink } from '../sign-ups/opened-link.ts'
import { recognizeAsker } from './asker.ts'
import { findVerification, type Verification } from './code.ts'
import { confirmPage } from './confirm-page.ts'
import { findLink, redeemLink } from './link.ts'

/** What can be proven by a link, as a table. */
const ERRANDS: readonly {
  /** What is under way, and in which client. */
  readonly find: (db: Queryable, visit: Visit, verificationId: string) => Promise<Begun | null>
  /** Goes on with it in the client that began it. Returns the session that came of it, if one did. */
  readonly complete: (
    tx: Transaction,
    visit: Visit,
    client: Client,
    id: string,
  ) => Promise<string | null>
}[] = [
  { find: findSignInOfLink, complete: completeSignInByLink },
  { find: findSignUpOfLink, complete: completeSignUpByLink },
  { find: findAddressOfLink, complete: completeAddressByLink },
]

interface Begun {
  readonly id: string
  readonly clientId: string
}

interface Outcome {
  readonly status: 'verified' | 'transferable' | 'expired' | 'failed' | 'client_mismatch'
  readonly sessionId?: string | null
}

/**
 * Answers `GET /v1/verify` and the form of its page: spends the link and sends the browser back to the app.
 *
 * @throws {ApiError} `ticket_invalid` for a token of nothing
 */
export async function openLink(
  services: Services,
  arrived: Visit,
  request: Request,
): Promise<Response> {
  const { instance, query } = arrived
  const { database } = services
  const { method } = request
  const verification = await findLink(database, instance, query.required('token', 256))
  const isOpened = method === 'GET' || method === 'POST'
  const visit = isOpened ? await recognizeAsker(database, arrived, request, verification) : arrived
  const target =
    (await findRedirectTarget(database, instance, verification.redirectUrl)) ??
    new URL(`${instance.portalOrigin}/`)
  const outcome = await judge(services, visit, verification)
  if (outcome !== null) return sendBack(visit, target, outcome)
  const isConfirmed = method === 'POST' || (method === 'GET' && visit.browser.tokenHash !== null)
  return isConfirmed
    ? sendBack(visit, target, await spend(services, visit, verification))
    : confirmPage(instance, target)
}

/** Finds out whether a link is past use, for anybody or for this browser. */
async function judge(
  { database }: Services,
  visit: Visit,
  verification: Verification,
): Promise<Outcome | null> {
  const { instance, browser, clientId, now } = visit
  if (verification.status !== 'unverified') return { status: 'failed' }
  const errand = await findErrand(database, visit, verification.id)
  if (verification.expireAt <= now || errand === null) return { status: 'expired' }
  // A link does not carry the token by which a development browser is known, so one without it or its cookie is asked.
  const isUnknown = instance.type === 'development' && browser.tokenHash === null
  const isElsewhere = errand.begun.clientId !== clientId && !isUnknown
  return instance.settings.email_link_same_browser && isElsewhere
    ? { status: 'client_mismatch' }
    : null
}

async function spend(
  { database }: Services,
  visit: Visit,
  verification: Verification,
): Promise<Outcome> {
  const { clientId, now } = visit
  try {
    return await transact(database, async (tx): Promise<Outcome> => {
      const errand = await findErrand(tx, visit, verification.id)
      const isHere = errand !== null && errand.begun.clientId === clientId
      // Locked before the link is: as everywhere, so that nobody waits for each other.
      const client = isHere ? await requireClient(tx, visit) : null
      const spent = await redeemLink(tx, verification, clientId, now)
      if (errand === null || spent === null) return { status: 'failed' }
      // Elsewhere, the browser that began it goes on by itself when it asks.
      if (client === null) return { status: 'verified' }
      const sessionId = await errand.complete(tx, visit, client, errand.begun.id)
      const settled = await findVerification(tx, spent.instanceId, spent.id)
      return { status: settled?.status === 'transferable' ? 'transferable' : 'verified', sessionId }
    })
  } catch (error) {
    // What was refused leaves the link as it was; the page says that it did not work.
    if (error instanceof ApiError) return { status: 'failed' }
    throw error
  }
}

async function findErrand(db: Queryable, visit: Visit, verificationId: string) {
  for (const { find, complete } of ERRANDS) {
    const begun = await find(db, visit, verificationId)
    if (begun !== null) return { begun, complete }
  }
  return null
}

function sendBack({ instance, browser, query }: Visit, target: URL, outcome: Outcome): Response {
  target.searchParams.set(QUERY.status, outcome.status)
  if (outcome.sessionId) target.searchParams.set(QUERY.createdSession, outcome.sessionId)
  const devBrowser = browser.kind === 'dev_browser' ? query.text(QUERY.devBrowser) : null
  if (devBrowser !== null && browser.tokenHash !== null && target.origin !== instance.origin) {
    target.searchParams.set(QUERY.devBrowser, devBrowser)
  }
  return new Response(null, {
    status: 302,
    headers: {
      location: target.href,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    },
  })
}
