import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { backendRoutes } from '../http/backend-routes.ts'
import { frontendRoutes } from '../http/frontend.ts'
import { sharedTestDatabases } from '../testing/database.ts'
import { openOrganization, signUp } from '../testing/organizations.ts'
import { openTestServer, send, type TestInstance, type TestServer } from '../testing/server.ts'
import { listEvents, type AuditEvent } from './list.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

/** What was written down about an instance, oldest first. */
async function eventsOf(instance: TestInstance): Promise<AuditEvent[]> {
  const [handle] = await sharedTestDatabases()
  const { id: instanceId } = (await instance.call('GET', '/instance')).body
  if (handle === undefined) throw new Error('There is no database.')
  // Ids count seconds; within one, the order is that of chance.
  const found = await listEvents(handle.database, { instanceId, limit: 1000 })
  return found.toReversed()
}

/** What was written down since, as action, kind of actor and subject. */
async function during(instance: TestInstance, work: () => Promise<unknown>): Promise<string[]> {
  const before = new Set((await eventsOf(instance)).map(({ id }) => id))
  await work()
  const after = await eventsOf(instance)
  return after
    .filter(({ id }) => !before.has(id))
    .map(({ action, actorKind, subject }) => `${action} by ${actorKind}: ${subject ?? 'nobody'}`)
    .toSorted()
}

const PASSWORD = 'correct horse'

const PICTURE = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0])
const NO_PICTURE = new TextEncoder().encode('<svg/>')

const twice = (text: string): string[] => [text, text]

function upload(
  { keys }: TestInstance,
  method: string,
  path: string,
  content = PICTURE,
): Promise<unknown> {
  const headers = { authorization: `Bearer ${keys.secretKey}` }
  const form = new FormData()
  form.set('file', new Blob([content]))
  return send(server, new Request(`${keys.apiUrl}/v1${path}`, { method, headers, body: form }))
}

