import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { codeOf, openOrganization, signUp } from '../testing/organizations.ts'
import { openTestServer, type Answer, type TestServer } from '../testing/server.ts'
import { organizationRoutes } from './routes.ts'

type Json = Answer['body']

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

const PERMITTED: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
  ['PATCH', '', { name: 'X' }],
  ['DELETE', '', {}],
  ['PUT', '/logo', {}],
  ['DELETE', '/logo', {}],
  ['GET', '/roles', {}],
  ['GET', '/memberships', {}],
  ['POST', '/memberships', { user_id: 'user_1', role: 'org:member' }],
  ['PATCH', '/memberships/ADA', { role: 'org:member' }],
  ['DELETE', '/memberships/ADA', {}],
]

describe('who may what', () => {
  it.each(PERMITTED)(
    'is asked of a member’s role: %s /organizations/:id%s',
    async (method, suffix, form) => {
      const { instance, ada, people, path } = await openOrganization(server, {
        members: { bob: 'org:member' },
      })
      const { body: bare } = await instance.call('POST', '/organization_roles', {
        name: 'Guest',
        key: 'org:guest',
      })
      expect(bare.permissions).toEqual([])
      const bob = people['bob']!
      await instance.call('PATCH', `${path}/memberships/${bob.userId}`, { role: 'org:guest' })
      const to = `${path}${suffix.replace('ADA', ada.userId)}`
      const ask = (person = bob): Promise<Answer> =>
        method === 'GET'
          ? person.browser.get(to)
          : person.browser.post(to, form, method === 'POST' ? undefined : (method as 'PUT'))
      expect(codeOf(await ask())).toBe('missing_organization_permission')

      const eve = await signUp(instance, 'eve')
      expect(codeOf(await ask(eve))).toBe('organization_not_found_or_unauthorized')
      expect((await ask(eve)).status).toBe(404)
      await bob.browser.signOut()
      expect((await ask()).status).toBe(401)
    },
  )

  it('does not cross instances, on any route', async () => {
    const { orgId, ada } = await openOrganization(server)
    const other = await openOrganization(server)
    for (const route of organizationRoutes.filter(({ path }) => path.includes(':'))) {
      const to = route.path.replace(':id', orgId).replace(':userId', ada.userId)
      const form = { name: 'X', role: 'org:member', user_id: ada.userId }
      const answer =
        route.method === 'GET'
          ? await other.ada.browser.get(to)
          : await other.ada.browser.post(to, form, route.method as 'PUT')
      expect([route.path, answer.status]).toEqual([route.path, 404])
    }
  })

  it('lets nobody promote themselves, nor anybody above themselves', async () => {
    const { instance, ada, people, path } = await openOrganization(server, {
      members: { bob: 'org:member' },
    })
    const permissions = (await instance.call('GET', '/organization_permissions')).body.data
    const ids = permissions
      .filter(({ key }: { key: string }) => key.startsWith('org:sys_memberships'))
      .map(({ id }: { id: string }) => id)
    await instance.call('POST', '/organization_roles', {
      name: 'Deputy',
      key: 'org:deputy',
      permissions: ids,
    })
    const bob = people['bob']!
    const own = `${path}/memberships/${bob.userId}`
    const promote = (role: string) => bob.browser.post(own, { role }, 'PATCH')
    expect(codeOf(await promote('org:admin'))).toBe('missing_organization_permission')
    await instance.call('PATCH', own, { role: 'org:deputy' })
    expect(codeOf(await promote('org:admin'))).toBe('missing_organization_permission')
    const adas = `${path}/memberships/${ada.userId}`
    expect(codeOf(await bob.browser.post(adas, { role: 'org:member' }, 'PATCH'))).toBe(
      'missing_organization_permission',
    )
    expect(codeOf(await bob.browser.post(adas, {}, 'DELETE'))).toBe(
      'missing_organization_permission',
    )
    expect(codeOf(await promote('org:member'))).toBe(200)
  })
})

