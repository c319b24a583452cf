import { type PublishableKey, originOfHost, parsePublishableKey } from '@core/protocol'
import { ClerkError } from './errors.ts'
import { type PemKey, parsePem } from './keys/pem.ts'
import {
  type OrganizationSync,
  type OrganizationSyncOptions,
  parseOrganizationSync,
} from './paths/organization-sync.ts'

/** A value, or a function that chooses it for each request by its public URL. */
export type PerRequest<T> = T | ((url: URL) => T)

/**
 * Options of the product. Each comes from the call, else from its environment variable, else from
 * its default. An option that is `undefined`, `null` or `''` counts as not given; an explicit
 * `false` or `0` counts as given. Who names another instance by its publishable key must give its
 * other keys too: those of the environment are not its own.
 */
export interface ClerkOptions {
  /** `CLERK_PUBLISHABLE_KEY`. Names the instance: its type, its Frontend API host, its cookies. */
  readonly publishableKey?: string | undefined
  /** `CLERK_SECRET_KEY`. For the Backend API, and to fetch the signing keys if there is no `jwtKey`. */
  readonly secretKey?: string | undefined
  /** `CLERK_JWT_KEY`. PEM public key of the instance. With it, verification never uses the network. */
  readonly jwtKey?: string | undefined
  /**
   * `CLERK_ENCRYPTION_KEY`. Encrypts what middleware tells the server. 64 hex characters are best.
   * Several have commas between them: the first encrypts, all of them decrypt.
   */
  readonly encryptionKey?: string | undefined
  /**
   * `CLERK_API_URL`. Where the Backend API is. Default: the host that the publishable key names.
   */
  readonly apiUrl?: string | undefined
  /** `CLERK_API_VERSION`. Version of the Backend API, a segment of its paths. Default: `v1`. */
  readonly apiVersion?: string | undefined
  /**
   * `CLERK_SIGN_IN_URL`. Where people sign in: absolute, or a path of the app. Default: the
   * instance's Account Portal.
   */
  readonly signInUrl?: string | undefined
  /**
   * `CLERK_SIGN_UP_URL`. Where people sign up: absolute, or a path of the app. Default: the
   * instance's Account Portal.
   */
  readonly signUpUrl?: string | undefined
  /**
   * `CLERK_AFTER_SIGN_IN_URL`. Where people go from signing in, unless they came from a page.
   * Default: `/`.
   */
  readonly afterSignInUrl?: string | undefined
  /**
   * `CLERK_AFTER_SIGN_UP_URL`. Where people go from signing up, unless they came from a page.
   * Default: `/`.
   */
  readonly afterSignUpUrl?: string | undefined
  /**
   * `CLERK_IS_SATELLITE`. Whether this app is on a domain of its own and follows the sessions of the
   * primary domain. Needs `domain` or `proxyUrl`, and in development `signInUrl`. Default: `false`.
   */
  readonly isSatellite?: PerRequest<boolean> | undefined
  /** `CLERK_DOMAIN`. Domain of a satellite, without scheme: `example.org`, `localhost:3001`. */
  readonly domain?: PerRequest<string> | undefined
  /**
   * `CLERK_PROXY_URL`. The app's own proxy to the Frontend API: an absolute URL, or a path of the
   * app, which is taken to be on the public origin of the request.
   */
  readonly proxyUrl?: PerRequest<string> | undefined
  /**
   * `CLERK_SATELLITE_AUTO_SYNC`. Whether a satellite asks the primary domain about visitors of whom it
   * knows nothing. Default: `false`: it asks once they come back from signing in.
   */
  readonly satelliteAutoSync?: boolean | undefined
  /** Makes the organization that a URL names the active one when its page is loaded. */
  readonly organizationSyncOptions?: OrganizationSyncOptions | undefined
  /** Accepted `aud` claims. With it, a token without a matching `aud` is refused. */
  readonly audience?: string | readonly string[] | undefined
  /**
   * Origins whose tokens are accepted (`azp` claim), with scheme and port. With it, a token without
   * `azp` is refused. Set it: it keeps other apps on your domain from using their tokens here.
   */
  readonly authorizedParties?: readonly string[] | undefined
  /** How far clocks may differ, in milliseconds. Default: 5000. */
  readonly clockSkewInMs?: number | undefined
  /** Fetches the signing keys for every verification. Default: `false`. */
  readonly skipJwksCache?: boolean | undefined
  /** @deprecated Has no effect; keys are cached for five minutes. */
  readonly jwksCacheTtlInMs?: number | undefined
  /** `User-Agent` of requests to the Backend API. */
  readonly userAgent?: string | undefined
}

