import { HEADERS } from '@core/protocol'

const HOST = /^(?:[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?\.?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i

/**
 * Returns the URL at which the visitor sees this request, from `X-Forwarded-Host`,
 * `X-Forwarded-Proto` and `Host`, each taken up to its first comma.
 *
 * It is put together from parts. Resolving the path against the origin instead would let a path
 * such as `//evil.example/` replace the host. A host that is not one leaves the URL as it is.
 */
export function publicUrlOf(request: Request): URL {
  const url = new URL(request.url)
  const host =
    firstOf(request.headers.get(HEADERS.forwardedHost)) ||
    firstOf(request.headers.get(HEADERS.host))
  const proto = firstOf(request.headers.get(HEADERS.forwardedProto)) || url.protocol.slice(0, -1)
  if (!HOST.test(host) || (proto !== 'http' && proto !== 'https')) return url
  const text = `${proto}://${host}${url.pathname}${url.search}`
  // The pattern lets ports above 65535 and a few malformed IPv6 addresses pass.
  return URL.canParse(text) ? new URL(text) : url
}

function firstOf(header: string | null): string {
  return header?.split(',', 1)[0]?.trim() ?? ''
}
