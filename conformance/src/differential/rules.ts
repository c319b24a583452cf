/**
 * Every way in which an answer of ours may be another than that of the protocol's other
 * implementation, and the rule of ours behind it. A difference that no row explains fails the test,
 * and so does a row that explains nothing any more.
 */
import { INSTANCES } from './instances.ts'
import type { Outcome } from './outcome.ts'
import {
  bearerOf,
  cookieSessionsOf,
  type RequestPatch,
  type RequestPlan,
  sessionsOf,
} from './requests.ts'
import { type TokenPlan, tokenOf } from './tokens.ts'

export interface Rule {
  readonly id: string
  /** What ours does, and why. */
  readonly rule: string
  /** Whether it explains another status or reason, and what follows from that. */
  readonly isVerdict?: true
  /** Members of the answer that it explains, whatever the verdict. */
  readonly fields?: RegExp
  /** Whether it may sign in a visitor, or another one, whom the other does not. Nothing else may. */
  readonly isLenient?: true
  readonly when: (plan: RequestPlan, ours: Outcome, theirs: Outcome) => boolean
  /** A request that needs the rule: what is not as in the plain one. */
  readonly example: RequestPatch
}

type Flaws = { readonly [K in keyof TokenPlan]?: readonly TokenPlan[K][] }

/** Tells whether a token has one of these flaws. */
function isFlawed(token: TokenPlan, flaws: Flaws): boolean {
  return Object.entries(flaws).some(([property, values]) =>
    (values as readonly string[]).includes(token[property as keyof TokenPlan]),
  )
}

/** Tells whether a session token that the request brings has one of these flaws. */
const brings = (plan: RequestPlan, flaws: Flaws): boolean =>
  sessionsOf(plan).some((token) => isFlawed(token, flaws))

const hostOf = ({ instance }: RequestPlan): string => INSTANCES[instance].host

/** Tells whether the request holds a token of this form anywhere. */
const carries = (plan: RequestPlan, form: TokenPlan['form']): boolean =>
  [plan.plainSession, plan.ownSession, plan.header].some(
    (carried) => (carried === 'token' || carried === 'other') && plan[carried].form === form,
  )

const isRefused = (ours: Outcome, ...reasons: readonly string[]): boolean =>
  ours['status'] === 'signed-out' && reasons.includes(ours['reason'] ?? '')

/** Where the browser is once the identity server has been asked. */
const wayBackOf = (ours: Outcome): string | undefined => ours['way back'] ?? ours['location']

const failsVerification = (ours: Outcome): boolean => isRefused(ours, 'token-verification-failed')

const asksAudience = ({ options }: RequestPlan): boolean =>
  options === 'audience' || options === 'list of audiences'

const NO_AUDIENCE: Flaws = { aud: ['missing', 'an empty list', 'a number', 'a mixed list'] }

/** Not read, though a forgiving reader might. */
const UNREADABLE: Flaws = {
  form: ['padded signature', 'payload null', 'space at the end', 'no signature', 'signature cut'],
  header: ['no alg', 'kid a number', 'crit'],
}

const NO_SESSION: Flaws = { claims: ['no sid', 'empty sid'] }
const NO_USER: Flaws = { claims: ['empty sub', 'no sub', 'sub a number'] }
const FOREIGN_ISSUER: Flaws = {
  issuer: ['foreign', 'missing', 'a number', 'over http', 'of the satellite', 'of the proxy'],
}
const ODD_TIMES: Flaws = {
  times: [
    'exp a fraction',
    'exp beyond dates',
    'exp a text',
    'iat null',
    'iat a text',
    'nbf a text',
    'iat after exp',
    'without exp',
  ],
}
const OTHER_CLASS: Flaws = {
  header: [
    'typ at+jwt',
    'typ in lower case',
    'category template',
    'category machine',
    'category unknown',
  ],
  claims: ['sub of a machine'],
}

/** Over, at least where clocks may not differ. */
const OVER: Flaws = {
  times: ['expired', 'expired at the skew', 'expired within the skew', 'expired two days ago'],
}