/** Options, complete and checked. */
export interface ResolvedOptions {
  readonly publishableKey: PublishableKey | null
  readonly secretKey: string | null
  readonly jwtKey: PemKey | null
  /** Newest first: it encrypts, and every one of them decrypts. */
  readonly encryptionKey: readonly string[] | null
  readonly apiUrl: string | null
  readonly apiVersion: string
  readonly signInUrl: string | null
  readonly signUpUrl: string | null
  readonly afterSignInUrl: string
  readonly afterSignUpUrl: string
  readonly isSatellite: PerRequest<boolean>
  readonly domain: PerRequest<string> | null
  readonly proxyUrl: PerRequest<string> | null
  readonly satelliteAutoSync: boolean
  readonly organizationSyncOptions: OrganizationSync | null
  readonly audience: readonly string[]
  readonly authorizedParties: readonly string[]
  readonly clockSkewInMs: number
  readonly skipJwksCache: boolean
  readonly jwksCacheTtlInMs: number
  readonly userAgent: string | null
}

/** Environment variables, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Prefix under which a framework keeps the variables that browsers may read. */
export type EnvironmentPrefix = 'NEXT_PUBLIC_'

interface Option<T> {
  /** Environment variable. Options without one come from the call only. */
  readonly env?: `CLERK_${string}`
  /** Whether browsers may know it: then a framework's prefix is looked up first. */
  readonly isPublic?: true
  readonly fallback: T
  /** What the value must be, for the person who has to fix it. */
  readonly expected: string
  /** Returns `undefined` for a value that is refused. */
  readonly parse: (value: unknown) => T | undefined
}

const PAGE = 'an absolute http or https URL, or a path that starts with one slash'

/** Every option there is. A member of `ResolvedOptions` without a row does not compile. */
// oxfmt-ignore
export const OPTIONS: { readonly [K in keyof ResolvedOptions]: Option<ResolvedOptions[K]> } = {
  publishableKey:    { env: 'CLERK_PUBLISHABLE_KEY', isPublic: true, fallback: null, parse: memoize((text) => parsePublishableKey(text) ?? undefined), expected: 'a publishable key, pk_test_… or pk_live_…' },
  secretKey:         { env: 'CLERK_SECRET_KEY', fallback: null, parse: parseSecret, expected: 'a secret key, sk_test_… or sk_live_…' },
  jwtKey:            { env: 'CLERK_JWT_KEY', fallback: null, parse: memoize((text) => parsePem(text) ?? undefined), expected: 'a PEM public key: RSA of at least 2048 bits, P-256 or Ed25519' },
  encryptionKey:     { env: 'CLERK_ENCRYPTION_KEY', fallback: null, parse: parseEncryptionKeys, expected: 'at least 16 random characters; make 64 with `openssl rand -hex 32`; several, newest first, have commas between them' },
  apiUrl:            { env: 'CLERK_API_URL', fallback: null, parse: parseOrigin, expected: 'an absolute http or https URL without credentials, query and hash' },
  apiVersion:        { env: 'CLERK_API_VERSION', fallback: 'v1', parse: (value) => match(value, /^v\d+$/), expected: 'a version such as v1' },
  signInUrl:         { env: 'CLERK_SIGN_IN_URL', isPublic: true, fallback: null, parse: parsePage, expected: PAGE },
  signUpUrl:         { env: 'CLERK_SIGN_UP_URL', isPublic: true, fallback: null, parse: parsePage, expected: PAGE },
  afterSignInUrl:    { env: 'CLERK_AFTER_SIGN_IN_URL', isPublic: true, fallback: '/', parse: parsePage, expected: PAGE },
  afterSignUpUrl:    { env: 'CLERK_AFTER_SIGN_UP_URL', isPublic: true, fallback: '/', parse: parsePage, expected: PAGE },
  isSatellite:       { env: 'CLERK_IS_SATELLITE', isPublic: true, fallback: false, parse: perRequest(parseFlag), expected: 'true or false, or a function of the public URL' },
  domain:            { env: 'CLERK_DOMAIN', isPublic: true, fallback: null, parse: perRequest(parseDomain), expected: 'a host without scheme and path such as example.org, or a function of the public URL' },
  proxyUrl:          { env: 'CLERK_PROXY_URL', isPublic: true, fallback: null, parse: perRequest(parseProxyUrl), expected: 'an absolute http or https URL, a path that starts with one slash, or a function of the public URL' },
  satelliteAutoSync: { env: 'CLERK_SATELLITE_AUTO_SYNC', isPublic: true, fallback: false, parse: parseFlag, expected: 'true or false' },
  organizationSyncOptions: { fallback: null, parse: parseOrganizationSync, expected: 'lists of path patterns: { organizationPatterns, personalAccountPatterns }' },
  audience:          { fallback: [], parse: (value) => parseNames(typeof value === 'string' ? [value] : value), expected: 'a string or a list of strings' },
  authorizedParties: { fallback: [], parse: parseParties, expected: 'a list of origins such as https://app.example.com' },
  clockSkewInMs:     { fallback: 5000, parse: parseMilliseconds, expected: 'milliseconds, from 0 to 86400000' },
  skipJwksCache:     { fallback: false, parse: (value) => (typeof value === 'boolean' ? value : undefined), expected: 'true or false' },
  jwksCacheTtlInMs:  { fallback: 300_000, parse: (value) => (typeof value === 'number' ? value : undefined), expected: 'a number' },
  userAgent:         { fallback: null, parse: (value) => match(value, /^[\x20-\x7e]{1,256}$/), expected: 'printable ASCII' },
}

