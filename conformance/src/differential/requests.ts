/** Requests, generated: which token in which carrier, and everything else that a decision rests on. */
import { COOKIES } from '@core/protocol'
import fc from 'fast-check'

import { NONCES, REFRESHES } from './identity-server.ts'
import { INSTANCES, type InstanceType, type TestInstance } from './instances.ts'
import {
  GOOD_TOKEN,
  mostly,
  NOW,
  ofTable,
  ORIGIN,
  PLAIN_HEADER,
  SESSION_HEADER,
  sign,
  TEMPLATE_HEADER,
  type TokenPlan,
  tokenOf,
  tokenPlans,
} from './tokens.ts'

/** A request by its parts, each by name. */
export interface RequestPlan {
  readonly instance: InstanceType
  readonly keys: 'jwtKey' | 'key set'
  readonly options: keyof typeof OPTIONS
  readonly token: TokenPlan
  readonly other: TokenPlan
  /** In the cookies of either name, and in the header. */
  readonly plainSession: Carried
  readonly ownSession: Carried
  readonly header: Carried
  readonly scheme: keyof typeof SCHEMES
  readonly plainUat: keyof typeof CLIENT_UAT
  readonly ownUat: keyof typeof CLIENT_UAT
  readonly devBrowser: keyof typeof DEV_BROWSERS
  readonly devBrowserQuery: 'absent' | 'given' | 'empty'
  readonly handshake: keyof typeof HANDSHAKES
  readonly handshakeIn: 'its place' | 'the other place' | 'both'
  /** The session of a handshake. */
  readonly answered: TokenPlan
  readonly refresh: keyof typeof REFRESHES | 'absent'
  readonly refreshName: 'own' | 'plain'
  readonly redirects: string | null
  readonly method: 'GET' | 'POST' | 'HEAD' | 'OPTIONS'
  readonly destination: 'document' | 'iframe' | 'empty' | null
  readonly accept: string | null
  readonly path: string
  readonly forwarded: keyof typeof FORWARDED
  readonly site: keyof typeof SITES
  readonly organizations: keyof typeof ORGANIZATIONS
  readonly nonce: keyof typeof NONCES | 'absent'
  readonly nonceIn: RequestPlan['handshakeIn']
  readonly jar: keyof typeof JARS
  readonly synced: string | null
  readonly satelliteUrl: keyof typeof SATELLITE_URLS
  readonly referrer: keyof typeof REFERRERS
  readonly fetchSite: 'same-origin' | 'cross-site' | null
  readonly origin: keyof typeof ORIGINS
}

/** Which of the two tokens of a plan is carried. */
type Carried = 'absent' | 'token' | 'other' | 'empty'

export interface CallOptions {
  readonly isSatellite?: boolean
  readonly domain?: string
  readonly proxyUrl?: string
  readonly signInUrl?: string
  readonly satelliteAutoSync?: boolean
  readonly organizationSyncOptions?: {
    readonly organizationPatterns?: string[]
    readonly personalAccountPatterns?: string[]
  }
  readonly authorizedParties?: string[]
  readonly audience?: string | string[]
  readonly clockSkewInMs?: number
}

const OPTIONS = {
  none: {},
  parties: { authorizedParties: [ORIGIN] },
  audience: { audience: 'api' },
  'list of audiences': { audience: ['api', 'web'] },
  'no skew': { clockSkewInMs: 0 },
  'a minute of skew': { clockSkewInMs: 61_000 },
} satisfies Record<string, CallOptions>

const SATELLITE: CallOptions = {
  isSatellite: true,
  domain: 'satellite.example',
  signInUrl: 'https://primary.example/sign-in?x=1',
}

/** What kind of app the request is for: options, too. */
const SITES = {
  primary: {},
  satellite: SATELLITE,
  'satellite that asks by itself': { ...SATELLITE, satelliteAutoSync: true },
  'satellite behind a proxy': {
    isSatellite: true,
    proxyUrl: `${ORIGIN}/__clerk`,
    signInUrl: 'https://primary.example/sign-in',
  },
  proxy: { proxyUrl: `${ORIGIN}/__clerk` },
  'proxy with a slash': { proxyUrl: `${ORIGIN}/__clerk/` },
  'proxy by its path': { proxyUrl: '/__clerk' },
  'proxy over http': { proxyUrl: 'http://proxy.example.com/__clerk' },
  'domain, but no satellite': { domain: 'satellite.example' },
} satisfies Record<string, CallOptions>

