import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { codeOf, openOrganization, signUp } from '../testing/organizations.ts'
import { organizationBackendRoutes } from './backend-routes.ts'
import { organizationDomainBackendRoutes } from './domain-routes.ts'
import { invitationBackendRoutes } from './invitation-routes.ts'
import { permissionBackendRoutes } from './permission-routes.ts'
import { roleBackendRoutes } from './role-routes.ts'
import { openTestServer, type Answer, type TestServer } from '../testing/server.ts'

type Json = Answer['body']

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

const keys = (it: Json) => it.permissions.map(({ key }: Json) => key)

describe('an organization of the Backend API', () => {
  it('is made, found by id and slug, listed, changed and deleted', async () => {
    const { instance, ada } = await openOrganization(server)
    const made = await instance.call('POST', '/organizations', {
      name: 'Globex',
      slug: 'globex',
      created_by: ada.userId,
      max_allowed_memberships: 7,
      public_metadata: { planTier: 'pro' },
      private_metadata: { note: { Deep: 1 } },
    })
    expect(made.body).toMatchObject({
      object: 'organization',
      slug: 'globex',
      max_allowed_memberships: 7,
      public_metadata: { planTier: 'pro' },
      private_metadata: { note: { Deep: 1 } },
      created_by: ada.userId,
    })
    expect(made.body).not.toHaveProperty('members_count')
    const { id } = made.body
    expect((await instance.call('GET', `/organizations/${id}`)).body).toEqual(made.body)
    const bySlug = await instance.call('GET', '/organizations/globex?include_members_count=true')
    expect(bySlug.body).toMatchObject({ id, members_count: 1 })

    const list = async (query: string) =>
      (await instance.call('GET', `/organizations?${query}`)).body.data.map((it: Json) => it.slug)
    expect(await list('order_by=name')).toEqual(['acme', 'globex'])
    expect(await list('order_by=-members_count&limit=1')).toHaveLength(1)
    expect(await list('query=LOB')).toEqual(['globex'])
    expect(await list(`organization_id=-${id}`)).toEqual(['acme'])
    expect(await list(`user_id=${ada.userId}&query=${id}`)).toEqual(['globex'])
    expect(codeOf(await instance.call('GET', '/organizations?order_by=x'))).toBe(
      'form_param_value_invalid',
    )

    const patched = await instance.call('PATCH', `/organizations/${id}/metadata`, {
      public_metadata: { seats: 3 },
      private_metadata: { note: null },
    })
    expect(patched.body).toMatchObject({ public_metadata: { planTier: 'pro', seats: 3 } })
    expect(patched.body.private_metadata).toEqual({})
    const put = await instance.call('PUT', `/organizations/${id}/metadata`, {
      public_metadata: { only: true },
    })
    expect(put.body.public_metadata).toEqual({ only: true })
    const renamed = await instance.call('PATCH', `/organizations/${id}`, { name: 'G' })
    expect(renamed.body).toMatchObject({ name: 'G', slug: 'globex' })
    expect((await instance.call('DELETE', `/organizations/${id}`)).body).toEqual({
      object: 'organization',
      id,
      slug: 'globex',
      deleted: true,
    })
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      const body = method === 'GET' ? undefined : {}
      expect(codeOf(await instance.call(method, `/organizations/${id}`, body))).toBe(
        'resource_not_found',
      )
    }
  })

  it('is refused a creator there is not, and a slug that is taken', async () => {
    const { instance } = await openOrganization(server)
    const make = (body: object) => instance.call('POST', '/organizations', { name: 'A', ...body })
    expect(codeOf(await make({ created_by: 'user_x' }))).toBe('organization_creator_not_found')
    expect(codeOf(await make({ slug: 'acme' }))).toBe('form_identifier_exists')
    expect(codeOf(await make({ max_allowed_memberships: -1 }))).toBe('form_param_value_invalid')
  })

  it('has nothing to say where organizations are off', async () => {
    const instance = await server.addInstance({ settings: { organizations: false } })
    for (const path of ['/organizations', '/organization_roles', '/organization_memberships']) {
      expect(codeOf(await instance.call('GET', path))).toBe('organization_not_enabled_in_instance')
    }
    const routes = [
      ...organizationBackendRoutes,
      ...roleBackendRoutes,
      ...permissionBackendRoutes,
      ...invitationBackendRoutes,
      ...organizationDomainBackendRoutes,
    ].filter(({ path }) => path.startsWith('/organization'))
    for (const { method, path } of routes) {
      const to = path.replaceAll(/:\w+/g, 'x')
      const body = method === 'GET' ? undefined : path.endsWith('/bulk') ? [] : {}
      expect([method, path, codeOf(await instance.call(method, to, body))]).toEqual([
        method,
        path,
        'organization_not_enabled_in_instance',
      ])
    }
  })
})

