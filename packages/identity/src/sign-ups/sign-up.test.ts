import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { openTestServer, type TestServer } from '../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

const ADA = 'ada@example.com'

async function startSignUp(settings = {}) {
  const instance = await server.addInstance({ settings })
  const browser = await instance.openBrowser()
  const created = await browser.post('/client/sign_ups', {
    email_address: ADA,
    password: 'correct horse',
    first_name: '',
    last_name: '',
    unsafe_metadata: '{"camelCase":{"deep":1}}',
    locale: 'en-US',
  })
  const path = `/client/sign_ups/${created.body.response.id}`
  const prepare = () => browser.post(`${path}/prepare_verification`, { strategy: 'email_code' })
  const attempt = (code: string) =>
    browser.post(`${path}/attempt_verification`, { strategy: 'email_code', code })
  return { instance, browser, created, path, prepare, attempt }
}

describe('a sign-up with e-mail address and password', () => {
  it('asks for the code, then ends in a session that the browser has', async () => {
    const { instance, browser, created, prepare, attempt } = await startSignUp()

    expect(created.body.response).toMatchObject({
      object: 'sign_up',
      status: 'missing_requirements',
      missing_fields: [],
      unverified_fields: ['email_address'],
      has_password: true,
      first_name: null,
      verifications: { email_address: { strategy: null, next_action: 'needs_prepare' } },
    })
    expect(created.body.client.sign_up.id).toBe(created.body.response.id)

    const prepared = await prepare()
    expect(prepared.body.response.verifications.email_address).toMatchObject({
      status: 'unverified',
      strategy: 'email_code',
      attempts: 0,
      next_action: 'needs_attempt',
    })

    const done = await attempt(instance.codeOf(ADA))
    expect(done.status).toBe(200)
    expect(done.body.response).toMatchObject({ status: 'complete', missing_fields: [] })
    const [session] = done.body.client.sessions
    expect(done.body.client).toMatchObject({ sign_up: null, last_active_session_id: session.id })
    expect(session).toMatchObject({
      id: done.body.response.created_session_id,
      status: 'active',
      factor_verification_age: [0, -1],
      user: {
        id: done.body.response.created_user_id,
        unsafe_metadata: { camelCase: { deep: 1 } },
        password_enabled: true,
        email_addresses: [{ email_address: ADA, verification: { status: 'verified' } }],
      },
      public_user_data: { identifier: ADA },
    })
    expect(session.user.private_metadata).toBeUndefined()
    expect(session.user.image_url).toMatch(/^http:\/\/.+\.svg$/)
    const claims = await instance.verify(session.last_active_token.jwt)
    expect(claims).toMatchObject({ sub: session.user.id, sid: session.id, azp: browser.origin })
    expect((await browser.get('/me')).body.response.id).toBe(session.user.id)
  })

  it('writes every member of a verification at every step, null where there is nothing', async () => {
    const { instance, created, prepare, attempt } = await startSignUp()
    const prepared = await prepare()
    const done = await attempt(instance.codeOf(ADA))
    const steps = [created, prepared, done].map(
      ({ body }) => body.response.verifications.email_address,
    )
    const [session] = done.body.client.sessions
    for (const it of [...steps, session.user.email_addresses[0].verification]) {
      expect(Object.keys(it)).toEqual(
        expect.arrayContaining([
          'object',
          'status',
          'strategy',
          'attempts',
          'expire_at',
          'verified_at_client',
          'error',
        ]),
      )
    }
  })

  it('puts the code on a line of its own in the mail', async () => {
    const { prepare } = await startSignUp()
    await prepare()
    const mail = server.mails.at(-1)
    expect(mail?.text.split('\n')).toContain(mail?.code)
    expect(mail?.code).toMatch(/^\d{6}$/)
  })

  it('sends one code when asked twice in a row, and a new one after a while', async () => {
    const { instance, prepare, attempt } = await startSignUp()
    await prepare()
    const first = instance.codeOf(ADA)
    const sent = server.mails.length
    await Promise.all([prepare(), prepare()])
    expect(server.mails).toHaveLength(sent)

    server.advance(31_000)
    await prepare()
    expect(server.mails).toHaveLength(sent + 1)
    const second = instance.codeOf(ADA)
    // One time in a million both are the same.
    expect((await attempt(first)).status).toBe(first === second ? 200 : 422)
    expect((await attempt(second)).body.response.status).toBe('complete')
  })

  it('sends again at once if the mail could not be handed over', async () => {
    const { prepare } = await startSignUp()
    server.failMail = true
    const failed = await prepare().finally(() => {
      server.failMail = false
    })
    expect(failed.status).toBe(503)
    expect(failed.headers.get('retry-after')).toBe('5')
    const sent = server.mails.length
    expect((await prepare()).status).toBe(200)
    expect(server.mails).toHaveLength(sent + 1)
  })

  it('refuses a wrong code, counts it, and says so in the client it sends along', async () => {
    const { instance, prepare, attempt } = await startSignUp()
    await prepare()
    const wrong = instance.codeOf(ADA) === '000000' ? '000001' : '000000'
    const refused = await attempt(wrong)
    expect(refused.status).toBe(422)
    expect(refused.body.errors[0]).toMatchObject({
      code: 'form_code_incorrect',
      meta: { param_name: 'code' },
    })
    expect(refused.body.clerk_trace_id).toMatch(/^[0-9a-f]{32}$/)
    expect(refused.body.meta.client.sign_up.verifications.email_address.attempts).toBe(1)
  })

  it('takes no further code after too many wrong ones, not even the right one', async () => {
    const { instance, prepare, attempt } = await startSignUp({ code_max_attempts: 3 })
    await prepare()
    const code = instance.codeOf(ADA)
    const wrong = code === '000000' ? '000001' : '000000'
    const codes = []
    for (let i = 0; i < 3; i++) codes.push((await attempt(wrong)).body.errors[0].code)
    expect(codes).toEqual(['form_code_incorrect', 'form_code_incorrect', 'verification_failed'])
    expect((await attempt(code)).body.errors[0].code).toBe('verification_failed')
  })

  it('refuses a code after its time', async () => {
    const { instance, prepare, attempt } = await startSignUp()
    await prepare()
    server.advance(600_000)
    const refused = await attempt(instance.codeOf(ADA))
    expect(refused.body.errors[0].code).toBe('verification_expired')
    expect(refused.body.meta.client.sign_up.verifications.email_address.status).toBe('expired')
  })

  it('lets exactly one of fifty requests with the right code through', async () => {
    const { instance, browser, prepare, attempt } = await startSignUp()
    await prepare()
    const code = instance.codeOf(ADA)
    const answers = await Promise.all(Array.from({ length: 50 }, () => attempt(code)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect((await browser.client())?.sessions).toHaveLength(1)
    expect((await instance.call('GET', '/users/count')).body.total_count).toBe(1)
  })

  it('counts each of fifty wrong codes sent at once', async () => {
    const { instance, prepare, attempt } = await startSignUp({ code_max_attempts: 5 })
    await prepare()
    const code = instance.codeOf(ADA)
    const guesses = Array.from({ length: 50 }, (_, i) => String(i).padStart(6, '0'))
    await Promise.all(guesses.filter((guess) => guess !== code).map(attempt))
    expect((await attempt(code)).body.errors[0].code).toBe('verification_failed')
  })

  it('gives an address to one user when two browsers prove it at once', async () => {
    const instance = await server.addInstance()
    const attempts = []
    for (let i = 0; i < 2; i++) {
      const browser = await instance.openBrowser()
      const created = await browser.post('/client/sign_ups', {
        email_address: ADA,
        password: 'correct horse',
      })
      const path = `/client/sign_ups/${created.body.response.id}`
      await browser.post(`${path}/prepare_verification`, { strategy: 'email_code' })
      const code = instance.codeOf(ADA)
      attempts.push(() =>
        browser.post(`${path}/attempt_verification`, { strategy: 'email_code', code }),
      )
    }
    const answers = await Promise.all(attempts.map((attempt) => attempt()))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 422])
    const loser = answers.find(({ status }) => status === 422)
    expect(loser?.body.errors[0].code).toBe('form_identifier_exists')
    expect((await instance.call('GET', '/users/count')).body.total_count).toBe(1)
  })

  it('bounds the codes one address is sent in an hour, whoever asks', async () => {
    const instance = await server.addInstance({ settings: { codes_per_address_and_hour: 2 } })
    const statuses = []
    for (let i = 0; i < 3; i++) {
      const browser = await instance.openBrowser()
      const created = await browser.post('/client/sign_ups', { email_address: ADA })
      const path = `/client/sign_ups/${created.body.response.id}`
      const prepared = await browser.post(`${path}/prepare_verification`, {
        strategy: 'email_code',
      })
      statuses.push(prepared.status)
    }
    expect(statuses).toEqual([200, 200, 429])
  })
})