/** Tells whether a session in an answer of the identity server is none of this instance's. */
const isNoSession = (plan: RequestPlan, token: TokenPlan): boolean =>
  [UNREADABLE, NO_SESSION, NO_USER, FOREIGN_ISSUER, ODD_TIMES, OTHER_CLASS].some((flaws) =>
    isFlawed(token, flaws),
  ) ||
  (asksAudience(plan) && isFlawed(token, NO_AUDIENCE))

const isLost = ({ nonce }: RequestPlan): boolean => nonce === 'gone' || nonce === 'no-list'

/** Tells whether what the cookies say is not what they were given. */
const isGarbled = ({ jar }: RequestPlan): boolean => jar === 'quoted' || jar === 'others in front'

/** Tells whether a nonce is only in a cookie, and that cookie only in the value of another one. */
const isNonceHidden = ({ instance, jar, nonceIn }: RequestPlan): boolean =>
  jar === 'one inside another' && (instance === 'production' || nonceIn === 'the other place')

/** Tells whether an answer that should be in a cookie can be read from the query only. */
const isElsewhere = (plan: RequestPlan, place: RequestPlan['nonceIn']): boolean =>
  place === 'the other place' ||
  (place === 'both' && (isGarbled(plan) || plan.jar === 'one inside another'))

/** Tells whether the answer to a handshake does not hold, or the session in it does not. */
function isIgnored(plan: RequestPlan): boolean {
  if (isGarbled(plan) && (plan.nonce !== 'absent' || plan.handshake !== 'absent')) return true
  if (plan.nonce !== 'absent' && !isNonceHidden(plan)) {
    const { nonce } = plan
    const signsIn = nonce.startsWith('signs-in') || nonce === 'foreign-cookie'
    if (signsIn) return asksAudience(plan)
    return nonce === 'forged' || nonce === 'of-another-instance' || isLost(plan)
  }
  switch (plan.handshake) {
    case 'absent':
    case 'signs out':
    case 'of nothing':
    case 'names no session token':
      return false
    case 'not a list':
    case 'not a token':
    case 'of another class':
    case 'of another issuer':
    case 'over since an hour':
    case 'signed with a foreign key':
      return true
    default:
      return isNoSession(plan, plan.answered)
  }
}

/** Tells whether no cookie of an answer to a handshake is passed on. */
const setsNoAnswer = ({ refresh }: RequestPlan, ours: Outcome): boolean =>
  !/__session|__client_uat/.test(ours['set-cookie'] ?? '') || refresh.startsWith('renewed')

const takesAnswer = (theirs: Outcome): boolean =>
  theirs['reason'] === 'session-token-missing' ||
  theirs['set-cookie']?.includes('__session') === true

/** Tells whether a session cookie of the request holds a token that is not read. */
const hasUnreadableCookie = (plan: RequestPlan): boolean =>
  cookieSessionsOf(plan).some((token) => isFlawed(token, UNREADABLE))

const OF_THE_TRIP =
  /^(?:(?:location|way back) \?(?:__clerk_handshake|__clerk_handshake_nonce|__clerk_help|__dev_session)|way back \?__clerk_db_jwt)$/

