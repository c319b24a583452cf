import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { codeOf, signUp, type Person } from '../testing/organizations.ts'
import { openTestServer, type TestInstance, type TestServer } from '../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

/** What ends the sessions that somebody has elsewhere. */
const ENDS: Readonly<
  Record<string, (instance: TestInstance, victim: Person, sessionId: string) => Promise<unknown>>
> = {
  'a ban': (instance, { userId }) => instance.call('POST', `/users/${userId}/ban`),
  'a ban of many': (instance, { userId }) =>
    instance.call('POST', '/users/ban', { user_ids: [userId] }),
  'a deletion by a server': (instance, { userId }) => instance.call('DELETE', `/users/${userId}`),
  'a deletion by the user': (_, { browser }) => browser.post('/me', {}, 'DELETE'),
  'a new password': (_, { browser }) =>
    browser.post('/me/change_password', {
      current_password: 'correct horse',
      new_password: 'battery staple',
      sign_out_of_other_sessions: 'true',
    }),
  'a new password by a server': (instance, { userId }) =>
    instance.call('PATCH', `/users/${userId}`, {
      password: 'battery staple',
      sign_out_of_other_sessions: true,
    }),
  'a password that others know': (instance, { userId }) =>
    instance.call('POST', `/users/${userId}/password/set_compromised`, {
      revoke_all_sessions: true,
    }),
  'a revocation': (_, { browser }, sessionId) => browser.post(`/me/sessions/${sessionId}/revoke`),
}

async function open() {
  const instance = await server.addInstance()
  const victim = await signUp(instance, 'ada')
  const thief = await instance.openBrowser()
  const signedIn = await thief.post('/client/sign_ins', {
    identifier: victim.email,
    password: 'correct horse',
  })
  const sessionId: string = signedIn.body.response.created_session_id
  const token = () => thief.post(`/client/sessions/${sessionId}/tokens`)
  return { instance, victim, thief, sessionId, token }
}

describe.each(Object.entries(ENDS))('after %s', (_name, end) => {
  it('the other session gets no further token, and the last one is over within a minute', async () => {
    const { instance, victim, thief, sessionId, token } = await open()
    const last = (await token()).body.jwt
    await end(instance, victim, sessionId)
    const refused = await token()
    expect([refused.status, codeOf(refused)]).toEqual([401, 'authentication_invalid'])
    expect(codeOf(await thief.post(`/client/sessions/${sessionId}/touch`))).toBe(
      'authentication_invalid',
    )
    expect((await thief.client())?.sessions).toEqual([])
    expect(codeOf(await thief.get('/me'))).toBe('authentication_invalid')
    server.advance(60_000)
    await expect(instance.verify(last)).rejects.toThrow(/exp/)
  })

  it('no token is handed out, of fifty that are asked for meanwhile, once it is done', async () => {
    const { instance, victim, sessionId, token } = await open()
    const asked = Array.from({ length: 25 }, token)
    const ended = end(instance, victim, sessionId)
    asked.push(...Array.from({ length: 25 }, token))
    await ended
    const answers = await Promise.all(asked)
    expect(answers.every(({ status }) => status === 200 || status === 401)).toBe(true)
    expect((await token()).status).toBe(401)
  })
})
