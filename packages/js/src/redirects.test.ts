// @vitest-environment happy-dom
import { createPublishableKey, parsePublishableKey, type PublishableKey } from '@core/protocol'
import { assert, oneof, property, string, webUrl } from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { closePages, openPage, visit } from './page.test-server.ts'
import { parseRedirectTarget, type RedirectPolicy } from './redirect-target.ts'
import { resolveAfterAuthUrl } from './redirects.ts'

const BASE = 'https://app.com/sign-in'

function key(type: 'development' | 'production', host: string): PublishableKey {
  const parsed = parsePublishableKey(createPublishableKey(type, host))
  if (!parsed) throw new TypeError('A test needs a good key.')
  return parsed
}

const production = key('production', 'clerk.app.com')
const development = key('development', 'localhost:4000')
const policy = (change: Partial<RedirectPolicy> = {}): RedirectPolicy => ({
  base: BASE,
  key: production,
  allowedOrigins: [],
  ...change,
})

describe('a target that nobody may be sent to', () => {
  it.each([
    '//evil.com',
    '///evil.com',
    '/\\evil.com',
    '\\/evil.com',
    '\\\\evil.com',
    '/%2f%2fevil.com',
    '/%2Fevil.com',
    '/%5cevil.com',
    '/.//evil.com',
    '/x/..//evil.com',
    'https:evil.com',
    'https:/evil.com',
    'https:///evil.com',
    'http:evil.com',
    'http://app.com',
    'HTTPS://EVIL.COM',
    'https://app.com.evil.com',
    'https://app.com@evil.com',
    'https://user:secret@app.com',
    'https://evil.com#app.com',
    'https://evil.com?app.com',
    'https://evil.com\\@app.com',
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java\tscript:alert(1)',
    '\u0001javascript:alert(1)',
    ' javascript:alert(1)',
    'javascript://app.com/%0aalert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:msgbox(1)',
    'blob:https://app.com/1',
    'file:///etc/passwd',
    '/x%0d%0aSet-Cookie:a=b',
    '/x\r\n',
    '/x\u2028y',
    'https://xn--80ak6aa92e.com',
    'https://[::1]',
    'http://localhost:3001',
    '',
    null,
    undefined,
    ['/ok'],
  ])('is %j', (target) => {
    expect(parseRedirectTarget(target, policy())).toBeNull()
  })

  it.each(['javascript:alert(1)', 'ftp://localhost/x', 'javascript://localhost/%0aalert(1)'])(
    'is %s, even where every origin is allowed',
    (target) => {
      const anywhere = policy({ key: development, allowedOrigins: [/.*/] })
      expect(parseRedirectTarget(target, anywhere)).toBeNull()
    },
  )

  it('is any other origin, whatever the text', () => {
    assert(
      property(oneof(string(), webUrl(), string({ unit: 'binary' })), (target) => {
        const parsed = parseRedirectTarget(
          target,
          policy({ key: key('production', 'clerk.z.com') }),
        )
        expect(parsed === null || new URL(parsed).origin === 'https://app.com').toBe(true)
      }),
    )
  })
})

describe('a target that somebody may be sent to', () => {
  it.each([
    ['/dashboard', 'https://app.com/dashboard'],
    ['dashboard?x=1#y', 'https://app.com/dashboard?x=1#y'],
    ['?x=1', 'https://app.com/sign-in?x=1'],
    ['https://app.com/a', 'https://app.com/a'],
    ['https://accounts.app.com/user', 'https://accounts.app.com/user'],
    ['/a/／b', 'https://app.com/a/%EF%BC%8Fb'],
    ['https://ａpp.com/a', 'https://app.com/a'],
    ['/search?q=https://evil.com', 'https://app.com/search?q=https://evil.com'],
    ['/a%2fb', 'https://app.com/a%2fb'],
  ])('is %s', (target, expected) => {
    expect(parseRedirectTarget(target, policy())).toBe(expected)
  })

  it.each(['http://localhost:3001/x', 'http://127.0.0.1:8080/', 'http://app.localhost/'])(
    'is %s, on a development instance',
    (target) => {
      const base = 'http://localhost:4000/sign-in'
      expect(parseRedirectTarget(target, policy({ key: development, base }))).toBe(target)
    },
  )
})

describe('an allowed origin', () => {
  it.each([
    ['https://*.shop.com', 'https://a.shop.com/x', true],
    ['https://*.shop.com', 'https://a.b.shop.com/x', false],
    ['https://*.shop.com', 'https://shop.com/x', false],
    ['https://*.shop.com', 'https://evil.com/.shop.com', false],
    ['https://*.shop.com', 'https://a.shop.com:444/', false],
    ['https://*.shop.com', 'http://a.shop.com/', false],
    ['https://shop.com', 'https://shopxcom/', false],
    ['https://shop.com/', 'https://shop.com/x', true],
    [/https:\/\/(?:a|b)\.shop\.com/g, 'https://b.shop.com/x', true],
    [/https:\/\/shop\.com/, 'https://shop.com.evil.com/', false],
    [/shop\.com/, 'https://shop.com/', false],
  ])('%s lets %s through: %s', (pattern, target, isAllowed) => {
    const parsed = parseRedirectTarget(target, policy({ allowedOrigins: [pattern] }))
    expect(parsed !== null).toBe(isAllowed)
    expect(parseRedirectTarget(target, policy({ allowedOrigins: [pattern] }))).toBe(parsed)
  })
})

