/** Two processes on one database server: what one of them does, the other one knows. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createTestDatabase } from '../testing/database.ts'
import {
  openTestServer,
  TestBrowser,
  TestInstance,
  type Answer,
  type TestServer,
} from '../testing/server.ts'
import { connectToServer } from './server.ts'

const FIFTY = Array.from({ length: 50 }, (_, i) => i)

let here: TestServer
let there: TestServer
beforeAll(async () => {
  const url = await createTestDatabase()
  // Enough connections for fifty requests to be in the database at once.
  const handles = await Promise.all(
    [url, url].map((it) => connectToServer(it, { poolSize: FIFTY.length / 2 })),
  )
  here = await openTestServer(handles.slice(0, 1))
  there = await openTestServer(handles.slice(1))
})
afterAll(() => Promise.all([here.close(), there.close()]))

/** The same instance, asked through the other process. */
const over = (instance: TestInstance): TestInstance =>
  new TestInstance(there, instance.type, instance.keys)

/** The same browser, whose requests go to the other process. */
function overWith(browser: TestBrowser): TestBrowser {
  const twin = new TestBrowser(over(browser.instance), browser.origin)
  twin.devBrowser = browser.devBrowser
  for (const [name, value] of browser.cookies) twin.cookies.set(name, value)
  return twin
}

