import { QUERY } from '@core/protocol'
import { eq } from 'drizzle-orm'

import { clientTokens } from '../database/schema.ts'
import { ApiError } from '../http/errors.ts'
import { parseRedirectTarget } from '../http/origins.ts'
import type { Visit } from '../http/visit.ts'
import type { Services } from '../services.ts'
import { clientCookie } from './cookies.ts'
import { readClientCookie } from './identify.ts'

/** Where a page sends its browser so that it stays known. */
export const TOUCH_PATH = '/v1/client/touch'

/**
 * Lets the token of a browser live on as long as a new one would, and sends the browser back. Some browsers
 * throw away early what a script's request sets, but not what a page's does.
 *
 * @throws {ApiError} `redirect_url_invalid`
 */
export async function answerTouch(
  { database }: Services,
  { instance, browser, query, now }: Visit,
  request: Request,
): Promise<Response> {
  const target = parseRedirectTarget(instance, query.text(QUERY.redirectUrl, 16_384))
  if (target === null) throw new ApiError('redirect_url_invalid')
  const headers = new Headers({
    location: target.href,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
  })
  const token = readClientCookie(request)
  if (browser.kind === 'cookie' && browser.tokenHash !== null && token !== undefined) {
    const renewed = await database
      .update(clientTokens)
      .set({ createdAt: now })
      .where(eq(clientTokens.tokenHash, browser.tokenHash))
      .returning({ tokenHash: clientTokens.tokenHash })
    // One that was replaced meanwhile must not come back over the new one.
    if (renewed.length > 0) headers.append('set-cookie', clientCookie(instance, token))
  }
  return new Response(null, { status: 302, headers })
}
