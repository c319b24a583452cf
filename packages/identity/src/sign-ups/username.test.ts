import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { openTestServer, type TestServer } from '../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

const PASSWORD = 'correct horse'
/** Nobody has an address here. */
const BY_NAME = { username: 'required', email_address: 'off' } as const

async function open(settings = {}) {
  const instance = await server.addInstance({ settings })
  return { instance, browser: await instance.openBrowser() }
}

describe('an instance of usernames and passwords alone', () => {
  it('signs somebody up without any mail, and in again by their username', async () => {
    const { instance, browser } = await open(BY_NAME)
    const sent = server.mails.length
    const done = await browser.post('/client/sign_ups', {
      username: 'Ada_L',
      email_address: 'ada@example.com',
      password: PASSWORD,
    })
    expect(done.body.response).toMatchObject({
      status: 'complete',
      username: 'ada_l',
      email_address: null,
      required_fields: ['username', 'password'],
      unverified_fields: [],
      verifications: { email_address: null },
    })
    const [session] = done.body.client.sessions
    expect(session.public_user_data).toMatchObject({ identifier: 'ada_l', username: 'ada_l' })
    expect(session.user).toMatchObject({ email_addresses: [], primary_email_address_id: null })
    expect(session.user.image_url).toMatch(/\.svg$/)
    expect((await instance.verify(session.last_active_token.jwt)).sub).toBe(session.user.id)
    expect(server.mails).toHaveLength(sent)
    await browser.signOut()

    const found = await browser.post('/client/sign_ins', { identifier: ' ＡDA_l ' })
    expect(found.body.response).toMatchObject({
      identifier: 'ada_l',
      supported_identifiers: ['username'],
      supported_first_factors: [{ strategy: 'password' }],
    })
    const again = await browser.post('/client/sign_ins', {
      identifier: 'ADA_L',
      password: PASSWORD,
    })
    expect(again.body.response.status).toBe('complete')
  })

  it('does not know an address, even one that a user has', async () => {
    const { instance, browser } = await open(BY_NAME)
    const user = { username: 'ada_l', email_address: ['ada@example.com'], password: PASSWORD }
    expect((await instance.call('POST', '/users', user)).status).toBe(200)
    const refused = await browser.post('/client/sign_ins', { identifier: 'ada@example.com' })
    expect(refused.body.errors[0].code).toBe('form_identifier_not_found')
  })

  it('tells pages so', async () => {
    const { browser } = await open({ ...BY_NAME, username_min_length: 2 })
    const { user_settings: settings } = (await browser.get('/environment')).body
    expect(settings.attributes.email_address).toMatchObject({
      enabled: false,
      used_for_first_factor: false,
      verifications: [],
    })
    expect(settings.attributes.username).toMatchObject({
      enabled: true,
      required: true,
      used_for_first_factor: true,
    })
    expect(settings.username_settings).toEqual({ min_length: 2, max_length: 64 })
  })

  it('lets servers create users by username, and by nothing less', async () => {
    const { instance } = await open(BY_NAME)
    const create = (body: object) => instance.call('POST', '/users', body)
    const nameless = await create({ password: PASSWORD })
    expect(nameless.body.errors[0]).toMatchObject({ code: 'form_data_missing' })
    const unnamed = await create({ email_address: ['ada@example.com'], password: PASSWORD })
    expect(unnamed.body.errors[0].meta.param_name).toBe('username')
    const made = await create({ username: 'ada_l', password: PASSWORD })
    expect(made.body).toMatchObject({ username: 'ada_l', email_addresses: [] })
  })
})

