import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { frontendRoutes } from '../http/frontend.ts'
import { codeOf, signUp } from '../testing/organizations.ts'
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

const guarded = frontendRoutes.flatMap((route) =>
  route.needs === undefined ? [] : [{ ...route, needs: route.needs }],
)
type Guarded = (typeof guarded)[number]

const named = (routes: readonly Guarded[]) =>
  routes.map((route) => [`${route.method} ${route.path}`, route] as const)

/** Asks for what the endpoint does, as far as a guard must look. */
function ask(browser: TestBrowser, { method, path, needs }: Guarded, sessionId: string) {
  const url = path.replace(':session', sessionId).replace(':id', 'idn_x')
  const form = Object.fromEntries((needs.params ?? []).map((name) => [name, 'x']))
  return method === 'GET'
    ? browser.get(url)
    : browser.post(url, form, method === 'POST' ? undefined : method)
}

async function actAs(instance: TestInstance, userId: string) {
  const support = await signUp(instance, 'support')
  const { token } = (
    await instance.call('POST', '/actor_tokens', {
      user_id: userId,
      actor: { sub: support.userId },
    })
  ).body
  const browser = await instance.openBrowser()
  const answer = await browser.post('/client/sign_ins', { strategy: 'ticket', ticket: token })
  return { browser, sessionId: answer.body.response.created_session_id as string }
}

it('guards what changes how somebody signs in', () => {
  expect(
    named(guarded)
      .map(([name, { needs }]) => `${needs.proof}: ${name} ${needs.params ?? ''}`.trim())
      .toSorted(),
  ).toMatchSnapshot()
})

describe('whoever acts in somebody’s name', () => {
  let instance: TestInstance
  let acting: { browser: TestBrowser; sessionId: string }
  beforeAll(async () => {
    instance = await server.addInstance()
    const { userId } = await signUp(instance, 'ada')
    acting = await actAs(instance, userId)
  })

  it.each(named(guarded))('may not: %s', async (_name, route) => {
    const refused = await ask(acting.browser, route, acting.sessionId)
    expect([refused.status, codeOf(refused)]).toEqual([403, 'authorization_invalid'])
  })

  it('may change what the user is called', async () => {
    expect((await acting.browser.post('/me', { first_name: 'Ada' }, 'PATCH')).status).toBe(200)
  })
})

describe('an old proof', () => {
  const needy = guarded.filter(({ needs }) => needs.proof === 'reverification')

  it.each(named(needy))(
    'does not do where the instance wants a fresh one: %s',
    async (_, route) => {
      const instance = await server.addInstance({ settings: { reverification: true } })
      const { browser, sessionId } = await signUp(instance, 'ada')
      server.advance(10 * 60_000)
      const refused = await ask(browser, route, sessionId)
      expect([refused.status, codeOf(refused)]).toEqual([403, 'session_reverification_required'])
      expect((await browser.get('/me')).status).toBe(200)
    },
  )

  it('does for ten minutes, or as long as the instance says', async () => {
    const settings = { reverification: true, reverification_after: 20 }
    const instance = await server.addInstance({ settings })
    const { browser } = await signUp(instance, 'ada')
    const add = (name: string) =>
      browser.post('/me/email_addresses', { email_address: `${name}@example.com` })
    server.advance(20 * 60_000 - 1)
    expect((await add('two')).status).toBe(200)
    server.advance(1)
    expect(codeOf(await add('three'))).toBe('session_reverification_required')
  })

  it('does elsewhere, however old', async () => {
    const instance = await server.addInstance()
    const { browser } = await signUp(instance, 'ada')
    server.advance(60 * 60_000)
    const added = await browser.post('/me/email_addresses', { email_address: 'two@example.com' })
    expect(added.status).toBe(200)
  })
})
