import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ClerkError } from '../errors.ts'
import { createRouteMatcher, isCanonicalPath } from './route-matcher.ts'

describe('createRouteMatcher', () => {
  // oxfmt-ignore
  it.each([
    ['/dashboard(.*)',          '/dashboard',                   true],
    ['/dashboard(.*)',          '/dashboard/a',                 true],
    ['/dashboard(.*)',          '/dashboardxyz',                true],
    ['/dashboard/:path*',       '/dashboard',                   true],
    ['/dashboard/:path*',       '/dashboard/a/b',               true],
    ['/dashboard/:path*',       '/dashboardxyz',                false],
    ['/orgId/(.*)/memberships', '/orgId/1/memberships',         true],
    ['/orgId/(.*)/memberships', '/orgId/1/2/memberships',       true],
    ['/orgId/(.*)/memberships', '/orgid/1/memberships',         true],
    ['/orgs/:slug',             '/orgs/acmecorp',               true],
    ['/orgs/:slug',             '/orgs/acmecorp/',              true],
    ['/orgs/:slug',             '/orgs',                        false],
    ['/orgs/:slug',             '/orgs/acmecorp/settings',      false],
    ['/app/:any/orgs/:id',      '/app/petstore/orgs/org_123',   true],
    ['/app/:any/orgs/:id',      '/app/dogstore/v2/orgs/org_1',  false],
    ['/admin',                  '/ADMIN',                       true],
    ['/admin',                  '/admin/',                      true],
    ['/admin',                  '/admin/x',                     false],
    ['/',                       '/',                            true],
    ['/',                       '/x',                           false],
    ['/(.*)',                   '/x/y',                         true],
    ['(.*)',                    '/',                            true],
    ['/café',                   '/caf%C3%A9',                   true],
    ['/café',                   '/caf%c3%a9',                   true],
    ['/a b',                    '/a%20b',                       true],
  ])('%s on %s: %s', (pattern, path, isMatch) => {
    expect(createRouteMatcher(pattern)(path)).toBe(isMatch)
    expect(createRouteMatcher(['/never', pattern])(path)).toBe(isMatch)
  })

  it('looks at the path of whatever has one', () => {
    const isAdmin = createRouteMatcher('/admin')
    expect(isAdmin('/admin?x#y')).toBe(true)
    expect(isAdmin('https://app.com/admin?x')).toBe(true)
    expect(isAdmin(new URL('https://app.com/admin'))).toBe(true)
    expect(isAdmin(new Request('https://app.com/admin'))).toBe(true)
    expect(isAdmin({ url: 'https://app.com/base/admin', nextUrl: { pathname: '/admin' } })).toBe(
      true,
    )
  })

  it('reads a pattern that lacks its slash as if it had one, and says so', () => {
    const warnings: string[] = []
    const isDashboard = createRouteMatcher('dashboard/(.*)', {
      warn: (text) => warnings.push(text),
    })
    expect(isDashboard('/dashboard/a')).toBe(true)
    expect(warnings).toEqual([
      'The route pattern "dashboard/(.*)" lacks its leading slash and was read as "/dashboard/(.*)".',
    ])
  })

  it('takes expressions, which do not remember where they were', () => {
    for (const flags of ['', 'g', 'y', 'gy']) {
      const isAdmin = createRouteMatcher(new RegExp('/admin', flags))
      expect([isAdmin('/admin'), isAdmin('/admin'), isAdmin('/admin')]).toEqual([true, true, true])
    }
  })

  it('takes a function as it is', () => {
    expect(createRouteMatcher(() => true)('/x')).toBe(true)
  })

  it('matches nothing without a pattern', () => {
    expect(createRouteMatcher([])('/')).toBe(false)
  })

  it.each(['/(', '/:', '/*', '/a{b'])('refuses the pattern %s by name', (pattern) => {
    expect(() => createRouteMatcher(pattern)).toThrow(
      expect.objectContaining({
        code: 'route-pattern-invalid',
        message: expect.stringContaining(JSON.stringify(pattern)),
      }),
    )
  })

  it('refuses a path with two readings', () => {
    const isPublic = createRouteMatcher('/public(.*)')
    expect(() => isPublic('/public/..%2fadmin')).toThrow(ClerkError)
    expect(() => isPublic('//public')).toThrow(
      expect.objectContaining({ code: 'path-not-canonical', status: 400 }),
    )
  })
})

describe('isCanonicalPath', () => {
  it.each([
    '/',
    '/admin',
    '/admin/',
    '/a/b.c/d-e_f~g',
    '/caf%C3%A9',
    '/a%20b',
    '/orgs/a%26b',
    '/a@b:c',
    '/.well-known/x',
    '/..hidden',
    '/a;b=c',
    '/(group)/[id]',
  ])('%s has one reading', (path) => {
    expect(isCanonicalPath(path)).toBe(true)
  })

  it('is one that a URL parser leaves alone and that decoding takes apart into the same segments', () => {
    const piece = fc.constantFrom(
      '/',
      '.',
      '..',
      '%2e',
      '%2f',
      '%5c',
      '%41',
      '%c3%a9',
      '%20',
      '%25',
      ';',
      'a',
      'B',
      '\\\\',
      '%00',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const path = `/${pieces.join('')}`
        fc.pre(isCanonicalPath(path))
        expect(new URL(`https://app.com${path}`).pathname).toBe(path)
        const decoded = path.split('/').map((segment) => decodeURIComponent(segment))
        expect(decoded.some((segment) => /^\.{1,2}$|[/\\\\%\0]/.test(segment))).toBe(false)
        expect(decodeURIComponent(path).split('/')).toEqual(decoded)
      }),
      { numRuns: 3000 },
    )
  })

  it.each([
    '',
    'admin',
    '//admin',
    '/admin//',
    '/./admin',
    '/x/../admin',
    '/..',
    '/admin/.',
    '/x/..;/admin',
    '/x/%2e%2e/admin',
    '/%2e/admin',
    '/x/.%2e/admin',
    '/%61dmin',
    '/%41dmin',
    '/a%64min',
    ...Array.from({ length: 12 }, (_, times) => `/%${'25'.repeat(times + 1)}61dmin`),
    '/admin%2f',
    '/admin%2Fusers',
    '/x%2f..%2fadmin',
    '/..%2fadmin',
    '/admin%5cusers',
    '/admin\\users',
    '/admin%20',
    '/admin/%20',
    '/admin/%20x',
    '/admin%09',
    '/admin%00',
    '/admin%0a',
    '/admin%7f',
    '/admin\t',
    '/admin ',
    '/%zz',
    '/%',
    '/%4',
    '/%C0%AFadmin',
    '/%E0%80%AFadmin',
    '/%ff',
  ])('%s has more than one', (path) => {
    expect(isCanonicalPath(path)).toBe(false)
  })
})
