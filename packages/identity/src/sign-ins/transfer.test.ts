import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { SettingChanges } from '../index.ts'
import { openTestServer, type TestServer } from '../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

const ADA = 'ada@example.com'
const PASSWORD = 'correct horse'

async function open(settings: SettingChanges = {}) {
  const instance = await server.addInstance({ settings })
  return { instance, browser: await instance.openBrowser() }
}

/** Somebody without an account has asked to sign in, and proven their address. */
async function proveUnknown(settings: SettingChanges = {}) {
  const { instance, browser } = await open(settings)
  const created = await browser.post('/client/sign_ins', {
    identifier: ADA,
    sign_up_if_missing: 'true',
  })
  const path = `/client/sign_ins/${created.body.response.id}`
  await browser.post(`${path}/prepare_first_factor`, { strategy: 'email_code' })
  const early = await browser.post('/client/sign_ups', { transfer: 'true' })
  expect(early.body.errors[0]).toMatchObject({
    code: 'form_param_value_invalid',
    meta: { param_name: 'transfer' },
  })
  const attempt = (code: string) =>
    browser.post(`${path}/attempt_first_factor`, { strategy: 'email_code', code })
  const right = await attempt(instance.codeOf(ADA))
  return { instance, browser, created, path, attempt, right }
}

/** Somebody with an account has tried to sign up, and proven their address. */
async function proveTaken(settings: SettingChanges = {}) {
  const { instance, browser } = await open({ enumeration_protection: true, ...settings })
  const user = (await instance.call('POST', '/users', { email_address: [ADA], password: PASSWORD }))
    .body
  const created = await browser.post('/client/sign_ups', {
    email_address: ADA,
    password: 'battery staple',
  })
  const path = `/client/sign_ups/${created.body.response.id}`
  await browser.post(`${path}/prepare_verification`, { strategy: 'email_code' })
  expect((await browser.post('/client/sign_ins', { transfer: 'true' })).status).toBe(422)
  const proven = await browser.post(`${path}/attempt_verification`, {
    strategy: 'email_code',
    code: instance.codeOf(ADA),
  })
  return { instance, browser, user, path, proven }
}

describe('a sign-in that may become a sign-up', () => {
  it.each([false, true])(
    'says after the proof that there is no account, and the sign-up takes the address over (protected: %s)',
    async (isProtected) => {
      const { browser, created, right } = await proveUnknown({
        enumeration_protection: isProtected,
      })
      expect(created.body.response).toMatchObject({ status: 'needs_first_factor', identifier: ADA })
      expect(right.status).toBe(422)
      expect(right.body.errors[0].code).toBe('sign_up_if_missing_transfer')
      expect(right.body.meta.client.sign_in.first_factor_verification).toMatchObject({
        status: 'transferable',
        strategy: 'email_code',
      })

      const taken = await browser.post('/client/sign_ups', { transfer: 'true', locale: 'en-US' })
      expect(taken.body.response).toMatchObject({
        status: 'missing_requirements',
        email_address: ADA,
        unverified_fields: [],
        missing_fields: ['password'],
      })
      expect(taken.body.client.sign_in).toBeNull()
      const path = `/client/sign_ups/${taken.body.response.id}`
      const done = await browser.post(path, { password: PASSWORD }, 'PATCH')
      expect(done.body.response.status).toBe('complete')
      expect(done.body.client.sessions[0].public_user_data.identifier).toBe(ADA)
    },
  )

  it('completes at once where nothing is missing', async () => {
    const { browser } = await proveUnknown({ password: 'optional' })
    const done = await browser.post('/client/sign_ups', { transfer: 'true' })
    expect(done.body.response.status).toBe('complete')
    expect(done.body.client).toMatchObject({ last_authentication_strategy: 'email_code' })
  })

  it('is taken over once of fifty times at once', async () => {
    const { instance, browser } = await proveUnknown({ password: 'optional' })
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => browser.post('/client/sign_ups', { transfer: 'true' })),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect((await instance.call('GET', '/users/count')).body.total_count).toBe(1)
  })

  it('works by link, and says so where the link leads', async () => {
    const { browser } = await open({
      email_verification_strategies: ['email_link'],
      password: 'optional',
    })
    const created = await browser.post('/client/sign_ins', {
      identifier: ADA,
      sign_up_if_missing: 'true',
      strategy: 'email_link',
      redirect_url: '/',
    })
    const link = /\/verify\?token=\S+/.exec(server.mails.at(-1)?.text ?? '')?.[0] ?? ''
    const opened = await browser.get(link)
    expect(opened.headers.get('location')).toContain('__clerk_status=transferable')
    const polled = await browser.get(`/client/sign_ins/${created.body.response.id}`)
    expect(polled.body.response.first_factor_verification.status).toBe('transferable')
    const done = await browser.post('/client/sign_ups', { transfer: 'true' })
    expect(done.body.response.status).toBe('complete')
  })

  it.each([
    ['restricted', 'sign_up_mode_restricted'],
    ['waitlist', 'sign_up_restricted_waitlist'],
  ] as const)('is refused where sign-up is %s', async (sign_up_mode, code) => {
    const { browser } = await open({ sign_up_mode })
    const form = { identifier: ADA, sign_up_if_missing: 'true' }
    const refused = await browser.post('/client/sign_ins', form)
    expect(refused.body.errors[0].code).toBe(code)
  })
})

