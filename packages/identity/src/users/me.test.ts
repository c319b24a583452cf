import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { codeOf, openOrganization, signUp } from '../testing/organizations.ts'
import {
  openTestServer,
  send,
  type TestBrowser,
  type TestInstance,
  type TestServer,
} from '../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk', 'base64')
const picture = () => {
  const form = new FormData()
  form.set('file', new Blob([PNG], { type: 'text/html' }), 'me.png')
  return form
}

const show = (instance: TestInstance, url: string) =>
  send(server, new Request(url, { headers: { host: new URL(instance.keys.apiUrl).host } }))

async function signInByCode(browser: TestBrowser, identifier: string) {
  const begun = await browser.post('/client/sign_ins', { identifier, strategy: 'email_code' })
  const path = `/client/sign_ins/${begun.body.response.id}/attempt_first_factor`
  return browser.post(path, { strategy: 'email_code', code: '424242' })
}

describe('a profile', () => {
  it('is changed field by field, each time visibly later, and the client brings it along', async () => {
    const instance = await server.addInstance({ settings: { username: 'optional' } })
    const { browser } = await signUp(instance, 'ada')
    const named = await browser.post('/me', { first_name: 'Ada', username: 'Ada_L' }, 'PATCH')
    expect(named.body.response).toMatchObject({ first_name: 'Ada', username: 'ada_l' })
    expect(named.body.client.sessions[0].user).toEqual(named.body.response)
    const cleared = await browser.post('/me', { first_name: '', last_name: 'L' }, 'PATCH')
    expect(cleared.body.response).toMatchObject({
      first_name: null,
      last_name: 'L',
      username: 'ada_l',
    })
    expect(cleared.body.response.updated_at).toBeGreaterThan(named.body.response.updated_at)
    expect((await browser.get('/me')).body.response).toEqual(cleared.body.response)
  })

  it.each<readonly [string, Readonly<Record<string, string>>, string]>([
    ['a name that the instance requires', { first_name: '' }, 'form_param_nil'],
    ['a name that the instance has not', { last_name: 'L' }, 'form_param_value_invalid'],
    ['a username that is too short', { username: 'ab' }, 'form_username_invalid_length'],
    ['a username that is taken', { username: 'Taken' }, 'form_identifier_exists'],
    ['an address of nobody', { primary_email_address_id: 'idn_x' }, 'form_param_value_invalid'],
    ['a telephone', { primary_phone_number_id: 'idn_x' }, 'form_param_value_invalid'],
    ['metadata that are none', { unsafe_metadata: '[1]' }, 'form_param_type_invalid'],
  ])('is not changed by %s', async (_title, change, code) => {
    const instance = await server.addInstance({
      settings: { username: 'optional', first_name: 'required', last_name: 'off' },
    })
    const names = { first_name: 'Ada', skip_password_requirement: true }
    for (const [username, address] of [
      ['taken', 't@example.com'],
      ['ada_l', 'ada+clerk_test@example.com'],
    ] as const) {
      await instance.call('POST', '/users', { ...names, username, email_address: [address] })
    }
    const browser = await instance.openBrowser()
    await signInByCode(browser, 'ada+clerk_test@example.com')
    const before = (await browser.get('/me')).body.response
    expect(codeOf(await browser.post('/me', change, 'PATCH'))).toBe(code)
    expect((await browser.get('/me')).body.response).toEqual(before)
  })
})

describe('unsafe metadata', () => {
  it('are replaced with the profile, and merged by themselves: null deletes at any depth', async () => {
    const instance = await server.addInstance()
    const { browser } = await signUp(instance, 'ada')
    const replace = (value: object) =>
      browser.post('/me', { unsafe_metadata: JSON.stringify(value) }, 'PATCH')
    const merge = (value: object) =>
      browser.post('/me/metadata', { unsafe_metadata: JSON.stringify(value) }, 'PATCH')
    await replace({ old: true })
    await replace({ a: { b: 1, c: 2 }, list: [1] })
    const merged = await merge({ a: { b: null, d: 3 }, list: [2, 3] })
    expect(merged.body.response.unsafe_metadata).toEqual({ a: { c: 2, d: 3 }, list: [2, 3] })
    expect(merged.body.client.sessions[0].user.unsafe_metadata).toEqual({
      a: { c: 2, d: 3 },
      list: [2, 3],
    })
  })

  it('are the only ones a browser changes', async () => {
    const instance = await server.addInstance()
    const { browser, userId } = await signUp(instance, 'ada')
    const form = { public_metadata: '{"admin":true}', private_metadata: '{"admin":true}' }
    await browser.post('/me', form, 'PATCH')
    await browser.post('/me/metadata', form, 'PATCH')
    expect((await instance.call('GET', `/users/${userId}`)).body).toMatchObject({
      public_metadata: {},
      private_metadata: {},
    })
  })
})