describe('what a sign-up collects', () => {
  it('says what is missing, and completes when the last piece arrives', async () => {
    const instance = await server.addInstance({ settings: { first_name: 'required' } })
    const browser = await instance.openBrowser()
    const created = await browser.post('/client/sign_ups', { email_address: ADA })
    expect(created.body.response.missing_fields).toEqual(['password', 'first_name'])
    const path = `/client/sign_ups/${created.body.response.id}`
    await browser.post(`${path}/prepare_verification`, { strategy: 'email_code' })
    const verified = await browser.post(`${path}/attempt_verification`, {
      strategy: 'email_code',
      code: instance.codeOf(ADA),
    })
    expect(verified.body.response).toMatchObject({
      status: 'missing_requirements',
      unverified_fields: [],
    })
    const done = await browser.post(path, { password: 'correct horse', first_name: 'Ada' }, 'PATCH')
    expect(done.body.response.status).toBe('complete')
    expect(done.body.client.sessions[0].user.first_name).toBe('Ada')
  })

  it('wants a new proof when the address changes', async () => {
    const { instance, browser, path, prepare, attempt } = await startSignUp()
    await prepare()
    const code = instance.codeOf(ADA)
    const moved = await browser.post(path, { email_address: 'eve@example.com' }, 'PATCH')
    expect(moved.body.response.verifications.email_address.strategy).toBeNull()
    expect((await attempt(code)).status).toBe(422)
  })

  it('refuses an address that a user has proven', async () => {
    const instance = await server.addInstance()
    await (await instance.openBrowser()).signUp(ADA)
    const browser = await instance.openBrowser()
    for (const email_address of ['ADA@example.com', ' ada＠example.com ', 'ada@ｅxample.com']) {
      const refused = await browser.post('/client/sign_ups', { email_address })
      expect(refused.status).toBe(422)
      expect(refused.body.errors[0]).toMatchObject({
        code: 'form_identifier_exists',
        meta: { param_name: 'email_address' },
      })
    }
  })

  it.each([
    'a@b.com,c@d.com',
    'a@b.com;c@d.com',
    'a@b.com\r\nBcc: eve@example.com',
    'a+1@',
    '"a b"@c.com',
    'a@b.com\0',
    `${'a'.repeat(1024)}@b.com`,
  ])('sends nothing to %j, and knows nobody by it', async (address) => {
    const browser = await (await server.addInstance()).openBrowser()
    const sent = server.mails.length
    const refusals = [
      await browser.post('/client/sign_ups', { email_address: address }),
      await browser.post('/client/sign_ins', { identifier: address, strategy: 'email_code' }),
    ]
    expect(refusals.map(({ status }) => status)).toEqual([422, 422])
    expect(server.mails).toHaveLength(sent)
  })

  it.each([
    ['seven characters', 'seven77', 'form_password_length_too_short'],
    ['73 characters', 'x'.repeat(73), 'form_password_length_too_long'],
    ['4 KB', 'x'.repeat(4096), 'form_password_length_too_long'],
  ])('refuses a password of %s', async (_name, password, code) => {
    const browser = await (await server.addInstance()).openBrowser()
    const refused = await browser.post('/client/sign_ups', { email_address: ADA, password })
    expect(refused.body.errors[0]).toMatchObject({ code, meta: { param_name: 'password' } })
  })

  it('refuses everybody where sign-up is restricted', async () => {
    const instance = await server.addInstance({ settings: { sign_up_mode: 'restricted' } })
    const refused = await (
      await instance.openBrowser()
    ).post('/client/sign_ups', { email_address: ADA })
    expect(refused.body.errors[0].code).toBe('sign_up_mode_restricted')
  })

  it('sends nothing to a test address, whose code is known, in development only', async () => {
    const address = 'ada+clerk_test@example.com'
    for (const type of ['development', 'production'] as const) {
      const instance = await server.addInstance({ type })
      const browser = await instance.openBrowser()
      const sent = server.mails.length
      const created = await browser.post('/client/sign_ups', {
        email_address: address,
        password: 'correct horse',
      })
      const path = `/client/sign_ups/${created.body.response.id}`
      await browser.post(`${path}/prepare_verification`, { strategy: 'email_code' })
      expect(server.mails.length - sent).toBe(type === 'development' ? 0 : 1)
      if (type === 'production' && instance.codeOf(address) === '424242') continue
      const done = await browser.post(`${path}/attempt_verification`, {
        strategy: 'email_code',
        code: '424242',
      })
      expect(done.status).toBe(type === 'development' ? 200 : 422)
    }
  })
})

