/** `Set-Cookie` directives that the identity server asks an app to pass on. */

import { COOKIES } from '@core/protocol'
import type { CookieNames } from './cookies.ts'

/** Directives that may reach the browser, and the session token among them. */
export interface Directives {
  readonly cookies: readonly string[]
  /** Value of the last session cookie; `undefined` if there is none or it is being deleted. */
  readonly sessionToken: string | undefined
}

/** Keeps the directives that may reach the browser of this host. */
export function readDirectives(
  given: readonly unknown[],
  names: CookieNames,
  host: string,
): Directives {
  const cookies = given.filter((directive) => isAllowed(directive, names, host))
  const session = cookies
    .map(readDirective)
    .findLast(({ name }) => name === COOKIES.session || name === names.session)
  return { cookies, sessionToken: session?.value || undefined }
}

/**
 * Tells whether a `Set-Cookie` directive may reach the browser: one of the protocol's cookies, in
 * the plain spelling or this instance's own, for this host and every path, on one line.
 */
function isAllowed(directive: unknown, names: CookieNames, host: string): directive is string {
  if (typeof directive !== 'string' || !/^[\x20-\x7e]+$/.test(directive)) return false
  const { name, attributes } = readDirective(directive)
  const own: readonly string[] = [
    COOKIES.session,
    COOKIES.clientUat,
    COOKIES.devBrowser,
    COOKIES.refresh,
    COOKIES.handshake,
    COOKIES.handshakeNonce,
    names.session,
    names.clientUat,
    names.devBrowser,
    names.refresh,
  ]
  if (!own.includes(name)) return false
  const domain = attributes.get('domain')?.toLowerCase().replace(/^\./, '')
  const isOurs = domain === undefined || host === domain || host.endsWith(`.${domain}`)
  // A name without a dot is a top-level domain, unless it is the host itself.
  const isNarrow = domain === undefined || domain.includes('.') || host === domain
  const path = attributes.get('path')
  return isOurs && isNarrow && (path === undefined || path === '/')
}

function readDirective(directive: string): {
  readonly name: string
  readonly value: string
  readonly attributes: ReadonlyMap<string, string>
} {
  const [[name = '', value = ''] = [], ...rest] = directive.split(';').map((part) => {
    const [key = '', ...text] = part.split('=')
    return [key.trim(), text.join('=').trim()] as const
  })
  return {
    name,
    value,
    attributes: new Map(rest.map(([key, text]) => [key.toLowerCase(), text])),
  }
}