describe('a username', () => {
  it.each([
    ['ada lovelace', 'form_username_invalid_character'],
    ['ada@example.com', 'form_username_invalid_character'],
    ['аda_lovelace', 'form_username_invalid_character'],
    ['ada\u0000l', 'form_param_format_invalid'],
    ['ada', 'form_username_invalid_length'],
    ['a'.repeat(65), 'form_username_invalid_length'],
    ['a'.repeat(1024), 'form_param_max_length_exceeded'],
    ['12345', 'form_username_needs_non_number_char'],
    ['１２３４５', 'form_username_needs_non_number_char'],
  ])('cannot be %j, for a browser and for a server alike', async (username, code) => {
    const { instance, browser } = await open({ username: 'optional' })
    const answers = [
      await browser.post('/client/sign_ups', { username }),
      await instance.call('POST', '/users', {
        username,
        email_address: ['ada@example.com'],
        password: PASSWORD,
      }),
    ]
    for (const { status, body } of answers) {
      expect([status, body.errors[0].code]).toEqual([422, code])
      expect(body.errors[0].meta.param_name).toBe('username')
    }
  })

  it('is taken in every spelling, and says so', async () => {
    const { instance, browser } = await open({ username: 'optional' })
    await instance.call('POST', '/users', {
      username: 'ada_l',
      email_address: ['ada@example.com'],
      password: PASSWORD,
    })
    for (const username of ['ada_l', 'ADA_L', 'ａda_l']) {
      const refused = await browser.post('/client/sign_ups', { username })
      expect(refused.body.errors[0]).toMatchObject({
        code: 'form_identifier_exists',
        meta: { param_name: 'username' },
      })
    }
  })

  it('goes to one of fifty who want it at once', async () => {
    const { instance } = await open(BY_NAME)
    const browsers = await Promise.all(Array.from({ length: 50 }, () => instance.openBrowser()))
    const answers = await Promise.all(
      browsers.map((it) => it.post('/client/sign_ups', { username: 'ada_l', password: PASSWORD })),
    )
    const codes = answers.map(({ status, body }) =>
      status === 200 ? body.response.status : body.errors[0].code,
    )
    expect(codes.filter((code) => code === 'complete')).toHaveLength(1)
    expect(codes.filter((code) => code === 'form_identifier_exists')).toHaveLength(49)
    expect((await instance.call('GET', '/users/count')).body.total_count).toBe(1)
  })

  it('is not stored where the instance collects none', async () => {
    const { browser } = await open()
    const created = await browser.post('/client/sign_ups', { username: 'ada_l' })
    expect(created.body.response).toMatchObject({ username: null })
    const unknown = await browser.post('/client/sign_ins', { identifier: 'ada_l' })
    expect(unknown.body.errors[0].code).toBe('form_identifier_not_found')
  })
})

it('wants one name by which somebody can sign in, even where each is optional', async () => {
  const { browser } = await open({ username: 'optional', email_address: 'optional' })
  const created = await browser.post('/client/sign_ups', { password: PASSWORD })
  expect(created.body.response).toMatchObject({
    status: 'missing_requirements',
    missing_fields: ['email_address'],
    optional_fields: ['email_address', 'username', 'first_name', 'last_name'],
  })
  const path = `/client/sign_ups/${created.body.response.id}`
  const done = await browser.post(path, { username: 'ada_l' }, 'PATCH')
  expect(done.body.response).toMatchObject({ status: 'complete', missing_fields: [] })
})

it.each([
  ['optional', 'required'],
  ['optional', 'optional'],
  ['off', 'required'],
] as const)(
  'wants a password of whoever has no address to prove, where addresses are %s and usernames %s',
  async (email_address, username) => {
    const { browser } = await open({ email_address, username, password: 'optional' })
    const created = await browser.post('/client/sign_ups', { username: 'ada_l' })
    expect(created.body.response).toMatchObject({
      status: 'missing_requirements',
      missing_fields: ['password'],
      optional_fields: expect.arrayContaining(['password']),
    })
    const path = `/client/sign_ups/${created.body.response.id}`
    const done = await browser.post(path, { password: PASSWORD }, 'PATCH')
    expect(done.body.response).toMatchObject({ status: 'complete', missing_fields: [] })
  },
)

it('wants no password of whoever has an address beside the username', async () => {
  const { browser } = await open({
    email_address: 'optional',
    username: 'required',
    password: 'optional',
  })
  const created = await browser.post('/client/sign_ups', {
    username: 'ada_l',
    email_address: 'ada@example.com',
  })
  expect(created.body.response).toMatchObject({
    missing_fields: [],
    unverified_fields: ['email_address'],
  })
})
