import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { openTestServer, type TestInstance, type TestServer } from '../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

const ADA = 'ada@example.com'
const PASSWORD = 'correct horse'

async function withUser(settings = {}, type: 'development' | 'production' = 'development') {
  const instance = await server.addInstance({ settings, type })
  const user = (
    await instance.call('POST', '/users', {
      email_address: [ADA],
      password: PASSWORD,
      first_name: 'Ada',
    })
  ).body
  return { instance, user, browser: await instance.openBrowser() }
}

const statusOf = async (instance: TestInstance, userId: string) =>
  (await instance.call('GET', `/users/${userId}`)).body

describe('signing in with a password', () => {
  it('names the factors first, then completes and hands the session over', async () => {
    const { instance, user, browser } = await withUser()
    const created = await browser.post('/client/sign_ins', { identifier: ADA, locale: 'en-US' })
    expect(created.body.response).toMatchObject({
      object: 'sign_in',
      status: 'needs_first_factor',
      identifier: ADA,
      user_data: { first_name: 'Ada' },
      first_factor_verification: null,
    })
    expect(
      created.body.response.supported_first_factors.map((it: { strategy: string }) => it.strategy),
    ).toEqual(['password', 'email_code', 'reset_password_email_code'])

    const done = await browser.post(
      `/client/sign_ins/${created.body.response.id}/attempt_first_factor`,
      { strategy: 'password', password: PASSWORD },
    )
    expect(done.body.response).toMatchObject({
      status: 'complete',
      first_factor_verification: { status: 'verified', strategy: 'password' },
    })
    expect(done.body.client).toMatchObject({
      sign_in: null,
      last_active_session_id: done.body.response.created_session_id,
      last_authentication_strategy: 'password',
    })
    const [session] = done.body.client.sessions
    const claims = await instance.verify(session.last_active_token.jwt)
    expect(claims.sub).toBe(user.id)
  })

  it('takes identifier and password in one request, without a strategy', async () => {
    const { browser } = await withUser()
    const done = await browser.post('/client/sign_ins', { identifier: ADA, password: PASSWORD })
    expect(done.body.response.status).toBe('complete')
  })

  it('finds the address however it is written', async () => {
    const { browser } = await withUser()
    const done = await browser.post('/client/sign_ins', {
      identifier: ' ADA＠Example.com ',
      password: PASSWORD,
    })
    expect(done.body.response.status).toBe('complete')
  })

  it('refuses a wrong password and leaves the sign-in open', async () => {
    const { browser } = await withUser()
    const refused = await browser.post('/client/sign_ins', {
      identifier: ADA,
      password: 'wrong!!!',
    })
    expect(refused.status).toBe(422)
    expect(refused.body.errors[0]).toMatchObject({
      code: 'form_password_incorrect',
      meta: { param_name: 'password' },
    })
    expect(refused.body.meta.client.sign_in.status).toBe('needs_first_factor')
    expect(refused.body.meta.client.sessions).toEqual([])
  })

  it('does not know an address that nobody has', async () => {
    const { browser } = await withUser()
    const refused = await browser.post('/client/sign_ins', { identifier: 'eve@example.com' })
    expect(refused.body.errors[0]).toMatchObject({
      code: 'form_identifier_not_found',
      meta: { param_name: 'identifier' },
    })
  })

  it('locks the user after too many wrong passwords, however parallel, and until the time is over', async () => {
    const { instance, user, browser } = await withUser({ lockout_attempts: 5 })
    const guess = (password: string) =>
      browser.post('/client/sign_ins', { identifier: ADA, password })
    const answers = await Promise.all(Array.from({ length: 20 }, () => guess('wrong!!!')))
    const codes = answers.map(({ body }) => body.errors[0].code)
    expect(codes.filter((code) => code === 'form_password_incorrect')).toHaveLength(5)
    expect(codes.filter((code) => code === 'user_locked')).toHaveLength(15)
    expect((await guess(PASSWORD)).status).toBe(423)
    expect(await statusOf(instance, user.id)).toMatchObject({
      locked: true,
      lockout_expires_in_seconds: 3600,
      verification_attempts_remaining: 0,
    })

    server.advance(3_600_000)
    expect((await guess(PASSWORD)).body.response.status).toBe('complete')
    expect((await statusOf(instance, user.id)).locked).toBe(false)
  })

  it('refuses a banned user and one whom an administrator has locked', async () => {
    const { instance, user, browser } = await withUser()
    const signIn = () => browser.post('/client/sign_ins', { identifier: ADA, password: PASSWORD })
    await instance.call('POST', `/users/${user.id}/ban`)
    expect((await signIn()).body.errors[0].code).toBe('user_banned')
    await instance.call('POST', `/users/${user.id}/unban`)
    await instance.call('POST', `/users/${user.id}/lock`)
    expect((await signIn()).body.errors[0].code).toBe('user_locked')
    await instance.call('POST', `/users/${user.id}/unlock`)
    expect((await signIn()).body.response.status).toBe('complete')
  })
})

