import { describe, expect, it } from 'vitest'
import { parseOrganizationSync } from './organization-sync.ts'

const BOTH = {
  organizationPatterns: [
    '/orgs/:slug',
    '/orgs/:slug/(.*)',
    '/app/:any/orgs/:id',
    '/app/:any/orgs/:id/(.*)',
  ],
  personalAccountPatterns: ['/me', '/me/(.*)', '/personal-account/(.*)', '/orgs/:any'],
}

describe('the organization of a URL', () => {
  // oxfmt-ignore
  it.each([
    ['/orgs/acmecorp',                  { type: 'slug', value: 'acmecorp' }],
    ['/orgs/acmecorp/',                 { type: 'slug', value: 'acmecorp' }],
    ['/ORGS/AcmeCorp',                  { type: 'slug', value: 'AcmeCorp' }],
    ['/orgs/a%20b',                     { type: 'slug', value: 'a%20b' }],
    ['/orgs/acmecorp/settings/x',       { type: 'slug', value: 'acmecorp' }],
    ['/orgs',                           null],
    ['/x/orgs/acmecorp',                null],
    ['/app/petstore/orgs/org_123',      { type: 'id', value: 'org_123' }],
    ['/app/petstore/orgs/org_123/pets', { type: 'id', value: 'org_123' }],
    ['/app/dogstore/v2/orgs/org_123',   null],
    ['/me',                             { type: 'personal' }],
    ['/me/x',                           { type: 'personal' }],
    ['/personal-account/settings',      { type: 'personal' }],
    ['/personal-account/',              { type: 'personal' }],
    ['/personal-account',               null],
    ['/',                               null],
  ])('%s speaks of %o', (path, expected) => {
    expect(parseOrganizationSync(BOTH)?.find(path)).toEqual(expected)
  })

  // oxfmt-ignore
  it.each([
    ['without a parameter',              '/orgs'],
    ['with a parameter of another name', '/orgs/:name'],
    ['with a parameter that repeats',    '/orgs/:id*'],
    ['that is no path',                  'i am not valid config'],
  ])('is not found by a pattern %s, which is told', (_, pattern) => {
    const sync = parseOrganizationSync({
      organizationPatterns: [pattern],
      personalAccountPatterns: ['/orgs', '/orgs/(.*)'],
    })
    expect(sync?.find('/orgs/a')).toEqual({ type: 'personal' })
    expect(sync?.unusable).toEqual([pattern])
  })

  it('prefers the id where a path has both', () => {
    const sync = parseOrganizationSync({ organizationPatterns: ['/:slug/:id'] })
    expect(sync?.find('/acme/org_1')).toEqual({ type: 'id', value: 'org_1' })
  })

  it('is that of the first pattern that matches', () => {
    const sync = parseOrganizationSync({ organizationPatterns: ['/:slug/(.*)', '/:any/:id'] })
    expect(sync?.find('/acme/org_1')).toEqual({ type: 'slug', value: 'acme' })
  })

  it('is never found by empty lists', () => {
    const sync = parseOrganizationSync({ organizationPatterns: [], personalAccountPatterns: [] })
    expect([sync?.find('/'), sync?.find('/orgs/a')]).toEqual([null, null])
  })

  // oxfmt-ignore
  it.each([
    ['a list',              []],
    ['text',                '/orgs/:id'],
    ['a pattern, no list',  { organizationPatterns: '/orgs/:id' }],
    ['a pattern, no text',  { organizationPatterns: [1] }],
    ['an open group',       { personalAccountPatterns: ['/orgs/('] }],
    ['an unknown member',   { organisationPatterns: ['/orgs/:id'] }],
    ['null',                null],
  ])('is not configured by %s', (_, given) => {
    expect(parseOrganizationSync(given)).toBe(undefined)
  })
})
