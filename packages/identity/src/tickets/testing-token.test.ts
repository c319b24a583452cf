import { afterAll, beforeAll, expect, it } from 'vitest'

import {
  openTestServer,
  type TestBrowser,
  type TestInstance,
  type TestServer,
} from '../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

async function bypass(browser: TestBrowser, token: string): Promise<boolean> {
  const query = `?__clerk_testing_token=${encodeURIComponent(token)}`
  return (await browser.post(`/client${query}`, {}, 'PUT')).body.response.captcha_bypass as boolean
}

async function tokenOf(instance: TestInstance): Promise<string> {
  return (await instance.call('POST', '/testing_tokens')).body.token as string
}

it('lets requests pass that carry it, as often as they do, for an hour', async () => {
  const instance = await server.addInstance()
  const { status, body } = await instance.call('POST', '/testing_tokens')
  expect(status).toBe(200)
  const seconds = Math.floor(server.now / 1000)
  expect(body).toEqual({
    object: 'testing_token',
    token: expect.stringMatching(new RegExp(`^${seconds}-[\\w-]{43}$`)),
    expires_at: seconds + 3600,
  })
  const browser = await instance.openBrowser()
  expect(await bypass(browser, '')).toBe(false)
  expect(await bypass(browser, body.token)).toBe(true)
  expect(await bypass(await instance.openBrowser(), body.token)).toBe(true)
  server.advance(3_600_000)
  expect(await bypass(browser, body.token)).toBe(false)
})

it('is nobody: it signs no request in', async () => {
  const instance = await server.addInstance()
  const token = await tokenOf(instance)
  const browser = await instance.openBrowser()
  const answer = await browser.get(`/me?__clerk_testing_token=${token}`)
  expect(answer.status).toBe(401)
  expect((await instance.call('GET', '/jwks', undefined, token)).status).toBe(401)
})

it('means nothing to another instance, and what is none means nothing at all', async () => {
  const instance = await server.addInstance()
  const other = await server.addInstance()
  const browser = await instance.openBrowser()
  for (const token of [await tokenOf(other), `${Math.floor(server.now / 1000)}-x`, "'", '%00']) {
    expect(await bypass(browser, token)).toBe(false)
  }
})

it('is handed out by production instances only where they are set to it', async () => {
  const strict = await server.addInstance({ type: 'production' })
  const refused = await strict.call('POST', '/testing_tokens')
  expect(refused.status).toBe(400)
  expect(refused.body.errors[0].code).toBe('request_invalid_for_environment')
  const open = await server.addInstance({ type: 'production', settings: { testing_tokens: true } })
  expect(await tokenOf(open)).toMatch(/^\d+-/)
})