describe('two instances', () => {
  it('see nothing of each other’s organizations, on any route', async () => {
    const a = await openOrganization(server)
    const b = await openOrganization(server)
    const invited = await a.instance.call('POST', `${a.path}/invitations`, {
      email_address: 'x@example.com',
      role: 'org:member',
    })
    const domain = await a.instance.call('POST', `${a.path}/domains`, { name: 'acme.example' })
    const [role] = (await a.instance.call('GET', '/organization_roles')).body.data
    const parts: Readonly<Record<string, readonly string[]>> = {
      ':id': [a.orgId, a.ada.userId, role.id, role.permissions[0].id],
      ':userId': [a.ada.userId],
      ':invitationId': [invited.body.id],
      ':domainId': [domain.body.id],
      ':permissionId': [role.permissions[0].id],
    }
    const routes = [
      ...organizationBackendRoutes,
      ...roleBackendRoutes,
      ...permissionBackendRoutes,
      ...invitationBackendRoutes,
      ...organizationDomainBackendRoutes,
    ]
    for (const route of routes.filter(({ path }) => path.includes(':'))) {
      for (const id of parts[':id']!) {
        const rest = route.path.replace(':id', id)
        const to = rest.replaceAll(/:\w+/g, (name) => parts[name]?.[0] ?? '')
        const body = { name: 'X', role: 'org:member', user_id: a.ada.userId }
        const answer = await b.instance.call(
          route.method,
          to,
          route.method === 'GET' ? undefined : body,
        )
        expect([route.method, route.path, answer.status]).toEqual([route.method, route.path, 404])
      }
    }
    // Nor may an organization of one take in a user of the other.
    const foreign = { user_id: a.ada.userId, role: 'org:member' }
    expect((await b.instance.call('POST', `${b.path}/memberships`, foreign)).status).toBe(404)
    const made = { name: 'X', created_by: a.ada.userId }
    expect(codeOf(await b.instance.call('POST', '/organizations', made))).toBe(
      'organization_creator_not_found',
    )
    expect((await b.instance.call('GET', '/organizations')).body.total_count).toBe(1)
    expect((await b.instance.call('GET', '/organization_invitations')).body.total_count).toBe(0)
  })
})

describe('memberships of the Backend API', () => {
  it('are listed, filtered, written and read from the user’s side', async () => {
    const { instance, ada, people, path, orgId } = await openOrganization(server, {
      members: { bob: 'org:member' },
    })
    const bob = people['bob']!
    const to = `${path}/memberships/${bob.userId}`
    const merged = await instance.call('PATCH', `${to}/metadata`, {
      public_metadata: { team: 'red' },
      private_metadata: { pay: 1 },
    })
    expect(merged.body).toMatchObject({
      object: 'organization_membership',
      role: 'org:member',
      public_metadata: { team: 'red' },
      private_metadata: { pay: 1 },
      organization: { id: orgId, private_metadata: {} },
      public_user_data: { user_id: bob.userId, identifier: bob.email },
    })
    const list = async (query: string) =>
      (await instance.call('GET', `${path}/memberships?${query}`)).body.data.map(
        (it: Json) => it.public_user_data.identifier,
      )
    expect(await list('order_by=email_address')).toEqual([ada.email, bob.email])
    expect(await list('role=org:admin&role=org:x')).toEqual([ada.email])
    expect(await list(`user_id=-${ada.userId}`)).toEqual([bob.email])
    expect(await list('query=bob')).toEqual([bob.email])
    expect(await list(`email_address=${bob.email}`)).toEqual([bob.email])
    const mine = await instance.call('GET', `/users/${bob.userId}/organization_memberships`)
    expect(mine.body).toMatchObject({ total_count: 1, data: [{ id: merged.body.id }] })
    const all = await instance.call('GET', '/organization_memberships')
    expect(all.body.total_count).toBe(2)
    const users = await instance.call('GET', `/users?organization_id=${orgId}&query=bob%40`)
    expect(users.body.map((it: Json) => it.id)).toEqual([bob.userId])
    const before = (await bob.browser.get('/me')).body.response
    await instance.call('PATCH', `${path}/memberships/${bob.userId}/metadata`, {
      private_metadata: { pay: 2 },
    })
    // Browsers draw a user anew who has a later time.
    expect((await bob.browser.get('/me')).body.response.updated_at).toBeGreaterThan(
      before.updated_at,
    )
    const seen = (await bob.browser.get('/me')).body.response.organization_memberships[0]
    expect(seen.public_metadata).toEqual({ team: 'red' })
    expect(JSON.stringify(seen)).not.toContain('private_metadata')
  })
})