const ORGANIZATIONS = {
  none: {},
  'by id': {
    organizationSyncOptions: { organizationPatterns: ['/orgs/:id', '/orgs/:id/(.*)'] },
  },
  'by slug': {
    organizationSyncOptions: { organizationPatterns: ['/orgs/:slug', '/orgs/:slug/(.*)'] },
  },
  personal: { organizationSyncOptions: { personalAccountPatterns: ['/me', '/me/(.*)'] } },
  'all of them': {
    organizationSyncOptions: {
      organizationPatterns: ['/orgs/:slug/settings', '/orgs/:id'],
      personalAccountPatterns: ['/me', '/orgs/:id/(.*)'],
    },
  },
  'repeated id': { organizationSyncOptions: { organizationPatterns: ['/orgs/:id*'] } },
  'without a name': { organizationSyncOptions: { organizationPatterns: ['/orgs/(.*)'] } },
  'empty lists': {
    organizationSyncOptions: { organizationPatterns: [], personalAccountPatterns: [] },
  },
} satisfies Record<string, CallOptions>

/** Options of the call, the same for both. */
export function optionsOf({ options, site, organizations }: RequestPlan): CallOptions {
  return { ...OPTIONS[options], ...SITES[site], ...ORGANIZATIONS[organizations] }
}

const ORIGINS = {
  absent: null,
  own: ORIGIN,
  'of the sign-in page': 'https://primary.example',
  opaque: 'null',
} as const

type Cookie = readonly [name: string, value: string]

const header = (cookies: readonly Cookie[]): string =>
  cookies.map((cookie) => cookie.join('=')).join('; ')
const withValues = (cookies: readonly Cookie[], change: (value: string) => string): string =>
  header(cookies.map(([name, value]) => [name, change(value)]))

/** How cookies are written. */
const JARS = {
  plain: header,
  'without spaces': (cookies: readonly Cookie[]) => header(cookies).replaceAll('; ', ';'),
  'percent-encoded': (cookies: readonly Cookie[]) =>
    withValues(cookies, (value) => value.replaceAll('.', '%2E')),
  quoted: (cookies: readonly Cookie[]) => withValues(cookies, (value) => `"${value}"`),
  'others behind': (cookies: readonly Cookie[]) =>
    `${header(cookies)}; ${withValues(cookies, () => '5')}`,
  'others in front': (cookies: readonly Cookie[]) =>
    `${withValues(cookies, () => '5')}; ${header(cookies)}`,
  'one inside another': (cookies: readonly Cookie[]) =>
    `a=${encodeURIComponent(`b; ${header(cookies)}`)}`,
  'beside a broken one': (cookies: readonly Cookie[]) => `a=%zz; =b; c; ${header(cookies)}`,
  'in other letters': (cookies: readonly Cookie[]) => header(cookies).replaceAll('__s', '__S'),
} as const

const SATELLITE_URLS = {
  absent: null,
  given: 'https://satellite.example/page?x=1',
  'with a development browser': 'https://satellite.example/page?__clerk_db_jwt=dvb_9',
  'with an answer': 'https://satellite.example/page?__clerk_synced=false',
  'no URL': 'satellite',
  'of another scheme': 'javascript:alert(1)',
  empty: '',
} as const

const REFERRERS = {
  absent: null,
  'own page': `${ORIGIN}/before`,
  'other site': 'https://other.example.com/page',
  'other port': `${ORIGIN}:8443/`,
  'frontend API': 'https://clerk.example.com/v1/x',
  portal: 'https://accounts.example.com/sign-in',
  'development frontend API': 'https://happy-cat-7.clerk.accounts.dev/v1/x',
  'development portal': 'https://happy-cat-7.accounts.dev/sign-in',
  'portal of another instance': 'https://sad-dog-8.accounts.dev/sign-in',
  'no URL': 'elsewhere',
  'of another scheme': 'android-app://com.example/',
} as const

