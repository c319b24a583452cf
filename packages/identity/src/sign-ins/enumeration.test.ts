import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { SettingChanges } from '../index.ts'
import {
  openTestServer,
  type Answer,
  type TestBrowser,
  type TestInstance,
  type TestServer,
} from '../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

const PASSWORD = 'correct horse'
/** One has an account, the other does not. Of one length, so that a length tells nothing. */
const KNOWN = 'ada@example.com'
const UNKNOWN = 'eve@example.com'

async function open(settings: SettingChanges = {}) {
  const instance = await server.addInstance({
    settings: { enumeration_protection: true, username: 'optional', ...settings },
  })
  const user = (
    await instance.call('POST', '/users', {
      email_address: [KNOWN, 'ada@work.example'],
      username: 'ada_l',
      first_name: 'Ada',
      password: PASSWORD,
    })
  ).body
  return { instance, user }
}

/** What an answer says, without what differs between any two requests. */
function gist({ status, body }: Answer, identifier: string): unknown {
  const text = JSON.stringify({ status, body })
    .replaceAll(identifier, 'IDENTIFIER')
    .replaceAll(/\b([a-z]+)_[0-9A-Za-z]{27}\b/g, '$1_ID')
    .replaceAll(/"clerk_trace_id":"[0-9a-f]+"/g, '')
  return JSON.parse(text.replaceAll(/,(?=[}\]])/g, ''))
}

type Journey = (
  browser: TestBrowser,
  identifier: string,
  instance: TestInstance,
) => Promise<Answer[]>

const signIn = async (browser: TestBrowser, form: Record<string, string>) => {
  const created = await browser.post('/client/sign_ins', form)
  return { created, path: `/client/sign_ins/${created.body.response?.id}` }
}

const byCode =
  (strategy: string): Journey =>
  async (browser, identifier) => {
    const { created, path } = await signIn(browser, { identifier })
    const factor = created.body.response.supported_first_factors.find(
      (it: { strategy: string }) => it.strategy === strategy,
    )
    const prepared = await browser.post(`${path}/prepare_first_factor`, {
      strategy,
      email_address_id: factor.email_address_id,
    })
    const attempts = []
    for (let i = 0; i < 6; i++) {
      attempts.push(await browser.post(`${path}/attempt_first_factor`, { strategy, code: '12345' }))
    }
    return [created, prepared, ...attempts, await browser.get(path)]
  }

