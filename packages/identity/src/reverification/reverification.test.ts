import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { SettingChanges } from '../index.ts'
import { codeOf, signUp } from '../testing/organizations.ts'
import { openTestServer, type TestServer } from '../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

async function open(settings: SettingChanges = {}) {
  const instance = await server.addInstance({ settings: { reverification: true, ...settings } })
  const person = await signUp(instance, 'ada')
  const { browser, sessionId } = person
  const verify = (action: string, form: Readonly<Record<string, string>>) =>
    browser.post(`/client/sessions/${sessionId}/verify${action}`, form)
  const begin = (level = 'second_factor') => verify('', { level })
  const attempt = (form: Readonly<Record<string, string>>) => verify('/attempt_first_factor', form)
  const fva = async () => {
    const { body } = await browser.post(`/client/sessions/${sessionId}/touch`)
    return (await instance.verify(body.response.last_active_token.jwt))['fva']
  }
  return { ...person, instance, verify, begin, attempt, fva }
}

const PASSWORD = { strategy: 'password', password: 'correct horse' }

describe('proving once more who is signed in', () => {
  it('is announced to pages', async () => {
    const { browser } = await open()
    expect((await browser.get('/environment')).body.auth_config.reverification).toBe(true)
  })

  it('takes the password, renews the age that tokens tell, and opens what was closed', async () => {
    const { browser, begin, attempt, fva } = await open()
    server.advance(11 * 60_000)
    const change = () => browser.post('/me/change_password', { new_password: 'battery staple' })
    expect(codeOf(await change())).toBe('session_reverification_required')
    const begun = await begin()
    expect(begun.body.response).toMatchObject({
      object: 'session_verification',
      status: 'needs_first_factor',
      level: 'second_factor',
      session: { object: 'session', factor_verification_age: [11, -1] },
      supported_second_factors: null,
      first_factor_verification: null,
      second_factor_verification: null,
    })
    expect(
      begun.body.response.supported_first_factors.map(
        ({ strategy }: { readonly strategy: string }) => strategy,
      ),
    ).toEqual(['password', 'email_code'])
    expect(await fva()).toEqual([11, -1])
    const done = await attempt(PASSWORD)
    expect(done.body.response).toMatchObject({
      status: 'complete',
      session: { factor_verification_age: [0, -1] },
      first_factor_verification: { status: 'verified', strategy: 'password' },
    })
    expect(done.body.client.sessions[0].factor_verification_age).toEqual([0, -1])
    expect(await fva()).toEqual([0, -1])
    expect((await change()).status).toBe(200)
  })

  it('takes a code that is mailed, once', async () => {
    const { instance, email, begin, verify, attempt } = await open()
    server.advance(11 * 60_000)
    await begin('first_factor')
    const sent = await verify('/prepare_first_factor', { strategy: 'email_code' })
    expect(sent.body.response.first_factor_verification).toMatchObject({ status: 'unverified' })
    const code = instance.codeOf(email)
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => attempt({ strategy: 'email_code', code })),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(new Set(answers.filter(({ status }) => status !== 200).map(codeOf))).toEqual(
      new Set(['verification_already_verified']),
    )
  })

  it.each<readonly [string, Readonly<Record<string, string>>, string]>([
    ['a wrong password', { strategy: 'password', password: 'x' }, 'form_password_incorrect'],
    ['a code nobody sent', { strategy: 'email_code', code: '000000' }, 'verification_missing'],
    ['a strategy there is not', { strategy: 'magic' }, 'form_param_value_invalid'],
    [
      'what proves nothing at once',
      { strategy: 'reset_password_email_code', code: '1' },
      'strategy_for_user_invalid',
    ],
    ['no strategy', {}, 'form_param_nil'],
  ])('is refused for %s', async (_title, form, code) => {
    const { begin, attempt, fva } = await open()
    server.advance(11 * 60_000)
    await begin()
    const refused = await attempt(form)
    expect([refused.status, codeOf(refused)]).toEqual([422, code])
    expect(await fva()).toEqual([11, -1])
  })

  it('is mailed a code where somebody has nothing but links', async () => {
    const instance = await server.addInstance({
      settings: { email_verification_strategies: ['email_link'], reverification: true },
    })
    const browser = await instance.openBrowser()
    const email = 'ada@example.com'
    const user = { email_address: [email], skip_password_requirement: true }
    const { id: userId } = (await instance.call('POST', '/users', user)).body
    const { token: ticket } = (await instance.call('POST', '/sign_in_tokens', { user_id: userId }))
      .body
    const signedIn = await browser.post('/client/sign_ins', { strategy: 'ticket', ticket })
    const path = `/client/sessions/${signedIn.body.response.created_session_id}/verify`
    server.advance(11 * 60_000)
    const begun = await browser.post(path, { level: 'first_factor' })
    const [factor] = begun.body.response.supported_first_factors
    expect(begun.body.response.supported_first_factors).toEqual([
      expect.objectContaining({ strategy: 'email_code', primary: true }),
    ])
    await browser.post(`${path}/prepare_first_factor`, {
      strategy: 'email_code',
      email_address_id: factor.email_address_id,
    })
    const done = await browser.post(`${path}/attempt_first_factor`, {
      strategy: 'email_code',
      code: instance.codeOf(email),
    })
    expect(done.body.response).toMatchObject({ status: 'complete' })

    // Whoever has a password proves it by that, as they sign in by it.
    await browser.post('/me/change_password', { new_password: 'correct horse' })
    const again = await browser.post(path, { level: 'first_factor' })
    expect(again.body.response.supported_first_factors).toEqual([{ strategy: 'password' }])
    const refused = await browser.post(`${path}/prepare_first_factor`, { strategy: 'email_code' })
    expect(codeOf(refused)).toBe('strategy_for_user_invalid')
  })

  it('takes no password that others may know', async () => {
    const { instance, userId, begin, attempt } = await open()
    await instance.call('POST', `/users/${userId}/password/set_compromised`)
    const factors = (await begin()).body.response.supported_first_factors
    expect(factors).toMatchObject([{ strategy: 'email_code' }])
    expect(codeOf(await attempt(PASSWORD))).toBe('strategy_for_user_invalid')
  })

  it('has a beginning and one end', async () => {
    const { begin, attempt } = await open()
    expect(codeOf(await attempt(PASSWORD))).toBe('verification_missing')
    expect(codeOf(await begin('third_factor'))).toBe('form_param_value_invalid')
    await begin()
    await attempt(PASSWORD)
    expect(codeOf(await attempt(PASSWORD))).toBe('verification_already_verified')
    expect((await begin()).body.response.status).toBe('needs_first_factor')
  })

  it('cannot be used to guess without end', async () => {
    const { begin, attempt } = await open({ lockout_attempts: 3 })
    await begin()
    const guesses = await Promise.all(
      Array.from({ length: 20 }, () => attempt({ strategy: 'password', password: 'x' })),
    )
    expect(guesses.map(codeOf).filter((code) => code === 'form_password_incorrect')).toHaveLength(3)
  })

  it.each(['prepare_second_factor', 'attempt_second_factor'])(
    'knows no second factor yet: %s',
    async (action) => {
      const { begin, verify } = await open()
      await begin()
      const refused = await verify(`/${action}`, { strategy: 'totp', code: '123456' })
      expect([refused.status, codeOf(refused)]).toEqual([422, 'strategy_for_user_invalid'])
    },
  )

  it('is nobody’s but the session’s own', async () => {
    const { instance, sessionId } = await open()
    const bob = await signUp(instance, 'bob')
    const path = `/client/sessions/${sessionId}/verify`
    const refused = await bob.browser.post(path, { level: 'first_factor' })
    expect([refused.status, codeOf(refused)]).toEqual([401, 'authentication_invalid'])
  })
})
