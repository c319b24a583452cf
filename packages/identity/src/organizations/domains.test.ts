import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { codeOf, openOrganization, signUp, type Person } from '../testing/organizations.ts'
import { openTestServer, type TestServer } from '../testing/server.ts'
import { domainRoutes } from './domain-routes.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

const ON = { organization_domains: true }
const BOSS = 'boss@acme.example'

/** An organization whose admin owns the domain `acme.example`, verified in some mode. */
async function openDomain(mode: string, settings: object = {}) {
  const opened = await openOrganization(server, { settings: { ...ON, ...settings } })
  const made = await opened.instance.call('POST', `${opened.path}/domains`, {
    name: 'acme.example',
    enrollment_mode: mode,
    verified: true,
  })
  expect(made.status).toBe(200)
  return { ...opened, domainId: made.body.id as string }
}

async function signUpAt(opened: { instance: Person['browser']['instance'] }, email: string) {
  const browser = await opened.instance.openBrowser()
  const { created_user_id: userId } = (await browser.signUp(email)).body.response
  return { browser, userId: userId as string }
}

describe('a domain', () => {
  it('is added unverified, proven by a code to an address of it, and then opened', async () => {
    const { instance, ada, path } = await openOrganization(server, { settings: ON })
    const made = await ada.browser.post(`${path}/domains`, { name: 'ACME.example ' })
    expect(made.body.response).toMatchObject({
      object: 'organization_domain',
      id: expect.stringMatching(/^orgdmn_/),
      name: 'acme.example',
      enrollment_mode: 'manual_invitation',
      verification: null,
      affiliation_email_address: null,
      total_pending_invitations: 0,
    })
    const to = `${path}/domains/${made.body.response.id}`
    const open = () =>
      ada.browser.post(`${to}/update_enrollment_mode`, { enrollment_mode: 'automatic_suggestion' })
    expect(codeOf(await open())).toBe('form_param_value_invalid')
    const prepare = (affiliation_email_address: string) =>
      ada.browser.post(`${to}/prepare_affiliation_verification`, { affiliation_email_address })
    for (const foreign of ['ada@example.com', 'x@sub.acme.example', 'x@evilacme.example']) {
      expect(codeOf(await prepare(foreign))).toBe('form_param_value_invalid')
    }
    const prepared = await prepare(BOSS)
    expect(prepared.body.response).toMatchObject({
      affiliation_email_address: BOSS,
      verification: { status: 'unverified', strategy: 'email_code', attempts: 0 },
    })
    const attempt = (code: string) =>
      ada.browser.post(`${to}/attempt_affiliation_verification`, { code })
    const right = instance.codeOf(BOSS)
    expect(codeOf(await attempt(right === '000000' ? '000001' : '000000'))).toBe(
      'form_code_incorrect',
    )
    expect((await ada.browser.get(to)).body.response.verification.attempts).toBe(1)
    const proven = await attempt(right)
    expect(proven.body.response).toMatchObject({
      verification: { status: 'verified', strategy: 'email_code' },
      affiliation_verification: { status: 'verified' },
    })
    expect(codeOf(await attempt(right))).toBe('verification_already_verified')
    expect((await open()).body.response.enrollment_mode).toBe('automatic_suggestion')
    const listed = await ada.browser.get(`${path}/domains?enrollment_mode=automatic_suggestion`)
    expect(listed.body.response).toMatchObject({ total_count: 1 })
    expect((await ada.browser.post(to, {}, 'DELETE')).body.response).toMatchObject({
      deleted: true,
    })
    expect((await ada.browser.get(to)).status).toBe(404)
  })

  it.each([
    ['gmail.com', 'organization_domain_common'],
    ['acme', 'form_param_format_invalid'],
    ['a@acme.example', 'form_param_format_invalid'],
    ['acme.example/..', 'form_param_format_invalid'],
    ['acme.example', 'organization_domain_already_exists'],
  ])('is refused when it is %s: %s', async (name, code) => {
    const { ada, path } = await openDomain('manual_invitation')
    expect(codeOf(await ada.browser.post(`${path}/domains`, { name }))).toBe(code)
  })

  it('is proven by one organization, when two do it at once', async () => {
    const { instance, ada, path } = await openOrganization(server, { settings: ON })
    const other = (await ada.browser.post('/organizations', { name: 'Other' })).body.response.id
    const attempts = []
    for (const of of [path, `/organizations/${other}`]) {
      const { id } = (await ada.browser.post(`${of}/domains`, { name: 'acme.example' })).body
        .response
      const address = `x${attempts.length}@acme.example`
      await ada.browser.post(`${of}/domains/${id}/prepare_affiliation_verification`, {
        affiliation_email_address: address,
      })
      const code = instance.codeOf(address)
      attempts.push(() =>
        ada.browser.post(`${of}/domains/${id}/attempt_affiliation_verification`, { code }),
      )
    }
    const answers = await Promise.all(attempts.map((attempt) => attempt()))
    expect(answers.map(codeOf).toSorted()).toEqual([200, 'organization_domain_already_exists'])
    const third = (await ada.browser.post('/organizations', { name: 'Third' })).body.response.id
    const late = await instance.call('POST', `/organizations/${third}/domains`, {
      name: 'acme.example',
    })
    expect(codeOf(late)).toBe('organization_domain_already_exists')
    // Nor is it worth naming any more.
    const unproven = await ada.browser.post(`/organizations/${third}/domains`, {
      name: 'acme.example',
    })
    expect(codeOf(unproven)).toBe('organization_domain_already_exists')
  })

  it('is nobody’s business without the permission, in another organization, or where domains are off', async () => {
    const { ada, path, domainId, instance } = await openDomain('automatic_suggestion')
    const bob = await signUp(instance, 'bob')
    await instance.call('POST', `${path}/memberships`, { user_id: bob.userId, role: 'org:member' })
    const off = await openOrganization(server)
    const suggestion = await signUpAt({ instance }, 'eve@acme.example')
    await suggestion.browser.get('/me/organization_suggestions')
    for (const route of domainRoutes.filter(({ path: it }) => it.startsWith('/organizations/'))) {
      const to = route.path
        .replace(':id', path.split('/')[2] ?? '')
        .replace(':domainId', domainId)
        .replace(':requestId', 'x')
      const form = { name: 'a.example', enrollment_mode: 'manual_invitation', code: '1' }
      const ask = (person: Person) =>
        route.method === 'GET'
          ? person.browser.get(to)
          : person.browser.post(
              to,
              { ...form, affiliation_email_address: BOSS },
              route.method === 'POST' ? undefined : (route.method as 'DELETE'),
            )
      expect([to, codeOf(await ask(bob))]).toEqual([to, 'missing_organization_permission'])
      expect([to, (await ask(off.ada)).status]).toEqual([to, 404])
    }
    expect(codeOf(await off.ada.browser.get(`${off.path}/domains`))).toBe('resource_forbidden')
    const foreign = await ada.browser.post('/organizations', { name: 'Mine' })
    const swapped = `/organizations/${foreign.body.response.id}/domains/${domainId}`
    expect((await ada.browser.get(swapped)).status).toBe(404)
  })

  it('is changed and listed by the application’s servers', async () => {
    const { instance, path, domainId } = await openDomain('automatic_invitation')
    const to = `${path}/domains/${domainId}`
    const unproven = await instance.call('PATCH', to, { verified: false })
    expect(codeOf(unproven)).toBe('form_param_value_invalid')
    const changed = await instance.call('PATCH', to, {
      verified: false,
      enrollment_mode: 'manual_invitation',
    })
    expect(changed.body).toMatchObject({ verification: null })
    const list = async (query: string) =>
      (await instance.call('GET', `${path}/domains?${query}`)).body.total_count
    expect([await list('verified=true'), await list('verified=false'), await list('')]).toEqual([
      0, 1, 1,
    ])
    expect((await instance.call('DELETE', to)).body).toMatchObject({ deleted: true })
    expect(await list('')).toBe(0)
  })

  it('is listed among those of all organizations, and of no other instance', async () => {
    const { instance, path, domainId } = await openDomain('automatic_invitation')
    const other = await instance.call('POST', '/organizations', { name: 'Other' })
    // Later, so that it is listed behind the first.
    server.advance(1000)
    const name = { name: 'other.example', verified: false }
    const added = await instance.call('POST', `/organizations/${other.body.id}/domains`, name)
    const list = async (query: string) => {
      const { body } = await instance.call('GET', `/organization_domains?${query}`)
      expect(body.total_count).toBe(body.data.length)
      return body.data.map(({ id }: { readonly id: string }) => id).toSorted()
    }
    // Made in the same millisecond, they come in no order.
    expect(await list('')).toEqual([domainId, added.body.id].toSorted())
    expect(await list('verified=false')).toEqual([added.body.id])
    expect(await list('enrollment_mode=automatic_invitation')).toEqual([domainId])
    const both = 'enrollment_mode=automatic_invitation&enrollment_mode=manual_invitation'
    expect(await list(both)).toEqual([domainId, added.body.id])
    expect(await list('enrollment_mode=automatic_suggestion')).toEqual([])
    const elsewhere = await openDomain('manual_invitation')
    const theirs = (await elsewhere.instance.call('GET', '/organization_domains')).body.data
    expect(theirs.map(({ id }: { readonly id: string }) => id)).toEqual([elsewhere.domainId])
    expect(path).not.toBe(elsewhere.path)
  })
})

