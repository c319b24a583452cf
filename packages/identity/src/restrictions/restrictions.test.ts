import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { codeOf } from '../testing/organizations.ts'
import { openTestServer, type TestInstance, type TestServer } from '../testing/server.ts'
import type { SettingChanges } from '../index.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

const PASSWORD = 'correct horse'

const open = (settings: SettingChanges = {}): Promise<TestInstance> =>
  server.addInstance({ settings })

async function nameAddress(instance: TestInstance, email: string): Promise<string | number> {
  const browser = await instance.openBrowser()
  return codeOf(
    await browser.post('/client/sign_ups', { email_address: email, password: PASSWORD }),
  )
}

const list = (instance: TestInstance, name: 'allow' | 'block', identifier: string, more = {}) =>
  instance.call('POST', `/${name}list_identifiers`, { identifier, ...more })

describe('the allowlist', () => {
  it('lets in the addresses and domains on it, whoever was invited, and nobody else', async () => {
    const instance = await open({
      allowlist: true,
      username: 'optional',
      email_address: 'optional',
    })
    await list(instance, 'allow', 'Ada@Example.com')
    await list(instance, 'allow', '*@example.org')
    expect(await nameAddress(instance, 'ada@example.com')).toBe(200)
    expect(await nameAddress(instance, 'who@example.org')).toBe(200)
    for (const email of ['bob@example.com', 'a@sub.example.org', 'a@example.org.evil.com']) {
      expect(await nameAddress(instance, email)).toBe('not_allowed_to_sign_up')
    }
    const browser = await instance.openBrowser()
    const nameless = await browser.post('/client/sign_ups', {
      username: 'bobby',
      password: PASSWORD,
    })
    expect([nameless.status, codeOf(nameless)]).toEqual([403, 'not_allowed_to_sign_up'])

    const invited = await instance.call('POST', '/invitations', {
      email_address: 'bob@example.com',
    })
    const ticket = new URL(invited.body.url).searchParams.get('ticket') ?? ''
    const form = { strategy: 'ticket', ticket, password: PASSWORD }
    expect((await browser.post('/client/sign_ups', form)).body.response.status).toBe('complete')
    // Servers vouch for whom they create.
    const created = await instance.call('POST', '/users', {
      email_address: ['eve@example.net'],
      password: PASSWORD,
    })
    expect(created.status).toBe(200)
  })

  it('is asked again before an account is made, and when the address is changed', async () => {
    const instance = await open({ allowlist: true })
    const { body } = await list(instance, 'allow', 'ada@example.com')
    const browser = await instance.openBrowser()
    const begun = await browser.post('/client/sign_ups', {
      email_address: 'ada@example.com',
      password: PASSWORD,
    })
    const path = `/client/sign_ups/${begun.body.response.id}`
    await browser.post(`${path}/prepare_verification`, { strategy: 'email_code' })
    const moved = await browser.post(path, { email_address: 'eve@example.com' }, 'PATCH')
    expect(codeOf(moved)).toBe('not_allowed_to_sign_up')
    await instance.call('DELETE', `/allowlist_identifiers/${body.id}`)
    const attempt = await browser.post(`${path}/attempt_verification`, {
      strategy: 'email_code',
      code: instance.codeOf('ada@example.com'),
    })
    expect(codeOf(attempt)).toBe('not_allowed_to_sign_up')
    expect((await instance.call('GET', '/users/count')).body.total_count).toBe(0)
  })

  it('invites whom it is told of, if that is asked for', async () => {
    const instance = await open({ allowlist: true })
    const sent = server.mails.length
    const listed = await list(instance, 'allow', 'ada@example.com', { notify: true })
    expect(listed.body).toMatchObject({
      object: 'allowlist_identifier',
      identifier: 'ada@example.com',
      identifier_type: 'email_address',
      invitation_id: expect.stringMatching(/^inv_/),
    })
    expect(server.mails.slice(sent).map(({ to }) => to)).toEqual(['ada@example.com'])
    server.failMail = true
    const failed = await list(instance, 'allow', 'bob@example.com', { notify: true })
    server.failMail = false
    expect(codeOf(failed)).toBe('mail_delivery_failed')
    expect((await list(instance, 'allow', 'bob@example.com')).status).toBe(200)
    const domain = await list(instance, 'allow', '*@example.org', { notify: true })
    expect(codeOf(domain)).toBe('form_param_value_invalid')
  })
})

describe('the blocklist', () => {
  it('keeps out addresses and domains, invited or not, once it is on', async () => {
    const instance = await open()
    await list(instance, 'block', '*@evil.example')
    expect(await nameAddress(instance, 'a@evil.example')).toBe(200)
    await instance.call('PATCH', '/instance/restrictions', { blocklist: true })
    expect(await nameAddress(instance, 'A@Evil.example')).toBe('not_allowed_to_sign_up')
    expect(await nameAddress(instance, 'a@good.example')).toBe(200)
    const invited = await instance.call('POST', '/invitations', { email_address: 'b@evil.example' })
    const ticket = new URL(invited.body.url).searchParams.get('ticket') ?? ''
    const browser = await instance.openBrowser()
    const form = { strategy: 'ticket', ticket, password: PASSWORD }
    expect(codeOf(await browser.post('/client/sign_ups', form))).toBe('not_allowed_to_sign_up')
  })

  it('knows a Gmail address with other dots where dots are ignored', async () => {
    const instance = await open({ blocklist: true })
    await list(instance, 'block', 'a.da@gmail.com')
    expect(await nameAddress(instance, 'ad.a@googlemail.com')).toBe(200)
    await instance.call('PATCH', '/instance/restrictions', {
      ignore_dots_for_gmail_addresses: true,
    })
    expect(await nameAddress(instance, 'ad.a@googlemail.com')).toBe('not_allowed_to_sign_up')
    expect(await nameAddress(instance, 'ad.b@gmail.com')).toBe(200)
  })
})