describe('roles and permissions', () => {
  it('begin with two roles and the server’s permissions', async () => {
    const instance = await server.addInstance()
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => instance.call('GET', '/organization_roles')),
    )
    for (const { body } of answers) {
      // Newest first, as in every list.
      expect(body.data.map((it: Json) => [it.key, it.permissions.length])).toEqual([
        ['org:member', 1],
        ['org:admin', 6],
      ])
    }
    const [, admin] = answers[0]!.body.data
    expect(admin).toMatchObject({
      object: 'role',
      id: expect.stringMatching(/^role_/),
      name: 'Admin',
      is_creator_eligible: true,
    })
    expect(admin.permissions[0]).toMatchObject({ object: 'permission', type: 'system' })
  })

  it('are listed by words and in the order that is asked for', async () => {
    const instance = await server.addInstance()
    for (const [name, key] of [
      ['Zebra', 'org:invoices:read'],
      ['Apple', 'org:invoices:write'],
    ]) {
      await instance.call('POST', '/organization_permissions', { name, key })
    }
    const list = async (query: string) =>
      (await instance.call('GET', `/organization_permissions?${query}`)).body
    expect(await list('query=INVOICES&order_by=name')).toMatchObject({
      total_count: 2,
      data: [{ name: 'Apple' }, { name: 'Zebra' }],
    })
    expect((await list('query=invoices&order_by=-key&limit=1')).data).toMatchObject([
      { key: 'org:invoices:write' },
    ])
    expect((await list('query=zebra&order_by=-created_at')).total_count).toBe(1)
    const roles = await instance.call('GET', '/organization_roles?query=memb&order_by=%2Bkey')
    expect(roles.body).toMatchObject({ total_count: 1, data: [{ key: 'org:member' }] })
    expect(codeOf(await instance.call('GET', '/organization_roles?order_by=color'))).toBe(
      'form_param_value_invalid',
    )
  })

  it('are made, changed, linked and deleted', async () => {
    const { instance, ada, path, people } = await openOrganization(server, {
      members: { bob: 'org:member' },
    })
    const permission = (
      await instance.call('POST', '/organization_permissions', {
        name: 'Read invoices',
        key: 'org:invoices:read',
        description: 'All of them',
      })
    ).body
    expect(permission).toMatchObject({ type: 'user', description: 'All of them' })
    const role = (
      await instance.call('POST', '/organization_roles', {
        name: 'Billing',
        key: 'org:billing',
        permissions: [permission.id],
      })
    ).body
    expect(keys(role)).toEqual(['org:invoices:read'])
    expect(role.is_creator_eligible).toBe(false)
    const bobs = `${path}/memberships/${people['bob']!.userId}`
    // An admin without a custom permission may hand it out all the same.
    const given = await ada.browser.post(bobs, { role: 'org:billing' }, 'PATCH')
    expect(given.body.response.permissions).toEqual(['org:invoices:read'])
    const to = `/organization_roles/${role.id}`
    expect(codeOf(await instance.call('DELETE', to))).toBe('resource_in_use')
    const unlinked = await instance.call('DELETE', `${to}/permissions/${permission.id}`)
    expect(unlinked.body.permissions).toEqual([])
    expect(unlinked.body.updated_at).toBeGreaterThan(role.updated_at)
    const linked = await instance.call('POST', `${to}/permissions/${permission.id}`)
    expect(linked.body.updated_at).toBeGreaterThan(unlinked.body.updated_at)
    const renamed = await instance.call('PATCH', to, { name: 'Money', key: 'org:money' })
    expect(renamed.body).toMatchObject({ name: 'Money', key: 'org:money' })
    expect(keys(renamed.body)).toEqual(['org:invoices:read'])
    await instance.call('DELETE', `/organization_permissions/${permission.id}`)
    expect((await instance.call('GET', to)).body.permissions).toEqual([])
    await instance.call('PATCH', bobs, { role: 'org:member' })
    expect((await instance.call('DELETE', to)).body).toEqual({
      object: 'role',
      id: role.id,
      deleted: true,
    })
    const roles = await ada.browser.get(`${path}/roles?limit=1`)
    expect(roles.body.response).toMatchObject({ total_count: 2, data: [{ key: 'org:admin' }] })
  })

  it.each([
    ['/organization_roles', { name: 'A', key: 'admin' }, 'form_param_format_invalid'],
    ['/organization_roles', { name: 'A', key: 'org:Admin' }, 'form_param_format_invalid'],
    ['/organization_roles', { name: 'A', key: 'org:admin' }, 'form_identifier_exists'],
    [
      '/organization_roles',
      { name: 'A', key: 'org:a', permissions: ['x'] },
      'form_param_value_invalid',
    ],
    ['/organization_permissions', { name: 'A', key: 'org:sys_x:y' }, 'form_param_format_invalid'],
    ['/organization_permissions', { name: 'A', key: 'org:a' }, 'form_param_format_invalid'],
    ['/organization_permissions', { name: 'A', key: 'org:a:b:c' }, 'form_param_format_invalid'],
    ['/organization_permissions', { name: 'A', key: 'org:a,b:c' }, 'form_param_format_invalid'],
  ])('are refused at %s when made of %j: %s', async (path, body, code) => {
    const instance = await server.addInstance()
    expect(codeOf(await instance.call('POST', path, body))).toBe(code)
  })

  it('keep what looking after an organization needs', async () => {
    const { instance } = await openOrganization(server)
    const [member, admin] = (await instance.call('GET', '/organization_roles')).body.data
    const needed = admin.permissions.find((it: Json) => it.key === 'org:sys_profile:delete')
    const to = `/organization_roles/${admin.id}`
    for (const answer of [
      await instance.call('DELETE', `${to}/permissions/${needed.id}`),
      await instance.call('PATCH', to, { permissions: [] }),
      await instance.call('PATCH', '/instance/organization_settings', {
        creator_role_id: member.id,
      }),
    ]) {
      expect(codeOf(answer)).toBe('organization_missing_creator_role_permissions')
    }
    expect(codeOf(await instance.call('DELETE', to))).toBe('resource_in_use')
    expect(codeOf(await instance.call('PATCH', to, { key: 'org:boss' }))).toBe('resource_in_use')
    expect(codeOf(await instance.call('DELETE', `/organization_permissions/${needed.id}`))).toBe(
      'resource_forbidden',
    )
  })
})

