import { originOfHost } from '@core/protocol'
import { ClerkError } from './errors.ts'
import {
  type PerRequest,
  type ResolvedOptions,
  parseDomain,
  parseProxyUrl,
  satelliteProblems,
} from './options.ts'
import type { ClaimRules } from './session/claims.ts'

/** Where one request's instance is reached, and what its tokens are held against. */
export interface Site {
  /** Whether this is a satellite: an app on a domain of its own that follows the primary one. */
  readonly isSatellite: boolean
  /** Domain of the satellite; empty if there is none. */
  readonly domain: string
  /** Absolute URL of the app's own proxy to the Frontend API; empty if there is none. */
  readonly proxyUrl: string
  /** Absolute URL of the Frontend API, without a trailing slash; empty without a publishable key. */
  readonly frontendApi: string
  readonly rules: ClaimRules
}

/** Finds the site of a request by its public URL, which is asked for only where it matters. */
export type SiteOf = (publicUrl: () => URL) => Site

/** Prepares {@link SiteOf}: what does not depend on the request is worked out once. */
export function createSiteOf(options: ResolvedOptions): SiteOf {
  const { isSatellite, domain, proxyUrl } = options
  const isFixed =
    typeof isSatellite !== 'function' &&
    typeof domain !== 'function' &&
    typeof proxyUrl !== 'function' &&
    !proxyUrl?.startsWith('/')
  if (isFixed) {
    // Not before a request needs it: a client may be there for its Backend API alone.
    let site: Site | undefined
    return () => {
      site ??= createSite(options, { isSatellite, domain: domain ?? '', proxyUrl: proxyUrl ?? '' })
      return site
    }
  }
  return (publicUrl) => {
    const url = publicUrl()
    const proxy = evaluate(proxyUrl, url, parseProxyUrl, 'proxyUrl') ?? ''
    return createSite(options, {
      isSatellite: evaluate(isSatellite, url, parseFlag, 'isSatellite') ?? false,
      domain: evaluate(domain, url, parseDomain, 'domain') ?? '',
      proxyUrl: proxy.startsWith('/') ? url.origin + proxy : proxy,
    })
  }
}

/** Returns what the tokens of an instance are held against, wherever they are shown. */
export function rulesOf(options: ResolvedOptions, others: readonly string[] = []): ClaimRules {
  const { publishableKey, audience, authorizedParties, clockSkewInMs } = options
  const issuers = publishableKey && [originOfHost(publishableKey.frontendApi), ...others]
  return { issuers, audience, authorizedParties, clockSkewInMs }
}

function createSite(
  options: ResolvedOptions,
  place: Pick<Site, 'isSatellite' | 'domain' | 'proxyUrl'>,
): Site {
  const { publishableKey } = options
  const { isSatellite, domain, proxyUrl } = place
  if (isSatellite) {
    const [problem] = satelliteProblems(options, domain, proxyUrl)
    if (problem !== undefined) throw new ClerkError('options-invalid', problem)
  }
  // In development every domain shares one Frontend API.
  const hasOwn = isSatellite && domain !== '' && publishableKey?.instanceType === 'production'
  const ofDomain = hasOwn ? originOfHost(`clerk.${domain}`) : ''
  // Where it is reached is where it says it is: each of these may be the issuer.
  const others = [ofDomain, proxyUrl].filter((address) => address !== '')
  const frontendApi = publishableKey === null ? '' : originOfHost(publishableKey.frontendApi)
  return {
    ...place,
    frontendApi: proxyUrl || ofDomain || frontendApi,
    rules: rulesOf(options, others),
  }
}

function parseFlag(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined
}

/**
 * Asks an option that depends on the request.
 *
 * @throws {ClerkError} `options-invalid`, if its function returns what the option cannot be.
 */
function evaluate<T extends string | boolean>(
  option: PerRequest<T> | null,
  url: URL,
  parse: (value: unknown) => T | undefined,
  name: string,
): T | null {
  if (typeof option !== 'function') return option
  // A copy, so that a function that changes it changes nothing.
  const value: unknown = option(new URL(url))
  if (value === undefined || value === null || value === '') return null
  const parsed = parse(value)
  if (parsed !== undefined) return parsed
  throw new ClerkError(
    'options-invalid',
    `The function of the option ${name} returned what the option cannot be.`,
  )
}