describe('the lists', () => {
  it.each([
    ['ada@example.com', 'ada@example.com', 'email_address'],
    ['*@Example.com', '*@example.com', 'email_address'],
    ['+15551234567', '+15551234567', 'phone_number'],
    [`0x${'aB'.repeat(20)}`, `0x${'ab'.repeat(20)}`, 'web3_wallet'],
  ])('take %s', async (given, identifier, type) => {
    const instance = await open()
    const { body } = await list(instance, 'block', given)
    expect(body).toEqual({
      object: 'blocklist_identifier',
      id: expect.stringMatching(/^blid_/),
      identifier,
      identifier_type: type,
      instance_id: expect.stringMatching(/^ins_/),
      created_at: server.now,
      updated_at: server.now,
    })
    expect((await instance.call('GET', '/blocklist_identifiers')).body).toEqual({
      data: [body],
      total_count: 1,
    })
    const twice = await list(instance, 'block', given)
    expect([twice.status, codeOf(twice)]).toEqual([400, 'duplicate_record'])
    expect((await list(instance, 'allow', given)).status).toBe(200)
    expect((await instance.call('GET', '/allowlist_identifiers')).body).toHaveLength(1)
    const wrapped = await instance.call('GET', '/allowlist_identifiers?paginated=true')
    expect(wrapped.body.total_count).toBe(1)
    const elsewhere = await open()
    const remove = (from: TestInstance) => from.call('DELETE', `/blocklist_identifiers/${body.id}`)
    expect(codeOf(await remove(elsewhere))).toBe('resource_not_found')
    expect((await remove(instance)).body).toEqual({
      object: 'blocklist_identifier',
      id: body.id,
      deleted: true,
    })
    expect(codeOf(await remove(instance))).toBe('resource_not_found')
  })

  it.each(['*', '*@*.com', '*@', '@example.com', 'example.com', '**@example.com', '+1'])(
    'do not take %s',
    async (identifier) => {
      const refused = await list(await open(), 'block', identifier)
      expect([refused.status, codeOf(refused)]).toEqual([422, 'form_param_format_invalid'])
    },
  )
})

describe('an instance', () => {
  it.each([
    ['block_email_subaddresses', 'ada+news@example.com', 'ada@example.com'],
    ['block_disposable_email_domains', 'ada@mailinator.com', 'ada@example.com'],
    ['block_disposable_email_domains', 'ada@sub.mailinator.com', 'ada@example.com'],
  ])('refuses with %s %s, and lets in %s', async (setting, refused, admitted) => {
    const instance = await open()
    expect(await nameAddress(instance, refused)).toBe(200)
    await instance.call('PATCH', '/instance/restrictions', { [setting]: true })
    expect(await nameAddress(instance, refused)).toBe('form_email_address_blocked')
    expect(await nameAddress(instance, admitted)).toBe(200)
  })

  it('has one user for a Gmail address, of fifty spellings at once', async () => {
    const instance = await open({ ignore_dots_for_gmail_addresses: true })
    const name = 'abcdefghijklmnop'
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => {
        const [at, other] = [1 + (index % 14), 1 + Math.floor(index / 14)]
        const dotted = [...name].map((it, i) => (i === at || i === other ? `.${it}` : it)).join('')
        return instance.call('POST', '/users', {
          email_address: [`${dotted}@gmail.com`],
          password: PASSWORD,
        })
      }),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(new Set(answers.map(codeOf))).toEqual(new Set([200, 'form_identifier_exists']))
  })

  it('knows the other spellings of those who came before dots were ignored', async () => {
    const instance = await open()
    const create = (email: string) =>
      instance.call('POST', '/users', { email_address: [email], password: PASSWORD })
    expect((await create('a.da@gmail.com')).status).toBe(200)
    expect((await create('ad.a@gmail.com')).status).toBe(200)
    await instance.call('PATCH', '/instance/restrictions', {
      ignore_dots_for_gmail_addresses: true,
    })
    expect(codeOf(await create('ada@googlemail.com'))).toBe('form_identifier_exists')
    expect(await nameAddress(instance, 'ada@gmail.com')).toBe('form_identifier_exists')
    expect((await create('a.da@example.com')).status).toBe(200)
    expect((await create('ada@example.com')).status).toBe(200)
  })

  it('lets nobody finish who began before it was closed', async () => {
    const instance = await open()
    const browser = await instance.openBrowser()
    const begun = await browser.post('/client/sign_ups', {
      email_address: 'ada@example.com',
      password: PASSWORD,
    })
    const path = `/client/sign_ups/${begun.body.response.id}`
    await browser.post(`${path}/prepare_verification`, { strategy: 'email_code' })
    await instance.call('PATCH', '/beta_features/instance_settings', {
      restricted_to_allowlist: true,
    })
    const attempt = await browser.post(`${path}/attempt_verification`, {
      strategy: 'email_code',
      code: instance.codeOf('ada@example.com'),
    })
    expect(codeOf(attempt)).toBe('not_allowed_to_sign_up')
    expect((await instance.call('GET', '/users/count')).body.total_count).toBe(0)
  })
})