describe('what people do', () => {
  it('is written down with who did it, to whom, and from which network', async () => {
    const instance = await server.addInstance()
    const browser = await instance.openBrowser()
    browser.peer = '203.0.113.7'
    const done = await browser.signUp('ada@example.com')
    const { created_user_id: userId, created_session_id: sessionId } = done.body.response
    const events = await eventsOf(instance)
    expect(events.find(({ action }) => action === 'user.signed_up')).toMatchObject({
      actorKind: 'user',
      actorId: userId,
      subject: userId,
      network: '203.0.113.0/24',
      createdAt: server.now,
    })
    expect(events.find(({ action }) => action === 'sign_in.succeeded')).toMatchObject({
      subject: userId,
      detail: { strategy: 'password', session: sessionId },
    })
    const user = `by user: ${userId}`
    expect(
      await during(instance, () =>
        browser.post('/me/change_password', {
          current_password: PASSWORD,
          new_password: 'another horse',
          sign_out_of_other_sessions: 'true',
        }),
      ),
    ).toEqual([`password.changed ${user}`])
    expect(
      await during(instance, () => browser.post('/me', { first_name: 'Ada' }, 'PATCH')),
    ).toEqual([`user.updated ${user}`])
    const ended = await during(instance, () => browser.signOut())
    expect(ended).toEqual([`session.ended by user: ${sessionId}`])
    const guess = { identifier: 'ada@example.com', password: PASSWORD }
    expect(await during(instance, () => browser.post('/client/sign_ins', guess))).toEqual([
      `sign_in.failed by visitor: ${userId}`,
    ])
    const stranger = { identifier: 'nobody@example.com', password: PASSWORD }
    expect(await during(instance, () => browser.post('/client/sign_ins', stranger))).toEqual([
      'sign_in.failed by visitor: nobody',
    ])
    const right = { identifier: 'ada@example.com', password: 'another horse' }
    expect(await during(instance, () => browser.post('/client/sign_ins', right))).toEqual([
      `sign_in.succeeded ${user}`,
    ])
    const added = await browser.post('/me/email_addresses', { email_address: 'eve@example.com' })
    const address = `/me/email_addresses/${added.body.response.id}`
    await browser.post(`${address}/prepare_verification`, { strategy: 'email_code' })
    const code = instance.codeOf('eve@example.com')
    const proven = await during(instance, () =>
      browser.post(`${address}/attempt_verification`, { code }),
    )
    expect(proven).toEqual([`email_address.verified by user: ${added.body.response.id}`])
    expect(await during(instance, () => browser.post('/me', {}, 'DELETE'))).toEqual([
      `user.deleted ${user}`,
    ])
  })

  it('is written down when they lock themselves out, or set a password by mail', async () => {
    const instance = await server.addInstance({ settings: { lockout_attempts: 2 } })
    const { userId, email, browser } = await signUp(instance, 'ada')
    const other = await instance.openBrowser()
    const guess = { identifier: email, password: 'wrong horse' }
    await other.post('/client/sign_ins', guess)
    expect(await during(instance, () => other.post('/client/sign_ins', guess))).toEqual([
      `sign_in.failed by visitor: ${userId}`,
      `user.locked by visitor: ${userId}`,
    ])
    expect(await during(instance, () => other.post('/client/sign_ins', guess))).toEqual([
      `sign_in.failed by visitor: ${userId}`,
    ])
    await instance.call('POST', `/users/${userId}/unlock`)
    const begun = await other.post('/client/sign_ins', { identifier: email })
    const path = `/client/sign_ins/${begun.body.response.id}`
    const strategy = 'reset_password_email_code'
    const factor = begun.body.response.supported_first_factors.find(
      (it: { strategy: string }) => it.strategy === strategy,
    )
    await other.post(`${path}/prepare_first_factor`, {
      strategy,
      email_address_id: factor.email_address_id,
    })
    const events = await during(instance, () =>
      other.post(`${path}/attempt_first_factor`, {
        strategy,
        code: instance.codeOf(email),
        password: 'another horse',
      }),
    )
    expect(events).toEqual([
      `password.reset by user: ${userId}`,
      `session.revoked by visitor: ${userId}`,
      `sign_in.succeeded by user: ${userId}`,
    ])
    expect((await browser.client())?.sessions).toEqual([])
  })

  it('is written down when a ticket or their current password was wrong', async () => {
    const instance = await server.addInstance({ settings: { lockout_attempts: 3 } })
    const { userId, browser } = await signUp(instance, 'ada')
    const wrong = { current_password: 'wrong horse', new_password: 'another horse' }
    const change = () => browser.post('/me/change_password', wrong)
    const failed = `reverification.failed by user: ${userId}`
    expect(await during(instance, change)).toEqual([failed])
    expect(await during(instance, () => browser.post('/me/remove_password', wrong))).toEqual([
      failed,
    ])
    expect(await during(instance, change)).toEqual([failed, `user.locked by user: ${userId}`])

    const { token: ticket } = (await instance.call('POST', '/sign_in_tokens', { user_id: userId }))
      .body
    const stranger = await instance.openBrowser()
    const bring = (form = { ticket }, by = stranger) =>
      during(instance, () => by.post('/client/sign_ins', { strategy: 'ticket', ...form }))
    const refused = `sign_in.failed by visitor: ${userId}`
    expect(await bring({ ticket: 'nothing' })).toEqual(['sign_in.failed by visitor: nobody'])
    expect(await bring()).toEqual([refused])
    await instance.call('POST', `/users/${userId}/unlock`)
    // Whoever is signed in did not try to get in.
    expect(await bring({ ticket }, browser)).toEqual([])
    expect(await bring()).toEqual([`sign_in.succeeded by user: ${userId}`])
    expect(await bring({ ticket }, await instance.openBrowser())).toEqual([refused])
  })

  it('is written down when they lock themselves out in a proof that it is them', async () => {
    const instance = await server.addInstance({
      settings: { lockout_attempts: 2, reverification: true },
    })
    const { userId, sessionId, browser } = await signUp(instance, 'ada')
    await browser.post(`/client/sessions/${sessionId}/verify`, { level: 'first_factor' })
    const guess = () =>
      browser.post(`/client/sessions/${sessionId}/verify/attempt_first_factor`, {
        strategy: 'password',
        password: 'wrong horse',
      })
    const failed = `reverification.failed by user: ${userId}`
    expect(await during(instance, guess)).toEqual([failed])
    expect(await during(instance, guess)).toEqual([failed, `user.locked by user: ${userId}`])
  })

  it('in organizations is written down as well', async () => {
    const { instance, ada, orgId, people } = await openOrganization(server, {
      members: { bob: 'org:member' },
      settings: { organization_domains: true },
    })
    const bob = people['bob']?.userId ?? ''
    const path = `/organizations/${orgId}`
    const role = { role: 'org:admin' }
    const events = await during(instance, async () => {
      await ada.browser.post(path, { name: 'Apex' }, 'PATCH')
      await ada.browser.post(`${path}/memberships/${bob}`, role, 'PATCH')
      await ada.browser.post(`${path}/memberships/${bob}`, {}, 'DELETE')
      await ada.browser.post(`${path}/invitations`, { email_address: 'eve@example.com', ...role })
      await ada.browser.post(`${path}/domains`, { name: 'acme.com' })
      await ada.browser.post(path, {}, 'DELETE')
    })
    expect(events.map((event) => event.replace(/: (?!org_).*$/, ''))).toEqual([
      `organization.deleted by user: ${orgId}`,
      `organization.updated by user: ${orgId}`,
      'organization_domain.created by user',
      `organization_invitation.created by user: ${orgId}`,
      'organization_membership.deleted by user',
      'organization_membership.updated by user',
    ])
    const all = await eventsOf(instance)
    const removed = all.find(({ action }) => action === 'organization_membership.deleted')
    expect(removed).toMatchObject({
      actorId: ada.userId,
      detail: { organization_id: orgId, user_id: bob },
    })
  })

  it('in the name of somebody else is written down as theirs who did it', async () => {
    const instance = await server.addInstance()
    const { userId } = await signUp(instance, 'ada')
    const { token } = (
      await instance.call('POST', '/actor_tokens', { user_id: userId, actor: { sub: 'support_7' } })
    ).body
    const browser = await instance.openBrowser()
    const events = await during(instance, async () => {
      await browser.post('/client/sign_ins', { strategy: 'ticket', ticket: token })
      await browser.post('/me', { first_name: 'Eve' }, 'PATCH')
    })
    expect(events).toEqual([
      `sign_in.succeeded by impersonator: ${userId}`,
      `user.updated by impersonator: ${userId}`,
    ])
    const last = (await eventsOf(instance)).find(({ action }) => action === 'user.updated')
    expect(last).toMatchObject({
      actorId: 'support_7',
      detail: { as: userId, fields: ['first_name'] },
    })
  })
})