const SCHEMES = {
  bearer: (token: string) => `Bearer ${token}`,
  'no scheme': (token: string) => token,
  'other scheme': (token: string) => `Basic ${token}`,
  'lower case': (token: string) => `bearer ${token}`,
  'two spaces': (token: string) => `Bearer  ${token}`,
} as const

const CLIENT_UAT = {
  'before the token': String(NOW - 5000),
  absent: null,
  'signed out': '0',
  'of the token': String(NOW - 10),
  'after the token': String(NOW - 2),
  'after now': String(NOW + 500),
  negative: '-1',
  'not a number': 'abc',
  'number and more': `${NOW - 5000}x`,
  empty: '',
} as const

const DEV_BROWSERS = {
  'both cookies': { plain: 'dvb_1', own: 'dvb_1' },
  'plain cookie': { plain: 'dvb_1', own: null },
  'own cookie': { plain: null, own: 'dvb_1' },
  'two of them': { plain: 'dvb_1', own: 'dvb_2' },
  absent: { plain: null, own: null },
  empty: { plain: '', own: '' },
} as const

interface HandshakeParts {
  readonly token: string
  readonly instance: TestInstance
}

const signsIn = ({ token, instance }: HandshakeParts): object => ({
  handshake: [
    `__session=${token}; Path=/; Secure; SameSite=Lax`,
    `__session_${instance.suffix}=${token}; Path=/; Secure; SameSite=Lax`,
    `__client_uat=${NOW - 10}; Path=/; Secure`,
  ],
})

const HANDSHAKES = {
  absent: () => null,
  'signs in': (parts: HandshakeParts) => sign(PLAIN_HEADER, signsIn(parts)),
  'signs in, by the plain cookie': ({ token }: HandshakeParts) =>
    sign(PLAIN_HEADER, { handshake: [`__session=${token}; Path=/`] }),
  'signs in, category session': (parts: HandshakeParts) => sign(SESSION_HEADER, signsIn(parts)),
  'signs in, with its times': (parts: HandshakeParts) =>
    sign(PLAIN_HEADER, { ...signsIn(parts), iat: NOW - 1, nbf: NOW - 11, exp: NOW + 59 }),
  'signs out': () =>
    sign(PLAIN_HEADER, {
      handshake: ['__session=; Path=/; Max-Age=0', '__client_uat=0; Path=/'],
    }),
  'of nothing': () => sign(PLAIN_HEADER, { handshake: [] }),
  'sets a foreign cookie': ({ token }: HandshakeParts) =>
    sign(PLAIN_HEADER, { handshake: [`__session=${token}; Path=/`, 'theme=dark; Path=/'] }),
  'sets a cookie for another host': ({ token }: HandshakeParts) =>
    sign(PLAIN_HEADER, {
      handshake: [`__session=${token}; Path=/`, '__client_uat=1; Domain=other.example; Path=/'],
    }),
  'names no session token': () =>
    sign(PLAIN_HEADER, { handshake: ['__session_other=garbage; Path=/'] }),
  'signed with a foreign key': (parts: HandshakeParts) =>
    sign(PLAIN_HEADER, signsIn(parts), 'foreign'),
  'over since an hour': (parts: HandshakeParts) =>
    sign(PLAIN_HEADER, { ...signsIn(parts), exp: NOW - 3600 }),
  'of another issuer': (parts: HandshakeParts) =>
    sign(PLAIN_HEADER, { ...signsIn(parts), iss: 'https://clerk.other.example' }),
  'of another class': (parts: HandshakeParts) => sign(TEMPLATE_HEADER, signsIn(parts)),
  'not a list': () => sign(PLAIN_HEADER, { handshake: 'yes' }),
  'not a token': () => 'garbage',
} as const

