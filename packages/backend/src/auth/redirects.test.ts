import { createPublishableKey, parsePublishableKey } from '@core/protocol'
import { describe, expect, it } from 'vitest'
import { createIssuer } from '../../test/issuer.ts'
import { ClerkError } from '../errors.ts'
import {
  type CreateRedirectOptions,
  type RedirectContext,
  createRedirect,
  createRedirects,
} from './redirects.ts'

const production = parsePublishableKey((await createIssuer()).publishableKey)
const development = parsePublishableKey(
  (await createIssuer({ name: 'dev', type: 'development', host: 'localhost:4000' })).publishableKey,
)

function redirects(context: Partial<RedirectContext> = {}) {
  return createRedirects({
    publishableKey: production,
    signInUrl: null,
    signUpUrl: null,
    url: new URL('https://app.com/page?a=b'),
    ...context,
  })
}

/** The return address of a redirect to sign-in. */
function backFrom(returnBackUrl: string | URL | null | undefined): string | null {
  const url = new URL(redirects().redirectToSignIn({ returnBackUrl }))
  return url.searchParams.get('redirect_url')
}

describe('redirectToSignIn', () => {
  it('leads to the portal and back to the page', () => {
    expect(redirects().redirectToSignIn()).toBe(
      'https://accounts.example.com/sign-in?redirect_url=https%3A%2F%2Fapp.com%2Fpage%3Fa%3Db',
    )
  })

  it('leads to a page of the app, and keeps its query', () => {
    const { redirectToSignIn } = redirects({ signInUrl: '/in?x=1' })
    expect(redirectToSignIn({ returnBackUrl: '/back' })).toBe(
      'https://app.com/in?x=1&redirect_url=https%3A%2F%2Fapp.com%2Fback',
    )
  })

  it('leads to another site', () => {
    const { redirectToSignIn } = redirects({ signInUrl: 'https://login.example/in' })
    expect(redirectToSignIn({ returnBackUrl: null })).toBe('https://login.example/in')
  })

  it('does not bring the parameters of a handshake back', () => {
    const url = new URL('https://app.com/page?__clerk_db_jwt=dvb_1&a=b&__clerk_handshake=x')
    const { redirectToSignIn } = redirects({ url })
    const target = new URL(redirectToSignIn())
    expect(target.searchParams.get('redirect_url')).toBe('https://app.com/page?a=b')
  })

  it('has nowhere to lead without a key and an address', () => {
    expect(() => redirects({ publishableKey: null }).redirectToSignIn()).toThrow(ClerkError)
  })

  it('leads a pending session to its tasks', () => {
    const { redirectToSignIn } = redirects({ signInUrl: '/in?x=1', sessionStatus: 'pending' })
    expect(redirectToSignIn({ returnBackUrl: null })).toBe('https://app.com/in/tasks?x=1')
  })
})

describe('redirectToSignUp', () => {
  // oxfmt-ignore
  it.each([
    ['the portal',               {},                                            'https://accounts.example.com/sign-up'],
    ['its own page',             { signInUrl: '/in', signUpUrl: '/up' },        'https://app.com/up'],
    ['the page below sign-in',   { signInUrl: '/in/?x=1' },                     'https://app.com/in/create?x=1'],
  ])('leads to %s', (_, context, target) => {
    expect(redirects(context).redirectToSignUp({ returnBackUrl: null })).toBe(target)
  })
})

describe('the development browser', () => {
  const token = { devBrowserToken: 'dvb_1' }
  // oxfmt-ignore
  it.each([
    ['goes with a visitor to another port', { publishableKey: development, url: new URL('http://localhost:3000/'), ...token }, 'dvb_1'],
    ['goes with a visitor to another host', { publishableKey: development, ...token },                                         'dvb_1'],
    ['stays on the own host',               { publishableKey: development, signInUrl: '/in', ...token },                       null],
    ['is not there',                        { publishableKey: development },                                                   null],
    ['is of no use in production',          token,                                                                             null],
  ])('%s', (_, context, expected) => {
    const url = new URL(redirects(context).redirectToSignIn())
    expect(url.searchParams.get('__clerk_db_jwt')).toBe(expected)
  })
})

