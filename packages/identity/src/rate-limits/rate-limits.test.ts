import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'

import type { InstanceType } from '@core/protocol'

import { sharedTestDatabases } from '../testing/database.ts'
import { codeOf, signUp } from '../testing/organizations.ts'
import {
  openTestServer,
  send,
  type Answer,
  type TestBrowser,
  type TestInstance,
  type TestServer,
} from '../testing/server.ts'
import { rowsOf } from '../transfer/tables.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

const limited = (type: InstanceType = 'development', settings = {}): Promise<TestInstance> =>
  server.addInstance({ type, settings: { rate_limits: 100, ...settings } })

/** The answers of several at once, by their codes. */
function tally(answers: readonly Answer[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const answer of answers) {
    const code = codeOf(answer)
    counts[code] = (counts[code] ?? 0) + 1
  }
  return counts
}

const atOnce = (times: number, ask: (index: number) => Promise<Answer>): Promise<Answer[]> =>
  Promise.all(Array.from({ length: times }, (_, index) => ask(index)))

async function openBrowserAt(instance: TestInstance, peer: string | null): Promise<TestBrowser> {
  const browser = await instance.openBrowser()
  browser.peer = peer
  return browser
}

const guess = (browser: TestBrowser, identifier: string): Promise<Answer> =>
  browser.post('/client/sign_ins', { identifier, password: 'wrong horse' })

it('lets twenty of fifty guesses at once reach an account, and none of another one less', async () => {
  const instance = await limited()
  const password = 'correct horse'
  await instance.call('POST', '/users', { email_address: ['ada@example.com'], password })
  await instance.call('POST', '/users', { email_address: ['bob@example.com'], password })
  const browsers = await Promise.all(Array.from({ length: 5 }, () => instance.openBrowser()))
  const answers = await atOnce(50, (index) =>
    guess(
      browsers[index % 5] as TestBrowser,
      index % 2 === 0 ? 'ada@example.com' : ' ADA@example.com',
    ),
  )
  expect(tally(answers)).toEqual({ form_password_incorrect: 20, too_many_requests: 30 })
  const refused = answers.find(({ status }) => status === 429)
  expect(refused?.headers.get('retry-after')).toBe('60')
  expect(refused?.headers.get('access-control-expose-headers')).toContain('retry-after')
  const other = await instance.openBrowser()
  expect(
    (await other.post('/client/sign_ins', { identifier: 'bob@example.com', password })).status,
  ).toBe(200)
  server.advance(59_999)
  const right = { identifier: 'ada@example.com', password }
  const early = await (await instance.openBrowser()).post('/client/sign_ins', right)
  expect([codeOf(early), early.headers.get('retry-after')]).toEqual(['too_many_requests', '1'])
  server.advance(1)
  expect((await (await instance.openBrowser()).post('/client/sign_ins', right)).status).toBe(200)
})

it('counts guesses at an account that does not exist as it does at one that does', async () => {
  for (const enumeration_protection of [false, true]) {
    const instance = await limited('development', { enumeration_protection })
    const browser = await instance.openBrowser()
    const answers = await atOnce(21, () => guess(browser, 'nobody@example.com'))
    expect(tally(answers)['too_many_requests']).toBe(1)
  }
})

it.each<[string, number, (browser: TestBrowser, index: number) => Promise<Answer>]>([
  ['identifiers', 12, (browser, index) => guess(browser, `nobody${index}@example.com`)],
  [
    'sign-ups',
    20,
    (browser, index) =>
      browser.post('/client/sign_ups', { email_address: `a${index}@example.com` }),
  ],
  ['browsers', 30, (browser) => browser.post('/dev_browser')],
  ['clients', 30, (browser) => browser.post('/client', {}, 'PUT')],
])('bounds %s by the address of a visitor', async (_what, maximum, ask) => {
  const instance = await limited('development', { rate_limits: 10 })
  const browser = await openBrowserAt(instance, '203.0.113.7')
  const answers = await atOnce(maximum + 2, (index) => ask(browser, index))
  expect(tally(answers)['too_many_requests']).toBe(2)
  const neighbour = await openBrowserAt(instance, '203.0.113.8')
  expect(codeOf(await ask(neighbour, 99))).not.toBe('too_many_requests')
})

it('takes all addresses of a network of IPv6 for one visitor', async () => {
  const instance = await limited('development', { rate_limits: 10 })
  const ask = async (peer: string) => {
    const browser = await openBrowserAt(instance, peer)
    return guess(browser, `nobody@${peer.replaceAll(':', 'x')}.com`)
  }
  const network = await atOnce(13, (index) => ask(`2001:db8:0:1::${index.toString(16)}`))
  expect(tally(network)['too_many_requests']).toBe(1)
  expect(codeOf(await ask('2001:DB8:0:1:ffff::'))).toBe('too_many_requests')
  expect(codeOf(await ask('2001:db8:0:2::'))).not.toBe('too_many_requests')
})

it('is not misled by what a visitor says of their address', async () => {
  const instance = await limited('development', { rate_limits: 10 })
  const browser = await openBrowserAt(instance, '::ffff:203.0.113.7')
  const answers = await atOnce(13, (index) => {
    browser.headers = { 'x-forwarded-for': `198.51.100.${index}` }
    return guess(browser, `nobody${index}@example.com`)
  })
  expect(tally(answers)['too_many_requests']).toBe(1)
})

