import { QUERY } from '@core/protocol'

import { isAllowedOrigin } from '../http/origins.ts'
import { parseUrl } from '../http/url.ts'
import type { Visit } from '../http/visit.ts'

/**
 * Answers `GET /v1/tickets/accept`, where the link of a ticket leads: sends the browser to the sign-in page,
 * which uses the ticket up. Following a link uses up nothing, for mail scanners follow links.
 */
export function acceptTicket({ instance, query }: Visit): Response {
  const own = new URL(`${instance.portalOrigin}/sign-in`)
  const set = parseUrl(instance.settings.sign_in_url)
  const page = set !== null && isAllowedOrigin(instance, set.origin) ? set : own
  page.searchParams.set(QUERY.ticket, query.required('ticket', 4096))
  page.searchParams.set(QUERY.status, 'sign_in')
  return new Response(null, {
    status: 302,
    headers: {
      location: page.href,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    },
  })
}