describe('the return address', () => {
  const PAGE = 'https://app.com/page?a=b'

  // oxfmt-ignore
  it.each([
    ['undefined',         undefined,                           PAGE],
    ['empty',             '',                                  PAGE],
    ['null',              null,                                null],
    ['a path',            '/back?x=1#y',                       'https://app.com/back?x=1#y'],
    ['a URL as text',     'https://other.example/x',           'https://other.example/x'],
    ['a URL',             new URL('https://other.example/x'),  'https://other.example/x'],
    ['a relative path',   'sub',                               'https://app.com/sub'],
    ['plain http',        'http://app.com/x',                  'http://app.com/x'],
  ])('that is %s', (_, given, expected) => {
    expect(backFrom(given)).toBe(expected)
  })

  it.each([
    '//evil.com',
    '///evil.com',
    '/\\evil.com',
    '\\/evil.com',
    '\\\\evil.com',
    ' //evil.com',
    '\t//evil.com',
    '/\t/evil.com',
    'https:/\\evil.com',
    'http:evil.com',
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java\tscript:alert(1)',
    '\u0001javascript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'blob:https://app.com/x',
    'file:///etc/passwd',
    'https://',
    'http://[',
  ])('never leaves the site by a trick: %j', (text) => {
    expect(backFrom(text)).toBe(PAGE)
  })

  it.each([
    '/%2f%2fevil.com',
    '/%5cevil.com',
    'https:evil.com',
    '/x%0d%0aSet-Cookie:a=b',
    '/x\r\ny',
    '/\u2028',
    '/／evil.com',
  ])('stays on the site when it only looks dangerous: %j', (text) => {
    const back = backFrom(text) ?? ''
    expect(new URL(back).origin).toBe('https://app.com')
    expect(back).not.toMatch(/[\r\n]/)
  })
})

describe('createRedirect', () => {
  const SHOP = createPublishableKey('production', 'clerk.shop.example')
  const TEST = createPublishableKey('development', 'happy-cat-7.clerk.accounts.dev')
  const base = {
    redirectAdapter: (url: string) => ({ url }),
    baseUrl: 'https://app.example.com/here?a=b',
  }

  type Row = readonly [string, Partial<CreateRedirectOptions<unknown>>, string | undefined, string]

  // oxfmt-ignore
  it.each<Row>([
    ['the portal of the key',            { publishableKey: SHOP },                                     undefined,                   'https://accounts.shop.example/sign-in'],
    ['a page of the app',                { publishableKey: SHOP, signInUrl: '/in' },                   undefined,                   'https://app.example.com/in'],
    ['a page elsewhere',                 { signInUrl: new URL('https://in.example/x?y=z') },           undefined,                   'https://in.example/x?y=z'],
    ['no page to come back to',          { publishableKey: SHOP },                                     '',                          'https://accounts.shop.example/sign-in'],
    ['a page to come back to',           { signInUrl: '/in' },                                         '/back?c=d#e',               'https://app.example.com/in?redirect_url=https%3A%2F%2Fapp.example.com%2Fback%3Fc%3Dd%23e'],
    ['a script to come back to',         { signInUrl: '/in' },                                         'javascript:alert(1)',       'https://app.example.com/in?redirect_url=https%3A%2F%2Fapp.example.com%2Fhere%3Fa%3Db'],
    ['a development browser elsewhere',  { publishableKey: TEST, devBrowserToken: 'dvb_1' },           undefined,                   'https://happy-cat-7.accounts.dev/sign-in?__clerk_db_jwt=dvb_1'],
    ['a development browser at home',    { publishableKey: TEST, devBrowserToken: 'dvb_1', signInUrl: '/in' }, undefined,           'https://app.example.com/in'],
    ['a satellite',                      { signInUrl: 'https://in.example/', isSatellite: true },      '/back',                     'https://in.example/?redirect_url=https%3A%2F%2Fapp.example.com%2Fback%3F__clerk_synced%3Dfalse'],
    ['a session with tasks',             { signInUrl: '/in?x=1', sessionStatus: 'pending' },           undefined,                   'https://app.example.com/in/tasks?x=1'],
  ])('leads with %s to where people sign in', (_, options, returnBackUrl, expected) => {
    const { redirectToSignIn } = createRedirect({ ...base, ...options })
    expect(redirectToSignIn({ returnBackUrl })).toEqual({ url: expected })
  })

  it('leads to where people sign up', () => {
    const { redirectToSignUp } = createRedirect({ ...base, publishableKey: SHOP })
    expect(redirectToSignUp()).toEqual({ url: 'https://accounts.shop.example/sign-up' })
  })

  it('leads nowhere without a key and an address', () => {
    const { redirectToSignIn } = createRedirect(base)
    expect(() => redirectToSignIn()).toThrow(expect.objectContaining({ code: 'options-invalid' }))
  })
})