/** Lets two processes do something at once, fifty times, and counts the answers by status and code. */
async function countOutcomes(
  work: (side: 'here' | 'there', i: number) => Promise<Answer>,
): Promise<Readonly<Record<string, number>>> {
  const answers = await Promise.all(FIFTY.map((i) => work(i % 2 === 0 ? 'here' : 'there', i)))
  const counts: Record<string, number> = {}
  for (const { status, body } of answers) {
    const name = [status, body.errors?.[0]?.code].filter(Boolean).join(' ')
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

async function openBrowsers(instance: TestInstance) {
  const browser = await instance.openBrowser()
  return { here: browser, there: overWith(browser) }
}

describe('what works once', () => {
  const ADA = 'ada@example.com'
  const PASSWORD = 'correct horse'

  it('is a code that proves an address at sign-up, and so is the sign-up', async () => {
    const instance = await here.addInstance()
    const browsers = await openBrowsers(instance)
    const form = { email_address: ADA, password: PASSWORD }
    const { body } = await browsers.here.post('/client/sign_ups', form)
    const path = `/client/sign_ups/${body.response.id}`
    await browsers.here.post(`${path}/prepare_verification`, { strategy: 'email_code' })
    const proof = { strategy: 'email_code', code: instance.codeOf(ADA) }
    const counts = await countOutcomes((side) =>
      browsers[side].post(`${path}/attempt_verification`, proof),
    )
    expect(counts).toEqual({ 200: 1, '422 verification_already_verified': 49 })
    expect((await instance.call('GET', '/users/count')).body.total_count).toBe(1)
    expect((await browsers.there.client())?.sessions).toHaveLength(1)
  })

  it('is a code that signs in, and one that resets a password, which then is set once', async () => {
    const instance = await here.addInstance()
    await (await instance.openBrowser()).signUp(ADA)
    for (const strategy of ['email_code', 'reset_password_email_code']) {
      here.advance(60_000)
      there.now = here.now
      const browsers = await openBrowsers(instance)
      const form = { identifier: ADA, strategy }
      const { body } = await browsers.here.post('/client/sign_ins', form)
      const path = `/client/sign_ins/${body.response.id}`
      const proof = { strategy, code: instance.codeOf(ADA) }
      const counts = await countOutcomes((side) =>
        browsers[side].post(`${path}/attempt_first_factor`, proof),
      )
      expect(counts).toEqual({ 200: 1, '422 verification_already_verified': 49 })
      if (strategy === 'email_code') continue
      const resets = await countOutcomes((side, i) =>
        browsers[side].post(`${path}/reset_password`, { password: `correct horse ${i}` }),
      )
      expect(resets).toEqual({ 200: 1, '422 verification_missing': 49 })
      expect((await browsers.there.client())?.sessions).toHaveLength(1)
    }
  })

  it('is an address, however many people prove it at once', async () => {
    const instance = await here.addInstance()
    const proofs: (() => Promise<Answer>)[] = []
    for (let i = 0; i < 10; i++) {
      const browsers = await openBrowsers(instance)
      const form = { email_address: ADA, password: PASSWORD }
      const { body } = await browsers.here.post('/client/sign_ups', form)
      const path = `/client/sign_ups/${body.response.id}`
      await browsers.here.post(`${path}/prepare_verification`, { strategy: 'email_code' })
      const proof = { strategy: 'email_code', code: instance.codeOf(ADA) }
      for (const browser of [browsers.here, browsers.there]) {
        proofs.push(() => browser.post(`${path}/attempt_verification`, proof))
      }
    }
    const answers = await Promise.all(proofs.map((prove) => prove()))
    const statuses = answers.map(({ status }) => status).toSorted()
    expect(statuses).toEqual([200, ...Array.from({ length: 19 }, () => 422)])
    expect((await instance.call('GET', '/users/count')).body.total_count).toBe(1)
    const created = await countOutcomes((side) =>
      (side === 'here' ? instance : over(instance)).call('POST', '/users', {
        email_address: ['eve@example.com'],
        password: PASSWORD,
        external_id: 'eve',
      }),
    )
    expect(created).toEqual({ 200: 1, '422 form_identifier_exists': 49 })
  })

  it('is the end of a session', async () => {
    const instance = await here.addInstance()
    const browser = await instance.openBrowser()
    await browser.signUp(ADA)
    const id = (await browser.client())?.sessions[0]?.id
    const answers = await Promise.all(
      FIFTY.map((i) =>
        (i % 2 === 0 ? instance : over(instance)).call('POST', `/sessions/${id}/revoke`),
      ),
    )
    // Each change moves the time on, so one time is one change.
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    const { body } = await instance.call('GET', `/sessions/${id}`)
    expect(body.status).toBe('revoked')
    const times = new Set(answers.map((answer) => answer.body.updated_at as number))
    expect([...times].every((time) => time <= body.updated_at)).toBe(true)
    expect(times.size).toBeLessThanOrEqual(2)
  })
})

describe('what is counted', () => {
  it('loses no wrong password between two processes', async () => {
    const settings = { lockout_attempts: 20, lockout_duration: 3600 }
    const instance = await here.addInstance({ settings })
    await (await instance.openBrowser()).signUp('ada@example.com')
    const counts = await countOutcomes(async (side) => {
      const browsers = await openBrowsers(instance)
      return browsers[side].post('/client/sign_ins', {
        identifier: 'ada@example.com',
        password: 'not the one',
      })
    })
    expect(counts).toEqual({ '422 form_password_incorrect': 20, '423 user_locked': 30 })
  })

  it('loses no code that an address is sent', async () => {
    const instance = await here.addInstance({ settings: { codes_per_address_and_hour: 5 } })
    const paths = await Promise.all(
      FIFTY.map(async () => {
        const browsers = await openBrowsers(instance)
        const form = { email_address: 'eve@example.com', password: 'correct horse' }
        const { body } = await browsers.here.post('/client/sign_ups', form)
        return { browsers, path: `/client/sign_ups/${body.response.id}/prepare_verification` }
      }),
    )
    const before = here.mails.length + there.mails.length
    const counts = await countOutcomes(async (side, i) => {
      const { browsers, path } = paths[i] ?? paths[0] ?? { browsers: null, path: '' }
      if (browsers === null) throw new Error('There is no such browser.')
      return browsers[side].post(path, { strategy: 'email_code' })
    })
    expect(counts).toEqual({ 200: 5, '429 too_many_requests': 45 })
    expect(here.mails.length + there.mails.length - before).toBe(5)
  })

  it('is one development instance, however many servers start at once', async () => {
    const host = 'localhost:4999'
    const keys = await Promise.all(
      FIFTY.slice(0, 10).map((i) => (i % 2 === 0 ? here : there).identity.provision(host)),
    )
    expect(new Set(keys.map(({ publishableKey }) => publishableKey)).size).toBe(1)
    const listed = await there.identity.listInstances()
    expect(listed.filter(({ frontendApi }) => frontendApi === host)).toHaveLength(1)
  })
})

describe('what one process changes, the other one sees in its next request', () => {
  const ADA = 'ada@example.com'
  let instance: TestInstance
  let browsers: Awaited<ReturnType<typeof openBrowsers>>
  let user: string
  let session: string
  beforeAll(async () => {
    instance = await here.addInstance()
    browsers = await openBrowsers(instance)
    await browsers.here.signUp(ADA)
    const [first] = (await browsers.here.client())?.sessions ?? []
    session = first?.id ?? ''
    user = first?.user.id ?? ''
  })
  const tokens = () => browsers.there.post(`/client/sessions/${session}/tokens`)

  it('a new instance, its keys and its users', async () => {
    expect((await over(instance).call('GET', `/users/${user}`)).body.id).toBe(user)
    const { jwt } = (await tokens()).body as { jwt: string }
    expect(await instance.verify(jwt)).toMatchObject({ sid: session, sub: user })
    expect(await over(instance).verify(jwt)).toMatchObject({ sid: session })
  })

  it('a setting', async () => {
    const host = 'localhost:4998'
    await here.identity.provision(host, { application_name: 'Before' })
    const read = async (server: TestServer): Promise<string> => {
      const request = new Request(`http://${host}/v1/environment`)
      const body = (await (await server.identity.fetch(request)).json()) as {
        display_config: { application_name: string }
      }
      return body.display_config.application_name
    }
    expect(await read(there)).toBe('Before')
    await here.identity.provision(host, { application_name: 'After' })
    expect(await read(there)).toBe('After')
  })

  it('a session that was revoked', async () => {
    expect((await tokens()).status).toBe(200)
    await instance.call('POST', `/sessions/${session}/revoke`)
    expect((await tokens()).status).toBe(401)
    expect((await browsers.there.client())?.sessions).toEqual([])
  })

  it('a user who was banned, and one who was deleted', async () => {
    const form = { identifier: ADA, password: 'correct horse' }
    await instance.call('POST', `/users/${user}/ban`)
    const banned = await browsers.there.post('/client/sign_ins', form)
    expect(banned.body.errors[0].code).toBe('user_banned')
    await instance.call('DELETE', `/users/${user}`)
    const deleted = await browsers.there.post('/client/sign_ins', form)
    expect(deleted.body.errors[0].code).toBe('form_identifier_not_found')
  })
})
