import { describe, expect, it } from 'vitest'
import { SECONDS } from '../../test/issuer.ts'
import { type AuthObject, createSignedInAuth, createSignedOutAuth } from './auth-object.ts'
import { type ProtectContext, type ProtectOutcome, type ProtectParams, protect } from './protect.ts'

const admin = createSignedInAuth(
  'token',
  {
    iss: 'https://clerk.example.com',
    sub: 'user_1',
    sid: 'sess_1',
    iat: SECONDS,
    exp: SECONDS + 60,
    org_id: 'org_1',
    org_role: 'org:admin',
    org_permissions: ['org:invoices:create'],
    fva: [5, -1],
  },
  () => Promise.reject(new Error('No API in this test')),
)
const nobody = createSignedOutAuth()

const SIGN_IN = 'https://accounts.example.com/sign-in?redirect_url=x'

function decide(
  auth: AuthObject,
  params?: unknown,
  context: Partial<ProtectContext> = {},
): ProtectOutcome {
  return protect(auth, {
    kind: 'document',
    reason: null,
    signInUrl: () => SIGN_IN,
    ...context,
    params: params as ProtectParams,
  })
}

const allow = { type: 'allow', auth: admin }
const notFound = { type: 'not-found' }

describe('a visitor who is not signed in', () => {
  // oxfmt-ignore
  it.each([
    ['document',      { type: 'redirect', url: SIGN_IN }],
    ['api',           notFound],
    ['server-action', notFound],
  ] as const)('gets for a request of kind %s: %o', (kind, outcome) => {
    expect(decide(nobody, undefined, { kind })).toEqual(outcome)
    expect(decide(nobody, { role: 'org:admin' }, { kind })).toEqual(outcome)
    expect(decide(nobody, () => true, { kind })).toEqual(outcome)
  })

  it.each(['document', 'api', 'server-action'] as const)(
    'is sent to unauthenticatedUrl whatever the kind: %s',
    (kind) => {
      const outcome = { type: 'redirect', url: 'https://app.example.com/join' }
      const urls = {
        unauthenticatedUrl: new URL('https://app.example.com/join'),
        unauthorizedUrl: '/no',
      }
      expect(decide(nobody, urls, { kind })).toEqual(outcome)
      expect(decide(nobody, undefined, { kind, options: urls })).toEqual(outcome)
      expect(decide(nobody, { role: 'org:admin', ...urls }, { kind })).toEqual(outcome)
    },
  )

  it.each(['jwk-remote-failed-to-load', 'secret-key-invalid'])(
    'may be signed in while the keys cannot be had (%s), so is not sent anywhere',
    (reason) => {
      const outcome = { type: 'unavailable', retryAfterSeconds: 5 }
      expect(decide(nobody, undefined, { reason })).toEqual(outcome)
      expect(decide(nobody, undefined, { reason, kind: 'api' })).toEqual(outcome)
      expect(decide(nobody, { unauthenticatedUrl: '/join' }, { reason })).toEqual(outcome)
    },
  )
})

describe('a user', () => {
  // oxfmt-ignore
  it.each([
    ['nothing is asked',                undefined],
    ['the role is held',                { role: 'org:admin' }],
    ['the role is held, without its prefix', { role: 'admin' }],
    ['the permission is held',          { permission: 'org:invoices:create' }],
    ['both are held',                   { role: 'org:admin', permission: 'org:invoices:create' }],
    ['the check says so',               () => true],
    ['one of two rights is held',       (has: AuthObject['has']) => has({ role: 'org:other' }) || has({ role: 'org:admin' })],
    ['the check in the object says so', { has: (has: AuthObject['has']) => has({ role: 'org:admin' }) }],
    ['role and check agree',            { role: 'org:admin', has: () => true }],
    ['only URLs are given',             { unauthorizedUrl: '/no' }],
    ['nothing is in the object',        {}],
    ['the verification is fresh',       { reverification: 'strict' }],
  ])('passes when %s', (_, params) => {
    expect(decide(admin, params)).toEqual(allow)
  })

  const cases: readonly [string, unknown][] = [
    ['the role is not held', { role: 'org:owner' }],
    ['the role differs in case', { role: 'org:Admin' }],
    ['the role has a space', { role: 'org:admin ' }],
    ['the role begins alike', { role: 'org:administrator' }],
    ['the role is a list', { role: ['org:admin'] }],
    ['the role is undefined', { role: undefined }],
    ['the role is null', { role: null }],
    ['the permission is not held', { permission: 'org:invoices:delete' }],
    ['only the role is held', { role: 'org:admin', permission: 'org:invoices:delete' }],
    ['only the permission is held', { role: 'org:owner', permission: 'org:invoices:create' }],
    ['a condition is unknown', { rol: 'org:admin' }],
    ['a condition is unknown beside one that holds', { role: 'org:admin', team: 'x' }],
    ['the feature is not there', { role: 'org:admin', feature: 'org:sso' }],
    ['the plan is not there', { plan: 'org:gold' }],
    ['the verification is of an unknown kind', { reverification: 'lenient' }],
    ['the check says no', () => false],
    ['the check forgets its return', () => undefined],
    ['the check returns a promise', async () => true],
    ['the check returns something true', () => 1],
    ['the check is no function', { has: true }],
    ['only the role agrees, not the check', { role: 'org:admin', has: () => false }],
    ['only the check agrees, not the role', { role: 'org:owner', has: () => true }],
    ['the conditions are text', 'org:admin'],
    ['the conditions are null', null],
    ['the conditions are a list', ['org:admin']],
  ]
  it.each(cases)('is not let pass when %s', (_, params) => {
    expect(decide(admin, params)).toEqual(notFound)
    expect(decide(admin, params, { kind: 'api' })).toEqual(notFound)
  })

  it.each(
    cases.filter(
      ([, params]) => typeof params === 'object' && params !== null && !Array.isArray(params),
    ),
  )(
    'is sent to unauthorizedUrl when %s, and the URL beside a condition does not hide it',
    (_, params) => {
      const outcome = { type: 'redirect', url: '/no' }
      expect(decide(admin, { ...(params as object), unauthorizedUrl: '/no' })).toEqual(outcome)
      expect(decide(admin, params, { options: { unauthorizedUrl: '/no' } })).toEqual(outcome)
    },
  )

  it('is asked for nothing but what holds now', () => {
    const outcome = decide(createSignedOutAuth({ sessionStatus: 'pending' }))
    expect(outcome).toEqual({ type: 'redirect', url: SIGN_IN })
  })
})
