/** Session and handshake tokens, right and wrong in every way that a request can bring them. */
import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto'

import fc from 'fast-check'

/** The second at which every request arrives. */
export const NOW = 1_800_000_000
export const ORIGIN = 'https://app.example.com'

const own = generateKeyPairSync('rsa', { modulusLength: 2048 })
const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 })

export const PEM: string = own.publicKey.export({ type: 'spki', format: 'pem' }).toString()

/** The instance's key set, as its Backend API publishes it. */
export const JWKS: object = {
  keys: [{ ...own.publicKey.export({ format: 'jwk' }), kid: 'ins_1', alg: 'RS256', use: 'sig' }],
}

/** How a token deviates from one that holds. Each member by name, so that a failure reads well. */
export interface TokenPlan {
  readonly form: keyof typeof FORMS
  readonly key: keyof typeof KEYS
  readonly header: keyof typeof HEADERS
  readonly times: keyof typeof TIMES
  readonly issuer: keyof typeof ISSUERS
  readonly claims: keyof typeof CLAIMS
  readonly azp: keyof typeof AZP
  readonly aud: keyof typeof AUD
}

/** What becomes of the signed text. */
const FORMS = {
  intact: (token: string) => token,
  'not a token': () => 'garbage',
  'two segments': (token: string) => token.slice(0, token.lastIndexOf('.')),
  'four segments': (token: string) => `${token}.AAAA`,
  'payload null': () => 'e30.bnVsbA.AA',
  'payload no JSON': () => 'e30.e30x.AA',
  'padded signature': (token: string) => `${token}==`,
  'signature cut': (token: string) => token.slice(0, -4),
  'no signature': (token: string) => token.slice(0, token.lastIndexOf('.') + 1),
  'space at the end': (token: string) => `${token} x`,
} as const

const KEYS = {
  own: own.privateKey,
  foreign: foreign.privateKey,
} as const satisfies Record<string, KeyObject>

const HEADERS = {
  plain: { alg: 'RS256', typ: 'JWT', kid: 'ins_1' },
  'no kid': { alg: 'RS256', typ: 'JWT' },
  'kid unknown': { alg: 'RS256', typ: 'JWT', kid: 'ins_9' },
  'kid a number': { alg: 'RS256', typ: 'JWT', kid: 7 },
  'no typ': { alg: 'RS256', kid: 'ins_1' },
  'typ at+jwt': { alg: 'RS256', typ: 'at+jwt', kid: 'ins_1' },
  'typ in lower case': { alg: 'RS256', typ: 'jwt', kid: 'ins_1' },
  'alg none': { alg: 'none', typ: 'JWT', kid: 'ins_1' },
  'alg HS256': { alg: 'HS256', typ: 'JWT', kid: 'ins_1' },
  'alg RS512': { alg: 'RS512', typ: 'JWT', kid: 'ins_1' },
  'alg ES256': { alg: 'ES256', typ: 'JWT', kid: 'ins_1' },
  'no alg': { typ: 'JWT', kid: 'ins_1' },
  crit: { alg: 'RS256', typ: 'JWT', kid: 'ins_1', crit: ['exp'] },
  'category session': { alg: 'RS256', typ: 'JWT', kid: 'ins_1', cat: 'cl_B7d4PD111AAA' },
  'category template': { alg: 'RS256', typ: 'JWT', kid: 'ins_1', cat: 'cl_B7d4PD222AAA' },
  'category machine': { alg: 'RS256', typ: 'JWT', kid: 'ins_1', cat: 'cl_B7d4PD333AAA' },
  'category ignored': { alg: 'RS256', typ: 'JWT', kid: 'ins_1', cat: 'cl_I7d4PD111III' },
  'category unknown': { alg: 'RS256', typ: 'JWT', kid: 'ins_1', cat: 'cl_other' },
} as const satisfies Record<string, object>