export const RULES: readonly Rule[] = [
  // What an answer carries.
  {
    id: 'private',
    rule: 'An answer with a redirect, a cookie or a session is for one visitor, so no cache may keep it.',
    example: { ownUat: 'before the token' },
    fields: /^cache-control$/,
    when: (_, ours) => ours['cache-control'] === 'private, no-store',
  },
  {
    id: 'no-token-in-url',
    rule: 'A session token never travels in the URL of a handshake: URLs end up in logs.',
    example: { plainSession: 'token' },
    fields: /^location \?__session$/,
    when: (_, ours) => ours['status'] === 'handshake' && !('location ?__session' in ours),
  },
  {
    id: 'no-cors',
    rule: 'The answer to a handshake is opened to no other origin.',
    example: { handshake: 'signs out' },
    fields: /^access-control-/,
    when: ({ handshake, nonce }, ours) =>
      (handshake !== 'absent' || nonce !== 'absent') && !('access-control-allow-origin' in ours),
  },
  {
    id: 'own-cookies-only',
    rule: 'Of an answer only cookies of the protocol, for this host, are passed on.',
    example: { handshake: 'sets a cookie for another host' },
    fields: /^set-cookie$/,
    when: ({ handshake, nonce, refresh }, ours) =>
      (handshake === 'sets a foreign cookie' ||
        nonce === 'foreign-cookie' ||
        handshake === 'sets a cookie for another host' ||
        handshake === 'names no session token' ||
        refresh === 'renewed-with-a-foreign-cookie') &&
      !/theme|Domain|_other/.test(ours['set-cookie'] ?? ''),
  },
  {
    id: 'clean-way-back',
    rule: 'The way back holds no parameter of the trip, whether or not its answer was accepted.',
    example: { ownUat: 'before the token', path: '/dashboard?__clerk_help=1&x=1' },
    fields: OF_THE_TRIP,
    when: (_, ours) => !Object.keys(ours).some((field) => OF_THE_TRIP.test(field)),
  },
  {
    id: 'host-of-way-back',
    rule: 'The host of the way back is the public one, whatever the path begins with.',
    example: { ownUat: 'before the token', path: '//other.example.com/x', forwarded: 'host only' },
    fields: /^(?:location|way back|proxyUrl)$/,
    when: ({ path }, ours) =>
      path.startsWith('//') &&
      ![wayBackOf(ours), ours['proxyUrl']].some((url) => url?.includes('://other.example.com')),
  },
  {
    id: 'public-scheme',
    rule: 'The public URL is one of http or https: what claims another scheme is not believed.',
    example: { ownUat: 'before the token', forwarded: 'no scheme' },
    fields: /^(?:location|way back|proxyUrl)$/,
    when: ({ forwarded }, ours) =>
      forwarded === 'no scheme' &&
      !['location', 'way back', 'proxyUrl'].some((field) => ours[field]?.startsWith('null')),
  },
  {
    id: 'proxy-url',
    rule: 'The address of a proxy ends without a slash, so that paths can be added to it.',
    example: { site: 'proxy with a slash' },
    fields: /^proxyUrl$/,
    when: ({ site }, ours) => site === 'proxy with a slash' && !ours['proxyUrl']?.endsWith('/'),
  },
  {
    id: 'empty-patterns',
    rule: 'A list without patterns matches no path.',
    example: { ownUat: 'before the token', organizations: 'empty lists' },
    isLenient: true,
    isVerdict: true,
    fields: /^location \?organization_id$/,
    when: ({ organizations }, ours, theirs) =>
      organizations === 'empty lists' &&
      !('location ?organization_id' in ours) &&
      'location ?organization_id' in theirs,
  },
  {
    id: 'host-of-referrer',
    rule: 'A page is of another site, whatever the path of this one begins with.',
    example: {
      ownSession: 'token',
      ownUat: 'before the token',
      path: '//other.example.com/x',
      forwarded: 'host only',
      referrer: 'other site',
    },
    isVerdict: true,
    when: ({ path, referrer }, ours) =>
      path.startsWith('//') &&
      referrer === 'other site' &&
      ours['reason'] === 'primary-domain-cross-origin-sync',
  },
  {
    id: 'scheme-of-referrer',
    rule: 'A page of the public URL is of this site, whatever scheme the request claims.',
    example: {
      ownSession: 'token',
      ownUat: 'before the token',
      forwarded: 'no scheme',
      referrer: 'own page',
    },
    isLenient: true,
    isVerdict: true,
    when: ({ forwarded, referrer }, _, theirs) =>
      forwarded === 'no scheme' &&
      referrer === 'own page' &&
      theirs['reason'] === 'primary-domain-cross-origin-sync',
  },
  {
    id: 'one-segment',
    rule: 'An organization is named by one segment of a path: of several, nobody can tell which.',
    example: { ownUat: 'before the token', path: '/orgs/org_1', organizations: 'repeated id' },
    isLenient: true,
    isVerdict: true,
    fields: /^location \?organization_id$/,
    when: ({ organizations }, ours, theirs) =>
      organizations === 'repeated id' &&
      !('location ?organization_id' in ours) &&
      ('location ?organization_id' in theirs || theirs['status'] === 'handshake'),
  },

  // What a token says.
  {
    id: 'issuer',
    rule: 'The issuer is the instance itself.',
    example: { header: 'token', token: { issuer: 'foreign' } },
    isVerdict: true,
    when: (plan, ours) => brings(plan, FOREIGN_ISSUER) && failsVerification(ours),
  },
  {
    id: 'session-id',
    rule: 'A session token names its session.',
    example: { token: { claims: 'empty sid' }, ownSession: 'token', ownUat: 'before the token' },
    isVerdict: true,
    when: (plan, ours) => brings(plan, NO_SESSION) && failsVerification(ours),
  },
  {
    id: 'user-id',
    rule: 'A session token names its user.',
    example: { token: { claims: 'empty sub' }, header: 'token' },
    isVerdict: true,
    when: (plan, ours) => brings(plan, NO_USER) && failsVerification(ours),
  },
  {
    id: 'audience',
    rule: 'Where an audience is asked for, a token without a well-formed one is refused.',
    example: { options: 'audience', ownSession: 'token', ownUat: 'before the token' },
    isVerdict: true,
    when: (plan, ours) =>
      asksAudience(plan) && brings(plan, NO_AUDIENCE) && failsVerification(ours),
  },
  {
    id: 'dates',
    rule: 'Times are whole seconds that a date can hold, and no token ends before it begins.',
    example: { token: { times: 'exp beyond dates' }, header: 'token' },
    isVerdict: true,
    when: (plan, ours) => brings(plan, ODD_TIMES) && failsVerification(ours),
  },
  {
    id: 'undated',
    rule: 'A token that does not say when it was issued is older than any change of its client.',
    example: { token: { times: 'without iat' }, ownSession: 'token', ownUat: 'before the token' },
    isVerdict: true,
    when: (plan, ours) =>
      bearerOf(plan) === null &&
      brings(plan, { times: ['without iat', 'iat a text', 'iat null'] }) &&
      ours['reason'] === 'session-token-iat-before-client-uat',
  },
  {
    id: 'canonical',
    rule: 'A token of another spelling, or with a header of unknown meaning, is unreadable.',
    example: { header: 'token', token: { form: 'padded signature' } },
    isVerdict: true,
    when: (plan, ours, theirs) =>
      theirs['status'] !== 'throws' && brings(plan, UNREADABLE) && isRefused(ours, 'token-invalid'),
  },
  {
    id: 'type',
    rule: 'A token that says its type is a JWT, or nothing else about it is looked at.',
    example: {
      token: { header: 'typ in lower case', times: 'expired' },
      ownSession: 'token',
      ownUat: 'of the token',
    },
    isVerdict: true,
    when: (plan, ours) =>
      brings(plan, { header: ['typ in lower case'] }) && isRefused(ours, 'token-invalid'),
  },
  {
    id: 'algorithm',
    rule: 'The algorithm is that of the key.',
    example: { token: { header: 'alg RS512' }, header: 'token' },
    isVerdict: true,
    when: (plan, ours) =>
      brings(plan, { header: ['alg RS512', 'alg ES256', 'alg HS256', 'alg none'] }) &&
      isRefused(ours, 'token-invalid-algorithm'),
  },
  {
    id: 'actor',
    rule: "Whoever acts in a user's name has not proved the user's factors.",
    example: { token: { claims: 'impersonated' }, header: 'token' },
    fields: /^has .*reverification/,
    when: (plan, ours) =>
      (brings(plan, { claims: ['impersonated'] }) || plan.answered.claims === 'impersonated') &&
      ours['actor'] !== 'none' &&
      !Object.entries(ours).some(
        ([field, value]) => /^has .*reverification/.test(field) && value === 'true',
      ),
  },
  {
    id: 'pending',
    rule: 'A session with tasks left does not count as signed in.',
    example: {
      token: { claims: 'version 2, pending' },
      ownSession: 'token',
      ownUat: 'before the token',
    },
    fields: /^(?:isSignedIn)$/,
    when: (_, ours) => ours['sessionStatus'] === 'pending' && ours['isSignedIn'] === 'false',
  },

  // Which cookies count.
  {
    id: 'broken-features',
    rule: 'A malformed list of features gives no rights; who is asking is known all the same.',
    example: { token: { claims: 'version 2, broken features' }, header: 'token' },
    isLenient: true,
    isVerdict: true,
    fields: /./,
    when: (plan, ours, theirs) =>
      ours['status'] === 'signed-in'
        ? ours['sessionClaims']?.includes('"fea":"docs,o:chat"') === true &&
          ours['orgPermissions'] === '[]' &&
          !Object.entries(ours).some(
            ([field, value]) => /^has .*(?:feature|permission)/.test(field) && value === 'true',
          )
        : theirs['reason'] === 'unexpected-error' &&
          brings(plan, { claims: ['version 2, broken features'] }),
  },
  {
    id: 'unreadable-everywhere',
    rule: 'What is unreadable as a session is so too where the spelling of the cookies is chosen.',
    example: {
      token: { header: 'crit' },
      plainSession: 'token',
      ownSession: 'other',
      ownUat: 'before the token',
    },
    isLenient: true,
    isVerdict: true,
    fields: /./,
    when: (plan, ours, theirs) =>
      theirs['status'] !== 'throws' &&
      hasUnreadableCookie(plan) &&
      !isRefused(ours, 'token-invalid') &&
      (ours['status'] !== 'signed-in' ||
        plan.refresh.startsWith('renewed') ||
        sessionsOf(plan).some(
          (token) => ours['token'] === tokenOf(token, hostOf(plan)) && !isFlawed(token, UNREADABLE),
        )),
  },
  {
    id: 'undated-spelling',
    rule: 'Of two spellings, a token that does not say when it was issued is the older one.',
    example: {
      token: { times: 'iat a text' },
      plainSession: 'other',
      ownSession: 'token',
      ownUat: 'of the token',
    },
    isLenient: true,
    isVerdict: true,
    fields: /./,
    when: (plan, ours) =>
      cookieSessionsOf(plan).some((token) =>
        isFlawed(token, { times: ['iat a text', 'iat null'] }),
      ) &&
      (ours['status'] !== 'signed-in' ||
        plan.refresh.startsWith('renewed') ||
        sessionsOf(plan).some(
          (token) => ours['token'] === tokenOf(token, hostOf(plan)) && !isFlawed(token, ODD_TIMES),
        )),
  },
  {
    id: 'digits',
    rule: 'The time of the client is written in digits; anything else signs nobody in.',
    example: { ownUat: 'number and more' },
    isVerdict: true,
    fields: /^location/,
    when: (plan, ours) =>
      [plan.plainUat, plan.ownUat].some((uat) =>
        ['negative', 'not a number', 'number and more'].includes(uat),
      ) &&
      [
        'session-token-but-no-client-uat',
        'session-token-and-uat-missing',
        'satellite-needs-syncing',
      ].includes(ours['reason'] ?? ''),
  },
  {
    id: 'counter',
    rule: 'Handshakes in a row end for good: a counter above the last one, or none at all, is the end.',
    example: { ownUat: 'before the token', redirects: '999' },
    isLenient: true,
    isVerdict: true,
    when: ({ redirects, jar }, ours, theirs) =>
      redirects !== null &&
      (['4', '999', '-1', 'abc', '1.5', ''].includes(redirects) ||
        ['quoted', 'others in front', 'others behind'].includes(jar)) &&
      ours['status'] !== 'handshake' &&
      theirs['status'] === 'handshake',
  },

  // Answers of the identity server.
  {
    id: 'ignored-answer',
    isLenient: true,
    rule: 'An answer to a handshake that does not hold is ignored, and the rest of the request counts.',
    example: { handshake: 'not a list' },
    isVerdict: true,
    fields: /./,
    when: (plan, ours, theirs) =>
      isIgnored(plan) && setsNoAnswer(plan, ours) && takesAnswer(theirs),
  },
  {
    id: 'place-of-answer',
    isLenient: true,
    rule: 'In production an answer comes by cookie: a link must not be able to sign a visitor in or out.',
    example: { handshake: 'signs in', handshakeIn: 'the other place' },
    isVerdict: true,
    fields: /./,
    when: (plan, ours, theirs) => {
      const { instance, handshake, handshakeIn, nonce, nonceIn } = plan
      if (instance !== 'production') return false
      // A nonce wins over a token, also where it leads to nothing.
      if (nonce !== 'absent' && isElsewhere(plan, nonceIn)) return true
      return (
        handshake !== 'absent' &&
        isElsewhere(plan, handshakeIn) &&
        setsNoAnswer(plan, ours) &&
        takesAnswer(theirs)
      )
    },
  },
  {
    id: 'own-issuers',
    rule: 'The issuers of an instance are its host, its proxy and its domain on a satellite: a plain cookie of each is its own.',
    example: {
      plainSession: 'token',
      plainUat: 'before the token',
      destination: 'empty',
      site: 'satellite',
    },
    isLenient: true,
    isVerdict: true,
    fields: /./,
    when: ({ site, plainSession, ...plan }) => {
      const carried = plainSession === 'token' || plainSession === 'other'
      const { issuer } = carried ? plan[plainSession] : { issuer: null }
      return plan.instance === 'production' && /^satellite(?! behind)/.test(site)
        ? issuer === 'own'
        : site !== 'primary' && issuer === 'of the proxy'
    },
  },
  {
    id: 'satellite-pages',
    rule: 'The development browser is sent to web pages only, and to listed ones where there is a list.',
    example: { instance: 'development', satelliteUrl: 'of another scheme' },
    isLenient: true,
    isVerdict: true,
    fields: /./,
    when: ({ instance, site, satelliteUrl, options }, ours, theirs) =>
      instance === 'development' &&
      !site.startsWith('satellite') &&
      (options === 'parties' || satelliteUrl === 'of another scheme') &&
      theirs['reason'] === 'primary-responds-to-syncing' &&
      ours['reason'] !== 'primary-responds-to-syncing',
  },
  {
    id: 'one-dev-browser',
    rule: 'The way back to a satellite names one development browser.',
    example: { instance: 'development', satelliteUrl: 'with a development browser' },
    fields: /^location \?__clerk_db_jwt$/,
    when: ({ satelliteUrl }, ours) =>
      satelliteUrl === 'with a development browser' &&
      ours['reason'] === 'primary-responds-to-syncing' &&
      ours['location ?__clerk_db_jwt']?.includes('\n') === false,
  },
  {
    id: 'referrer-pages',
    rule: 'Only web pages are other sites: an app that opens a link changes no session.',
    example: {
      ownSession: 'token',
      ownUat: 'before the token',
      referrer: 'of another scheme',
    },
    isLenient: true,
    isVerdict: true,
    when: ({ referrer }, ours, theirs) =>
      referrer === 'of another scheme' &&
      ours['reason'] !== 'primary-domain-cross-origin-sync' &&
      theirs['reason'] === 'primary-domain-cross-origin-sync',
  },
  {
    id: 'site-by-browser',
    rule: "The browser's own word that a page is of this origin counts more than the referrer.",
    example: {
      ownSession: 'token',
      ownUat: 'before the token',
      referrer: 'other site',
      fetchSite: 'same-origin',
    },
    isLenient: true,
    isVerdict: true,
    when: ({ referrer, fetchSite }, _, theirs) =>
      referrer !== 'absent' &&
      fetchSite === 'same-origin' &&
      theirs['reason'] === 'primary-domain-cross-origin-sync',
  },
  {
    id: 'other-port',
    rule: 'A page on another port is one of another site, also where the proxy is on this one.',
    example: {
      plainSession: 'token',
      plainUat: 'before the token',
      site: 'proxy',
      referrer: 'other port',
    },
    isVerdict: true,
    when: ({ referrer, site }, ours) =>
      referrer === 'other port' &&
      site.includes('proxy') &&
      ours['reason'] === 'primary-domain-cross-origin-sync',
  },
  {
    id: 'names-of-sessions',
    rule: 'A session comes under the plain name or the own one of the instance, under no other.',
    example: { handshake: 'names no session token' },
    isVerdict: true,
    fields: /./,
    when: ({ handshake }, ours) =>
      handshake === 'names no session token' && isRefused(ours, 'session-token-missing'),
  },
  {
    id: 'empty-dev-browser',
    isLenient: true,
    rule: 'An empty development-browser parameter names no browser, so the cookie counts.',
    example: { instance: 'development', devBrowserQuery: 'empty' },
    isVerdict: true,
    fields: /./,
    when: ({ instance, devBrowserQuery }, _, theirs) =>
      instance === 'development' &&
      devBrowserQuery === 'empty' &&
      theirs['reason'] === 'dev-browser-sync',
  },
  {
    id: 'refreshed-session',
    rule: 'A refreshed token is held to all that a session token must be.',
    example: {
      token: { times: 'expired' },
      ownSession: 'token',
      ownUat: 'before the token',
      refresh: 'without-a-session',
    },
    isVerdict: true,
    when: (plan, ours) =>
      (['of-another-instance', 'without-a-session'].includes(plan.refresh) ||
        (asksAudience(plan) && plan.refresh.startsWith('renewed'))) &&
      ours['reason'] === 'session-token-expired-refresh-invalid-session-token',
  },
  {
    id: 'same-session',
    rule: 'A refresh goes on with the session that expired, never with another one.',
    example: {
      token: { times: 'expired' },
      ownSession: 'token',
      ownUat: 'before the token',
      refresh: 'of-another-session',
    },
    isVerdict: true,
    when: (plan, ours) =>
      (plan.refresh === 'of-another-session' ||
        (plan.refresh.startsWith('renewed') && brings(plan, { claims: ['other session'] }))) &&
      ours['reason'] === 'session-token-expired-refresh-invalid-session-token',
  },
  {
    id: 'refresh-of-what-expired',
    rule: 'What is refreshed is the token that is over, not another one beside it.',
    example: {
      header: 'token',
      token: { times: 'expired' },
      ownSession: 'other',
      other: { form: 'two segments' },
      ownUat: 'before the token',
      refresh: 'renewed',
    },
    isLenient: true,
    isVerdict: true,
    when: (plan, ours) => {
      const bearer = bearerOf(plan)
      return (
        plan.refresh !== 'absent' &&
        bearer !== null &&
        isFlawed(bearer, OVER) &&
        (isGarbled(plan) || cookieSessionsOf(plan).some((token) => token !== bearer)) &&
        (ours['status'] === 'signed-in' || ours['reason']?.includes('-refresh-') === true)
      )
    },
  },
  {
    id: 'plain-codes',
    rule: 'An error code that is not a plain word goes into no header and no log.',
    example: {
      token: { times: 'expired' },
      ownSession: 'token',
      ownUat: 'before the token',
      refresh: 'odd-error',
    },
    isVerdict: true,
    when: ({ refresh }, ours) =>
      refresh === 'odd-error' &&
      ours['reason'] === 'session-token-expired-refresh-unexpected-bapi-error',
  },
  {
    id: 'never-throws',
    rule: 'No request makes it throw: what cannot be read or does not hold is refused.',
    example: { token: { form: 'payload null' }, ownSession: 'token' },
    isLenient: true,
    isVerdict: true,
    when: (plan, ours, theirs) =>
      theirs['status'] === 'throws' &&
      ours['status'] !== 'throws' &&
      (carries(plan, 'payload null') ||
        isIgnored(plan) ||
        plan.satelliteUrl === 'no URL' ||
        plan.origin === 'of the sign-in page'),
  },
]
