import type { PublishableKey } from '@core/protocol'
import type { ApiClient } from './api/client.ts'
import { fromFailure } from './api/errors.ts'
import { type ApiCaller, type ApiCallerOptions, createApiCaller } from './api/request.ts'
import { createJwksSource } from './keys/jwks.ts'
import { type KeySource, NO_KEYS, createPemSource } from './keys/key-source.ts'
import {
  type ClerkOptions,
  type Purpose,
  type ResolvedOptions,
  apiOriginOf,
  overrideOptions,
  requireOptions,
} from './options.ts'
import { type CookieNames, cookieNamesOf } from './request/cookies.ts'
import type { Runtime } from './runtime.ts'
import type { Verifier } from './session/verify-token.ts'
import { VerifiedTokens } from './session/verified-tokens.ts'
import { type SiteOf, createSiteOf } from './site.ts'

/** What belongs to one set of keys: nothing in it is ever used for another instance. */
export interface Instance {
  readonly publishableKey: PublishableKey | null
  readonly verifier: Verifier
  readonly api: ApiCaller
  /** Asks the Backend API while a visitor waits; `null` without a secret key to ask with. */
  readonly requestApi: ApiCaller | null
  /** Refreshes under way, so that requests of one page load share one. */
  readonly refreshes: Map<string, Promise<unknown>>
  /** Methods of the Backend API, once they were asked for. */
  apiClient: ApiClient | null
  /** Own cookie names, once they are known. */
  cookieNames: CookieNames | null
}

/** Options of one call together with the instance they name. */
export interface Setup {
  readonly options: ResolvedOptions
  readonly instance: Instance
  readonly siteOf: SiteOf
}

/** Finds the instance that options name. */
export interface Instances {
  of(options: ResolvedOptions): Instance
}

/** Options that tell instances apart: they decide which keys are used, and how they are fetched. */
const IDENTITY = [
  'publishableKey',
  'secretKey',
  'jwtKey',
  'apiUrl',
  'apiVersion',
  'skipJwksCache',
  'userAgent',
] as const satisfies readonly (keyof ResolvedOptions)[]

/** Most instances whose keys and proofs are kept. */
const MAX_INSTANCES = 1000

/** Longest that a request waits for the Backend API, in milliseconds. */
const PATIENCE_MS = 5000

/** Creates the instances of one client. Each lives as long as the client uses it. */
export function createInstances(runtime: Runtime): Instances {
  const known = new Map<string, Instance>()
  return {
    of(options) {
      const id = JSON.stringify(
        IDENTITY.map((name) => {
          const value = options[name]
          return typeof value === 'object' && value !== null && 'text' in value ? value.text : value
        }),
      )
      const found = known.get(id)
      if (found) return found
      const [oldest] = known.keys()
      if (known.size >= MAX_INSTANCES && oldest !== undefined) known.delete(oldest)
      const instance = createInstance(options, runtime)
      known.set(id, instance)
      return instance
    },
  }
}

/** Puts together what one call needs. */
export function createSetup(options: ResolvedOptions, instance: Instance): Setup {
  return { options, instance, siteOf: createSiteOf(options) }
}

/** Lays options over those of a setup; the instance changes only if they name another. */
export function layOver(setup: Setup, given: ClerkOptions, instances: Instances): Setup {
  const options = overrideOptions(setup.options, given)
  const isSame = IDENTITY.every((name) => options[name] === setup.options[name])
  return createSetup(options, isSame ? setup.instance : instances.of(options))
}

function createInstance(options: ResolvedOptions, runtime: Runtime): Instance {
  const { publishableKey } = options
  const caller = {
    baseUrl: () => apiBaseOf(options, 'call-api'),
    secretKey: options.secretKey ?? '',
    userAgent: options.userAgent ?? runtime.userAgent,
    fetch: runtime.fetch,
  }
  return {
    publishableKey,
    verifier: {
      keys: createKeySource(options, runtime),
      verified: options.skipJwksCache ? null : new VerifiedTokens(),
    },
    api: createApiCaller(caller),
    requestApi: options.secretKey === null ? null : withinPatience(caller),
    refreshes: new Map(),
    apiClient: null,
    cookieNames: null,
  }
}

/** Makes a caller that gives up in time, whatever the transport waits for. */
function withinPatience(options: ApiCallerOptions): ApiCaller {
  return (request) => {
    const signal = AbortSignal.timeout(PATIENCE_MS)
    const api = createApiCaller({
      ...options,
      fetch: (input, init) => options.fetch(input, { ...init, signal }),
    })
    const late = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(fromFailure(signal.reason)))
    })
    return Promise.race([api(request), late])
  }
}

function createKeySource(options: ResolvedOptions, runtime: Runtime): KeySource {
  if (options.jwtKey) return createPemSource(options.jwtKey)
  if (options.secretKey === null || apiOriginOf(options) === null) return NO_KEYS
  return createJwksSource({
    url: `${apiBaseOf(options, 'verify')}/jwks`,
    secretKey: options.secretKey,
    fetch: runtime.fetch,
    now: runtime.now,
    isUncached: options.skipJwksCache,
  })
}

function apiBaseOf(options: ResolvedOptions, purpose: Purpose): string {
  requireOptions(options, purpose)
  return `${apiOriginOf(options)}/${options.apiVersion}`
}

/** Returns an instance's own cookie names, which take a digest the first time. */
export async function loadCookieNames(
  instance: Instance,
  publishableKey: PublishableKey,
): Promise<CookieNames> {
  instance.cookieNames ??= await cookieNamesOf(publishableKey)
  return instance.cookieNames
}