describe('members', () => {
  it('are listed by page, role and name', async () => {
    const { ada, people, path } = await openOrganization(server, {
      members: { bob: 'org:member', cyd: 'org:member' },
    })
    const list = async (query: string) => {
      const { body } = await ada.browser.get(`${path}/memberships?paginated=true&${query}`)
      return [
        body.response.data.map((it: Json) => it.public_user_data.identifier.split('@')[0]),
        body.response.total_count,
      ]
    }
    const [names] = await list('')
    expect(names.toSorted()).toEqual(['ada', 'bob', 'cyd'])
    expect(await list('role=org:admin')).toEqual([['ada'], 1])
    expect(await list('query=BO')).toEqual([['bob'], 1])
    expect(await list('query=%25')).toEqual([[], 0])
    const pages = [(await list('limit=2'))[0], (await list('limit=2&offset=2'))[0]]
    expect(pages.map((it) => it.length)).toEqual([2, 1])
    expect((await ada.browser.get(`${path}/memberships`)).body.response).toHaveLength(3)
    const mine = await people['bob']!.browser.get('/me/organization_memberships?paginated=true')
    expect(mine.body.response).toMatchObject({
      total_count: 1,
      data: [{ role: 'org:member', permissions: ['org:sys_memberships:read'] }],
    })
  })

  it('are added, given another role and removed', async () => {
    const { instance, ada, path } = await openOrganization(server)
    const bob = await signUp(instance, 'bob')
    const add = () =>
      ada.browser.post(`${path}/memberships`, { user_id: bob.userId, role: 'org:member' })
    const added = await add()
    expect(added.body.response).toMatchObject({
      role: 'org:member',
      public_user_data: { user_id: bob.userId },
      organization: { members_count: 2 },
    })
    expect(codeOf(await add())).toBe('already_a_member_in_organization')
    const to = `${path}/memberships/${bob.userId}`
    const changed = await ada.browser.post(to, { role: 'org:admin' }, 'PATCH')
    expect(changed.body.response.role).toBe('org:admin')
    expect(changed.body.response.updated_at).toBeGreaterThan(added.body.response.updated_at)
    expect(codeOf(await ada.browser.post(to, { role: 'org:nothing' }, 'PATCH'))).toBe(
      'form_param_value_invalid',
    )
    const removed = await ada.browser.post(to, {}, 'DELETE')
    expect(removed.body.response).toMatchObject({ id: added.body.response.id })
    expect((await ada.browser.post(to, {}, 'DELETE')).status).toBe(404)
    expect((await ada.browser.get(path)).body.response.members_count).toBe(1)
  })

  it('take no more places than there are, also when fifty come at once', async () => {
    const { instance, ada, path } = await openOrganization(server, {
      settings: { organization_max_memberships: 3 },
    })
    const users = []
    for (let i = 0; i < 10; i++) {
      const { body } = await instance.call('POST', '/users', {
        email_address: [`u${i}@example.com`],
        skip_password_requirement: true,
      })
      users.push(body.id as string)
    }
    const answers = await Promise.all(
      users.flatMap((id) =>
        Array.from({ length: 5 }, () =>
          instance.call('POST', `${path}/memberships`, { user_id: id, role: 'org:member' }),
        ),
      ),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(2)
    expect(answers.map(codeOf)).toContain('organization_membership_quota_exceeded')
    expect(answers.every(({ status }) => status !== 500)).toBe(true)
    expect((await ada.browser.get(path)).body.response.members_count).toBe(3)
  })
})

describe('the last who can look after an organization', () => {
  it.each(['leave', 'demote', 'remove'] as const)('cannot %s themselves', async (act) => {
    const { ada, path, orgId } = await openOrganization(server, { members: { bob: 'org:member' } })
    const own = `${path}/memberships/${ada.userId}`
    const answer =
      act === 'leave'
        ? await ada.browser.post(`/me/organization_memberships/${orgId}`, {}, 'DELETE')
        : act === 'demote'
          ? await ada.browser.post(own, { role: 'org:member' }, 'PATCH')
          : await ada.browser.post(own, {}, 'DELETE')
    expect(codeOf(answer)).toBe('organization_minimum_permissions_needed')
    expect((await ada.browser.get(path)).body.response.members_count).toBe(2)
  })

  it('goes neither by the server nor with their account, while others would be left', async () => {
    const { instance, ada, people, path } = await openOrganization(server, {
      members: { bob: 'org:member' },
    })
    const own = `${path}/memberships/${ada.userId}`
    for (const answer of [
      await instance.call('DELETE', own),
      await instance.call('PATCH', own, { role: 'org:member' }),
      await instance.call('DELETE', `/users/${ada.userId}`),
    ]) {
      expect(codeOf(answer)).toBe('organization_minimum_permissions_needed')
    }
    expect((await instance.call('GET', `/users/${ada.userId}`)).status).toBe(200)
    await instance.call('DELETE', `${path}/memberships/${people['bob']!.userId}`)
    expect((await instance.call('DELETE', `/users/${ada.userId}`)).status).toBe(200)
    const left = await instance.call('GET', `${path}?include_members_count=true`)
    expect(left.body).toMatchObject({ members_count: 0, created_by: null })
  })

  it.each(['leave', 'demote', 'delete'] as const)(
    'stays when all admins %s at once',
    async (act) => {
      const { instance, orgId, people, path } = await openOrganization(server, {
        members: { bob: 'org:admin', cyd: 'org:admin', dan: 'org:member' },
      })
      const admins = ['ada', 'bob', 'cyd'].map((name) => people[name]!)
      const answers = await Promise.all(
        admins.map(({ browser, userId }) =>
          act === 'leave'
            ? browser.post(`/me/organization_memberships/${orgId}`, {}, 'DELETE')
            : act === 'demote'
              ? browser.post(`${path}/memberships/${userId}`, { role: 'org:member' }, 'PATCH')
              : instance.call('DELETE', `/users/${userId}`),
        ),
      )
      expect(answers.map(codeOf).toSorted()).toEqual([
        200,
        200,
        'organization_minimum_permissions_needed',
      ])
      const members = (await instance.call('GET', `${path}/memberships?role=org:admin`)).body
      expect(members.total_count).toBe(1)
    },
  )

  it('may leave once there is another', async () => {
    const { ada, orgId, people } = await openOrganization(server, {
      members: { bob: 'org:admin' },
    })
    const left = await ada.browser.post(`/me/organization_memberships/${orgId}`, {}, 'DELETE')
    expect(left.body.response).toMatchObject({ object: 'organization_membership', deleted: true })
    expect(left.body.client.sessions[0].user.organization_memberships).toEqual([])
    expect((await people['bob']!.browser.get(`/organizations/${orgId}`)).status).toBe(200)
  })
})
