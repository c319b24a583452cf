import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { SettingChanges } from '../index.ts'
import { codeOf, signUp } from '../testing/organizations.ts'
import { openTestServer, type TestServer } from '../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

const OLD = 'correct horse'
const NEW = 'battery staple'

async function open(settings: SettingChanges = {}) {
  const instance = await server.addInstance({ settings })
  const person = await signUp(instance, 'ada')
  const elsewhere = await instance.openBrowser()
  const signIn = (password: string) =>
    elsewhere.post('/client/sign_ins', { identifier: person.email, password })
  const change = (form: Readonly<Record<string, string>>) =>
    person.browser.post('/me/change_password', form)
  return { ...person, instance, elsewhere, signIn, change }
}

describe('changing the password', () => {
  it('takes the current one, tells its owner, and leaves other sessions where they are', async () => {
    const { change, signIn, elsewhere, email } = await open()
    await signIn(OLD)
    const changed = await change({ current_password: OLD, new_password: NEW })
    expect(changed.body.response).toMatchObject({ object: 'user', password_enabled: true })
    expect(server.mails.at(-1)).toMatchObject({
      to: email,
      subject: expect.stringMatching(/changed/),
    })
    expect((await elsewhere.client())?.sessions).toHaveLength(1)
    await elsewhere.signOut()
    expect(codeOf(await signIn(OLD))).toBe('form_password_incorrect')
    expect((await signIn(NEW)).body.response.status).toBe('complete')
  })

  it('signs out elsewhere if asked to, and there only', async () => {
    const { change, signIn, elsewhere, browser } = await open()
    await signIn(OLD)
    const form = { current_password: OLD, new_password: NEW, sign_out_of_other_sessions: 'true' }
    expect((await change(form)).body.client.sessions).toHaveLength(1)
    expect((await elsewhere.client())?.sessions).toEqual([])
    expect((await browser.get('/me')).status).toBe(200)
  })

  it.each<readonly [string, Readonly<Record<string, string>>, string, string]>([
    ['without the current one', { new_password: NEW }, 'form_param_nil', 'current_password'],
    ['without a new one', { current_password: OLD }, 'form_param_nil', 'new_password'],
    [
      'with a wrong one',
      { current_password: 'x', new_password: NEW },
      'form_password_incorrect',
      'current_password',
    ],
    [
      'to the same',
      { current_password: OLD, new_password: OLD },
      'form_new_password_matches_current',
      'new_password',
    ],
    [
      'to a short one',
      { current_password: OLD, new_password: 'x' },
      'form_password_length_too_short',
      'new_password',
    ],
  ])('is refused %s', async (_title, form, code, param) => {
    const { change, signIn } = await open()
    const refused = await change(form)
    expect([refused.status, codeOf(refused)]).toEqual([422, code])
    expect(refused.body.errors[0].meta.param_name).toBe(param)
    expect((await signIn(OLD)).body.response.status).toBe('complete')
  })

  it('cannot be used to guess without end', async () => {
    const { change } = await open({ lockout_attempts: 3 })
    const guesses = await Promise.all(
      Array.from({ length: 50 }, () => change({ current_password: 'x', new_password: NEW })),
    )
    const codes = guesses.map(codeOf)
    expect(codes.filter((code) => code === 'form_password_incorrect')).toHaveLength(3)
    expect(codes.filter((code) => code === 'user_locked')).toHaveLength(47)
  })

  it('happens once, of fifty changes at once', async () => {
    const { change, signIn } = await open({ lockout_attempts: 0 })
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        change({ current_password: OLD, new_password: `${NEW} ${i}` }),
      ),
    )
    const done = answers.map(({ status }) => status).indexOf(200)
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect((await signIn(`${NEW} ${done}`)).body.response.status).toBe('complete')
  })

  it('changes nothing for somebody who was banned while it was checked', async () => {
    const { change, instance, userId, signIn } = await open()
    server.duringVerify = async () => {
      server.duringVerify = null
      await instance.call('POST', `/users/${userId}/ban`)
    }
    expect((await change({ current_password: OLD, new_password: NEW })).status).toBe(401)
    await instance.call('POST', `/users/${userId}/unban`)
    expect((await signIn(OLD)).body.response.status).toBe('complete')
  })
})

describe('removing the password', () => {
  it('is done by somebody who can sign in without it, and a new one is set without another', async () => {
    const { browser, change, signIn } = await open()
    const remove = (password: string) =>
      browser.post('/me/remove_password', { current_password: password })
    expect(codeOf(await remove('x'))).toBe('form_password_incorrect')
    expect((await remove(OLD)).body.response.password_enabled).toBe(false)
    expect(codeOf(await remove(OLD))).toBe('no_password_set')
    expect(codeOf(await signIn(OLD))).toBe('strategy_for_user_invalid')
    expect((await change({ new_password: NEW })).body.response.password_enabled).toBe(true)
    expect((await signIn(NEW)).body.response.status).toBe('complete')
  })

  it('is refused to somebody who has nothing else', async () => {
    const instance = await server.addInstance({
      settings: { email_address: 'off', username: 'required' },
    })
    const browser = await instance.openBrowser()
    await browser.post('/client/sign_ups', { username: 'ada_l', password: OLD })
    const refused = await browser.post('/me/remove_password', { current_password: OLD })
    expect(codeOf(refused)).toBe('resource_in_use')
    expect((await browser.get('/me')).body.response.password_enabled).toBe(true)
  })
})