describe('a sign-up with the address of an account', () => {
  it('is told so by mail, and after the proof a sign-in takes it over', async () => {
    const { browser, user, proven } = await proveTaken()
    expect(server.mails.at(-1)?.text).toContain('which has an account there')
    expect(proven.status).toBe(422)
    expect(proven.body.errors[0]).toMatchObject({
      code: 'form_identifier_exists',
      meta: { param_name: 'email_address' },
    })
    expect(proven.body.meta.client.sign_up.verifications.email_address.status).toBe('transferable')

    const done = await browser.post('/client/sign_ins', { transfer: 'true' })
    expect(done.body.response).toMatchObject({ status: 'complete', identifier: ADA })
    expect(done.body.client).toMatchObject({ sign_in: null, sign_up: null })
    expect(done.body.client.sessions[0].user.id).toBe(user.id)
  })

  it('changes nothing of the account: the password that was typed is nobody’s', async () => {
    const { instance, browser } = await proveTaken()
    await browser.post('/client/sign_ins', { transfer: 'true' })
    const other = await instance.openBrowser()
    const refused = await other.post('/client/sign_ins', {
      identifier: ADA,
      password: 'battery staple',
    })
    expect(refused.body.errors[0].code).toBe('form_password_incorrect')
  })

  it('is taken over once of fifty times at once, by no other browser, and by no barred user', async () => {
    const { instance, browser, user } = await proveTaken({ single_session_mode: false })
    const transfer = (it = browser) => it.post('/client/sign_ins', { transfer: 'true' })
    const other = await instance.openBrowser()
    await other.post('/client', {}, 'PUT')
    expect((await transfer(other)).status).toBe(422)
    await instance.call('POST', `/users/${user.id}/ban`)
    expect((await transfer()).body.errors[0].code).toBe('user_banned')
    await instance.call('POST', `/users/${user.id}/unban`)
    const answers = await Promise.all(Array.from({ length: 50 }, () => transfer()))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect((await browser.client())?.sessions).toHaveLength(1)
  })
})

it('clears the other attempt when one begins, but not when one is reset', async () => {
  const { instance, browser } = await open()
  await instance.call('POST', '/users', { email_address: [ADA], password: PASSWORD })
  await browser.post('/client/sign_ups', { email_address: 'eve@example.com' })
  await browser.post('/client/sign_ins', { locale: 'en-US' })
  expect(await browser.client()).toMatchObject({ sign_up: { status: 'missing_requirements' } })
  await browser.post('/client/sign_ins', { identifier: ADA })
  expect(await browser.client()).toMatchObject({ sign_up: null })
  await browser.post('/client/sign_ups', {})
  expect(await browser.client()).toMatchObject({ sign_in: { identifier: ADA } })
  await browser.post('/client/sign_ups', { email_address: 'eve@example.com' })
  expect(await browser.client()).toMatchObject({ sign_in: null })
})

it('names the session of a user who is signed in already, where several are allowed', async () => {
  const { instance, browser } = await open({ single_session_mode: false })
  await instance.call('POST', '/users', { email_address: [ADA], password: PASSWORD })
  const form = { identifier: ADA, password: PASSWORD }
  const done = await browser.post('/client/sign_ins', form)
  for (const again of [form, { identifier: ADA }]) {
    const refused = await browser.post('/client/sign_ins', again)
    expect(refused.status).toBe(400)
    expect(refused.body.errors[0]).toMatchObject({
      code: 'identifier_already_signed_in',
      meta: { session_id: done.body.response.created_session_id },
    })
  }
  expect((await browser.post('/client/sign_ins', { locale: 'en-US' })).status).toBe(200)
})

it('is refused for what it is in a browser that nobody knows yet', async () => {
  for (const type of ['development', 'production'] as const) {
    const instance = await server.addInstance({ type })
    for (const path of ['/client/sign_ins', '/client/sign_ups']) {
      const browser = await instance.openBrowser()
      const refused = await browser.post(path, { transfer: 'true' })
      expect(refused.status).toBe(422)
      expect(refused.body.errors[0]).toMatchObject({
        code: 'form_param_value_invalid',
        meta: { param_name: 'transfer' },
      })
    }
  }
})