const JOURNEYS: Readonly<Record<string, Journey>> = {
  'a wrong password': async (browser, identifier) => {
    const { created, path } = await signIn(browser, { identifier })
    const attempt = { strategy: 'password', password: 'wrong!!!' }
    return [created, await browser.post(`${path}/attempt_first_factor`, attempt)]
  },
  'a wrong password at once': async (browser, identifier) => [
    await browser.post('/client/sign_ins', { identifier, password: 'wrong!!!' }),
  ],
  'more wrong passwords than lock a user': async (browser, identifier) => {
    const answers = []
    for (let i = 0; i < 5; i++) {
      answers.push(await browser.post('/client/sign_ins', { identifier, password: 'wrong!!!' }))
    }
    return answers
  },
  'a code': byCode('email_code'),
  'a new password': byCode('reset_password_email_code'),
  'a code that is sent at once': async (browser, identifier) => [
    await browser.post('/client/sign_ins', { identifier, strategy: 'email_code' }),
  ],
  'a code to an address that is not theirs': async (browser, identifier) => {
    const { path } = await signIn(browser, { identifier })
    const form = { strategy: 'email_code', email_address_id: 'idn_1' }
    return [await browser.post(`${path}/prepare_first_factor`, form)]
  },
  'a link': async (browser, identifier) => {
    const { path } = await signIn(browser, { identifier })
    const form = { strategy: 'email_link', redirect_url: '/' }
    return [await browser.post(`${path}/prepare_first_factor`, form), await browser.get(path)]
  },
  'a sign-up': async (browser, identifier) => {
    const created = await browser.post('/client/sign_ups', {
      email_address: identifier,
      password: PASSWORD,
    })
    const path = `/client/sign_ups/${created.body.response.id}`
    const prepared = await browser.post(`${path}/prepare_verification`, { strategy: 'email_code' })
    const attempted = await browser.post(`${path}/attempt_verification`, {
      strategy: 'email_code',
      code: '12345',
    })
    return [created, prepared, attempted, await browser.get(path)]
  },
  'proofs of what nothing was sent for': async (browser, identifier) => {
    const { path } = await signIn(browser, { identifier })
    const answers = [await browser.post(`${path}/reset_password`, { password: 'battery staple' })]
    for (const strategy of ['email_code', 'reset_password_email_code']) {
      const form = { strategy, code: '12345', password: 'battery staple' }
      answers.push(await browser.post(`${path}/attempt_first_factor`, form))
    }
    return [...answers, await browser.get(path)]
  },
  'a sign-up whose address changes, and one proven by link': async (browser, identifier) => {
    const created = await browser.post('/client/sign_ups', {
      email_address: 'eve@example.com',
      password: PASSWORD,
    })
    const path = `/client/sign_ups/${created.body.response.id}`
    const changed = await browser.post(path, { email_address: identifier }, 'PATCH')
    const link = { strategy: 'email_link', redirect_url: '/' }
    return [changed, await browser.post(`${path}/prepare_verification`, link)]
  },
  'an account that is yet to be made': async (browser, identifier) => {
    const { created, path } = await signIn(browser, { identifier, sign_up_if_missing: 'true' })
    const form = { strategy: 'email_code' }
    return [created, await browser.post(`${path}/prepare_first_factor`, form)]
  },
}

it.each([false, true])(
  'checks one password for each that is sent, whoever is asked for (protected: %s)',
  async (enumeration_protection) => {
    const { instance } = await open({ enumeration_protection })
    const checksOf = async (identifier: string): Promise<number> => {
      let checks = 0
      server.duringVerify = async () => checks++
      const browser = await instance.openBrowser()
      await browser.post('/client/sign_ins', { identifier, password: 'wrong!!!' })
      server.duringVerify = null
      return checks
    }
    expect(await checksOf(KNOWN)).toBe(1)
    expect(await checksOf(UNKNOWN)).toBe(1)
    expect(await checksOf('nobody_l')).toBe(1)
    expect(await checksOf('ada_l')).toBe(1)
  },
)