it('refuses to begin while somebody is signed in, but lets an empty reset pass', async () => {
  const browser = await (await server.addInstance()).openBrowser()
  await browser.signUp(ADA)
  const refused = await browser.post('/client/sign_ups', { email_address: 'eve@example.com' })
  expect(refused.body.errors[0].code).toBe('session_exists')
  expect((await browser.post('/client/sign_ups', { locale: 'en-US' })).status).toBe(200)
})

it('lets an empty reset pass where sign-up is restricted, but nothing that comes after it', async () => {
  const instance = await server.addInstance({ settings: { sign_up_mode: 'restricted' } })
  const browser = await instance.openBrowser()
  const created = await browser.post('/client/sign_ups', { locale: 'en-US' })
  expect(created.status).toBe(200)
  const path = `/client/sign_ups/${created.body.response.id}`
  const refused = await browser.post(path, { email_address: ADA, password: 'x'.repeat(9) }, 'PATCH')
  expect(refused.body.errors[0].code).toBe('sign_up_mode_restricted')
  expect(refused.body.meta.client.sign_up.email_address).toBeNull()
})

it('says of a sign-up that nobody went on with that it is abandoned', async () => {
  const { browser, path, prepare } = await startSignUp({ attempt_lifetime: 60 })
  server.advance(60_000)
  expect((await browser.get(path)).body.response.status).toBe('abandoned')
  expect((await browser.client())?.sign_up).toBeNull()
  expect((await prepare()).body.errors[0].code).toBe('resource_not_found')
})

it('shows a sign-up to no other browser', async () => {
  const { instance, path } = await startSignUp()
  const other = await instance.openBrowser()
  await other.post('/client', {}, 'PUT')
  expect((await other.get(path)).status).toBe(404)
  expect((await other.post(path, { first_name: 'Eve' }, 'PATCH')).status).toBe(404)
})
