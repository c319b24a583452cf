import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { codeOf, openOrganization, signUp, type Person } from '../testing/organizations.ts'
import { openTestServer, type TestInstance, type TestServer } from '../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

const FORCED = { force_organization_selection: true } as const
const CHOOSE = [{ key: 'choose-organization' }]

const sessionOf = async ({ browser }: Person) => (await browser.client())?.sessions[0]
const touch = ({ browser, sessionId }: Person, organizationId: string) =>
  browser.post(`/client/sessions/${sessionId}/touch`, { active_organization_id: organizationId })

async function tokenOf(instance: TestInstance, { browser, sessionId }: Person, form = {}) {
  const { body } = await browser.post(`/client/sessions/${sessionId}/tokens`, form)
  return instance.verify(body.jwt)
}

describe('a session where everybody acts in an organization', () => {
  it.each(['1', '2'] as const)(
    'waits until one is chosen, and its tokens of version %s say so',
    async (version) => {
      const { instance, ada, orgId } = await openOrganization(server, {
        settings: { ...FORCED, token_version: version },
      })
      expect(await sessionOf(ada)).toMatchObject({ status: 'pending', tasks: CHOOSE })
      expect((await ada.browser.get('/environment')).body.organization_settings).toMatchObject({
        force_organization_selection: true,
      })
      expect(await tokenOf(instance, ada, { organization_id: '' })).toMatchObject({
        sts: 'pending',
      })
      // How a page begins, before it shows the task.
      const begun = await touch(ada, '')
      expect(begun.body.response).toMatchObject({ status: 'pending', tasks: CHOOSE })
      const chosen = await touch(ada, orgId)
      expect(chosen.body.response).toMatchObject({
        status: 'active',
        tasks: null,
        last_active_organization_id: orgId,
      })
      expect((await tokenOf(instance, ada))['sts']).toBe(version === '2' ? 'active' : undefined)
    },
  )

  it('acts for nobody alone once one was chosen', async () => {
    const { instance, ada, orgId } = await openOrganization(server, { settings: FORCED })
    await touch(ada, orgId)
    expect(codeOf(await touch(ada, ''))).toBe('organization_not_found_or_unauthorized')
    expect(await sessionOf(ada)).toMatchObject({ status: 'active' })
    expect(await tokenOf(instance, ada, { organization_id: '' })).toMatchObject({ sts: 'pending' })
  })

  it('waits again when the membership ends', async () => {
    const { instance, ada, orgId, people } = await openOrganization(server, {
      settings: FORCED,
      members: { bob: 'org:member' },
    })
    const bob = people['bob'] ?? ada
    await touch(bob, orgId)
    expect(await sessionOf(bob)).toMatchObject({ status: 'active', tasks: null })
    await instance.call('DELETE', `/organizations/${orgId}/memberships/${bob.userId}`)
    expect(await sessionOf(bob)).toMatchObject({ status: 'pending', tasks: CHOOSE })
    expect(await tokenOf(instance, bob)).toMatchObject({ sts: 'pending' })
    expect(codeOf(await touch(bob, orgId))).toBe('organization_not_found_or_unauthorized')
  })

  it('is found by the status it has, and is active at once where the user was in one', async () => {
    const { instance, ada, orgId } = await openOrganization(server, { settings: FORCED })
    await touch(ada, orgId)
    const eve = await signUp(instance, 'eve')
    const list = async (status: string) =>
      (await instance.call('GET', `/sessions?status=${status}`)).body.map(
        (it: { id: string; status: string }) => [it.id, it.status],
      )
    expect(await list('active')).toEqual([[ada.sessionId, 'active']])
    expect(await list('pending')).toEqual([[eve.sessionId, 'pending']])
    const browser = await instance.openBrowser()
    const again = await browser.post('/client/sign_ins', {
      identifier: 'ada@example.com',
      password: 'correct horse',
    })
    expect(again.body.client.sessions[0]).toMatchObject({ status: 'active', tasks: null })
  })

  it('waits for nothing where organizations are off, or nobody is forced', async () => {
    for (const settings of [{ ...FORCED, organizations: false }, {}]) {
      const instance = await server.addInstance({ settings })
      const ada = await signUp(instance, 'ada')
      expect(await sessionOf(ada)).toMatchObject({ status: 'active', tasks: null })
      expect(codeOf(await touch(ada, ''))).toBe(200)
    }
  })
})