describe('with enumeration protection', () => {
  const settings: SettingChanges = {
    lockout_attempts: 3,
    email_verification_strategies: ['email_code', 'email_link'],
  }

  it.each(Object.entries(JOURNEYS))(
    'nobody learns by %s who has an account, and each address is sent as many mails',
    async (_name, journey) => {
      const { instance } = await open(settings)
      const [known, unknown] = [await instance.openBrowser(), await instance.openBrowser()]
      const sentBefore = server.mails.length
      const answers = await journey(known, KNOWN, instance)
      const sentToKnown = server.mails.length - sentBefore
      const others = await journey(unknown, UNKNOWN, instance)
      expect(others.map((it) => gist(it, UNKNOWN))).toEqual(answers.map((it) => gist(it, KNOWN)))
      expect(server.mails.length - sentBefore).toBe(2 * sentToKnown)
    },
  )

  it.each(['ban', 'lock'])('a user under a %s looks like nobody', async (action) => {
    for (const name of ['a wrong password', 'a code', 'a new password']) {
      const journey = JOURNEYS[name]
      if (journey === undefined) throw new Error(name)
      const { instance, user } = await open(settings)
      await instance.call('POST', `/users/${user.id}/${action}`)
      const known = await journey(await instance.openBrowser(), KNOWN, instance)
      const unknown = await journey(await instance.openBrowser(), UNKNOWN, instance)
      expect(known.map((it) => gist(it, KNOWN))).toEqual(unknown.map((it) => gist(it, UNKNOWN)))
    }
  })

  it('a locked user is not told that a password was right', async () => {
    const { instance, user } = await open(settings)
    await instance.call('POST', `/users/${user.id}/lock`)
    const browser = await instance.openBrowser()
    const refused = await browser.post('/client/sign_ins', {
      identifier: KNOWN,
      password: PASSWORD,
    })
    expect(refused.body.errors[0].code).toBe('form_password_incorrect')
    expect((await browser.client())?.sessions).toEqual([])
  })

  it('somebody with an account signs in as ever, by address or by username', async () => {
    const { instance } = await open(settings)
    for (const identifier of [KNOWN, 'ada_l']) {
      const browser = await instance.openBrowser()
      const { created, path } = await signIn(browser, { identifier })
      expect(created.body.response.user_data).toBeNull()
      const done = await browser.post(`${path}/attempt_first_factor`, {
        strategy: 'password',
        password: PASSWORD,
      })
      expect(done.body.response).toMatchObject({
        status: 'complete',
        user_data: { first_name: 'Ada' },
      })
    }
    const browser = await instance.openBrowser()
    const { path } = await signIn(browser, { identifier: KNOWN, strategy: 'email_code' })
    const done = await browser.post(`${path}/attempt_first_factor`, {
      strategy: 'email_code',
      code: instance.codeOf(KNOWN),
    })
    expect(done.body.response.status).toBe('complete')
  })

  it('shows the same of a username that somebody has and of one that nobody has', async () => {
    const { instance } = await open(settings)
    const shown = []
    for (const identifier of ['ada_l', 'eve_l']) {
      const { created } = await signIn(await instance.openBrowser(), { identifier })
      shown.push(gist(created, identifier))
    }
    expect(shown[1]).toEqual(shown[0])
    expect(JSON.stringify(shown)).not.toContain('@')
  })

  it('mails whoever has no account that they have none, and no code that works', async () => {
    const { instance } = await open()
    const address = 'eve+clerk_test@example.com'
    await signIn(await instance.openBrowser(), { identifier: UNKNOWN, strategy: 'email_code' })
    const mail = server.mails.at(-1)
    expect(mail).toMatchObject({
      to: UNKNOWN,
      subject: 'You have no Core account with this address',
    })
    expect(mail?.code).toBeUndefined()
    // Everybody knows the code of a test address.
    const browser = await instance.openBrowser()
    const { path } = await signIn(browser, { identifier: address, strategy: 'email_code' })
    const refused = await browser.post(`${path}/attempt_first_factor`, {
      strategy: 'email_code',
      code: '424242',
    })
    expect(refused.body.errors[0].code).toBe('form_code_incorrect')
  })

  it.each(['eve@', '@example.com', 'a@b.com,c@d.com', '"a b"@c.com', 'a@b@c.com'])(
    'sends nothing to %j, which is no address whoever has an account',
    async (identifier) => {
      const { instance } = await open()
      const sent = server.mails.length
      const { created } = await signIn(await instance.openBrowser(), {
        identifier,
        strategy: 'email_code',
      })
      expect(created.body.errors[0]).toMatchObject({
        code: 'form_param_format_invalid',
        meta: { param_name: 'identifier' },
      })
      expect(server.mails).toHaveLength(sent)
    },
  )

  it('shows the same of another spelling of an address that somebody has', async () => {
    const { instance } = await open({ ignore_dots_for_gmail_addresses: true })
    await instance.call('POST', '/users', { email_address: ['a.da@gmail.com'], password: PASSWORD })
    const [taken, free] = ['ad.a@gmail.com', 'ev.e@gmail.com'] as const
    const answersOf = async (address: string) => {
      const answers = await JOURNEYS['a sign-up']?.(await instance.openBrowser(), address, instance)
      return answers?.map((it) => gist(it, address))
    }
    const shown = await answersOf(free)
    expect(shown).toHaveLength(4)
    expect(await answersOf(taken)).toEqual(shown)
  })

  it('tells pages so', async () => {
    const { instance } = await open()
    const { body } = await (await instance.openBrowser()).get('/environment')
    expect(body.user_settings.attack_protection.enumeration_protection.enabled).toBe(true)
  })
})