async function start() {
  const { instance, browser, user } = await withUser()
  const created = await browser.post('/client/sign_ins', { identifier: ADA })
  const path = `/client/sign_ins/${created.body.response.id}`
  const { email_address_id: id } = created.body.response.supported_first_factors[1]
  const prepare = () =>
    browser.post(`${path}/prepare_first_factor`, { strategy: 'email_code', email_address_id: id })
  const attempt = (code: string) =>
    browser.post(`${path}/attempt_first_factor`, { strategy: 'email_code', code })
  return { instance, browser, user, path, prepare, attempt }
}

describe('a user who changes while the password is being checked', () => {
  type Change = (id: string) => readonly [method: string, path: string, body?: object]
  const changes: readonly (readonly [how: string, change: Change, code: string])[] = [
    ['banned', (id) => ['POST', `/users/${id}/ban`], 'user_banned'],
    [
      'given another password',
      (id) => ['PATCH', `/users/${id}`, { password: 'battery staple' }],
      'form_password_incorrect',
    ],
    ['deleted', (id) => ['DELETE', `/users/${id}`], 'resource_not_found'],
  ]

  it.each(changes)('to one who is %s is not signed in', async (_how, change, code) => {
    const { instance, user, browser } = await withUser()
    server.duringVerify = () => {
      server.duringVerify = null
      const [method, path, body] = change(user.id)
      return instance.call(method, path, body)
    }
    const refused = await browser.post('/client/sign_ins', { identifier: ADA, password: PASSWORD })
    expect(refused.body.errors[0].code).toBe(code)
    expect((await browser.client())?.sessions).toEqual([])
  })
})

describe('the last attempt that is left', () => {
  it('signs in when it is right', async () => {
    const { browser } = await withUser({ lockout_attempts: 2 })
    const guess = (password: string) =>
      browser.post('/client/sign_ins', { identifier: ADA, password })
    expect((await guess('wrong!!!')).status).toBe(422)
    expect((await guess(PASSWORD)).body.response.status).toBe('complete')
    await browser.signOut()
    expect((await guess('wrong!!!')).body.errors[0].code).toBe('form_password_incorrect')
  })
})