const at = (iat: number, nbf: number, exp: number): object => ({
  iat: NOW + iat,
  nbf: NOW + nbf,
  exp: NOW + exp,
})

// The clocks may differ by five seconds, unless a call says otherwise.
const TIMES = {
  current: at(-10, -20, 50),
  'current, older': at(-40, -50, 20),
  'current, newer': at(-3, -13, 57),
  expired: at(-3600, -3610, -3540),
  'expired within the skew': at(-64, -74, -4),
  'expired at the skew': at(-65, -75, -5),
  'expired two days ago': at(-172_860, -172_870, -172_800),
  early: at(-10, 60, 120),
  'early within the skew': at(-10, 4, 60),
  'early at the skew': at(-10, 5, 60),
  future: at(60, -10, 120),
  'future within the skew': at(4, 4, 64),
  'early and in the future': at(60, 60, 120),
  'without iat': { nbf: NOW - 20, exp: NOW + 50 },
  'without nbf': { iat: NOW - 10, exp: NOW + 50 },
  'without exp': { iat: NOW - 10, nbf: NOW - 20 },
  'exp a text': { iat: NOW - 10, exp: String(NOW + 50) },
  'exp a fraction': { iat: NOW - 10, exp: NOW + 50.5 },
  'exp beyond dates': { iat: NOW - 10, exp: 9e15 },
  'nbf a text': { iat: NOW - 10, nbf: 'now', exp: NOW + 50 },
  'iat a text': { iat: 'now', exp: NOW + 50 },
  'iat null': { iat: null, exp: NOW + 50 },
  'iat after exp': { iat: NOW + 4, exp: NOW + 2 },
} as const satisfies Record<string, object>

const ISSUERS = {
  own: (host: string): object => ({ iss: `https://${host}` }),
  foreign: (): object => ({ iss: 'https://clerk.other.example' }),
  missing: (): object => ({}),
  'a number': (): object => ({ iss: 5 }),
  'over http': (host: string): object => ({ iss: `http://${host}` }),
  'of the satellite': (): object => ({ iss: 'https://clerk.satellite.example' }),
  'of the proxy': (): object => ({ iss: `${ORIGIN}/__clerk` }),
} as const

const V1 = { sub: 'user_1', sid: 'sess_1' }
const V2 = { ...V1, v: 2 }
const CLAIMS = {
  plain: V1,
  organization: {
    ...V1,
    org_id: 'org_1',
    org_slug: 'acme',
    org_role: 'org:admin',
    org_permissions: ['org:docs:edit'],
    fva: [1, -1],
  },
  'organization, old role': {
    ...V1,
    org_id: 'org_1',
    org_slug: 'acme',
    org_role: 'admin',
    org_permissions: [],
  },
  verified: { ...V1, fva: [5, 3] },
  'verified, odd ages': { ...V1, fva: ['5', 3] },
  impersonated: { ...V1, act: { sub: 'user_2' }, fva: [5, 3] },
  'other session': { ...V1, sid: 'sess_2' },
  'custom claims': { ...V1, metadata: { plan: 'gold' } },
  'version 2': V2,
  'version 2, organization': {
    ...V2,
    sts: 'active',
    fea: 'o:docs,u:theme,uo:chat',
    pla: 'o:gold',
    o: { id: 'org_2', slg: 'beta', rol: 'member', per: 'view,edit', fpm: '2,3' },
    fva: [5, 3],
  },
  'version 2, no permissions': { ...V2, o: { id: 'org_2', slg: 'beta', rol: 'member' } },
  'version 2, broken masks': {
    ...V2,
    fea: 'o:docs,o:chat',
    o: { id: 'org_2', rol: 'admin', per: 'view,edit', fpm: 'x,1' },
  },
  'version 2, broken features': {
    ...V2,
    fea: 'docs,o:chat',
    o: { id: 'org_2', rol: 'admin', per: 'view,edit', fpm: '1,1' },
  },
  'version 2, pending': { ...V2, sts: 'pending' },
  'version 3': { ...V2, v: 3, o: { id: 'org_2', rol: 'admin' } },
  'no sub': { sid: 'sess_1' },
  'empty sub': { sub: '', sid: 'sess_1' },
  'sub a number': { sub: 1, sid: 'sess_1' },
  'sub of a machine': { sub: 'mch_1', sid: 'sess_1' },
  'no sid': { sub: 'user_1' },
  'empty sid': { sub: 'user_1', sid: '' },
} as const satisfies Record<string, object>

