import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { codeOf, openOrganization, signUp, type Person } from '../testing/organizations.ts'
import { openTestServer, type TestInstance, type TestServer } from '../testing/server.ts'
import { organizationClaimsV1, organizationClaimsV2 } from './active.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

const touch = (person: Person, active: string) =>
  person.browser.post(`/client/sessions/${person.sessionId}/touch`, {
    active_organization_id: active,
  })

const tokenOf = async (person: Person, form: Readonly<Record<string, string>> = {}) => {
  const answer = await person.browser.post(`/client/sessions/${person.sessionId}/tokens`, form)
  return answer.status === 200 ? decodeJwt(answer.body.jwt) : codeOf(answer)
}

const follow = async (
  instance: TestInstance,
  person: Person,
  query: Readonly<Record<string, string>>,
) => {
  const answer = await person.browser.handshake({
    redirect_url: 'http://localhost:3000/',
    ...query,
  })
  const token = new URL(answer.headers.get('location')!).searchParams.get('__clerk_handshake')!
  const { handshake } = await instance.verify(token)
  const session = (handshake as string[]).findLast((line) => line.startsWith('__session='))!
  return decodeJwt(session.slice('__session='.length, session.indexOf(';')))
}

const active = (...permissions: string[]) => ({
  id: 'org_1',
  slug: 'acme',
  role: 'org:admin',
  permissions: ['org:sys_profile:manage', ...permissions],
})

describe('the organization of a session', () => {
  it('is the one that was touched; its token says so at once', async () => {
    const { ada, orgId } = await openOrganization(server)
    const { body } = await touch(ada, orgId)
    expect(body.response.last_active_organization_id).toBe(orgId)
    const claims = {
      org_id: orgId,
      org_slug: 'acme',
      org_role: 'org:admin',
      org_permissions: [],
    }
    expect(decodeJwt(body.response.last_active_token.jwt)).toMatchObject(claims)
    expect(decodeJwt(body.client.sessions[0].last_active_token.jwt)).toMatchObject(claims)
    expect(await tokenOf(ada)).toMatchObject(claims)

    const kept = await ada.browser.post(`/client/sessions/${ada.sessionId}/touch`)
    expect(kept.body.response.last_active_organization_id).toBe(orgId)
    const personal = await touch(ada, '')
    expect(personal.body.response.last_active_organization_id).toBeNull()
    expect(await tokenOf(ada)).not.toHaveProperty('org_id')
  })

  it('is one the user is a member of, and stays what it was otherwise', async () => {
    const { instance, ada, orgId } = await openOrganization(server)
    await touch(ada, orgId)
    const eve = await signUp(instance, 'eve')
    const theirs = await eve.browser.post('/organizations', { name: 'Eve' })
    for (const other of [theirs.body.response.id as string, 'org_unknown', "' or 1=1 --"]) {
      const refused = await touch(ada, other)
      expect(refused.status).toBe(404)
      expect(codeOf(refused)).toBe('organization_not_found_or_unauthorized')
      expect(await tokenOf(ada, { organization_id: other })).toBe(
        'organization_not_found_or_unauthorized',
      )
    }
    expect(await tokenOf(ada)).toMatchObject({ org_id: orgId })
  })

  it('may differ in a single token', async () => {
    const { ada, orgId } = await openOrganization(server)
    await touch(ada, '')
    expect(await tokenOf(ada, { organization_id: orgId })).toMatchObject({ org_id: orgId })
    expect(await tokenOf(ada)).not.toHaveProperty('org_id')
    await touch(ada, orgId)
    expect(await tokenOf(ada, { organization_id: '' })).not.toHaveProperty('org_id')
  })

  it('follows the role, and is gone with the membership, in the next token', async () => {
    const { instance, orgId, people, path } = await openOrganization(server, {
      members: { bob: 'org:member' },
    })
    const bob = people['bob']!
    await touch(bob, orgId)
    const before = (await bob.browser.client())!.sessions[0]!.user
    await instance.call('PATCH', `${path}/memberships/${bob.userId}`, { role: 'org:admin' })
    expect(await tokenOf(bob)).toMatchObject({ org_role: 'org:admin' })
    const after = (await bob.browser.client())!.sessions[0]!.user
    expect(after.updated_at).toBeGreaterThan(before.updated_at)
    await instance.call('DELETE', `${path}/memberships/${bob.userId}`)
    expect(await tokenOf(bob)).not.toHaveProperty('org_id')
    const client = await bob.browser.client()
    expect(client!.sessions[0]).toMatchObject({
      last_active_organization_id: null,
      user: { organization_memberships: [] },
    })
  })

  it('is, in a new session, the one of the session before', async () => {
    const { ada, orgId, instance } = await openOrganization(server)
    const signIn = async (): Promise<Person> => {
      const browser = await instance.openBrowser()
      const { body } = await browser.post('/client/sign_ins', {
        identifier: ada.email,
        password: 'correct horse',
      })
      return { ...ada, browser, sessionId: body.response.created_session_id }
    }
    await touch(ada, orgId)
    expect(await tokenOf(await signIn())).toMatchObject({ org_id: orgId })
    await touch(ada, '')
    expect(await tokenOf(await signIn())).not.toHaveProperty('org_id')
  })
})

