import { parsePublishableKey } from '@core/protocol'
import type { Environment, EnvironmentPrefix } from './options.ts'

/** What a server hands to the browser client of a page. Nothing in it is secret. */
export interface BrowserOptions {
  readonly publishableKey?: string
  readonly signInUrl?: string
  readonly signUpUrl?: string
  readonly signInForceRedirectUrl?: string
  readonly signUpForceRedirectUrl?: string
  readonly signInFallbackRedirectUrl?: string
  readonly signUpFallbackRedirectUrl?: string
}

// oxfmt-ignore
const VARIABLES: { readonly [K in keyof BrowserOptions]-?: `CLERK_${string}` } = {
  publishableKey:            'CLERK_PUBLISHABLE_KEY',
  signInUrl:                 'CLERK_SIGN_IN_URL',
  signUpUrl:                 'CLERK_SIGN_UP_URL',
  signInForceRedirectUrl:    'CLERK_SIGN_IN_FORCE_REDIRECT_URL',
  signUpForceRedirectUrl:    'CLERK_SIGN_UP_FORCE_REDIRECT_URL',
  signInFallbackRedirectUrl: 'CLERK_SIGN_IN_FALLBACK_REDIRECT_URL',
  signUpFallbackRedirectUrl: 'CLERK_SIGN_UP_FALLBACK_REDIRECT_URL',
}

/**
 * Reads the browser client's options from the environment, the framework's public variables first.
 * A publishable key that is not one is left out: a secret that somebody put there by mistake must
 * not end in a page.
 */
export function resolveBrowserOptions(
  env: Environment,
  prefix?: EnvironmentPrefix,
): BrowserOptions {
  const entries = Object.entries(VARIABLES).map(([option, variable]) => [
    option,
    (prefix && env[prefix + variable]) || env[variable],
  ])
  const { publishableKey, ...urls } = Object.fromEntries(
    entries.filter(([, value]) => value !== undefined && value !== ''),
  ) as BrowserOptions
  return parsePublishableKey(publishableKey) === null || publishableKey === undefined
    ? urls
    : { publishableKey, ...urls }
}