describe('a picture', () => {
  it.each<readonly [string, () => FormData | Uint8Array<ArrayBuffer> | string]>([
    ['a form', picture],
    ['bytes', () => new Uint8Array(PNG)],
    ['a data address', () => `data:image/png;base64,${PNG.toString('base64')}`],
  ])('is uploaded as %s and shown wherever its user is', async (_title, content) => {
    const { instance, ada, path } = await openOrganization(server)
    const answer = await ada.browser.upload('/me/profile_image', content())
    const { id, public_url: url } = answer.body.response
    expect(answer.body.response).toMatchObject({ object: 'image', name: null })
    const shown = { has_image: true, image_url: url }
    const [session] = answer.body.client.sessions
    expect(session.user).toMatchObject({ ...shown, profile_image_id: id })
    expect(session.public_user_data).toMatchObject(shown)
    const members = await ada.browser.get(`${path}/memberships?paginated=true`)
    expect(members.body.response.data[0].public_user_data).toMatchObject(shown)
    expect((await instance.call('GET', `/users/${ada.userId}`)).body).toMatchObject({
      ...shown,
      profile_image_url: url,
    })
    const image = await show(instance, url)
    expect([image.status, image.headers.get('content-type')]).toEqual([200, 'image/png'])
  })

  it('is taken away, and the one it replaced is gone', async () => {
    const instance = await server.addInstance()
    const { browser } = await signUp(instance, 'ada')
    const first = (await browser.upload('/me/profile_image', picture())).body.response
    const second = (await browser.upload('/me/profile_image', picture())).body.response
    expect((await show(instance, first.public_url)).status).toBe(404)
    const removed = await browser.post('/me/profile_image', {}, 'DELETE')
    expect(removed.body.response).toEqual({ object: 'image', id: second.id, deleted: true })
    expect(removed.body.client.sessions[0].user).toMatchObject({
      has_image: false,
      image_url: expect.stringMatching(/\/avatars\//),
    })
    expect((await show(instance, second.public_url)).status).toBe(404)
    expect(codeOf(await browser.post('/me/profile_image', {}, 'DELETE'))).toBe('image_not_found')
  })

  it('is nothing else than a picture', async () => {
    const instance = await server.addInstance()
    const { browser } = await signUp(instance, 'ada')
    const refused = await browser.upload('/me/profile_image', '<svg onload="alert(1)"/>')
    expect(codeOf(refused)).toBe('avatar_file_type_invalid')
    expect((await browser.get('/me')).body.response.has_image).toBe(false)
  })

  it('is set and taken away by a server', async () => {
    const instance = await server.addInstance()
    const { userId } = await signUp(instance, 'ada')
    const path = `/users/${userId}/profile_image`
    const { apiUrl, secretKey } = instance.keys
    const set = await send(
      server,
      new Request(`${apiUrl}/v1${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${secretKey}` },
        body: picture(),
      }),
    )
    expect(set.body).toMatchObject({ object: 'user', has_image: true })
    const removed = await instance.call('DELETE', path)
    expect(removed.body).toMatchObject({ object: 'user', has_image: false })
    expect(codeOf(await instance.call('DELETE', path))).toBe('image_not_found')
  })
})

describe('deleting oneself', () => {
  it('takes all sessions along, here and elsewhere, and frees the address', async () => {
    const instance = await server.addInstance({ type: 'production' })
    const { browser, userId, email } = await signUp(instance, 'ada')
    const elsewhere = await instance.openBrowser()
    await elsewhere.post('/client/sign_ins', { identifier: email, password: 'correct horse' })
    const deleted = await browser.post('/me', {}, 'DELETE')
    expect(deleted.body.response).toEqual({ object: 'user', id: userId, deleted: true })
    expect(deleted.body.client).toMatchObject({ sessions: [], last_active_session_id: null })
    expect(browser.cookies.get('__client_uat')).toBe('0')
    expect((await elsewhere.client())?.sessions).toEqual([])
    expect(codeOf(await browser.get('/me'))).toBe('authentication_invalid')
    expect((await instance.call('GET', `/users/${userId}`)).status).toBe(404)
    await signUp(instance, 'ada')
  })

  it('is refused where the instance or the user has it switched off', async () => {
    const off = await server.addInstance({ settings: { delete_self: false } })
    const ada = await signUp(off, 'ada')
    expect(codeOf(await ada.browser.post('/me', {}, 'DELETE'))).toBe('resource_forbidden')
    const on = await server.addInstance()
    const bob = await signUp(on, 'bob')
    await on.call('PATCH', `/users/${bob.userId}`, { delete_self_enabled: false })
    expect(codeOf(await bob.browser.post('/me', {}, 'DELETE'))).toBe('resource_forbidden')
    expect((await bob.browser.get('/me')).status).toBe(200)
  })

  it('is refused to the last who can look after an organization that others are in', async () => {
    const { ada } = await openOrganization(server, { members: { bob: 'org:member' } })
    expect(codeOf(await ada.browser.post('/me', {}, 'DELETE'))).toBe(
      'organization_minimum_permissions_needed',
    )
    expect((await ada.browser.get('/me')).status).toBe(200)
  })
})

it.each([
  ['GET', '/me'],
  ['PATCH', '/me'],
  ['PATCH', '/me/metadata'],
  ['DELETE', '/me'],
  ['POST', '/me/profile_image'],
  ['DELETE', '/me/profile_image'],
] as const)('answers nobody who is signed out: %s %s', async (method, path) => {
  const instance = await server.addInstance()
  const browser = await instance.openBrowser()
  const logical = method === 'GET' || method === 'POST' ? undefined : method
  const answer = method === 'GET' ? await browser.get(path) : await browser.post(path, {}, logical)
  expect([answer.status, codeOf(answer)]).toEqual([401, 'authentication_invalid'])
})
