/** How pages of this server are sent: uncached, under a policy that lets nothing foreign in. */

import { parseUrl } from '../http/url.ts'
import type { Instance } from '../instances/instance.ts'

/** What a page may load. Nothing remote, nothing inline; the API may be on a host of its own. */
function contentSecurityPolicy({ origin, portalOrigin, settings }: Instance): string {
  const pictures = [settings.logo_image_url, settings.favicon_image_url]
  const hosts = pictures.flatMap((address) => parseUrl(address)?.origin ?? [])
  const images = [...new Set([origin, ...hosts])].filter((host) => host !== portalOrigin)
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    ["img-src 'self' data:", ...images].join(' '),
    `connect-src 'self'${origin === portalOrigin ? '' : ` ${origin}`}`,
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/**
 * Answers a page.
 *
 * @param referrers who is told the address of the page: nobody, or pages of this origin, of which a form then
 * says that it is one
 */
export function answerPage(
  instance: Instance,
  body: string,
  status = 200,
  referrers: 'no-referrer' | 'same-origin' = 'no-referrer',
): Response {
  return new Response(body, {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'private, no-store',
      'content-security-policy': contentSecurityPolicy(instance),
      'referrer-policy': referrers,
    },
  })
}
