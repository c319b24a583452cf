/** Which addresses a person may be sent to. Open redirects and script addresses end here. */

import { isLoopbackHost, type PublishableKey } from '@core/protocol'

export interface RedirectPolicy {
  /** Address of the page. Relative targets start here. */
  readonly base: string
  readonly key: PublishableKey
  readonly allowedOrigins: readonly (string | RegExp)[]
}

// White space and controls that URL parsers drop or that end a header, and backslashes, which they
// read as slashes.
// oxlint-disable-next-line no-control-regex -- controls are what it looks for
const UNSAFE_CHARACTERS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\\]|%0[ad]/i

// `https:evil.com` and `https:/evil.com` depend on the scheme of the page they are resolved against.
const SCHEME_WITHOUT_AUTHORITY = /^[a-z][a-z0-9+.-]*:(?!\/\/[^/])/i

// `//host`, and what becomes it once a server or a proxy decodes the path.
const AUTHORITY_IN_PATH = /^\/(?:\/|%2f|%5c)/i

/**
 * Returns the absolute address if a person may be sent there, else `null`: the page's own origin,
 * an allowed one, the application's domain, and any local one on a development instance.
 */
export function parseRedirectTarget(target: unknown, policy: RedirectPolicy): string | null {
  if (typeof target !== 'string' || target === '') return null
  if (UNSAFE_CHARACTERS.test(target) || SCHEME_WITHOUT_AUTHORITY.test(target.trim())) return null
  const url = parseUrl(target, policy.base)
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) return null
  if (AUTHORITY_IN_PATH.test(url.pathname)) return null
  if (url.origin === new URL(policy.base).origin) return url.href
  return isAllowedOrigin(url, policy) ? url.href : null
}

/** Tells whether another origin is one of the application's. */
export function isAllowedOrigin(url: URL, { key, allowedOrigins }: RedirectPolicy): boolean {
  if (key.instanceType === 'development') {
    if (isLoopbackHost(url.host) || url.host === key.frontendApi) return true
  }
  return [...domainOrigins(key), ...allowedOrigins].some((pattern) =>
    toExpression(pattern).test(url.origin),
  )
}

function parseUrl(target: string, base: string): URL | null {
  try {
    return new URL(target, base)
  } catch {
    return null
  }
}

// `clerk.example.com` serves `example.com`, whose subdomains share its cookies anyway.
function domainOrigins({ frontendApi }: PublishableKey): string[] {
  if (!frontendApi.startsWith('clerk.')) return []
  const domain = frontendApi.slice('clerk.'.length)
  return [`https://${domain}`, `https://*.${domain}`]
}

function toExpression(pattern: string | RegExp): RegExp {
  if (typeof pattern !== 'string') {
    return new RegExp(`^(?:${pattern.source})$`, pattern.flags.replace(/[gy]/g, ''))
  }
  const labels = pattern.replace(/\/$/, '').split('*')
  const escaped = labels.map((text) => text.replace(/[.+?^${}()|[\]\\/]/g, String.raw`\$&`))
  return new RegExp(`^${escaped.join('[^.:/@]+')}$`, 'i')
}