const FORWARDED = {
  none: {},
  'forwarded host': { 'x-forwarded-host': 'shop.example.com', 'x-forwarded-proto': 'https' },
  'forwarded hosts': { 'x-forwarded-host': 'a.example.com, b.example.com' },
  'forwarded host and port': { 'x-forwarded-host': 'shop.example.com:8443' },
  'forwarded over http': { 'x-forwarded-proto': 'http', host: 'app.example.com' },
  'forwarded over both': { 'x-forwarded-proto': 'https,http', host: 'app.example.com' },
  'host only': { host: 'app.example.com:8443' },
  'no host': { 'x-forwarded-host': 'two words' },
  'no scheme': { 'x-forwarded-host': 'shop.example.com', 'x-forwarded-proto': 'javascript' },
} as const

const own = (weight: number): fc.Arbitrary<Carried> =>
  fc.oneof(
    { arbitrary: fc.constantFrom<Carried[]>('token', 'absent'), weight },
    { arbitrary: fc.constantFrom<Carried[]>('other', 'empty'), weight: 1 },
  )

const ORGANIZATION_PATHS = [
  '/orgs/org_1',
  '/orgs/org_2/',
  '/ORGS/org_1',
  '/orgs/org_1/settings',
  '/orgs/acme',
  '/orgs/acme/settings',
  '/orgs/a%20b',
  '/me',
  '/me/settings',
] as const

const anyone: fc.Arbitrary<RequestPlan> = fc.record({
  instance: fc.constantFrom<InstanceType>('development', 'production'),
  keys: mostly<RequestPlan['keys']>('jwtKey', ['key set'], 3),
  options: ofTable(OPTIONS, 2),
  token: tokenPlans,
  other: tokenPlans,
  plainSession: own(5),
  ownSession: own(5),
  header: mostly<Carried>('absent', ['token', 'token', 'other'], 2),
  scheme: ofTable(SCHEMES, 10),
  plainUat: ofTable(CLIENT_UAT, 2),
  ownUat: ofTable(CLIENT_UAT, 2),
  devBrowser: ofTable(DEV_BROWSERS, 4),
  devBrowserQuery: mostly<RequestPlan['devBrowserQuery']>('absent', ['given', 'empty'], 10),
  handshake: ofTable(HANDSHAKES, 4),
  handshakeIn: mostly<RequestPlan['handshakeIn']>('its place', ['the other place', 'both'], 4),
  answered: tokenPlans,
  refresh: mostly<RequestPlan['refresh']>(
    'absent',
    Object.keys(REFRESHES) as (keyof typeof REFRESHES)[],
    2,
  ),
  refreshName: mostly<RequestPlan['refreshName']>('own', ['plain'], 10),
  redirects: mostly<string | null>(null, ['0', '1', '2', '3', '4', '999', '-1', 'abc', '1.5', '']),
  method: mostly<RequestPlan['method']>('GET', ['POST', 'HEAD', 'OPTIONS'], 8),
  destination: mostly<RequestPlan['destination']>('document', ['iframe', 'empty', null], 1),
  accept: fc.constantFrom(
    'text/html,application/xhtml+xml',
    'application/json',
    '*/*',
    'application/json, text/html',
    null,
  ),
  path: mostly<string>(
    '/dashboard',
    [
      '/',
      '/a%20b?x=1&y=%2F',
      '/search?q=a+b',
      '/dashboard?__dev_session=old&x=1',
      '/dashboard?__clerk_help=1&x=1',
      '//other.example.com/x',
      '//other.example.com/x?y=1',
      ...ORGANIZATION_PATHS,
    ],
    1,
  ),
  forwarded: ofTable(FORWARDED, 3),
  site: ofTable(SITES, 2),
  organizations: ofTable(ORGANIZATIONS, 2),
  nonce: mostly<RequestPlan['nonce']>('absent', Object.keys(NONCES) as (keyof typeof NONCES)[], 8),
  nonceIn: mostly<RequestPlan['handshakeIn']>('its place', ['the other place', 'both'], 4),
  jar: ofTable(JARS, 12),
  synced: mostly<string | null>(null, ['false', 'true', 'yes', ''], 3),
  satelliteUrl: ofTable(SATELLITE_URLS, 8),
  referrer: ofTable(REFERRERS, 2),
  fetchSite: mostly<RequestPlan['fetchSite']>(null, ['same-origin', 'cross-site'], 3),
  origin: ofTable(ORIGINS, 5),
})