function resolve(location: string, options: object, props: object): string {
  return resolveAfterAuthUrl(
    'signIn',
    { location, key: production, options, environment: null },
    props,
  )
}

describe('where to go after sign-in', () => {
  it.each([
    ['the start page', '', {}, {}, '/'],
    ['the fallback of the page', '', { signInFallbackRedirectUrl: '/f' }, {}, '/f'],
    [
      'the fallback of the component before that',
      '',
      { signInFallbackRedirectUrl: '/f' },
      { signInFallbackRedirectUrl: '/p' },
      '/p',
    ],
    [
      'redirect_url before a fallback',
      '?redirect_url=/r',
      { signInFallbackRedirectUrl: '/f' },
      {},
      '/r',
    ],
    ['redirect_url behind the hash', '#/factor-one?redirect_url=/r', {}, {}, '/r'],
    [
      'the forced target before all',
      '?redirect_url=/r',
      { signInForceRedirectUrl: '/x' },
      {},
      '/x',
    ],
    [
      'the forced target of the address before that',
      '?sign_in_force_redirect_url=/q&redirect_url=/r',
      { signInForceRedirectUrl: '/x' },
      {},
      '/q',
    ],
    ['the start page for a bad one', '?redirect_url=//evil.com', {}, {}, '/'],
    [
      'the next one for a bad one',
      '?redirect_url=//evil.com',
      { signInFallbackRedirectUrl: '/f' },
      {},
      '/f',
    ],
    ['the start page for two', '?redirect_url=/ok&redirect_url=//evil', {}, {}, '/'],
    ['the start page for one in each place', '?redirect_url=/ok#/?redirect_url=/no', {}, {}, '/'],
    [
      'a safe place for a bad property',
      '',
      {},
      { signInForceRedirectUrl: 'javascript:alert(1)' },
      '/',
    ],
    ['nothing of the sign-up', '', { signUpForceRedirectUrl: '/up' }, {}, '/'],
  ])('is %s', (_, address, options, props, expected) => {
    expect(resolve(BASE + address, options, props)).toBe(`https://app.com${expected}`)
  })
})

describe('the home of the application, as the instance knows it', () => {
  it('is where its own pages may send people', async () => {
    visit('https://auth.acme.com/sign-in?redirect_url=https://acme.io/a')
    const { clerk, identity } = openPage({}, 'production')
    identity.homeUrl = 'https://acme.io/'
    await clerk.load()
    expect(clerk.buildAfterSignInUrl()).toBe('https://acme.io/a')
    closePages()
  })
})

describe('addresses of a page', () => {
  beforeEach(() => {
    visit('http://localhost:3000/dashboard?x=1')
  })
  afterEach(closePages)

  it('are the own ones of the application where it has some', async () => {
    const { clerk } = openPage()
    await clerk.load({ signInUrl: '/sign-in', signUpUrl: '/sign-up' })
    expect(clerk.buildSignInUrl()).toBe('http://localhost:3000/sign-in')
    expect(clerk.buildSignUpUrl({ redirectUrl: '/a' })).toBe(
      'http://localhost:3000/sign-up?redirect_url=http%3A%2F%2Flocalhost%3A3000%2Fa',
    )
  })

  it('are those of the instance otherwise, and carry the development browser there', async () => {
    const { clerk } = openPage()
    expect(new URL(clerk.buildSignInUrl()).origin).toBe('http://localhost:4000')
    await clerk.load()
    expect(clerk.buildSignInUrl()).toBe('http://localhost:4000/sign-in?__clerk_db_jwt=dvb_1')
    expect(clerk.buildUrlWithAuth('/here')).toBe('http://localhost:3000/here')
  })

  it('bring people back to where they were', async () => {
    const { clerk, left } = openPage()
    await clerk.load()
    await clerk.redirectToSignIn({ signInForceRedirectUrl: '/forced' })
    const url = new URL(left[0] ?? '')
    expect(url.origin + url.pathname).toBe('http://localhost:4000/sign-in')
    expect(Object.fromEntries(url.searchParams)).toEqual({
      redirect_url: 'http://localhost:3000/dashboard?x=1',
      sign_in_force_redirect_url: 'http://localhost:3000/forced',
      __clerk_db_jwt: 'dvb_1',
    })
  })

  it('are gone to through the router where it can, else by loading them', async () => {
    const { clerk, left } = openPage()
    const pushed: string[] = []
    await clerk.load({
      routerPush: (to) => pushed.push(to),
      routerReplace: (to) => pushed.push(`=${to}`),
    })
    await clerk.navigate('/a?b#c')
    await clerk.navigate('http://localhost:3000/d', { replace: true })
    await clerk.navigate('https://example.com/e')
    await clerk.navigate('http://localhost:3001/f')
    await clerk.navigate('javascript:alert(1)')
    await clerk.navigate('http://localhost:3000//evil.com')
    expect(pushed).toEqual(['/a?b#c', '=/d'])
    expect(left).toEqual([
      'https://example.com/e',
      'http://localhost:3001/f?__clerk_db_jwt=dvb_1',
      'http://localhost:3000//evil.com',
    ])
  })
})
