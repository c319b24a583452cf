/** Addresses of the sign-in and sign-up pages, and of what comes after them. */

import {
  accountPortalOrigin,
  QUERY,
  type EnvironmentJSON,
  type PublishableKey,
} from '@core/protocol'
import { toSnakeCase } from './names.ts'
import type { ClerkOptions, RedirectOptions, RedirectToOptions } from './options.ts'
import { parseRedirectTarget, type RedirectPolicy } from './redirect-target.ts'

export interface RedirectContext {
  /** Address of the page. */
  readonly location: string
  readonly key: PublishableKey
  readonly options: ClerkOptions
  readonly environment: EnvironmentJSON | null
}

type Page = 'signIn' | 'signUp'

const PAGES = {
  signIn: { option: 'signInUrl', member: 'sign_in_url', path: '/sign-in' },
  signUp: { option: 'signUpUrl', member: 'sign_up_url', path: '/sign-up' },
} as const

const CARRIED = [
  'signInForceRedirectUrl',
  'signInFallbackRedirectUrl',
  'signUpForceRedirectUrl',
  'signUpFallbackRedirectUrl',
] as const satisfies readonly (keyof RedirectOptions)[]

export function redirectPolicy(context: RedirectContext): RedirectPolicy {
  const { location, key, options, environment } = context
  const home = environment?.display_config.home_url
  return {
    base: location,
    key,
    allowedOrigins: [
      ...(options.allowedRedirectOrigins ?? []),
      ...(home && URL.canParse(home) ? [new URL(home).origin] : []),
    ],
  }
}

/** Builds the address of a page, with what it needs to know to send the person on. */
export function buildPageUrl(page: Page, context: RedirectContext, to: RedirectToOptions): string {
  const { option, member, path } = PAGES[page]
  const { location, options, environment, key } = context
  const base =
    options[option] ||
    environment?.display_config[member] ||
    accountPortalOrigin(key.frontendApi) + path
  const url = new URL(base, location)
  for (const name of CARRIED) {
    const value = to[name]
    if (value) url.searchParams.set(toSnakeCase(name), new URL(value, location).href)
  }
  if (to.redirectUrl) {
    url.searchParams.set(QUERY.redirectUrl, new URL(to.redirectUrl, location).href)
  }
  return url.href
}

/**
 * Resolves where to go after signing in or up. First match wins: forced target, the page's own
 * `redirect_url`, fallback target, `/`. A target that is not safe counts as absent.
 */
export function resolveAfterAuthUrl(
  page: Page,
  context: RedirectContext,
  props: RedirectOptions = {},
): string {
  const query = readQuery(context.location)
  const policy = redirectPolicy(context)
  const given = (name: keyof RedirectOptions): unknown[] => [
    query(toSnakeCase(name)),
    props[name],
    context.options[name],
  ]
  const candidates = [
    ...given(`${page}ForceRedirectUrl`),
    query(QUERY.redirectUrl),
    ...given(`${page}FallbackRedirectUrl`),
  ]
  for (const candidate of candidates) {
    const target = parseRedirectTarget(candidate, policy)
    if (target) return target
  }
  return new URL('/', context.location).href
}

/** Reads parameters of the address, also behind the hash; a repeated one counts as absent. */
function readQuery(location: string): (name: string) => string | null {
  const { searchParams, hash } = new URL(location)
  const inHash = new URLSearchParams(hash.includes('?') ? hash.slice(hash.indexOf('?')) : '')
  return (name) => {
    const [value, ...others] = [...searchParams.getAll(name), ...inHash.getAll(name)]
    return others.length === 0 ? (value ?? null) : null
  }
}
