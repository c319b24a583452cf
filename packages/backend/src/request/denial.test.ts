/** What no request can bring about today is denied all the same. */
import { parsePublishableKey } from '@core/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CONTEXT, stateOf } from '../../test/authenticate.ts'
import { NOW, SECONDS, cookies, createIssuer, pageRequest } from '../../test/issuer.ts'
import { createCore } from '../core.ts'
import type { ClerkOptions } from '../options.ts'
import { createRuntime } from '../runtime.ts'
import { authenticate } from './authenticate.ts'
import { cookieNamesOf, countOf } from './cookies.ts'
import { type Decision, type Facts, decide } from './decide.ts'
import { RequestFacts } from './facts.ts'
import { refreshSession } from './refresh.ts'
import { signedOut } from './state.ts'

const issuer = await createIssuer()
const { publishableKey, jwtKey, secretKey, suffix } = issuer

/** Decisions that come instead of the table's, as long as there are any. */
const scripted: Decision[] = []
vi.mock(import('./decide.ts'), async (load) => {
  const real = await load()
  return { ...real, decide: (facts) => scripted.shift() ?? real.decide(facts) }
})
beforeEach(() => {
  scripted.length = 0
})
afterEach(() => {
  if (scripted.length > 0) throw new Error('Not every decision was asked for')
})

const setupOf = (options: ClerkOptions) => createCore(options, createRuntime(CONTEXT)).setup()
const KEY = parsePublishableKey(publishableKey)
if (KEY === null) throw new Error('The key of the test is not valid')
const NAMES = await cookieNamesOf(KEY)

describe('a decision that the facts do not bear out', () => {
  const signedIn = cookies({ __session: issuer.session(), __client_uat: SECONDS - 100 })

  // oxfmt-ignore
  it.each<[string, Record<string, string>, Decision[]]>([
    ['to sign in before anything was verified',  signedIn, [{ verdict: 'sign_in' }]],
    ['to sign in without a token',               {},       [{ verdict: 'sign_in' }]],
    ['to verify a token that is not there',      {},       [{ verdict: 'verify' }, { verdict: 'sign_in' }]],
    ['to refresh a token that is not there',     {},       [{ verdict: 'refresh' }, { verdict: 'sign_in' }]],
    ['to take an answer that is not there',      {},       [{ verdict: 'resolve' }, { verdict: 'sign_in' }]],
  ])('%s signs nobody in', async (_, headers, decisions) => {
    scripted.push(...decisions)
    const state = await stateOf(issuer, pageRequest('/', headers))
    expect(state.isSignedIn).toBe(false)
    expect(state.token).toBe(null)
    expect(state.toAuth()?.userId).toBe(null)
  })

  it('to sign out for no reason gives one', async () => {
    scripted.push({ verdict: 'sign_out', reason: null })
    const state = await stateOf(issuer, pageRequest('/', signedIn))
    expect(state).toMatchObject({ status: 'signed-out', reason: 'unexpected-error' })
  })

  it('to ask the identity server for no reason gives one', async () => {
    scripted.push({ verdict: 'handshake', reason: null })
    const state = await stateOf(issuer, pageRequest('/', signedIn))
    expect(state).toMatchObject({ status: 'handshake', reason: 'unexpected-error' })
    expect(state.toAuth()).toBe(null)
  })
})

describe('facts that the table does not know', () => {
  it('sign out', () => {
    const facts: Facts = {
      carrier: 'cookie',
      instance: 'production',
      handshake: 'absent',
      sync: 'none',
      devBrowser: 'in_cookie',
      client: 'signed_in',
      session: 'something new' as Facts['session'],
      isStale: false,
      isCrossOrigin: false,
      organization: 'as_asked',
      canHandshake: true,
    }
    expect(decide(facts)).toEqual({ verdict: 'sign_out', reason: 'unexpected-error' })
  })
})

