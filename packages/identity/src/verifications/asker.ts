/**
 * How the link in a mail finds the development browser that asked for it. Pages hold the token of such a browser, and a
 * mail must not carry it: whoever read the mail would be that browser. The browser is given a cookie instead, which is
 * good for this link and for nothing else. One that does not keep it is asked, as one that nobody knows.
 */

import { parseCookie } from 'cookie'

import type { Queryable } from '../database/database.ts'
import type { Visit } from '../http/visit.ts'
import type { Instance } from '../instances/instance.ts'
import { hashToken } from '../secrets.ts'
import { keepOnce, takeOnce, type PayloadPlace } from '../tokens/one-time-payload.ts'
import type { Verification } from './code.ts'
import { VERIFY_PATH } from './link.ts'

const COOKIE = '__client_link'

interface Asker {
  readonly clientId: string
  readonly verificationId: string
}

/** Lets a development browser open the link that it has just asked for. */
export async function rememberAsker(
  db: Queryable,
  visit: Visit,
  { id, strategy, expireAt }: Verification,
): Promise<void> {
  const { instance, browser, clientId, now } = visit
  if (strategy !== 'email_link' || browser.kind !== 'dev_browser' || clientId === null) return
  const asker: Asker = { clientId, verificationId: id }
  const token = await keepOnce(db, placeOf(instance), asker, expireAt, now)
  visit.setCookie(
    [
      `${COOKIE}=${id}.${token}`,
      `Path=/v1${VERIFY_PATH}`,
      'HttpOnly',
      `Max-Age=${Math.ceil((expireAt - now) / 1000)}`,
      ...(instance.origin.startsWith('https:') ? ['Secure'] : []),
      'SameSite=Lax',
    ].join('; '),
  )
}

/** Finds out whether a browser that nobody knows is the one that asked for a link. It is told so once. */
export async function recognizeAsker(
  db: Queryable,
  visit: Visit,
  request: Request,
  verification: Verification,
): Promise<Visit> {
  const { instance, browser, now } = visit
  if (instance.type !== 'development' || browser.tokenHash !== null) return visit
  const cookie = parseCookie(request.headers.get('cookie') ?? '')[COOKIE] ?? ''
  const [id, token = ''] = cookie.split('.')
  // Another link's cookie is left for that one.
  if (id !== verification.id) return visit
  const asker = (await takeOnce(db, placeOf(instance), token, now)) as Asker | null
  if (asker === null || asker.verificationId !== verification.id) return visit
  return {
    ...visit,
    clientId: asker.clientId,
    browser: { kind: 'dev_browser', tokenHash: hashToken(token) },
  }
}

function placeOf({ id }: Instance): PayloadPlace {
  return { instanceId: id, purpose: 'mailed_link' }
}
