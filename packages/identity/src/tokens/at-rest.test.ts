/** What a copy of the database, or of the logs, is worth to whoever has it. */

import { sql } from 'drizzle-orm'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'

import type { DatabaseHandle } from '../database/database.ts'
import { findInstanceByHost } from '../instances/instance.ts'
import { openTestDatabase } from '../testing/database.ts'
import { carriedBy, handshakeCookies } from '../testing/directives.ts'
import {
  openTestServer,
  send,
  type TestBrowser,
  type TestInstance,
  type TestServer,
} from '../testing/server.ts'
import { exchangeRefreshToken } from './refresh-token.ts'

const APP = 'http://localhost:3000'

let opened: DatabaseHandle
let server: TestServer
let instance: TestInstance
let browser: TestBrowser
let session: { readonly id: string; readonly user: { readonly id: string } }
beforeAll(async () => {
  opened = await openTestDatabase()
  server = await openTestServer([opened])
  instance = await server.addInstance()
  browser = await instance.openBrowser()
  session = (await browser.signUp('ada@example.com')).body.client.sessions[0]
})
afterAll(() => server.close())

async function rowsOf(query: string): Promise<readonly Record<string, string>[]> {
  const result: unknown = await opened.database.execute(sql.raw(query))
  return (result as { readonly rows: readonly Record<string, string>[] }).rows
}

/** Every row of every table, as text. */
async function everything(): Promise<string> {
  const tables = await rowsOf(
    `select table_name as name from information_schema.tables where table_schema = 'public'`,
  )
  expect(tables.length).toBeGreaterThan(15)
  const texts = await Promise.all(
    tables.map(({ name }) => rowsOf(`select t::text as text from "${name}" t`)),
  )
  return texts
    .flat()
    .map(({ text }) => text)
    .join('\n')
}

/** How many rows there are of what is over sooner or later. */
async function leftovers(): Promise<Record<string, string>> {
  const counts = await Promise.all(
    ['one_time_payloads', 'refresh_families', 'testing_tokens'].map(async (table) => {
      const [row] = await rowsOf(`select count(*)::text as count from ${table}`)
      return [table, row?.['count'] ?? ''] as const
    }),
  )
  return Object.fromEntries(counts)
}

it('keeps no token that signs anybody in, nor one that leads to such a token', async () => {
  const pair = await handshakeCookies(browser, `${APP}/`)
  const refreshed = await instance.call('POST', `/sessions/${session.id}/refresh`, {
    format: 'cookie',
    expired_token: pair.session,
    refresh_token: pair.refresh,
    request_origin: APP,
  })
  const successor = /^__refresh_[^=]+=([^;]+)/.exec(refreshed.body.cookies[0])?.[1] ?? ''
  const trip = await browser.handshake({
    redirect_url: `${APP}/`,
    suffixed_cookies: 'true',
    format: 'nonce',
  })
  const { id: userId } = session.user
  const signIn = await instance.call('POST', '/sign_in_tokens', { user_id: userId })
  const actor = await instance.call('POST', '/actor_tokens', {
    user_id: userId,
    actor: { sub: 'user_admin' },
  })
  const testing = await instance.call('POST', '/testing_tokens')
  const byLink = await server.addInstance({
    settings: { email_verification_strategies: ['email_link'] },
  })
  const visitor = await byLink.openBrowser()
  const signUp = await visitor.post('/client/sign_ups', { email_address: 'eve@example.com' })
  await visitor.post(`/client/sign_ups/${signUp.body.response.id}/prepare_verification`, {
    strategy: 'email_link',
    redirect_url: '/',
  })
  const url = 'http://localhost:4000/v1/accountless_applications'
  const { body: application } = await send(server, new Request(url, { method: 'POST' }))
  const tokens = [
    pair.session,
    pair.refresh,
    successor,
    carriedBy(instance, trip, '__clerk_handshake_nonce') ?? '',
    signIn.body.token as string,
    actor.body.token as string,
    testing.body.token as string,
    /token=(\S+)/.exec(server.mails.at(-1)?.text ?? '')?.[1] ?? '',
    browser.devBrowser ?? '',
    instance.keys.secretKey,
    application.secret_key as string,
    new URL(application.claim_url as string).searchParams.get('token') ?? '',
  ]
  const rows = await everything()
  // The test would see them: ids are there, and so is what they are stored as.
  expect(rows).toContain(session.id)
  expect(rows).toContain('handshake')
  for (const token of tokens) {
    expect(token.length).toBeGreaterThan(20)
    expect(rows).not.toContain(token)
    expect(rows).not.toContain(token.split('.').at(-1))
  }
  // Nor the cookies that wait under the nonce.
  expect(rows).not.toContain('__session')
  // By its two parts: three letters alone turn up among random ones.
  expect(rows).not.toMatch(/eyJ[\w-]+\.eyJ/)
})

it('keeps nothing that is over: whoever makes the next one takes it away', async () => {
  const make = async (): Promise<void> => {
    await browser.handshake({
      redirect_url: `${APP}/`,
      suffixed_cookies: 'true',
      format: 'nonce',
    })
    await instance.call('POST', '/testing_tokens')
  }
  const other = await instance.openBrowser()
  await other.signUp('eve@example.com')
  await other.handshake({ redirect_url: `${APP}/`, suffixed_cookies: 'true', format: 'nonce' })
  await make()
  await make()
  expect(Number((await leftovers())['refresh_families'])).toBeGreaterThan(2)
  expect(Number((await leftovers())['one_time_payloads'])).toBeGreaterThan(2)
  const late = await server.addInstance()
  const visitor = await late.openBrowser()
  server.advance(8 * 86_400_000)
  await visitor.signUp('late@example.com')
  await visitor.handshake({ redirect_url: `${APP}/`, suffixed_cookies: 'true', format: 'nonce' })
  await late.call('POST', '/testing_tokens')
  expect(await leftovers()).toEqual({
    one_time_payloads: '1',
    refresh_families: '1',
    testing_tokens: '1',
  })
  server.advance(-8 * 86_400_000)
})

it('tells the log of a token that was used twice, and not the token', async () => {
  const { refresh } = await handshakeCookies(browser, `${APP}/`)
  const lines: string[] = []
  const logger = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) })
  const found = await findInstanceByHost(opened.database, new URL(instance.keys.apiUrl).host)
  if (found === null) throw new Error('There is no instance.')
  const services = { database: opened.database, logger }
  const holder = { instance: found, sessionId: session.id, origin: APP }
  const first = await exchangeRefreshToken(services, refresh, holder, server.now)
  expect(lines).toEqual([])
  const again = await exchangeRefreshToken(services, refresh, holder, server.now + 10_000)
  expect(again).toEqual({ refusal: 'reused' })
  expect(lines).toHaveLength(1)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    event: 'refresh_token.reused',
    instance: found.id,
    session: session.id,
  })
  expect(lines[0]).not.toContain('rt_')
  expect(first).toEqual({ successor: expect.stringMatching(/^rt_/) })
})