describe('without a publishable key', () => {
  it('no request is authenticated', async () => {
    const setup = setupOf({ jwtKey })
    await expect(authenticate(pageRequest(), setup, NOW)).rejects.toThrow(
      new TypeError('Set the option publishableKey.'),
    )
  })

  it('no plain cookie is taken for one’s own, and a state names no key', () => {
    const setup = setupOf({ jwtKey })
    const old = issuer.session({ iat: SECONDS - 50 })
    const own = { [`__session_${suffix}`]: old, [`__client_uat_${suffix}`]: 1 }
    const request = pageRequest('/', cookies({ __session: issuer.session(), ...own }))
    const facts = new RequestFacts(request, setup, KEY, NAMES, NOW)
    expect(facts.usesSuffixedCookies).toBe(true)
    const state = signedOut(setup, facts.site, 'unexpected-error', '')
    expect(state.publishableKey).toBe('')
    expect([...state.headers]).toEqual([
      ['x-clerk-auth-reason', 'unexpected-error'],
      ['x-clerk-auth-status', 'signed-out'],
    ])
  })
})

describe('a refresh that should not have been tried', () => {
  const setup = setupOf({ publishableKey, secretKey, jwtKey })
  const over = issuer.session({ iat: SECONDS - 90, exp: SECONDS - 30 })
  const own = `__refresh_${suffix}`
  const nameless = issuer.session({ sid: undefined })

  // oxfmt-ignore
  it.each([
    ['without a session token',        { [own]: 'rt_1' },                        'missing-session-token'],
    ['without a refresh token',        { __session: over },                      'missing-refresh-token'],
    ['for a token that is unreadable', { __session: 'a.b.c', [own]: 'rt_1' },    'expired-session-token-decode-failed'],
    ['for a token without a session',  { __session: nameless, [own]: 'rt_1' },   'expired-session-token-missing-sid-claim'],
  ])('%s sends nothing', async (_, values, failure) => {
    const request = pageRequest('/', cookies({ ...values, __client_uat: 1 }))
    const facts = new RequestFacts(request, setup, KEY, NAMES, NOW)
    // Whatever is sent fails in these surroundings, and would be called otherwise.
    expect(await refreshSession(facts, setup, NAMES, NOW)).toEqual({ failure })
  })
})

describe('the answer to a handshake', () => {
  const session = `__session=${issuer.session()}; Path=/`

  const onlyNonces: typeof fetch = (input) =>
    String(input).includes('handshake_payload')
      ? Promise.resolve(Response.json({ directives: [session] }))
      : Promise.reject(new TypeError('fetch failed'))

  it('is not judged while its key cannot be had', async () => {
    const request = pageRequest('/', cookies({ __clerk_handshake: issuer.handshake([session]) }))
    const state = await stateOf(issuer, request, { jwtKey: undefined, secretKey })
    expect(state).toMatchObject({ status: 'signed-out', reason: 'jwk-remote-failed-to-load' })
    expect(state.headers.getSetCookie()).toEqual([])
  })

  it('is not judged while the key of the session in it cannot be had', async () => {
    const request = pageRequest('/', cookies({ __clerk_handshake_nonce: 'nonce_1' }))
    const options = { jwtKey: undefined, secretKey }
    const state = await stateOf(issuer, request, options, { fetch: onlyNonces })
    expect(state).toMatchObject({ status: 'signed-out', reason: 'jwk-remote-failed-to-load' })
    expect(state.headers.getSetCookie()).toEqual([])
  })
})

it('counts no redirects where there are no cookies', () => {
  expect(countOf(null, '__clerk_redirect_count', 3)).toBe(0)
})

it('tells where to sign in, if there is such a place', async () => {
  const { signInUrl, signUpUrl } = await stateOf(issuer, pageRequest())
  expect([signInUrl, signUpUrl]).toEqual(['', ''])
  const options = { signInUrl: '/in', signUpUrl: '/up' }
  expect(await stateOf(issuer, pageRequest(), options)).toMatchObject(options)
})