describe('signing in with a code', () => {
  it('completes with the right code', async () => {
    const { instance, prepare, attempt } = await start()
    const prepared = await prepare()
    expect(prepared.body.response).toMatchObject({
      status: 'needs_first_factor',
      first_factor_verification: { status: 'unverified', strategy: 'email_code', attempts: 0 },
    })
    const done = await attempt(instance.codeOf(ADA))
    expect(done.body.response).toMatchObject({
      status: 'complete',
      first_factor_verification: { status: 'verified', strategy: 'email_code' },
    })
  })

  it('creates and sends in one request when the strategy is named', async () => {
    const { browser } = await withUser()
    const sent = server.mails.length
    const created = await browser.post('/client/sign_ins', {
      identifier: ADA,
      strategy: 'email_code',
    })
    expect(created.body.response.first_factor_verification.status).toBe('unverified')
    expect(server.mails).toHaveLength(sent + 1)
  })

  it('lets exactly one of fifty requests with the right code through', async () => {
    const { instance, browser, prepare, attempt } = await start()
    await prepare()
    const code = instance.codeOf(ADA)
    const answers = await Promise.all(Array.from({ length: 50 }, () => attempt(code)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect((await browser.client())?.sessions).toHaveLength(1)
  })

  it('takes no code before one was sent', async () => {
    const { attempt } = await start()
    expect((await attempt('123456')).body.errors[0].code).toBe('verification_missing')
  })

  it('takes no code that was sent for another purpose', async () => {
    const { instance, browser, path, attempt } = await start()
    await browser.post(`${path}/prepare_first_factor`, { strategy: 'reset_password_email_code' })
    const refused = await attempt(instance.codeOf(ADA))
    expect(refused.body.errors[0].code).toBe('verification_missing')
  })

  it('takes the code in no other browser', async () => {
    const { instance, prepare, path } = await start()
    await prepare()
    const other = await instance.openBrowser()
    await other.post('/client', {}, 'PUT')
    const stolen = await other.post(`${path}/attempt_first_factor`, {
      strategy: 'email_code',
      code: instance.codeOf(ADA),
    })
    expect(stolen.status).toBe(404)
  })

  it('refuses to send to an address that is not the user’s', async () => {
    const { browser, path } = await start()
    const refused = await browser.post(`${path}/prepare_first_factor`, {
      strategy: 'email_code',
      email_address_id: 'idn_of_somebody_else',
    })
    expect(refused.body.errors[0].code).toBe('form_param_value_invalid')
  })
})

async function proveAddress(settings = {}) {
  const { instance, user, browser } = await withUser(settings)
  const created = await browser.post('/client/sign_ins', { identifier: ADA })
  const path = `/client/sign_ins/${created.body.response.id}`
  await browser.post(`${path}/prepare_first_factor`, { strategy: 'reset_password_email_code' })
  const proven = await browser.post(`${path}/attempt_first_factor`, {
    strategy: 'reset_password_email_code',
    code: instance.codeOf(ADA),
  })
  return { instance, user, browser, path, proven }
}

describe('a forgotten password', () => {
  it('is replaced after a code, which ends the other sessions', async () => {
    const { instance, browser, path, proven } = await proveAddress()
    expect(proven.body.response.status).toBe('needs_new_password')
    expect(proven.body.client.sessions).toEqual([])
    const elsewhere = await instance.openBrowser()
    await elsewhere.post('/client/sign_ins', { identifier: ADA, password: PASSWORD })

    const done = await browser.post(`${path}/reset_password`, {
      password: 'battery staple',
      sign_out_of_other_sessions: 'true',
    })
    expect(done.body.response.status).toBe('complete')
    expect((await elsewhere.client())?.sessions).toEqual([])
    await elsewhere.signOut()
    const old = await elsewhere.post('/client/sign_ins', { identifier: ADA, password: PASSWORD })
    expect(old.body.errors[0].code).toBe('form_password_incorrect')
    const fresh = await elsewhere.post('/client/sign_ins', {
      identifier: ADA,
      password: 'battery staple',
    })
    expect(fresh.body.response.status).toBe('complete')
  })

  it('is told of by mail, and stays changed if the mail cannot be sent', async () => {
    for (const isAway of [false, true]) {
      const { browser, path } = await proveAddress()
      const sent = server.mails.length
      server.failMail = isAway
      const done = await browser.post(`${path}/reset_password`, { password: 'battery staple' })
      server.failMail = false
      expect(done.body.response.status).toBe('complete')
      expect(server.mails.slice(sent).map(({ to, subject }) => [to, subject])).toEqual(
        isAway ? [] : [[ADA, 'Your Core password was changed']],
      )
    }
  })

  it('has to be replaced once others may know it, by one that they do not', async () => {
    const { instance, user, browser } = await withUser()
    await instance.call('POST', `/users/${user.id}/password/set_compromised`)
    const form = { identifier: ADA, password: PASSWORD }
    const found = await browser.post('/client/sign_ins', form)
    expect(found.body.response).toMatchObject({
      status: 'needs_new_password',
      created_session_id: null,
      first_factor_verification: { status: 'verified', strategy: 'password' },
    })
    expect(found.body.client.sessions).toEqual([])
    const path = `/client/sign_ins/${found.body.response.id}/reset_password`
    const same = await browser.post(path, { password: PASSWORD })
    expect(same.body.errors[0]).toMatchObject({
      code: 'form_new_password_matches_current',
      meta: { param_name: 'password' },
    })
    const done = await browser.post(path, { password: 'battery staple' })
    expect(done.body.response.status).toBe('complete')
    expect(done.body.client.last_authentication_strategy).toBe('password')
    await browser.signOut()
    const again = await browser.post('/client/sign_ins', {
      identifier: ADA,
      password: 'battery staple',
    })
    expect(again.body.response.status).toBe('complete')
  })

  it('cannot be replaced without the code, nor twice', async () => {
    const { browser } = await withUser()
    const created = await browser.post('/client/sign_ins', { identifier: ADA })
    const refused = await browser.post(
      `/client/sign_ins/${created.body.response.id}/reset_password`,
      { password: 'battery staple' },
    )
    expect(refused.body.errors[0].code).toBe('verification_missing')

    const second = await proveAddress()
    const reset = () =>
      second.browser.post(`${second.path}/reset_password`, { password: 'battery staple' })
    const answers = await Promise.all([reset(), reset()])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 422])
  })
})

