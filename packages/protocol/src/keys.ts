import { isLoopbackHost } from './hosts.ts'

/** What an instance is for. Written into its keys, never taken from `NODE_ENV`. */
export type InstanceType = 'development' | 'production'

/** A publishable key, taken apart. */
export interface PublishableKey {
  /** The key as it was given. */
  readonly key: string
  readonly instanceType: InstanceType
  /** Host of the Frontend API, with its port where it has one: `clerk.example.com`. */
  readonly frontendApi: string
}

const PREFIXES: { readonly [K in InstanceType]: string } = {
  development: 'pk_test_',
  production: 'pk_live_',
}

// A host with an optional port, nothing else: whatever could end an authority early
// (`/`, `?`, `#`, `@`, `\`, white space) would send requests to somebody else's server.
const HOST = /^(?:[a-z0-9-]+(?:\.[a-z0-9-]+)*|\[::1\])(?::\d{1,5})?$/i

/**
 * Parses a publishable key: `pk_test_` or `pk_live_`, then base64 of `<frontend API host>$`.
 * Padding is optional. Returns `null` for anything else; never throws.
 *
 * The host must contain a dot or be a loopback host.
 */
export function parsePublishableKey(key: string | null | undefined): PublishableKey | null {
  if (typeof key !== 'string') return null
  const instanceType = key.startsWith(PREFIXES.development)
    ? 'development'
    : key.startsWith(PREFIXES.production)
      ? 'production'
      : null
  if (instanceType === null || key.split('_').length !== 3) return null

  const text = decodeBase64(key.slice(PREFIXES[instanceType].length))
  if (text === null || text.indexOf('$') !== text.length - 1) return null
  const frontendApi = text.slice(0, -1)
  if (!HOST.test(frontendApi)) return null
  if (!frontendApi.includes('.') && !isLoopbackHost(frontendApi)) return null
  return { key, instanceType, frontendApi }
}

/** Writes the publishable key of an instance, without base64 padding. */
export function createPublishableKey(instanceType: InstanceType, frontendApi: string): string {
  return PREFIXES[instanceType] + btoa(`${frontendApi}$`).replace(/=+$/, '')
}

/**
 * Tells for which type of instance a secret key was issued, or `null` if its prefix does not say.
 * Recognises `sk_test_`, `sk_live_` and their ancestors `test_` and `live_`.
 */
export function instanceTypeOfSecretKey(key: string): InstanceType | null {
  if (/^(?:sk_)?test_/.test(key)) return 'development'
  if (/^(?:sk_)?live_/.test(key)) return 'production'
  return null
}

function decodeBase64(text: string): string | null {
  try {
    return atob(text)
  } catch {
    return null
  }
}
