import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { codeOf, openOrganization, signUp } from '../testing/organizations.ts'
import { openTestServer, type TestInstance, type TestServer } from '../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

const DAY = 86_400_000

async function addUsers(instance: TestInstance, names: readonly string[]) {
  const ids: string[] = []
  for (const first_name of names) {
    const email_address = [`${first_name.toLowerCase()}@example.com`]
    const body = { first_name, email_address, skip_password_requirement: true }
    ids.push((await instance.call('POST', '/users', body)).body.id)
    server.advance(1000)
  }
  return ids
}

async function names(instance: TestInstance, query: string): Promise<string[]> {
  const { body } = await instance.call('GET', `/users?${query}`)
  const { body: counted } = await instance.call('GET', `/users/count?${query}`)
  expect(counted.total_count).toBe(body.length)
  return body.map((user: { readonly first_name: string }) => user.first_name)
}

describe('a cursor', () => {
  it.each([
    ['-created_at', ['Eve', 'Dan', 'Cid', 'Bob', 'Ann']],
    ['%2Bcreated_at', ['Ann', 'Bob', 'Cid', 'Dan', 'Eve']],
  ])('leads through all users once, ordered by %s', async (order, expected) => {
    const instance = await server.addInstance()
    const ids = await addUsers(instance, ['Ann', 'Bob', 'Cid', 'Dan', 'Eve'])
    expect(ids).toHaveLength(5)
    const seen: string[] = []
    let cursor = ''
    for (let page = 0; page < 4; page++) {
      const { body } = await instance.call(
        'GET',
        `/users?limit=2&order_by=${order}${cursor && `&starting_after=${cursor}`}`,
      )
      seen.push(...body.map((user: { readonly first_name: string }) => user.first_name))
      cursor = body.at(-1)?.id ?? cursor
    }
    expect(seen).toEqual(expected)
  })

  it.each([
    ['-created_at', ['Eva Ng', 'Dan Ng', 'Cid Ng', 'Bob Ng', 'Ann Ng']],
    ['%2Bcreated_at', ['Ann Ng', 'Bob Ng', 'Cid Ng', 'Dan Ng', 'Eva Ng']],
  ])('leads through those who share a word once, ordered by %s', async (order, expected) => {
    const instance = await server.addInstance()
    for (const name of ['Ann Ng', 'Bob Ng', 'Joe Doe', 'Cid Ng', 'Dan Ng', 'Moe Doe', 'Eva Ng']) {
      const [first_name = '', last_name] = name.split(' ')
      const email_address = [`${first_name.toLowerCase()}@example.com`]
      await instance.call('POST', '/users', {
        first_name,
        last_name,
        email_address,
        skip_password_requirement: true,
      })
      server.advance(1000)
    }
    const seen: string[] = []
    let cursor = ''
    // Pages that are full, and one that is not.
    for (let page = 0; page < 3; page++) {
      // With the space before it: an id, which is words as well, has none.
      const path = `/users?limit=2&query=%20ng&order_by=${order}${cursor && `&starting_after=${cursor}`}`
      const { body } = await instance.call('GET', path)
      for (const { first_name, last_name } of body) seen.push(`${first_name} ${last_name}`)
      cursor = body.at(-1).id
    }
    expect(seen).toEqual(expected)
  })

  it('needs the order of creation, and a user of this instance', async () => {
    const instance = await server.addInstance()
    const [id] = await addUsers(instance, ['Ann'])
    const other = await server.addInstance()
    const refused = async (of: TestInstance, query: string) =>
      codeOf(await of.call('GET', `/users?starting_after=${id}${query}`))
    expect(await refused(instance, '&order_by=first_name')).toBe('form_param_value_invalid')
    expect(await refused(other, '')).toBe('form_param_value_invalid')
    expect(await refused(instance, '')).toBe(200)
  })
})