/** Visitors who bring nothing, to apps that may have to ask another one about them. */
const newcomers: fc.Arbitrary<RequestPlan> = fc
  .tuple(
    anyone,
    fc.constantFrom(...(Object.keys(SITES) as (keyof typeof SITES)[])),
    fc.constantFrom(null, 'true', 'false', 'yes'),
  )
  .map(([plan, site, synced]) => ({
    ...plan,
    site,
    synced,
    plainSession: 'absent',
    ownSession: 'absent',
    header: 'absent',
    plainUat: 'absent',
    ownUat: 'absent',
    handshake: 'absent',
    nonce: 'absent',
    method: 'GET',
  }))

/** Visitors on pages of organizations, signed in as far as their token goes. */
const members: fc.Arbitrary<RequestPlan> = fc
  .tuple(
    anyone,
    fc.constantFrom<RequestPlan['organizations'][]>('by id', 'by slug', 'personal', 'all of them'),
    fc.constantFrom(...ORGANIZATION_PATHS),
  )
  .map(([plan, organizations, path]) => ({
    ...plan,
    organizations,
    path,
    plainSession: 'token',
    ownSession: 'token',
    header: 'absent',
    plainUat: 'before the token',
    ownUat: 'before the token',
    handshake: 'absent',
    nonce: 'absent',
    referrer: 'absent',
  }))

/** Visitors whose token is over and who have a refresh token. */
const returning: fc.Arbitrary<RequestPlan> = fc
  .tuple(anyone, fc.constantFrom(...(Object.keys(REFRESHES) as (keyof typeof REFRESHES)[])))
  .map(([plan, refresh]) => ({
    ...plan,
    token: { ...plan.token, times: 'expired' },
    refresh,
    ownSession: 'token',
    ownUat: 'before the token',
    handshake: 'absent',
    nonce: 'absent',
    method: 'GET',
  }))

export const requestPlans: fc.Arbitrary<RequestPlan> = fc.oneof(
  { arbitrary: anyone, weight: 12 },
  { arbitrary: newcomers, weight: 1 },
  { arbitrary: members, weight: 1 },
  { arbitrary: returning, weight: 1 },
)

/** The plan that a failure is made as like as possible: a page of somebody who is signed in. */
export const PLAIN_REQUEST: RequestPlan = {
  instance: 'production',
  keys: 'jwtKey',
  options: 'none',
  token: GOOD_TOKEN,
  other: GOOD_TOKEN,
  plainSession: 'absent',
  ownSession: 'absent',
  header: 'absent',
  scheme: 'bearer',
  plainUat: 'absent',
  ownUat: 'absent',
  devBrowser: 'both cookies',
  devBrowserQuery: 'absent',
  handshake: 'absent',
  handshakeIn: 'its place',
  answered: GOOD_TOKEN,
  refresh: 'absent',
  refreshName: 'own',
  redirects: null,
  method: 'GET',
  destination: 'document',
  accept: null,
  path: '/dashboard',
  forwarded: 'none',
  site: 'primary',
  organizations: 'none',
  nonce: 'absent',
  nonceIn: 'its place',
  jar: 'plain',
  synced: null,
  satelliteUrl: 'absent',
  referrer: 'absent',
  fetchSite: null,
  origin: 'absent',
}

/** What of a request is not as in the plain one. */
export type RequestPatch = {
  readonly [K in keyof RequestPlan]?: RequestPlan[K] extends TokenPlan
    ? Partial<TokenPlan>
    : RequestPlan[K]
}

/** Completes a request from the plain one. */
export function complete({ token, other, answered, ...patch }: RequestPatch): RequestPlan {
  return {
    ...PLAIN_REQUEST,
    ...patch,
    token: { ...GOOD_TOKEN, ...token },
    other: { ...GOOD_TOKEN, ...other },
    answered: { ...GOOD_TOKEN, ...answered },
  }
}