describe('a handshake', () => {
  it.each(['id', 'slug'] as const)('activates what the app’s address names by %s', async (by) => {
    const { instance, ada, orgId } = await openOrganization(server)
    await touch(ada, '')
    const claims = await follow(instance, ada, {
      organization_id: by === 'id' ? orgId : 'acme',
    })
    expect(claims).toMatchObject({ org_id: orgId, org_slug: 'acme', org_role: 'org:admin' })
    expect((await ada.browser.client())!.sessions[0]!.last_active_organization_id).toBe(orgId)
  })

  it('goes back to the personal account for an empty name, and changes nothing without one', async () => {
    const { instance, ada, orgId } = await openOrganization(server)
    await touch(ada, orgId)
    expect(await follow(instance, ada, {})).toMatchObject({ org_id: orgId })
    expect(await follow(instance, ada, { organization_id: '' })).not.toHaveProperty('org_id')
  })

  it('leaves the session alone when the user is not a member', async () => {
    const { instance, ada, orgId } = await openOrganization(server)
    await touch(ada, orgId)
    const eve = await signUp(instance, 'eve')
    await eve.browser.post('/organizations', { name: 'Eve', slug: 'eve' })
    for (const name of ['eve', 'unknown', '../acme', 'ACME']) {
      expect(await follow(instance, ada, { organization_id: name })).toMatchObject({
        org_id: orgId,
      })
    }
  })
})

describe('claims', () => {
  it('are none for the personal account', () => {
    expect([organizationClaimsV1(null), organizationClaimsV2(null)]).toEqual([{}, {}])
  })

  it('of version 1 name custom permissions only', () => {
    expect(organizationClaimsV1(active('org:teams:read'))).toEqual({
      org_id: 'org_1',
      org_slug: 'acme',
      org_role: 'org:admin',
      org_permissions: ['org:teams:read'],
    })
  })

  it.each([
    [[], undefined, undefined, undefined],
    [['org:teams:read'], 'o:teams', 'read', '1'],
    [
      ['org:dashboard:manage', 'org:dashboard:read', 'org:teams:manage'],
      'o:dashboard,o:teams',
      'manage,read',
      '3,1',
    ],
    [['org:a:x', 'org:b:y', 'org:c:z'], 'o:a,o:b,o:c', 'x,y,z', '1,2,4'],
  ] as const)('of version 2 pack %j', (permissions, fea, per, fpm) => {
    expect(organizationClaimsV2(active(...permissions))).toEqual({
      o: { id: 'org_1', slg: 'acme', rol: 'admin', ...(per === undefined ? {} : { per, fpm }) },
      ...(fea === undefined ? {} : { fea }),
    })
  })

  it('of version 2 have exact masks beyond 53 bits', () => {
    const actions = Array.from({ length: 64 }, (_, i) => `a${String(i).padStart(2, '0')}`)
    const claims = organizationClaimsV2(
      active(...actions.map((action) => `org:f:${action}`), 'org:g:a63'),
    )
    expect(claims).toMatchObject({
      fea: 'o:f,o:g',
      o: { per: actions.join(','), fpm: `${2n ** 64n - 1n},${2n ** 63n}` },
    })
  })

  it('travel in version 2 where the instance is set so', async () => {
    const { instance, ada, orgId } = await openOrganization(server, {
      settings: { token_version: '2' },
    })
    const { id } = (
      await instance.call('POST', '/organization_permissions', {
        name: 'Read',
        key: 'org:teams:read',
      })
    ).body
    const admin = (await instance.call('GET', '/organization_roles?query=admin')).body.data[0]
    await instance.call('POST', `/organization_roles/${admin.id}/permissions/${id}`)
    await touch(ada, orgId)
    const claims = await tokenOf(ada)
    expect(claims).toMatchObject({
      v: 2,
      sts: 'active',
      fea: 'o:teams',
      o: { id: orgId, slg: 'acme', rol: 'admin', per: 'read', fpm: '1' },
    })
    expect(claims).not.toHaveProperty('org_id')
  })
})
