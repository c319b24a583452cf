import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { codeOf, openOrganization, signUp, type Person } from '../testing/organizations.ts'
import { openTestServer, type TestInstance, type TestServer } from '../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

const PATH = '/beta_features/instance_settings'

async function claimsOf(instance: TestInstance, { browser, sessionId }: Person, form = {}) {
  const { body } = await browser.post(`/client/sessions/${sessionId}/tokens`, form)
  return instance.verify(body.jwt)
}

describe('claims of an instance', () => {
  it.each(['1', '2'] as const)(
    'stand in session tokens of version %s, filled in for user and organization',
    async (version) => {
      const { instance, ada, orgId } = await openOrganization(server, {
        settings: {
          token_version: version,
          session_claims: {
            aud: 'api',
            mail: '{{user.primary_email_address}}',
            plan: '{{user.public_metadata.plan}}',
            org: '{{org.id}}',
          },
        },
      })
      await instance.call('PATCH', `/users/${ada.userId}/metadata`, {
        public_metadata: { plan: { tier: 2 } },
      })
      const own = { aud: 'api', mail: 'ada@example.com', plan: { tier: 2 } }
      expect(await claimsOf(instance, ada)).toMatchObject({ ...own, org: null, sub: ada.userId })
      const inside = await claimsOf(instance, ada, { organization_id: orgId })
      expect(inside).toMatchObject({ ...own, org: orgId, sid: ada.sessionId })
    },
  )

  it('are set by the Backend API: an object, those of a template, or none', async () => {
    const instance = await server.addInstance()
    const ada = await signUp(instance, 'ada')
    const set = (session_token_template: unknown) =>
      instance.call('PATCH', PATH, { session_token_template })
    expect((await set({ a: '{{user.id}}' })).status).toBe(200)
    expect(await claimsOf(instance, ada)).toMatchObject({ a: ada.userId })
    await instance.call('POST', '/jwt_templates', { name: 'mine', claims: { b: true } })
    await set('mine')
    expect(await claimsOf(instance, ada)).toMatchObject({ b: true })
    expect(await claimsOf(instance, ada)).not.toHaveProperty('a')
    await set('')
    expect(await claimsOf(instance, ada)).not.toHaveProperty('b')
    expect(codeOf(await set('nobody'))).toBe('form_param_value_invalid')
    expect(codeOf(await set({ a: 'x'.repeat(1200) }))).toBe('form_param_value_invalid')
  })

  it.each(['sub', 'sid', 'iss', 'act', 'fva', 'org_role', 'o', 'sts'])(
    'take the place of none that every token carries: %s',
    async (name) => {
      const instance = await server.addInstance()
      const refused = await instance.call('PATCH', PATH, {
        session_token_template: { [name]: 'x' },
      })
      expect([refused.status, codeOf(refused)]).toEqual([400, 'jwt_template_reserved_claim'])
      const setting = { session_claims: { [name]: 'x' } }
      await expect(server.addInstance({ settings: setting })).rejects.toThrow('reserved claim')
    },
  )

  it('are left out where they would outgrow the cookie, and nobody is signed out', async () => {
    const instance = await server.addInstance({
      settings: { session_claims: { all: '{{user.unsafe_metadata}}', short: true } },
    })
    const ada = await signUp(instance, 'ada')
    const write = (size: number) =>
      instance.call('PUT', `/users/${ada.userId}/metadata`, {
        unsafe_metadata: { text: 'x'.repeat(size) },
      })
    await write(1000)
    expect(await claimsOf(instance, ada)).toMatchObject({ short: true })
    await write(3000)
    const claims = await claimsOf(instance, ada)
    expect(claims).toMatchObject({ sub: ada.userId })
    expect(claims).not.toHaveProperty('short')
  })
})