const AZP = {
  right: { azp: ORIGIN },
  wrong: { azp: 'https://other.example.com' },
  missing: {},
  empty: { azp: '' },
  'with a slash': { azp: `${ORIGIN}/` },
  'a list': { azp: [ORIGIN] },
} as const satisfies Record<string, object>

const AUD = {
  missing: {},
  right: { aud: 'api' },
  wrong: { aud: 'other' },
  'a list with it': { aud: ['other', 'api'] },
  'a list without it': { aud: ['other'] },
  'an empty list': { aud: [] },
  'a number': { aud: 5 },
  'a mixed list': { aud: ['api', 1] },
} as const satisfies Record<string, object>

/** Mostly the first value, which holds: else nearly every token would fail for its first fault. */
export function mostly<T>(usual: T, others: readonly T[], weight = 12): fc.Arbitrary<T> {
  return fc.oneof(
    { arbitrary: fc.constant(usual), weight },
    { arbitrary: fc.constantFrom(...others), weight: 1 },
  )
}

/** Draws the name of a row: mostly that of the first. */
export function ofTable<T extends object>(table: T, weight?: number): fc.Arbitrary<keyof T> {
  const [usual, ...others] = Object.keys(table) as [keyof T, ...(keyof T)[]]
  return mostly(usual, others, weight)
}

export const tokenPlans: fc.Arbitrary<TokenPlan> = fc.record({
  form: ofTable(FORMS, 25),
  key: ofTable(KEYS, 20),
  header: ofTable(HEADERS, 8),
  times: fc.oneof(
    { arbitrary: ofTable(TIMES, 2), weight: 6 },
    { arbitrary: fc.constantFrom('expired', 'expired', 'early', 'future'), weight: 1 },
  ),
  issuer: ofTable(ISSUERS, 12),
  claims: ofTable(CLAIMS, 2),
  azp: ofTable(AZP, 4),
  aud: ofTable(AUD, 4),
})

/** The plan of a token in which nothing is wrong. */
export const GOOD_TOKEN: TokenPlan = {
  form: 'intact',
  key: 'own',
  header: 'plain',
  times: 'current',
  issuer: 'own',
  claims: 'plain',
  azp: 'right',
  aud: 'missing',
}

/** Signs the token of a plan, for the instance whose Frontend API is at this host. */
export function tokenOf(plan: TokenPlan, host: string): string {
  // Spreading the tables themselves would make one type of every combination: thousands of them.
  const parts: readonly object[] = [
    ISSUERS[plan.issuer](host),
    TIMES[plan.times],
    CLAIMS[plan.claims],
    AZP[plan.azp],
    AUD[plan.aud],
  ]
  const payload = Object.assign({}, ...parts) as object
  return FORMS[plan.form](sign(HEADERS[plan.header], payload, plan.key))
}

const signed = new Map<string, string>()

export function sign(header: object, payload: object, key: keyof typeof KEYS = 'own'): string {
  const text = [header, payload]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  const known = signed.get(key + text)
  if (known !== undefined) return known
  const token = `${text}.${createSign('sha256').update(text).sign(KEYS[key], 'base64url')}`
  if (signed.size > 20_000) signed.clear()
  signed.set(key + text, token)
  return token
}

export const PLAIN_HEADER: object = HEADERS.plain
export const TEMPLATE_HEADER: object = HEADERS['category template']
export const SESSION_HEADER: object = HEADERS['category session']
