/** How pages of this server are sent: uncached, under a policy that lets nothing foreign in. */

import { parseUrl } from '../http/url.ts'
import type { Instance } from '../instances/instance.ts'

interface PageOptions {
  readonly status?: number
  /**
   * Who is told the address of the page: nobody, or pages of this origin, of which a form then says that it is one.
   * Default: nobody.
   */
  readonly referrers?: 'no-referrer' | 'same-origin'
  /** Where the answer to a form leads, if not here: browsers hold that to the policy as well. */
  readonly formTarget?: URL
}

/** Answers a page. */
export function answerPage(
  instance: Instance,
  body: string,
  { status = 200, referrers = 'no-referrer', formTarget }: PageOptions = {},
): Response {
  return new Response(body, {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'private, no-store',
      'content-security-policy': contentSecurityPolicy(instance, formTarget),
      'referrer-policy': referrers,
    },
  })
}

/** Tells whether a request is made by somebody who looks at what comes back. */
export function wantsPage(request: Request): boolean {
  return request.headers.get('accept')?.includes('text/html') ?? false
}

/** What a page may load. Nothing remote, nothing inline; the API may be on a host of its own. */
function contentSecurityPolicy(
  { origin, portalOrigin, settings }: Instance,
  formTarget: URL | undefined,
): string {
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
    `form-action 'self'${formTarget === undefined ? '' : ` ${sourceOf(formTarget)}`}`,
    "frame-ancestors 'none'",
  ].join('; ')
}

// Apps have schemes, and no origins.
function sourceOf({ origin, protocol }: URL): string {
  return origin === 'null' ? protocol : origin
}
