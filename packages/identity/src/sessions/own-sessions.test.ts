import { afterAll, beforeAll, expect, it } from 'vitest'

import { codeOf, signUp } from '../testing/organizations.ts'
import { openTestServer, type Answer, type TestServer } from '../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1'

async function signInTwice() {
  const instance = await server.addInstance()
  const ada = await signUp(instance, 'ada')
  server.advance(1000)
  const phone = await instance.openBrowser()
  phone.userAgent = IPHONE
  await phone.post('/client/sign_ins', { identifier: ada.email, password: 'correct horse' })
  return { instance, ada, phone }
}

it('lists where somebody is signed in, as a bare array, with what each browser calls itself', async () => {
  const { ada } = await signInTwice()
  ada.browser.userAgent = FIREFOX
  await ada.browser.post(`/client/sessions/${ada.sessionId}/touch`)
  const { body } = await ada.browser.get('/me/sessions/active')
  expect(body).toMatchObject([
    {
      object: 'session',
      status: 'active',
      user: null,
      latest_activity: {
        object: 'session_activity',
        device_type: 'iPhone',
        is_mobile: true,
        browser_name: 'Safari',
        browser_version: '18.0',
      },
    },
    {
      id: ada.sessionId,
      latest_activity: { is_mobile: false, browser_name: 'Firefox', browser_version: '140.0' },
    },
  ])
})

it('tells servers what a browser calls itself, and nothing of what it does not say', async () => {
  const { instance, phone } = await signInTwice()
  phone.peer = '203.0.113.7'
  const [{ id: onPhone }] = (await phone.get('/client')).body.response.sessions
  await phone.post(`/client/sessions/${onPhone}/touch`)
  const read = await instance.call('GET', `/sessions/${onPhone}`)
  expect(read.body).toMatchObject({
    object: 'session',
    tasks: null,
    latest_activity: {
      object: 'session_activity',
      id: expect.stringMatching(/^sess_activity_/),
      device_type: 'iPhone',
      is_mobile: true,
      browser_name: 'Safari',
      browser_version: '18.0',
    },
  })
  const userId = read.body.user_id
  const { body } = await instance.call('POST', '/sessions', { user_id: userId })
  expect(Object.keys(body.latest_activity).toSorted()).toEqual(['id', 'is_mobile', 'object'])
  const listed = await instance.call('GET', `/sessions?user_id=${userId}`)
  expect(listed.body.map((it: Answer['body']) => it.latest_activity.is_mobile)).toContain(true)
})

it('tells servers what a session waits for', async () => {
  const instance = await server.addInstance({ settings: { force_organization_selection: true } })
  const { sessionId } = await signUp(instance, 'ada')
  const { body } = await instance.call('GET', `/sessions/${sessionId}`)
  expect(body).toMatchObject({ status: 'pending', tasks: [{ key: 'choose-organization' }] })
})

it('lists a browser that calls itself nothing', async () => {
  const instance = await server.addInstance()
  const { browser } = await signUp(instance, 'ada')
  const { body } = await browser.get('/me/sessions/active')
  expect(body[0].latest_activity).toMatchObject({
    browser_name: null,
    browser_version: null,
    is_mobile: false,
  })
})

it('signs another browser out, whose next token is refused', async () => {
  const { ada, phone } = await signInTwice()
  const [session] = (await phone.client())?.sessions ?? []
  const revoked = await ada.browser.post(`/me/sessions/${session?.id}/revoke`)
  expect(revoked.body.response).toMatchObject({ id: session?.id, status: 'revoked' })
  expect(revoked.body.client.sessions).toHaveLength(1)
  const refused = await phone.post(`/client/sessions/${session?.id}/tokens`)
  expect([refused.status, codeOf(refused)]).toEqual([401, 'authentication_invalid'])
  expect((await ada.browser.get('/me/sessions/active')).body).toHaveLength(1)
})

it('signs the browser itself out, and tells it at once', async () => {
  const { ada } = await signInTwice()
  const revoked = await ada.browser.post(`/me/sessions/${ada.sessionId}/revoke`)
  expect(revoked.body.client).toMatchObject({ sessions: [], last_active_session_id: null })
})

it('signs nobody else out', async () => {
  const { instance, ada } = await signInTwice()
  const bob = await signUp(instance, 'bob')
  const refused = await bob.browser.post(`/me/sessions/${ada.sessionId}/revoke`)
  expect([refused.status, codeOf(refused)]).toEqual([404, 'resource_not_found'])
  expect((await ada.browser.get('/me')).status).toBe(200)
})
