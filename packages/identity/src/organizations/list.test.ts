import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { codeOf, openOrganization, type Person } from '../testing/organizations.ts'
import {
  openTestServer,
  type Answer,
  type TestInstance,
  type TestServer,
} from '../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

const DAY = 86_400_000

describe('organizations', () => {
  it('that exclude a user are all that the user is not in', async () => {
    const { instance, orgId, ada, people } = await openOrganization(server, {
      members: { bob: 'org:member' },
    })
    const bob = people['bob']?.userId ?? ''
    await instance.call('POST', '/organizations', { name: 'Of Bob', created_by: bob })
    await instance.call('POST', '/organizations', { name: 'Of nobody' })
    const slugs = async (query: string) => {
      const { body } = await instance.call('GET', `/organizations?order_by=name&${query}`)
      expect(body.total_count).toBe(body.data.length)
      return body.data.map(({ slug }: { readonly slug: string }) => slug)
    }
    expect(await slugs(`user_id=-${ada.userId}`)).toEqual(['of-bob', 'of-nobody'])
    expect(await slugs(`user_id=-${bob}`)).toEqual(['of-nobody'])
    expect(await slugs(`user_id=${bob}&user_id=-${ada.userId}`)).toEqual(['of-bob'])
    expect(await slugs(`user_id=%2B${bob}&organization_id=-${orgId}`)).toEqual(['of-bob'])
    expect(await slugs('user_id=user_none')).toEqual([])
    expect(await slugs('user_id=-user_none')).toHaveLength(3)
  })
})

async function open() {
  const { instance, path, people } = await openOrganization(server, {
    members: { bob: 'org:member', cid: 'org:member' },
    settings: { username: 'optional' },
  })
  const of = (name: string): Person => people[name]!
  await instance.call('PATCH', `/users/${of('ada').userId}`, { username: 'Ada_L' })
  await instance.call('PATCH', `/users/${of('bob').userId}`, { username: 'bob_b' })
  return { instance, path, of }
}

async function emails(instance: TestInstance, path: string): Promise<string[]> {
  const { body }: Answer = await instance.call('GET', path)
  expect(body.total_count).toBe(body.data.length)
  return body.data.map((it: Answer['body']) => it.public_user_data.identifier.split('@')[0])
}

describe('members', () => {
  it.each([
    ['username=Ada_L', ['ada']],
    ['username=ada_l&username=BOB_B', ['bob', 'ada']],
    ['username_query=A_L', ['ada']],
    ['email_address=BOB%40example.com', ['bob']],
    ['phone_number=1', []],
    ['phone_number_query=1', []],
    ['web3_wallet=0x1', []],
    ['role=org:admin', ['ada']],
    ['role=org:admin&role=org:member', ['cid', 'bob', 'ada']],
    ['role=org:none', []],
  ])('are found by %s', async (query, expected) => {
    const { instance, path } = await open()
    const found = await emails(instance, `${path}/memberships?order_by=-email_address&${query}`)
    expect(found).toEqual(expected)
  })

  it.each([
    ['username', ['cid', 'ada', 'bob']],
    ['-username', ['bob', 'ada', 'cid']],
    ['+email_address', ['ada', 'bob', 'cid']],
    ['-email_address', ['cid', 'bob', 'ada']],
  ])('come in the order of %s, and who has none as if theirs were the least', async (by, names) => {
    const { instance, path } = await open()
    const query = new URLSearchParams({ order_by: by })
    expect(await emails(instance, `${path}/memberships?${query}`)).toEqual(names)
  })

  it('are known to be active on a day, and no more', async () => {
    const { instance, path } = await open()
    const active = (after: number) =>
      emails(instance, `${path}/memberships?last_active_at_after=${after}`)
    expect(await active(server.now)).toHaveLength(3)
    expect(await active(server.now + DAY)).toEqual([])
  })

  it.each([
    ['limit=0', 'form_param_value_invalid'],
    ['limit=501', 'form_param_value_invalid'],
    ['limit=x', 'form_param_type_invalid'],
    ['offset=-1', 'form_param_value_invalid'],
    ['order_by=name', 'form_param_value_invalid'],
    ['order_by=--username', 'form_param_value_invalid'],
  ])('are not listed for %s', async (query, code) => {
    const { instance, path } = await open()
    expect(codeOf(await instance.call('GET', `${path}/memberships?${query}`))).toBe(code)
  })
})