describe('filters', () => {
  it('tell members of an organization from everybody else', async () => {
    const { instance, orgId, ada } = await openOrganization(server)
    await instance.call('PATCH', `/users/${ada.userId}`, { first_name: 'Ada' })
    await addUsers(instance, ['Bob'])
    expect(await names(instance, `organization_id=${orgId}`)).toEqual(['Ada'])
    expect(await names(instance, `organization_id=%2B${orgId}`)).toEqual(['Ada'])
    expect(await names(instance, `organization_id=-${orgId}`)).toEqual(['Bob'])
  })

  it.each([
    ['email_address_query=NN%40', ['Ann']],
    ['name_query=an', ['Dan', 'Ann']],
    ['query=bob%40example', ['Bob']],
    ['banned=true', ['Bob']],
    ['banned=false', ['Dan', 'Ann']],
    ['provider=oauth_google&provider_user_id=1', []],
    ['phone_number=%2B15555550100', []],
    ['phone_number_query=555', []],
  ])('find users by %s', async (query, expected) => {
    const instance = await server.addInstance()
    const [, bob] = await addUsers(instance, ['Ann', 'Bob', 'Dan'])
    await instance.call('POST', `/users/${bob}/ban`)
    expect(await names(instance, query)).toEqual(expected)
  })

  it('that exclude an external id leave those who have none', async () => {
    const instance = await server.addInstance()
    const [ann, bob] = await addUsers(instance, ['Ann', 'Bob', 'Cid'])
    await instance.call('PATCH', `/users/${ann}`, { external_id: 'crm_1' })
    await instance.call('PATCH', `/users/${bob}`, { external_id: 'crm_2' })
    expect(await names(instance, 'external_id=-crm_1')).toEqual(['Cid', 'Bob'])
    expect(await names(instance, 'external_id=-crm_1&external_id=-crm_2')).toEqual(['Cid'])
    expect(await names(instance, 'external_id=%2Bcrm_1')).toEqual(['Ann'])
  })

  it.each([
    ['query=ANNABELLA', ['Annabella']],
    ['query=ANNABELLA%40EXAMPLE.', ['Annabella']],
    ['query=example.org', ['Annabella']],
    ['query=example', ['Bob', 'Annabella']],
    ['query=%25', []],
    ['email_address_query=Example', ['Bob', 'Annabella']],
    ['email_address_query=_', []],
    ['email_address=ANNABELLA%40example.com&email_address=annabella%40example.org', ['Annabella']],
    ['query=example&email_address_query=.ORG', ['Annabella']],
    ['query=example&banned=false', ['Bob', 'Annabella']],
  ])('count whoever has a word in several places once: %s', async (query, expected) => {
    const instance = await server.addInstance()
    const [ann] = await addUsers(instance, ['Annabella', 'Bob'])
    for (const email_address of ['annabella@example.org', 'annabella.2@example.org']) {
      await instance.call('POST', '/email_addresses', { user_id: ann, email_address })
    }
    const elsewhere = await server.addInstance()
    await addUsers(elsewhere, ['Annabella'])
    expect(await names(instance, query)).toEqual(expected)
  })

  it('find users by when they came', async () => {
    const instance = await server.addInstance()
    const start = server.now
    await addUsers(instance, ['Ann', 'Bob', 'Cid'])
    const between = `created_at_after=${start + 1}&created_at_before=${start + 1000}`
    expect(await names(instance, between)).toEqual(['Bob'])
  })

  it('know the day on which a user was last active, and no more', async () => {
    const instance = await server.addInstance()
    const { browser, sessionId, userId } = await signUp(instance, 'ada')
    const today = server.now - (server.now % DAY)
    const lastActive = async () =>
      (await instance.call('GET', `/users/${userId}`)).body.last_active_at as number
    expect(await lastActive()).toBe(today)
    server.advance(DAY)
    await browser.post(`/client/sessions/${sessionId}/tokens`)
    expect(await lastActive()).toBe(today + DAY)
    server.advance(DAY)
    await browser.post(`/client/sessions/${sessionId}/touch`)
    expect(await lastActive()).toBe(today + 2 * DAY)
    const active = async (since: number) =>
      (await instance.call('GET', `/users?last_active_at_since=${since}`)).body.length
    expect(await active(server.now)).toBe(1)
    expect(await active(today + 3 * DAY)).toBe(0)
  })
})

it('orders users without a value as if theirs were the least', async () => {
  const instance = await server.addInstance()
  await addUsers(instance, ['Ann', 'Bob'])
  const cid = await instance.openBrowser()
  await cid.signUp('cid@example.com')
  await instance.call('PATCH', `/users/${(await instance.call('GET', '/users')).body[0].id}`, {
    first_name: 'Cid',
  })
  expect((await names(instance, 'order_by=-last_sign_in_at'))[0]).toBe('Cid')
  expect((await names(instance, 'order_by=last_sign_in_at')).at(-1)).toBe('Cid')
})

describe('a session that a server asks for', () => {
  it('is one of a user, whose token is good, in development', async () => {
    const { instance, ada, orgId } = await openOrganization(server)
    const created = await instance.call('POST', '/sessions', {
      user_id: ada.userId,
      active_organization_id: orgId,
    })
    expect(created.body).toMatchObject({
      object: 'session',
      status: 'active',
      user_id: ada.userId,
      last_active_organization_id: orgId,
      actor: null,
    })
    const { body } = await instance.call('POST', `/sessions/${created.body.id}/tokens`)
    expect(await instance.verify(body.jwt)).toMatchObject({ sub: ada.userId, org_id: orgId })
  })

  it.each<readonly [string, object, string]>([
    ['nobody', {}, 'form_param_nil'],
    ['a user there is not', { user_id: 'user_x' }, 'resource_not_found'],
    [
      'an organization one is not in',
      { active_organization_id: 'org_x' },
      'form_param_value_invalid',
    ],
  ])('is none of %s', async (_title, body, code) => {
    const instance = await server.addInstance()
    const { userId } = await signUp(instance, 'ada')
    const input = code === 'form_param_value_invalid' ? { user_id: userId, ...body } : body
    expect(codeOf(await instance.call('POST', '/sessions', input))).toBe(code)
  })

  it('is refused for who is banned, and in production', async () => {
    const instance = await server.addInstance()
    const { userId } = await signUp(instance, 'ada')
    await instance.call('POST', `/users/${userId}/ban`)
    expect(codeOf(await instance.call('POST', '/sessions', { user_id: userId }))).toBe(
      'user_banned',
    )
    const production = await server.addInstance({ type: 'production' })
    expect(codeOf(await production.call('POST', '/sessions', { user_id: 'user_x' }))).toBe(
      'request_invalid_for_environment',
    )
  })
})