describe('what servers do', () => {
  it('is written down with the key that they used', async () => {
    const instance = await server.addInstance()
    const created = await instance.call('POST', '/users', {
      email_address: ['ada@example.com'],
      password: PASSWORD,
    })
    const id = created.body.id as string
    const event = (await eventsOf(instance)).find(({ action }) => action === 'user.created')
    expect(event).toMatchObject({ actorKind: 'key', subject: id })
    const issued = (await eventsOf(instance)).find(({ action }) => action === 'secret_key.created')
    expect(event?.actorId).toBe(issued?.subject)
    const path = `/users/${id}`
    const events = await during(instance, async () => {
      await instance.call('PATCH', path, { first_name: 'Ada', password: 'another horse' })
      await instance.call('POST', `${path}/ban`)
      await instance.call('POST', `/users/unban`, { user_ids: [id] })
      await instance.call('POST', `${path}/lock`)
      await instance.call('POST', `${path}/unlock`)
      await instance.call('POST', '/sign_in_tokens', { user_id: id })
      await instance.call('DELETE', path)
    })
    expect(events.map((text) => text.replace(/: sit_.*$/, ''))).toEqual([
      `password.changed by key: ${id}`,
      'sign_in_token.created by key',
      ...['banned', 'deleted', 'locked', 'unbanned', 'unlocked', 'updated'].map(
        (what) => `user.${what} by key: ${id}`,
      ),
    ])
  })

  it.each<[string, string, string, object | undefined]>([
    ['allowlist_identifier.created', 'POST', '/allowlist_identifiers', { identifier: 'a@b.com' }],
    ['invitation.created', 'POST', '/invitations', { email_address: 'a@b.com' }],
    ['redirect_url.created', 'POST', '/redirect_urls', { url: 'https://a.com/back' }],
    ['instance.updated', 'PATCH', '/instance', { support_email: 'help@a.com' }],
    ['instance.updated', 'PATCH', '/instance/restrictions', { allowlist: true }],
    ['testing_token.created', 'POST', '/testing_tokens', undefined],
    ['waitlist_entry.created', 'POST', '/waitlist_entries', { email_address: 'a@b.com' }],
    ['organization.created', 'POST', '/organizations', { name: 'Acme' }],
    ['jwt_template.created', 'POST', '/jwt_templates', { name: 'x', claims: {} }],
  ])('is written down: %s', async (action, method, path, body) => {
    const instance = await server.addInstance()
    const events = await during(instance, () => instance.call(method, path, body))
    expect(events).toEqual([expect.stringMatching(new RegExp(`^${action} by key: \\w+`))])
  })

  it('to pictures is written down as a change of whose they are', async () => {
    const { instance, ada, orgId } = await openOrganization(server)
    const user = `/users/${ada.userId}/profile_image`
    const logo = `/organizations/${orgId}/logo`
    const byServer = await during(instance, async () => {
      await upload(instance, 'POST', user)
      await instance.call('DELETE', user)
      await upload(instance, 'PUT', logo)
      await instance.call('DELETE', logo)
    })
    expect(byServer).toEqual([
      ...twice(`organization.updated by key: ${orgId}`),
      ...twice(`user.updated by key: ${ada.userId}`),
    ])
    const byUser = await during(instance, async () => {
      await ada.browser.upload('/me/profile_image', PICTURE)
      await ada.browser.post('/me/profile_image', {}, 'DELETE')
      await ada.browser.upload(`${logo}?_method=PUT`, PICTURE)
      await ada.browser.post(logo, {}, 'DELETE')
    })
    expect(byUser).toEqual([
      ...twice(`organization.updated by user: ${orgId}`),
      ...twice(`user.updated by user: ${ada.userId}`),
    ])
    const fields = (await eventsOf(instance)).flatMap(({ detail }) => detail['fields'] ?? [])
    expect(fields.toSorted()).toEqual([
      ...Array.from({ length: 4 }, () => 'logo'),
      ...Array.from({ length: 4 }, () => 'profile_image'),
    ])
  })

  it('to no picture is not written down', async () => {
    const { instance, ada } = await openOrganization(server)
    const path = `/users/${ada.userId}/profile_image`
    expect(await during(instance, () => instance.call('DELETE', path))).toEqual([])
    expect(await during(instance, () => upload(instance, 'POST', path, NO_PICTURE))).toEqual([])
  })

  it('is not written down if it is refused', async () => {
    const instance = await server.addInstance()
    const url = { url: 'https://a.com/back' }
    await instance.call('POST', '/redirect_urls', url)
    const events = await during(instance, async () => {
      await instance.call('POST', '/redirect_urls', url)
      await instance.call('DELETE', '/users/user_none')
      await instance.call('PATCH', '/users/user_none', { first_name: 'Ada' })
    })
    expect(events).toEqual([])
  })
})