it('sends no more mails than it may for one browser, nor for one address', async () => {
  const instance = await limited('development', { rate_limits: 10 })
  const mails = server.mails.length
  const browser = await instance.openBrowser()
  const codes: (string | number)[] = []
  for (let index = 0; index < 4; index += 1) {
    const email_address = `mail${index}@example.com`
    const created = await browser.post('/client/sign_ups', {
      email_address,
      password: 'correct horse',
    })
    const path = `/client/sign_ups/${created.body.response.id}/prepare_verification`
    codes.push(codeOf(await browser.post(path, { strategy: 'email_code' })))
  }
  expect(codes).toEqual([200, 200, 'too_many_requests', 'too_many_requests'])
  expect(server.mails.length - mails).toBe(2)
})

it('lets tests of the application and whoever develops do as they like, in development', async () => {
  const instance = await limited('development', { rate_limits: 1 })
  const local = await openBrowserAt(instance, '127.0.0.1')
  expect(tally(await atOnce(5, () => guess(local, 'ada@example.com')))).toEqual({
    form_identifier_not_found: 5,
  })
  const { token } = (await instance.call('POST', '/testing_tokens')).body
  const { devBrowser } = local
  const ask = (query: string) =>
    send(
      server,
      new Request(
        `${instance.keys.apiUrl}/v1/client/sign_ins?__clerk_db_jwt=${devBrowser}&${query}`,
        {
          method: 'POST',
          headers: { origin: local.origin, 'content-type': 'application/x-www-form-urlencoded' },
          body: 'identifier=nobody%2Bclerk_test@example.com',
        },
      ),
      '203.0.113.7',
    )
  const tested = await atOnce(4, () => ask(`__clerk_testing_token=${token}`))
  expect(tally(tested)).toEqual({ form_identifier_not_found: 4 })
  expect(tally(await atOnce(4, () => ask('')))['too_many_requests']).toBe(3)
})

it('counts whoever develops in production as anybody else', async () => {
  const instance = await limited('production', { rate_limits: 1 })
  const browser = await openBrowserAt(instance, '127.0.0.1')
  expect(tally(await atOnce(4, () => guess(browser, 'ada@example.com')))['too_many_requests']).toBe(
    3,
  )
})

it('bounds what servers change, but neither what they read nor the tokens they ask for', async () => {
  const instance = await limited('development', { rate_limits: 1 })
  const changes = await atOnce(12, () => instance.call('POST', '/users', {}))
  expect(tally(changes)['too_many_requests']).toBe(2)
  const refused = await instance.call('POST', '/users', {})
  expect([codeOf(refused), refused.headers.get('retry-after')]).toEqual(['too_many_requests', '10'])
  expect(tally(await atOnce(12, () => instance.call('GET', '/users')))).toEqual({ 200: 12 })
  const tokens = await atOnce(12, () => instance.call('POST', '/sessions/sess_none/tokens'))
  expect(tally(tokens)).toEqual({ resource_not_found: 12 })
  expect((await (await limited()).call('POST', '/testing_tokens')).status).toBe(200)
})

it('counts each of the people that are invited', async () => {
  const instance = await limited('development', { rate_limits: 2 })
  const invite = (names: readonly string[]) =>
    instance.call(
      'POST',
      '/invitations/bulk',
      names.map((name) => ({ email_address: `${name}@example.com` })),
    )
  expect((await invite(['a', 'b', 'c', 'd', 'e'])).status).toBe(200)
  expect(codeOf(await invite(['f', 'g', 'h']))).toBe('too_many_requests')
})

it('does not count what is asked at every page', async () => {
  const instance = await limited('development', { rate_limits: 1 })
  const { sessionId, browser } = await signUp(instance, 'ada')
  browser.peer = '203.0.113.7'
  const answers = await atOnce(30, (index) =>
    index % 2 === 0 ? browser.get('/client') : browser.post(`/client/sessions/${sessionId}/tokens`),
  )
  expect(tally(answers)).toEqual({ 200: 30 })
})

it('keeps neither addresses nor identifiers, in a table that is not logged, and tidies it up', async () => {
  const [handle] = await sharedTestDatabases()
  if (handle === undefined) throw new Error('There is no database.')
  const instance = await limited()
  await guess(await openBrowserAt(instance, '203.0.113.77'), 'canary@example.com')
  const read = () => rowsOf<{ key: string }>(handle.database, sql`select * from rate_limits`)
  const rows = await read()
  expect(rows.length).toBeGreaterThan(0)
  expect(JSON.stringify(rows)).not.toMatch(/203\.0\.113|canary/)
  const [table] = await rowsOf<{ kind: string }>(
    handle.database,
    sql`select relpersistence as kind from pg_class where relname = 'rate_limits'`,
  )
  expect(table?.kind).toBe('u')
  server.advance(2 * 3_600_000)
  // Every process tidies up for itself.
  for (let count = 0; count < 2; count += 1)
    await guess(await instance.openBrowser(), 'bob@example.com')
  const left = await read()
  expect(left.filter(({ key }) => rows.some((row) => row.key === key))).toEqual([])
})
