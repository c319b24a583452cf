import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { SettingChanges } from '../index.ts'
import { codeOf, signUp } from '../testing/organizations.ts'
import { openTestServer, type TestBrowser, type TestServer } from '../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

async function open(settings: SettingChanges = {}) {
  const instance = await server.addInstance({ settings })
  return { instance, ...(await signUp(instance, 'ada')) }
}

const PATH = '/me/email_addresses'
const add = (browser: TestBrowser, address: string) =>
  browser.post(`${PATH}/`, { email_address: address })
const prepare = (browser: TestBrowser, id: string, form: Readonly<Record<string, string>> = {}) =>
  browser.post(`${PATH}/${id}/prepare_verification`, { strategy: 'email_code', ...form })
const attempt = (browser: TestBrowser, id: string, code: string) =>
  browser.post(`${PATH}/${id}/attempt_verification`, { code })

async function addProven(browser: TestBrowser, address: string): Promise<string> {
  const { id } = (await add(browser, address)).body.response
  await prepare(browser, id)
  await attempt(browser, id, browser.instance.codeOf(address))
  return id
}

describe('another address', () => {
  it('is added, proven by a code that is mailed to it, and made primary', async () => {
    const { browser, instance } = await open()
    const added = await add(browser, 'Ada.Two@Example.com')
    const { id } = added.body.response
    expect(added.body.response).toMatchObject({
      object: 'email_address',
      id: expect.stringMatching(/^idn_/),
      email_address: 'ada.two@example.com',
      verification: null,
      linked_to: [],
    })
    const early = await browser.post('/me', { primary_email_address_id: id }, 'PATCH')
    expect(codeOf(early)).toBe('form_param_value_invalid')
    const sent = await prepare(browser, id)
    expect(sent.body.response.verification).toMatchObject({
      status: 'unverified',
      strategy: 'email_code',
      attempts: 0,
    })
    expect(sent.body.client.sessions[0].user.email_addresses[1]).toEqual(sent.body.response)
    const proven = await attempt(browser, id, instance.codeOf('ada.two@example.com'))
    expect(proven.body.response.verification).toMatchObject({ status: 'verified' })
    const changed = await browser.post('/me', { primary_email_address_id: id }, 'PATCH')
    expect(changed.body.response.primary_email_address_id).toBe(id)
    expect(changed.body.client.sessions[0].public_user_data.identifier).toBe('ada.two@example.com')
  })

  it('signs in once it is proven, and not before', async () => {
    const { browser, instance } = await open()
    const signIn = async () =>
      (await instance.openBrowser()).post('/client/sign_ins', {
        identifier: 'two@example.com',
        password: 'correct horse',
      })
    const { id } = (await add(browser, 'two@example.com')).body.response
    expect(codeOf(await signIn())).toBe('form_identifier_not_found')
    await prepare(browser, id)
    await attempt(browser, id, instance.codeOf('two@example.com'))
    expect((await signIn()).body.response.status).toBe('complete')
  })

  it.each<readonly [string, string, string]>([
    ['one’s own', 'ada@example.com', 'form_identifier_exists'],
    ['somebody else’s', 'bob@example.com', 'form_identifier_exists'],
    ['no address', 'two at example.com', 'form_param_format_invalid'],
    ['nothing', '', 'form_param_nil'],
  ])('is not %s', async (_title, address, code) => {
    const { browser, instance } = await open()
    await signUp(instance, 'bob')
    const refused = await add(browser, address)
    expect([refused.status, codeOf(refused)]).toEqual([422, code])
    expect(refused.body.errors[0].meta.param_name).toBe('email_address')
  })

  it('is one of a few', async () => {
    const { browser } = await open({ email_addresses_per_user: 2 })
    await add(browser, 'two@example.com')
    expect(codeOf(await add(browser, 'three@example.com'))).toBe('quota_exceeded')
  })

  it('is one that the instance lets in, and spelled by nobody otherwise', async () => {
    const { browser, instance } = await open({
      blocklist: true,
      block_email_subaddresses: true,
      ignore_dots_for_gmail_addresses: true,
    })
    await instance.call('POST', '/blocklist_identifiers', { identifier: '*@evil.example' })
    await instance.call('POST', '/users', {
      email_address: ['a.d.a@gmail.com'],
      password: 'correct horse',
    })
    expect(codeOf(await add(browser, 'ada@evil.example'))).toBe('not_allowed_to_sign_up')
    expect(codeOf(await add(browser, 'ada+two@example.com'))).toBe('form_email_address_blocked')
    expect(codeOf(await add(browser, 'ada@gmail.com'))).toBe('form_identifier_exists')
  })

  it('is not proven once somebody has another spelling of it', async () => {
    const { browser, instance } = await open()
    const { id } = (await add(browser, 'ada@gmail.com')).body.response
    await prepare(browser, id)
    await instance.call('POST', '/users', {
      email_address: ['a.d.a@gmail.com'],
      password: 'correct horse',
    })
    await instance.call('PATCH', '/instance/restrictions', {
      ignore_dots_for_gmail_addresses: true,
    })
    const refused = await attempt(browser, id, instance.codeOf('ada@gmail.com'))
    expect([refused.status, codeOf(refused)]).toEqual([422, 'form_identifier_exists'])
  })

  it('belongs to whoever proves it first, of two who claim it', async () => {
    const { browser, instance } = await open()
    const bob = await signUp(instance, 'bob')
    const mine = (await add(browser, 'both@example.com')).body.response.id
    const his = (await add(bob.browser, 'both@example.com')).body.response.id
    await prepare(browser, mine)
    const code = instance.codeOf('both@example.com')
    server.advance(31_000)
    await prepare(bob.browser, his)
    await attempt(bob.browser, his, instance.codeOf('both@example.com'))
    expect(codeOf(await attempt(browser, mine, code))).toBe('form_identifier_exists')
    const { body } = await browser.get('/me')
    expect(body.response.email_addresses[1].verification.status).toBe('unverified')
  })

  it('is proven once, of fifty codes at once', async () => {
    const { browser, instance } = await open()
    const { id } = (await add(browser, 'two@example.com')).body.response
    await prepare(browser, id)
    const code = instance.codeOf('two@example.com')
    const answers = await Promise.all(Array.from({ length: 50 }, () => attempt(browser, id, code)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(new Set(answers.filter(({ status }) => status !== 200).map(codeOf))).toEqual(
      new Set(['verification_already_verified']),
    )
  })

  it('takes a code of its own, a few guesses, and no other’s', async () => {
    const { browser, instance } = await open({ code_max_attempts: 2 })
    const two = (await add(browser, 'two@example.com')).body.response.id
    const three = (await add(browser, 'three@example.com')).body.response.id
    expect(codeOf(await attempt(browser, two, '000000'))).toBe('verification_missing')
    await prepare(browser, two)
    await prepare(browser, three)
    const other = instance.codeOf('two@example.com')
    expect(codeOf(await attempt(browser, three, other))).toBe('form_code_incorrect')
    await attempt(browser, three, other)
    const right = instance.codeOf('three@example.com')
    expect(codeOf(await attempt(browser, three, right))).toBe('verification_failed')
  })

  it('is nobody’s but its owner’s', async () => {
    const { browser, instance } = await open()
    const { id } = (await add(browser, 'two@example.com')).body.response
    const bob = await signUp(instance, 'bob')
    for (const answer of [
      await bob.browser.get(`${PATH}/${id}`),
      await prepare(bob.browser, id),
      await attempt(bob.browser, id, '424242'),
      await bob.browser.post(`${PATH}/${id}`, {}, 'DELETE'),
    ]) {
      expect([answer.status, codeOf(answer)]).toEqual([404, 'resource_not_found'])
    }
    expect((await browser.get(`${PATH}/${id}`)).body.response.id).toBe(id)
  })
})

const BOTH: SettingChanges = { email_verification_strategies: ['email_code', 'email_link'] }
const linkTo = (address: string) => {
  const mail = server.mails.findLast(({ to }) => to === address)
  const { pathname, search } = new URL(/https?:\S+/.exec(mail?.text ?? '')?.[0] ?? '')
  return `${pathname.slice('/v1'.length)}${search}`
}

describe('a link', () => {
  it('proves an address where its owner is signed in', async () => {
    const { browser } = await open(BOTH)
    const { id } = (await add(browser, 'two@example.com')).body.response
    const refused = await prepare(browser, id, { strategy: 'email_link' })
    expect(codeOf(refused)).toBe('form_param_nil')
    await prepare(browser, id, { strategy: 'email_link', redirect_url: '/done' })
    const opened = await browser.get(linkTo('two@example.com'), { origin: '' })
    expect(opened.headers.get('location')).toMatch(/\/done\?__clerk_status=verified/)
    const { body } = await browser.get(`${PATH}/${id}`)
    expect(body.response.verification).toMatchObject({
      status: 'verified',
      strategy: 'email_link',
    })
  })

  it('proves it when its owner asks, if it was opened elsewhere', async () => {
    const { browser, instance } = await open(BOTH)
    const { id } = (await add(browser, 'two@example.com')).body.response
    await prepare(browser, id, { strategy: 'email_link', redirect_url: '/done' })
    const phone = await instance.openBrowser()
    await phone.get(linkTo('two@example.com'), { origin: '' })
    expect((await phone.client())?.sessions ?? []).toEqual([])
    const makePrimary = () => browser.post('/me', { primary_email_address_id: id }, 'PATCH')
    // Before that nobody goes by it, and nobody is told otherwise.
    expect(codeOf(await makePrimary())).toBe('form_param_value_invalid')
    const [, unproven] = (await browser.get('/me')).body.response.email_addresses
    expect(unproven.verification).toMatchObject({ status: 'unverified', strategy: 'email_link' })
    const asked = await Promise.all(Array.from({ length: 10 }, () => browser.get(`${PATH}/${id}`)))
    expect(asked.map(({ body }) => body.response.verification.status)).toEqual(
      Array(10).fill('verified'),
    )
    // Proven once, whoever asks.
    expect(new Set(asked.map(({ body }) => body.response.updated_at)).size).toBe(1)
    expect((await makePrimary()).status).toBe(200)
  })

  it('proves nothing where somebody else is signed in, if the same browser is wanted', async () => {
    const { browser, instance } = await open({ ...BOTH, email_link_same_browser: true })
    const { id } = (await add(browser, 'two@example.com')).body.response
    await prepare(browser, id, { strategy: 'email_link', redirect_url: '/done' })
    const { browser: other } = await signUp(instance, 'bob')
    const link = linkTo('two@example.com')
    const refused = await other.get(link, { origin: '' })
    expect(refused.headers.get('location')).toMatch(/\?__clerk_status=client_mismatch/)
    const opened = await browser.get(link, { origin: '' })
    expect(opened.headers.get('location')).toMatch(/\?__clerk_status=verified/)
    // Proven at once, before its owner asks.
    const primary = await browser.post('/me', { primary_email_address_id: id }, 'PATCH')
    expect(primary.status).toBe(200)
  })

  it('leads to an address that the server has registered, and to no other app', async () => {
    const { browser, instance } = await open(BOTH)
    const { id } = (await add(browser, 'two@example.com')).body.response
    const ask = () => prepare(browser, id, { strategy: 'email_link', redirect_url: 'myapp://done' })
    expect(codeOf(await ask())).toBe('redirect_url_invalid')
    await instance.call('POST', '/redirect_urls', { url: 'myapp://done' })
    expect((await ask()).status).toBe(200)
    const opened = await browser.get(linkTo('two@example.com'), { origin: '' })
    expect(opened.headers.get('location')).toMatch(/^myapp:\/\/done\?__clerk_status=verified/)
  })
})

describe('deleting an address', () => {
  it('is refused for the last proven one, and makes another primary', async () => {
    const { browser } = await open()
    const first = (await browser.get('/me')).body.response.primary_email_address_id
    const remove = (id: string) => browser.post(`${PATH}/${id}`, {}, 'DELETE')
    await add(browser, 'unproven@example.com')
    expect(codeOf(await remove(first))).toBe('identification_deletion_failed')
    const second = await addProven(browser, 'two@example.com')
    const removed = await remove(first)
    expect(removed.body.response).toEqual({ object: 'email_address', id: first, deleted: true })
    expect(removed.body.client.sessions[0].user.primary_email_address_id).toBe(second)
    expect(codeOf(await remove(second))).toBe('identification_deletion_failed')
  })

  it('is done for the last one where a username and a password are enough', async () => {
    const instance = await server.addInstance({
      settings: { email_address: 'optional', username: 'required' },
    })
    const browser = await instance.openBrowser()
    await browser.post('/client/sign_ups', { username: 'ada_l', password: 'correct horse' })
    const id = await addProven(browser, 'ada@example.com')
    expect((await browser.get('/me')).body.response.primary_email_address_id).toBe(id)
    const removed = await browser.post(`${PATH}/${id}`, {}, 'DELETE')
    expect(removed.body.client.sessions[0].user).toMatchObject({
      primary_email_address_id: null,
      email_addresses: [],
    })
  })
})

describe('a server', () => {
  it('adds an address, proves it, makes it primary and deletes it', async () => {
    const { instance, userId } = await open()
    const created = await instance.call('POST', '/email_addresses', {
      user_id: userId,
      email_address: 'two@example.com',
    })
    expect(created.body).toMatchObject({ object: 'email_address', verification: null })
    const path = `/email_addresses/${created.body.id}`
    expect(codeOf(await instance.call('PATCH', path, { primary: true }))).toBe(
      'form_param_value_invalid',
    )
    const changed = await instance.call('PATCH', path, { verified: true, primary: true })
    expect(changed.body.verification).toMatchObject({ status: 'verified', strategy: 'admin' })
    expect((await instance.call('GET', path)).body).toEqual(changed.body)
    expect((await instance.call('GET', `/users/${userId}`)).body.primary_email_address_id).toBe(
      created.body.id,
    )
    expect(codeOf(await instance.call('PATCH', path, { verified: false }))).toBe(
      'identification_update_failed',
    )
    expect((await instance.call('DELETE', path)).body).toEqual({
      object: 'email_address',
      id: created.body.id,
      deleted: true,
    })
    expect((await instance.call('GET', path)).status).toBe(404)
  })

  it('has an address proven by a code that its owner types', async () => {
    const { instance, userId, browser } = await open()
    const address = { user_id: userId, email_address: 'two@example.com' }
    const { id } = (await instance.call('POST', '/email_addresses', address)).body
    const path = `/email_addresses/${id}`
    const prepared = await instance.call('POST', `${path}/prepare_verification`, {
      strategy: 'email_code',
    })
    expect(prepared.body).toMatchObject({
      object: 'verification_otp',
      id: expect.stringMatching(/^ver_/),
      status: 'unverified',
      strategy: 'email_code',
      attempts: 0,
    })
    const tryCode = (code: string, verification_id: string = prepared.body.id) =>
      instance.call('POST', `${path}/attempt_verification`, { code, verification_id })
    const code = instance.codeOf('two@example.com')
    expect(codeOf(await tryCode(code, 'ver_none'))).toBe('resource_not_found')
    expect(codeOf(await tryCode(code, ''))).toBe('form_param_nil')
    expect(codeOf(await tryCode('000000'))).toBe('form_code_incorrect')
    const proven = await tryCode(code)
    expect(proven.body).toMatchObject({ id: prepared.body.id, status: 'verified' })
    expect(proven.body.strategy).toBe('email_code')
    expect((await instance.call('GET', path)).body.verification.status).toBe('verified')
    expect(codeOf(await tryCode(code))).toBe('verification_already_verified')
    const again = await instance.call('POST', `${path}/prepare_verification`)
    expect(codeOf(again)).toBe('verification_already_verified')
    const verified = (await browser.get('/me')).body.response.email_addresses
    expect(verified).toMatchObject([{ id: expect.anything() }, { id }])
  })

  it('has a code sent again, of which only the newer works, and no link', async () => {
    const { instance, userId } = await open()
    const address = { user_id: userId, email_address: 'two@example.com' }
    const { id } = (await instance.call('POST', '/email_addresses', address)).body
    const path = `/email_addresses/${id}`
    const send = (body = {}) => instance.call('POST', `${path}/prepare_verification`, body)
    expect(codeOf(await send({ strategy: 'email_link' }))).toBe('form_param_value_invalid')
    const first = await send()
    const code = instance.codeOf('two@example.com')
    expect((await send()).body.id).toBe(first.body.id)
    server.advance(31_000)
    const second = await send()
    expect(second.body.id).not.toBe(first.body.id)
    const old = { code, verification_id: first.body.id }
    const refused = await instance.call('POST', `${path}/attempt_verification`, old)
    expect(codeOf(refused)).toBe('resource_not_found')
    const right = {
      code: instance.codeOf('two@example.com'),
      verification_id: second.body.id,
    }
    const proven = await instance.call('POST', `${path}/attempt_verification`, right)
    expect(proven.body.status).toBe('verified')
  })

  it('replaces all addresses of a user by one', async () => {
    const { instance, userId, browser } = await open()
    await add(browser, 'two@example.com')
    const path = `/users/${userId}/email_address`
    const replaced = await instance.call('PUT', path, { email_address: 'new@example.com' })
    expect(replaced.body.verification.status).toBe('verified')
    const user = (await instance.call('GET', `/users/${userId}`)).body
    expect(user.email_addresses).toEqual([replaced.body])
    expect(user.primary_email_address_id).toBe(replaced.body.id)
    await signUp(instance, 'bob')
    const taken = await instance.call('PUT', path, { email_address: 'bob@example.com' })
    expect(codeOf(taken)).toBe('form_identifier_exists')
    expect((await instance.call('GET', `/users/${userId}`)).body).toEqual(user)
  })

  it('reaches no address of another instance', async () => {
    const { instance, userId } = await open()
    const other = await server.addInstance()
    const { primary_email_address_id: id } = (await instance.call('GET', `/users/${userId}`)).body
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      expect((await other.call(method, `/email_addresses/${id}`)).status).toBe(404)
    }
    for (const verb of ['prepare', 'attempt']) {
      const proof = { code: '424242', verification_id: 'ver_x' }
      const to = `/email_addresses/${id}/${verb}_verification`
      expect((await other.call('POST', to, proof)).status).toBe(404)
    }
    const body = { user_id: userId, email_address: 'two@example.com' }
    expect((await other.call('POST', '/email_addresses', body)).status).toBe(404)
    expect((await other.call('PUT', `/users/${userId}/email_address`, body)).status).toBe(404)
  })
})