it('holds no password, code, token, address or name', async () => {
  const instance = await server.addInstance()
  const browser = await instance.openBrowser()
  browser.peer = '203.0.113.77'
  await browser.signUp('canary@example.com', 'canary horse')
  const secrets = [
    instance.codeOf('canary@example.com'),
    instance.keys.secretKey,
    browser.devBrowser ?? '',
  ]
  await browser.post('/me', { first_name: 'Canary', canary: 'canary' }, 'PATCH')
  await browser.post('/me/metadata', { unsafe_metadata: '{"canary":"canary"}' }, 'PATCH')
  const { body } = await instance.call('POST', '/users', {
    email_address: ['canary2@example.com'],
    password: 'canary horse',
  })
  const ticket = await instance.call('POST', '/sign_in_tokens', { user_id: body.id })
  secrets.push(ticket.body.token)
  const text = JSON.stringify(await eventsOf(instance))
  expect(text).not.toMatch(/canary(?!"\])|Canary|203\.0\.113\.77/)
  for (const secret of secrets) expect(text).not.toContain(secret)
})

it('says nothing of tokens, of pages that are looked at, and of sessions in use', async () => {
  const instance = await server.addInstance()
  const { browser, sessionId } = await signUp(instance, 'ada')
  const events = await during(instance, async () => {
    await browser.post(`/client/sessions/${sessionId}/tokens`)
    await browser.post(`/client/sessions/${sessionId}/touch`)
    await browser.get('/client')
    await browser.get('/me')
    await instance.call('GET', '/users')
    await instance.call('POST', `/sessions/${sessionId}/tokens`)
  })
  expect(events).toEqual([])
})

it('is kept for as long as the setting says', async () => {
  const instance = await server.addInstance({ settings: { audit_retention: 2 } })
  await signUp(instance, 'ada')
  const old = await eventsOf(instance)
  server.advance(2 * 86_400_000)
  await signUp(instance, 'bob')
  expect((await eventsOf(instance)).length).toBeGreaterThan(old.length)
  server.advance(1)
  await signUp(instance, 'eve')
  const left = new Set((await eventsOf(instance)).map(({ id }) => id))
  expect(old.filter(({ id }) => left.has(id))).toEqual([])
})

/** What changes something and is written down by what it calls, or is nothing to write down. */
const UNDECLARED = {
  backend: [
    // Written down where mails are sent, passwords hashed or lists gone through.
    'POST /users',
    'PATCH /users/:id',
    'POST /users/:id/ban',
    'POST /users/:id/unban',
    'POST /users/ban',
    'POST /users/unban',
    'POST /allowlist_identifiers',
    'POST /blocklist_identifiers',
    'POST /invitations',
    'POST /invitations/bulk',
    'POST /waitlist_entries',
    'POST /waitlist_entries/bulk',
    'POST /waitlist_entries/:id/invite',
    'POST /organizations/:id/invitations',
    'POST /organizations/:id/invitations/bulk',
    'POST /email_addresses/:id/attempt_verification',
    // Only begins something.
    'POST /email_addresses/:id/prepare_verification',
    // Written down as a change of whose picture it is.
    'POST /users/:id/profile_image',
    'DELETE /users/:id/profile_image',
    'PUT /organizations/:id/logo',
    'DELETE /organizations/:id/logo',
    // A sign-up is nobody yet.
    'PATCH /sign_ups/:id',
    // Checks, tokens, and what there is none of.
    'POST /users/:id/verify_password',
    'POST /users/:id/verify_totp',
    'DELETE /users/:id/mfa',
    'DELETE /users/:id/totp',
    'DELETE /users/:id/backup_code',
    'DELETE /users/:id/passkeys/:factor',
    'DELETE /users/:id/web3_wallets/:factor',
    'DELETE /users/:id/external_accounts/:factor',
    'DELETE /users/:id/trusted_devices/:factor',
    'POST /sessions/:id/verify',
    'POST /sessions/:id/tokens',
    'POST /sessions/:id/tokens/:template',
    'POST /sessions/:id/refresh',
    'POST /clients/verify',
    'POST /accountless_applications/complete',
  ],
  frontend: [
    // Written down by the attempt itself, or where mails are sent and passwords hashed.
    'POST /client/sign_ins',
    'POST /client/sign_ins/:id/attempt_first_factor',
    'POST /client/sign_ins/:id/reset_password',
    'POST /client/sign_ups',
    'PATCH /client/sign_ups/:id',
    'POST /client/sign_ups/:id/attempt_verification',
    'POST /client/sessions/:session/verify/attempt_first_factor',
    'POST /me/change_password',
    'POST /me/remove_password',
    'POST /me/email_addresses/:id/attempt_verification',
    'POST /organizations/:id/invitations',
    'POST /organizations/:id/invitations/bulk',
    'POST /organizations/:id/domains/:domainId/attempt_affiliation_verification',
    'POST /waitlist',
    // The end of sessions, by what ends them.
    'DELETE /client',
    'DELETE /client/sessions',
    'POST /client/sessions/:id/end',
    'POST /client/sessions/:id/remove',
    // Written down as a change of whose picture it is.
    'POST /me/profile_image',
    'DELETE /me/profile_image',
    'PUT /organizations/:id/logo',
    'DELETE /organizations/:id/logo',
  ],
}

describe('every endpoint that changes something', () => {
  it('of servers is written down, or named above', () => {
    const silent = backendRoutes
      .filter(({ method, event }) => method !== 'GET' && event === undefined)
      .map(({ method, path }) => `${method} ${path}`)
    expect(silent.toSorted()).toEqual(UNDECLARED.backend.toSorted())
  })

  it('of browsers is written down, or named above, or only begins something', () => {
    const silent = frontendRoutes
      .filter(({ method, event }) => method !== 'GET' && event === undefined)
      .map(({ method, path }) => `${method} ${path}`)
    const begins =
      /prepare_|\/touch$|\/tokens|^PUT \/client$|dev_browser|environment|client\/verify|\/verify$|second_factor|suggestions/
    expect(silent.filter((name) => !begins.test(name)).toSorted()).toEqual(
      UNDECLARED.frontend.toSorted(),
    )
  })
})