describe('the organization settings of an instance', () => {
  it('are read and changed, and browsers learn of them', async () => {
    const { instance, ada } = await openOrganization(server, {
      settings: { organizations_per_user: 7 },
    })
    const roles = (await instance.call('GET', '/organization_roles?order_by=created_at')).body.data
    const to = '/instance/organization_settings'
    expect((await instance.call('GET', to)).body).toMatchObject({
      object: 'organization_settings',
      enabled: true,
      creator_role: 'org:admin',
    })
    const changed = await instance.call('PATCH', to, {
      max_allowed_memberships: 3,
      admin_delete_enabled: false,
      domains_enabled: true,
      domains_enrollment_modes: ['automatic_suggestion'],
      domains_default_role_id: roles[0].id,
    })
    expect(changed.body).toMatchObject({
      max_allowed_memberships: 3,
      domains_enrollment_modes: ['automatic_suggestion'],
      domains_default_role: 'org:admin',
    })
    expect((await instance.call('GET', to)).body).toEqual(changed.body)
    const environment = (await ada.browser.get('/environment')).body
    expect(environment.organization_settings).toMatchObject({
      enabled: true,
      max_allowed_memberships: 3,
      actions: { admin_delete: false },
      domains: {
        enabled: true,
        enrollment_modes: ['automatic_suggestion'],
        default_role: 'org:admin',
      },
    })
    // What is not named stays.
    expect(environment.user_settings.actions.create_organizations_limit).toBe(7)
    expect(codeOf(await instance.call('PATCH', to, { domains_enrollment_modes: ['x'] }))).toBe(
      'form_param_value_invalid',
    )
    const made = await signUp(instance, 'eve')
    const org = await made.browser.post('/organizations', { name: 'E' })
    expect(org.body.response).toMatchObject({
      max_allowed_memberships: 3,
      admin_delete_enabled: false,
    })
  })
})
