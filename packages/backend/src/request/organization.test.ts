import { describe, expect, it } from 'vitest'
import { CONTEXT, stateOf } from '../../test/authenticate.ts'
import { SECONDS, cookies, createIssuer, pageRequest } from '../../test/issuer.ts'
import { createAuthenticator } from '../authenticator.ts'
import type { ClerkOptions } from '../options.ts'

const issuer = await createIssuer()

const OPTIONS: ClerkOptions = {
  organizationSyncOptions: {
    organizationPatterns: ['/orgs/:slug', '/orgs/:slug/(.*)', '/by-id/:id'],
    personalAccountPatterns: ['/me', '/me/(.*)'],
  },
}
const NONE = {}
const VERSION_1 = { org_id: 'org_1', org_slug: 'acme', org_role: 'org:admin', org_permissions: [] }
const VERSION_2 = { v: 2, o: { id: 'org_1', slg: 'acme', rol: 'admin' } }

const session = (claims: Record<string, unknown>): Record<string, string> =>
  cookies({ __session: issuer.session(claims), __client_uat: SECONDS - 100 })

describe('a page load', () => {
  // oxfmt-ignore
  it.each([
    ['/orgs/acme',            VERSION_1, undefined],
    ['/orgs/acme',            VERSION_2, undefined],
    ['/orgs/other',           VERSION_1, 'other'],
    ['/orgs/other/settings',  VERSION_2, 'other'],
    ['/orgs/acme',            NONE,      'acme'],
    ['/by-id/org_1',          VERSION_1, undefined],
    ['/by-id/org_1',          VERSION_2, undefined],
    ['/by-id/org_2',          VERSION_1, 'org_2'],
    ['/by-id/acme',           VERSION_1, 'acme'],
    ['/me',                   NONE,      undefined],
    ['/me',                   VERSION_1, ''],
    ['/me/x',                 VERSION_2, ''],
    ['/elsewhere',            VERSION_1, undefined],
    ['/orgs',                 NONE,      undefined],
  ])('of %s with %o asks for %o', async (path, claims, asked) => {
    const state = await stateOf(issuer, pageRequest(path, session(claims)), OPTIONS)
    const location = new URL(state.headers.get('location') ?? 'about:blank')
    expect({
      reason: state.reason,
      organization: location.searchParams.get('organization_id') ?? undefined,
      back: location.searchParams.get('redirect_url'),
    }).toEqual(
      asked === undefined
        ? { reason: null, organization: undefined, back: null }
        : {
            reason: 'active-organization-mismatch',
            organization: asked,
            back: `https://app.example.com${path}`,
          },
    )
    expect(state.isSignedIn).toBe(asked === undefined)
  })

  it('asks for nothing without patterns', async () => {
    const state = await stateOf(issuer, pageRequest('/orgs/other', session(VERSION_1)))
    expect(state.status).toBe('signed-in')
  })

  it('asks for the organization in every handshake, whatever its reason', async () => {
    const locations = ['/orgs/acme', '/me', '/elsewhere'].map(async (path) => {
      const request = pageRequest(path, cookies({ __client_uat: 1 }))
      const { headers } = await stateOf(issuer, request, OPTIONS)
      return new URL(headers.get('location') ?? '').searchParams.get('organization_id')
    })
    expect(await Promise.all(locations)).toEqual(['acme', '', null])
  })

  // oxfmt-ignore
  it.each([
    ['is no page',                   { 'sec-fetch-dest': 'empty' },                              'GET',  VERSION_1],
    ['changes something',            {},                                                         'POST', VERSION_1],
    ['has asked three times',        { cookie: `${session(VERSION_1)['cookie']}; __clerk_redirect_count=3` }, 'GET', VERSION_1],
    ['brings its token in a header', { authorization: `Bearer ${issuer.session(VERSION_1)}` },   'GET',  VERSION_1],
    ['has a session with tasks',     {},                                                         'GET',  { v: 2, sts: 'pending' }],
  ])('that %s keeps the organization it has', async (_, headers, method, claims) => {
    const request = pageRequest('/orgs/other', { ...session(claims), ...headers }, { method })
    const state = await stateOf(issuer, request, OPTIONS)
    expect([state.status, state.reason]).toEqual(['signed-in', null])
  })

  it('that failed to change the organization goes on with the one it has', async () => {
    const cookie = `${session(VERSION_1)['cookie']}; __clerk_redirect_count=3`
    const state = await stateOf(issuer, pageRequest('/orgs/other', { cookie }), OPTIONS)
    expect(state.toAuth()?.orgSlug).toBe('acme')
  })
})

describe('a pattern that names no organization', () => {
  it('is told to the developer when the client is made', () => {
    const warnings: string[] = []
    const organizationPatterns = ['/orgs', '/orgs/:slug', '/team/:name']
    createAuthenticator(
      { organizationSyncOptions: { organizationPatterns } },
      { ...CONTEXT, warn: (message) => warnings.push(message) },
    ).setup()
    expect(warnings).toEqual([
      expect.stringContaining('The pattern "/orgs" of'),
      expect.stringContaining('The pattern "/team/:name" of'),
    ])
  })
})