const NAMES = Object.keys(OPTIONS) as readonly (keyof ResolvedOptions)[]

const ORIGIN = /^[a-z][a-z\d+.-]*:\/\/[^\s/?#]+$/i

/** What the options are for: it decides which ones must be there. */
export type Purpose = 'authenticate' | 'verify' | 'call-api' | 'configure'

/**
 * Resolves options, once per client.
 *
 * @throws {ClerkError} `options-invalid`, with every problem in one message: each line names the
 * option, its environment variable and what it must be, never the value.
 */
export function resolveOptions(
  given: ClerkOptions,
  env: Environment,
  purpose: Purpose = 'configure',
  prefix?: EnvironmentPrefix,
): ResolvedOptions {
  const problems = Object.keys(given)
    .filter((name) => !isOption(name))
    .map(describeUnknown)
  const resolved: Record<string, unknown> = {}
  const fromEnv = (name: keyof ResolvedOptions): unknown =>
    variablesOf(OPTIONS[name], prefix)
      .map((variable) => env[variable])
      .find(isGiven)
  const isOther = namesAnother(given, fromEnv('publishableKey'))
  for (const name of NAMES) {
    const option = OPTIONS[name]
    const inherited = isOther && isKey(name) ? undefined : fromEnv(name)
    const value = isGiven(given[name]) ? given[name] : inherited
    const parsed = value === undefined ? option.fallback : option.parse(value)
    if (parsed === undefined) problems.push(describe(name, prefix, 'is not valid'))
    resolved[name] = parsed
  }
  const options = resolved as unknown as ResolvedOptions
  fail([...problems, ...missing(options, purpose, problems.length > 0, prefix)])
  return options
}

/**
 * Lays the options of one call over resolved ones.
 *
 * @throws {ClerkError} `options-invalid`
 */
export function overrideOptions(base: ResolvedOptions, given: ClerkOptions): ResolvedOptions {
  const problems: string[] = []
  const resolved: Record<string, unknown> = { ...base }
  if (namesAnother(given, base.publishableKey?.key)) {
    for (const name of KEYS) resolved[name] = null
  }
  for (const [name, value] of Object.entries(given)) {
    if (!isOption(name)) {
      problems.push(describeUnknown(name))
    } else if (isGiven(value)) {
      resolved[name] = OPTIONS[name].parse(value)
      if (resolved[name] === undefined) problems.push(describe(name, undefined, 'is not valid'))
    }
  }
  fail(problems)
  return resolved as unknown as ResolvedOptions
}

/**
 * Checks that everything a purpose needs is there.
 *
 * @throws {ClerkError} `options-invalid`, naming all that is missing.
 */
export function requireOptions(
  options: ResolvedOptions,
  purpose: Purpose,
  prefix?: EnvironmentPrefix,
): void {
  fail(missing(options, purpose, false, prefix))
}

/** Where the Backend API is: as configured, else where the publishable key points. */
export function apiOriginOf(options: ResolvedOptions): string | null {
  if (options.apiUrl !== null) return options.apiUrl
  return options.publishableKey && originOfHost(options.publishableKey.frontendApi)
}

function missing(
  options: ResolvedOptions,
  purpose: Purpose,
  isIncomplete: boolean,
  prefix: EnvironmentPrefix | undefined,
): string[] {
  // A malformed value was reported already; calling it missing too would confuse.
  const lacks = (name: keyof ResolvedOptions): boolean => options[name] === null
  const problems: string[] = []
  if (purpose === 'authenticate' && lacks('publishableKey')) {
    problems.push(describe('publishableKey', prefix, 'is missing'))
  }
  const verifies = purpose === 'authenticate' || purpose === 'verify'
  if (verifies && lacks('jwtKey') && lacks('secretKey')) {
    problems.push(
      'jwtKey (CLERK_JWT_KEY) and secretKey (CLERK_SECRET_KEY) are missing: one of them is needed to verify session tokens.',
    )
  }
  if (purpose === 'call-api' && lacks('secretKey')) {
    problems.push(describe('secretKey', prefix, 'is missing'))
  }
  // What depends on the request is checked with the request.
  if (purpose === 'authenticate' && options.isSatellite === true && !isIncomplete) {
    problems.push(...satelliteProblems(options, options.domain, options.proxyUrl))
  }
  const callsApi = purpose === 'call-api' || (verifies && lacks('jwtKey') && !lacks('secretKey'))
  if (callsApi && !isIncomplete && apiOriginOf(options) === null) {
    problems.push(
      'apiUrl (CLERK_API_URL) is missing: set it, or publishableKey (CLERK_PUBLISHABLE_KEY), which names the host.',
    )
  }
  return problems
}

/** Tells what a satellite lacks: it must know its own domain, and where its visitors sign in. */
export function satelliteProblems(
  { publishableKey, signInUrl }: ResolvedOptions,
  domain: ResolvedOptions['domain'],
  proxyUrl: ResolvedOptions['proxyUrl'],
): string[] {
  const problems: string[] = []
  if (!domain && !proxyUrl) {
    problems.push(
      'domain (CLERK_DOMAIN) or proxyUrl (CLERK_PROXY_URL) is missing: a satellite needs one of them.',
    )
  }
  const host = signInUrl?.startsWith('/') === false ? new URL(signInUrl).host : null
  const isDevelopment = publishableKey?.instanceType === 'development'
  if (signInUrl === null ? isDevelopment : host === null || host === domain) {
    problems.push(
      'signInUrl (CLERK_SIGN_IN_URL) must be an absolute URL on the primary domain: visitors of a satellite sign in there.',
    )
  }
  return problems
}

/**
 * Options that belong to one instance. A call that names another one must not use them: its tokens
 * would be held against a foreign key, and a secret key would be sent to a foreign server.
 */
const KEYS = ['secretKey', 'jwtKey'] as const

function isKey(name: string): boolean {
  return KEYS.some((key) => key === name)
}

function namesAnother({ publishableKey }: ClerkOptions, known: unknown): boolean {
  return isGiven(publishableKey) && isGiven(known) && publishableKey !== known
}

function isOption(name: string): name is keyof ResolvedOptions {
  return Object.hasOwn(OPTIONS, name)
}

function describeUnknown(name: string): string {
  return `${JSON.stringify(name)} is not an option.`
}

function fail(problems: readonly string[]): void {
  if (problems.length === 0) return
  throw new ClerkError(
    'options-invalid',
    `The configuration is not complete or not valid:\n${problems.map((text) => `- ${text}`).join('\n')}\nSet or correct them in the environment or in the options. In development, \`core dev -- <command>\` sets the keys.`,
  )
}

function describe(
  name: keyof ResolvedOptions,
  prefix: EnvironmentPrefix | undefined,
  problem: string,
): string {
  const option = OPTIONS[name]
  const [variable] = variablesOf(option, prefix)
  return `${name}${variable === undefined ? '' : ` (${variable})`} ${problem}: it must be ${option.expected}.`
}

function variablesOf(option: Option<unknown>, prefix: EnvironmentPrefix | undefined): string[] {
  if (option.env === undefined) return []
  return prefix && option.isPublic ? [prefix + option.env, option.env] : [option.env]
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== ''
}

/** Remembers what a costly parser made of the last keys it saw: tenants come again and again. */
function memoize<T>(parse: (text: string) => T | undefined): (value: unknown) => T | undefined {
  const seen = new Map<string, T | undefined>()
  return (value) => {
    if (typeof value !== 'string') return undefined
    if (seen.has(value)) return seen.get(value)
    if (seen.size >= 1000) seen.clear()
    const parsed = parse(value)
    seen.set(value, parsed)
    return parsed
  }
}

function match(value: unknown, pattern: RegExp): string | undefined {
  return typeof value === 'string' && pattern.test(value) ? value : undefined
}

/** Visible ASCII: whatever else it holds could not travel in an Authorization header. */
function parseSecret(value: unknown): string | undefined {
  return match(value, /^[\x21-\x7e]+$/)
}

function parseEncryptionKeys(value: unknown): readonly string[] | undefined {
  if (typeof value !== 'string') return undefined
  const keys = value.split(',').map((key) => key.trim())
  // One character over and over is a placeholder, not a key.
  return keys.every((key) => key.length >= 16 && !/^(.)\1*$/s.test(key)) ? keys : undefined
}

function parseOrigin(value: unknown): string | undefined {
  if (typeof value !== 'string' || !URL.canParse(value)) return undefined
  const url = new URL(value)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined
  if (url.username || url.password || url.search || url.hash) return undefined
  return url.href.replace(/\/+$/, '')
}

function parsePage(value: unknown): string | undefined {
  if (typeof value !== 'string' || /[\s\\\p{Cc}]/u.test(value)) return undefined
  if (/^\/(?!\/)/.test(value)) return value
  return /^https?:\/\//i.test(value) && URL.canParse(value) ? value : undefined
}

function parseNames(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined
  return value.every((name) => typeof name === 'string' && name !== '') ? value : undefined
}

function parseParties(value: unknown): readonly string[] | undefined {
  // A trailing slash or a path would never equal an origin: every token would be refused.
  return parseNames(value)?.every((name) => !name.includes('://') || ORIGIN.test(name))
    ? (value as readonly string[])
    : undefined
}

function parseMilliseconds(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= 86_400_000 ? value : undefined
}

/** Reads a flag; the environment writes it as text. */
function parseFlag(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value
  if (typeof value !== 'string') return undefined
  if (/^(?:true|[1-9]\d*)$/i.test(value)) return true
  return /^(?:false|0)$/i.test(value) ? false : undefined
}

/** Parses the domain of a satellite. */
export function parseDomain(value: unknown): string | undefined {
  return match(value, /^(?:[a-z0-9-]+(?:\.[a-z0-9-]+)+|localhost)(?::\d{1,5})?$/i)
}

/** Parses the address of a proxy: absolute, or a path. Without a trailing slash. */
export function parseProxyUrl(value: unknown): string | undefined {
  if (typeof value !== 'string' || !value.startsWith('/')) return parseOrigin(value)
  return match(value, /^\/(?!\/)[^\s\\?#]+$/)?.replace(/\/+$/, '')
}

function perRequest<T>(
  parse: (value: unknown) => T | undefined,
): (value: unknown) => PerRequest<T> | undefined {
  return (value) => (typeof value === 'function' ? (value as (url: URL) => T) : parse(value))
}