describe('a sign-in attempt', () => {
  it('is reset by an empty request', async () => {
    const { browser } = await withUser()
    const first = await browser.post('/client/sign_ins', { identifier: ADA })
    const reset = await browser.post('/client/sign_ins', { locale: 'en-US' })
    expect(reset.body.response).toMatchObject({ status: 'needs_identifier', identifier: null })
    expect(reset.body.response.id).not.toBe(first.body.response.id)
  })

  it('is refused while somebody is signed in, where one session is the limit', async () => {
    const { browser } = await withUser()
    await browser.post('/client/sign_ins', { identifier: ADA, password: PASSWORD })
    const refused = await browser.post('/client/sign_ins', { identifier: ADA, password: PASSWORD })
    expect(refused.status).toBe(400)
    expect(refused.body.errors[0].code).toBe('session_exists')
  })

  it('says that somebody is signed in before it says that nobody is called so', async () => {
    const { browser } = await withUser()
    const signedIn = await browser.post('/client/sign_ins', { identifier: ADA, password: PASSWORD })
    for (const form of [{}, { password: PASSWORD }, { strategy: 'email_code' }]) {
      const second = await browser.post('/client/sign_ins', {
        identifier: 'nobody@example.com',
        ...form,
      })
      expect(second.body.errors[0]).toMatchObject({
        code: 'session_exists',
        meta: { session_id: signedIn.body.response.created_session_id },
      })
    }
  })

  it('adds a session where several are allowed', async () => {
    const { instance, browser } = await withUser({ single_session_mode: false })
    await instance.call('POST', '/users', {
      email_address: ['eve@example.com'],
      password: PASSWORD,
    })
    await browser.post('/client/sign_ins', { identifier: ADA, password: PASSWORD })
    const done = await browser.post('/client/sign_ins', {
      identifier: 'eve@example.com',
      password: PASSWORD,
    })
    expect(done.body.client.sessions).toHaveLength(2)
  })

  it.each(['__proto__', 'constructor', 'toString', 'oauth_google', 'EMAIL_CODE'])(
    'knows no strategy %s',
    async (strategy) => {
      const { browser } = await withUser()
      const begun = await browser.post('/client/sign_ins', { strategy })
      expect(begun.body.errors[0]).toMatchObject({
        code: 'form_param_value_invalid',
        meta: { param_name: 'strategy' },
      })
      const created = await browser.post('/client/sign_ins', { identifier: ADA })
      for (const action of ['prepare_first_factor', 'attempt_first_factor']) {
        const refused = await browser.post(
          `/client/sign_ins/${created.body.response.id}/${action}`,
          { strategy },
        )
        expect(refused.body.errors[0].code).toBe('form_param_value_invalid')
      }
    },
  )

  it('masks the addresses that were not typed', async () => {
    const { instance, browser } = await withUser()
    await instance.call('POST', '/users', {
      email_address: ['grace@example.com', 'hidden@example.com'],
      password: PASSWORD,
    })
    const created = await browser.post('/client/sign_ins', { identifier: 'grace@example.com' })
    const shown = created.body.response.supported_first_factors.flatMap(
      (it: { safe_identifier?: string }) => it.safe_identifier ?? [],
    )
    expect(new Set(shown)).toEqual(new Set(['grace@example.com', 'h***@example.com']))
  })
})

describe('the client token of a production browser', () => {
  it('changes when somebody signs in, and the old one is worthless', async () => {
    const { browser } = await withUser({}, 'production')
    const created = await browser.post('/client/sign_ins', { identifier: ADA })
    const before = browser.clientToken
    expect(created.cookies.find((it) => it.startsWith('__client='))).toMatch(
      /; HttpOnly.*; Secure; SameSite=Lax$/,
    )
    const done = await browser.post(
      `/client/sign_ins/${created.body.response.id}/attempt_first_factor`,
      { strategy: 'password', password: PASSWORD },
    )
    expect(browser.clientToken).not.toBe(before)
    const uat = Math.floor(done.body.client.updated_at / 1000)
    const names = done.cookies.map((cookie) => cookie.split(';')[0])
    expect(names).toContain(`__client_uat=${uat}`)
    expect(names.filter((name) => /^__client_uat_.{8}=/.test(name ?? ''))).toHaveLength(1)

    browser.cookies.set('__client', before ?? '')
    expect(await browser.client()).toBeNull()
  })
})