describe('people with an address of a domain', () => {
  it('are invited where it invites, once, and come in with the role it gives', async () => {
    const opened = await openDomain('automatic_invitation')
    const { instance, ada, path, domainId } = opened
    const { browser } = await signUpAt(opened, 'eve@acme.example')
    const list = async () =>
      (await browser.get('/me/organization_invitations?status=pending')).body.response
    const [first] = await Promise.all([list(), list(), list()])
    expect(first).toMatchObject({ total_count: 1, data: [{ role: 'org:member' }] })
    expect((await list()).total_count).toBe(1)
    // Nobody sent it, so nobody lists it.
    expect((await ada.browser.get(`${path}/invitations`)).body.response.total_count).toBe(0)
    const shown = await ada.browser.get(`${path}/domains/${domainId}`)
    expect(shown.body.response.total_pending_invitations).toBe(1)
    const accepted = await browser.post(`/me/organization_invitations/${first.data[0].id}/accept`)
    expect(accepted.body.response.status).toBe('accepted')
    await browser.post(`/me/organization_memberships/${path.split('/')[2]}`, {}, 'DELETE')
    expect((await list()).total_count).toBe(0)
    const stranger = await signUp(instance, 'bob')
    const none = await stranger.browser.get('/me/organization_invitations')
    expect(none.body.response).toEqual({ data: [], total_count: 0 })
  })

  it('are told where it suggests; they ask, and are taken in once', async () => {
    const opened = await openDomain('automatic_suggestion')
    const { ada, path, instance } = opened
    const { browser, userId } = await signUpAt(opened, 'eve@acme.example')
    const suggestions = async (status = '') =>
      (await browser.get(`/me/organization_suggestions${status}`)).body.response
    const [suggestion] = (await suggestions()).data
    expect(suggestion).toMatchObject({
      object: 'organization_suggestion',
      status: 'pending',
      public_organization_data: { name: 'Acme' },
    })
    const stranger = await signUp(instance, 'bob')
    const accept = (who: Pick<Person, 'browser'>) =>
      who.browser.post(`/me/organization_suggestions/${suggestion.id}/accept`)
    expect((await accept(stranger)).status).toBe(404)
    const colleague = await signUpAt(opened, 'fay@acme.example')
    expect((await accept(colleague)).status).toBe(404)
    const answers = await Promise.all(Array.from({ length: 10 }, () => accept({ browser })))
    expect(new Set(answers.map(({ body }) => body.response.status))).toEqual(new Set(['accepted']))
    expect((await suggestions('?status=pending')).total_count).toBe(0)
    expect((await suggestions('?status=pending&status=accepted')).total_count).toBe(1)

    const requests = await ada.browser.get(`${path}/membership_requests?status=pending`)
    expect(requests.body.response).toMatchObject({
      total_count: 1,
      data: [
        {
          object: 'organization_membership_request',
          status: 'pending',
          public_user_data: { user_id: userId, identifier: 'eve@acme.example' },
        },
      ],
    })
    const { id } = requests.body.response.data[0]
    const settle = (verb: string) => ada.browser.post(`${path}/membership_requests/${id}/${verb}`)
    const settled = await Promise.all(
      Array.from({ length: 10 }, (_, i) => settle(i % 2 === 0 ? 'accept' : 'reject')),
    )
    expect(settled.filter(({ status }) => status === 200)).toHaveLength(1)
    const won = settled.find(({ status }) => status === 200)?.body.response.status
    const { members_count: members } = (await ada.browser.get(path)).body.response
    expect(members).toBe(won === 'accepted' ? 2 : 1)
    expect(new Set(settled.map(codeOf))).toEqual(
      new Set([200, 'organization_membership_request_settled']),
    )
  })

  it('are refused by a rejection, which stays', async () => {
    const opened = await openDomain('automatic_suggestion')
    const { ada, path } = opened
    const { browser } = await signUpAt(opened, 'eve@acme.example')
    const { data } = (await browser.get('/me/organization_suggestions')).body.response
    await browser.post(`/me/organization_suggestions/${data[0].id}/accept`)
    const [request] = (await ada.browser.get(`${path}/membership_requests`)).body.response.data
    const rejected = await ada.browser.post(`${path}/membership_requests/${request.id}/reject`)
    expect(rejected.body.response.status).toBe('revoked')
    expect((await ada.browser.get(path)).body.response.members_count).toBe(1)
    await browser.post(`/me/organization_suggestions/${data[0].id}/accept`)
    const pending = await ada.browser.get(`${path}/membership_requests?status=pending`)
    expect(pending.body.response.total_count).toBe(0)
  })

  it('see nothing of a domain that is closed, unverified, or not enabled', async () => {
    const opened = await openDomain('automatic_suggestion')
    const { instance, ada, path, domainId } = opened
    const { browser } = await signUpAt(opened, 'eve@acme.example')
    const look = async () =>
      (await browser.get('/me/organization_suggestions')).body.response.total_count
    expect(await look()).toBe(1)
    const close = (deletePending: string) =>
      ada.browser.post(`${path}/domains/${domainId}/update_enrollment_mode`, {
        enrollment_mode: 'manual_invitation',
        delete_pending: deletePending,
      })
    expect((await close('')).body.response.total_pending_suggestions).toBe(1)
    expect(await look()).toBe(0)
    const closed = await close('true')
    expect(closed.body.response.total_pending_suggestions).toBe(0)
    expect(await look()).toBe(0)
    const late = await openDomain('automatic_suggestion', {
      organization_domain_enrollment_modes: ['manual_invitation', 'automatic_suggestion'],
    })
    const to = `${late.path}/domains/${late.domainId}`
    const other = { enrollment_mode: 'automatic_invitation' }
    expect(codeOf(await late.instance.call('PATCH', to, other))).toBe(
      'organization_domain_enrollment_mode_not_enabled',
    )
    // Lists may be asked for what is off: there is none of it.
    const off = await late.instance.call(
      'GET',
      `${late.path}/domains?enrollment_mode=automatic_invitation`,
    )
    expect(off.body).toEqual({ data: [], total_count: 0 })
    expect(codeOf(await instance.call('GET', `${path}/domains?enrollment_mode=x`))).toBe(
      'form_param_value_invalid',
    )
  })
})