/** Builds the request of a plan. Each call makes another, for who reads it may use it up. */
export function requestOf(plan: RequestPlan): Request {
  const instance = INSTANCES[plan.instance]
  const { host, suffix } = instance
  const isDevelopment = plan.instance === 'development'
  const carried = (what: Carried): string | null =>
    what === 'absent' ? null : what === 'empty' ? '' : tokenOf(plan[what], host)

  const cookies: Cookie[] = [['theme', 'dark']]
  const cookie = (name: string, value: string | null): void => {
    if (value !== null) cookies.push([name, value])
  }
  cookie(COOKIES.session, carried(plan.plainSession))
  cookie(`${COOKIES.session}_${suffix}`, carried(plan.ownSession))
  cookie(COOKIES.clientUat, CLIENT_UAT[plan.plainUat])
  cookie(`${COOKIES.clientUat}_${suffix}`, CLIENT_UAT[plan.ownUat])
  const { plain, own } = DEV_BROWSERS[plan.devBrowser]
  cookie(COOKIES.devBrowser, plain)
  cookie(`${COOKIES.devBrowser}_${suffix}`, own)
  cookie(COOKIES.redirectCount, plan.redirects)
  if (plan.refresh !== 'absent') {
    cookie(plan.refreshName === 'own' ? `__refresh_${suffix}` : '__refresh', plan.refresh)
  }

  const url = new URL(ORIGIN + plan.path)
  if (plan.devBrowserQuery === 'given') url.searchParams.append('__clerk_db_jwt', 'dvb_3')
  if (plan.devBrowserQuery === 'empty') url.searchParams.append('__clerk_db_jwt', '')
  const bring = (name: string, value: string | null, place: RequestPlan['handshakeIn']): void => {
    if (value === null) return
    const inQuery = place === 'both' || (place === 'its place') === isDevelopment
    const inCookie = place === 'both' || (place === 'its place') !== isDevelopment
    if (inQuery) url.searchParams.append(name, value)
    if (inCookie) cookie(name, value)
  }
  const answered = tokenOf(plan.answered, host)
  const answer = HANDSHAKES[plan.handshake]({ token: answered, instance })
  bring('__clerk_handshake', answer, plan.handshakeIn)
  bring('__clerk_handshake_nonce', plan.nonce === 'absent' ? null : plan.nonce, plan.nonceIn)
  if (plan.synced !== null) url.searchParams.append('__clerk_synced', plan.synced)
  const satelliteUrl = SATELLITE_URLS[plan.satelliteUrl]
  if (satelliteUrl !== null) url.searchParams.append('__clerk_redirect_url', satelliteUrl)

  const headers = new Headers(FORWARDED[plan.forwarded])
  headers.set('cookie', JARS[plan.jar](cookies))
  const bearer = carried(plan.header)
  if (bearer !== null) headers.set('authorization', SCHEMES[plan.scheme](bearer))
  if (plan.destination !== null) headers.set('sec-fetch-dest', plan.destination)
  if (plan.accept !== null) headers.set('accept', plan.accept)
  const referrer = REFERRERS[plan.referrer]
  if (referrer !== null) headers.set('referer', referrer)
  const origin = ORIGINS[plan.origin]
  if (origin !== null) headers.set('origin', origin)
  if (plan.fetchSite !== null) headers.set('sec-fetch-site', plan.fetchSite)
  return new Request(url, { method: plan.method, headers })
}

/** The token that the `Authorization` header is taken for, or `null` if cookies count. */
export function bearerOf({ header, scheme, ...plan }: RequestPlan): TokenPlan | null {
  if (header !== 'token' && header !== 'other') return null
  // A space makes a scheme of what is before it.
  const hasOther =
    scheme === 'other scheme' ||
    scheme === 'lower case' ||
    (scheme === 'no scheme' && plan[header].form === 'space at the end')
  return hasOther ? null : plan[header]
}

/** The session tokens that may count: that of the header, else those of the cookies. */
export function sessionsOf(plan: RequestPlan): readonly TokenPlan[] {
  const bearer = bearerOf(plan)
  return bearer === null ? cookieSessionsOf(plan) : [bearer]
}

/** The session tokens in cookies, whether or not they count. */
export function cookieSessionsOf(plan: RequestPlan): readonly TokenPlan[] {
  return [plan.plainSession, plan.ownSession].flatMap((carried) =>
    carried === 'token' || carried === 'other' ? [plan[carried]] : [],
  )
}
