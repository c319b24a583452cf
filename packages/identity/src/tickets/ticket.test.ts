import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import {
  openTestServer,
  type Answer,
  type TestBrowser,
  type TestInstance,
  type TestServer,
} from '../testing/server.ts'

let server: TestServer
let instance: TestInstance
let userId: string
beforeAll(async () => {
  server = await openTestServer()
  instance = await server.addInstance()
  const { body } = await instance.call('POST', '/users', {
    email_address: ['ada@example.com'],
    password: 'correct horse',
  })
  userId = body.id
})
afterAll(() => server.close())

const KINDS = ['sign_in_token', 'actor_token'] as const
type Kind = (typeof KINDS)[number]

function create(kind: Kind, input: object = {}, at: TestInstance = instance): Promise<Answer> {
  return at.call('POST', `/${kind}s`, {
    user_id: userId,
    ...(kind === 'actor_token' ? { actor: { sub: 'user_admin' } } : {}),
    ...input,
  })
}

async function ticketOf(kind: Kind, input: object = {}): Promise<{ id: string; token: string }> {
  const { status, body } = await create(kind, input)
  expect(status).toBe(200)
  return body
}

function use(ticket: string, browser: TestBrowser): Promise<Answer> {
  return browser.post('/client/sign_ins', { strategy: 'ticket', ticket })
}

const signInWith = async (ticket: string): Promise<Answer> =>
  use(ticket, await instance.openBrowser())

const startingOrganization = async (ticket: string): Promise<unknown> =>
  (await signInWith(ticket)).body.client.sessions[0].last_active_organization_id

const codeOf = ({ status, body }: Answer): string => `${status} ${body.errors?.[0].code}`

describe.each(KINDS)('a %s', (kind) => {
  it('is created with its text, which no later answer has', async () => {
    const { body } = await create(kind)
    expect(body).toEqual({
      object: kind,
      id: expect.stringMatching(/^(sit|act)_[0-9A-Za-z]{27}$/),
      user_id: userId,
      ...(kind === 'actor_token' ? { actor: { sub: 'user_admin' } } : {}),
      token: expect.stringMatching(/^(sit|act)_[\w-]{43}$/),
      status: 'pending',
      url: `${instance.keys.apiUrl}/v1/tickets/accept?ticket=${body.token}`,
      created_at: server.now,
      updated_at: server.now,
    })
    const revoked = await instance.call('POST', `/${kind}s/${body.id}/revoke`)
    expect(revoked.body).toMatchObject({ id: body.id, status: 'revoked', token: '', url: null })
    expect(JSON.stringify(revoked.body)).not.toContain(body.token)
  })

  it('signs its user in, once, and the sign-in is complete at once', async () => {
    const { token } = await ticketOf(kind)
    const browser = await instance.openBrowser()
    const { status, body } = await use(token, browser)
    expect(status).toBe(200)
    expect(body.response).toMatchObject({
      object: 'sign_in',
      status: 'complete',
      created_session_id: body.client.sessions[0].id,
      first_factor_verification: {
        object: 'verification_ticket',
        status: 'verified',
        strategy: 'ticket',
      },
    })
    expect(body.client.sessions[0].user.id).toBe(userId)
    expect(body.client.sign_in).toBeNull()
    expect((await browser.client())?.sessions).toHaveLength(1)
    expect(codeOf(await signInWith(token))).toBe('422 ticket_invalid')
  })

  it('signs one of twenty in who bring it at once', async () => {
    const { token } = await ticketOf(kind)
    const browsers = await Promise.all(Array.from({ length: 20 }, () => instance.openBrowser()))
    const answers = await Promise.all(browsers.map((browser) => use(token, browser)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    const others = answers.filter(({ status }) => status !== 200)
    expect(new Set(others.map(codeOf))).toEqual(new Set(['422 ticket_invalid']))
  })

  it('is worthless once it is over, revoked, or its user gone', async () => {
    const short = await ticketOf(kind, { expires_in_seconds: 60 })
    server.advance(60_000)
    expect(codeOf(await signInWith(short.token))).toBe('422 ticket_expired')

    const revoked = await ticketOf(kind)
    await instance.call('POST', `/${kind}s/${revoked.id}/revoke`)
    expect(codeOf(await signInWith(revoked.token))).toBe('422 ticket_invalid')

    const gone = await instance.call('POST', '/users', {
      email_address: [`${kind}@example.com`],
      password: 'correct horse',
    })
    const orphan = await ticketOf(kind, { user_id: gone.body.id })
    await instance.call('DELETE', `/users/${gone.body.id}`)
    expect(codeOf(await signInWith(orphan.token))).toBe('422 ticket_invalid')
  })

  it('is still good after a sign-in that was refused', async () => {
    const { token } = await ticketOf(kind)
    const browser = await instance.openBrowser()
    await browser.signUp(`${kind}-${server.now}@example.com`)
    expect(codeOf(await use(token, browser))).toBe('400 session_exists')
    await instance.call('POST', `/users/${userId}/ban`)
    expect(codeOf(await signInWith(token))).toBe('403 user_banned')
    await instance.call('POST', `/users/${userId}/unban`)
    await instance.call('POST', `/users/${userId}/lock`)
    expect(codeOf(await signInWith(token))).toBe('423 user_locked')
    await instance.call('POST', `/users/${userId}/unlock`)
    expect((await signInWith(token)).status).toBe(200)
  })

  it('cannot be revoked once it was used or revoked, nor as another kind, nor elsewhere', async () => {
    const used = await ticketOf(kind)
    await signInWith(used.token)
    const revoked = await ticketOf(kind)
    await instance.call('POST', `/${kind}s/${revoked.id}/revoke`)
    for (const { id } of [used, revoked]) {
      expect(codeOf(await instance.call('POST', `/${kind}s/${id}/revoke`))).toBe(
        `400 ${kind}_cannot_be_revoked_code`,
      )
    }
    const { id } = await ticketOf(kind)
    const otherKind = KINDS.find((it) => it !== kind)
    const other = await server.addInstance()
    expect((await instance.call('POST', `/${otherKind}s/${id}/revoke`)).status).toBe(404)
    expect((await other.call('POST', `/${kind}s/${id}/revoke`)).status).toBe(404)
    expect((await instance.call('POST', `/${kind}s/sit_x/revoke`)).status).toBe(404)
    expect((await instance.call('POST', `/${kind}s/${id}/revoke`)).status).toBe(200)
  })

  it('signs nobody in at another instance, which does not use it up', async () => {
    const { token } = await ticketOf(kind)
    const other = await server.addInstance()
    expect(codeOf(await use(token, await other.openBrowser()))).toBe('422 ticket_invalid')
    expect((await signInWith(token)).status).toBe(200)
  })

  it.each<readonly [string, object, string]>([
    ['without a user', { user_id: '' }, '422 form_param_nil'],
    ['for nobody', { user_id: 'user_x' }, '404 resource_not_found'],
    ['that is over', { expires_in_seconds: 0 }, '422 form_param_value_invalid'],
    ['that never ends', { expires_in_seconds: 1e10 }, '422 form_param_value_invalid'],
  ])('is not created %s', async (_title, input, expected) => {
    expect(codeOf(await create(kind, input))).toBe(expected)
  })

  it('is not created for the user of another instance', async () => {
    const other = await server.addInstance()
    expect(codeOf(await create(kind, {}, other))).toBe('404 resource_not_found')
  })

  it('leads to the sign-in page, and following the link uses nothing up', async () => {
    const { token } = await ticketOf(kind)
    const browser = await instance.openBrowser()
    for (let i = 0; i < 2; i++) {
      const answer = await browser.get(`/tickets/accept?ticket=${token}`, { origin: '' })
      expect(answer.status).toBe(302)
      expect(answer.headers.get('location')).toBe(
        `${instance.keys.apiUrl}/sign-in?__clerk_ticket=${token}&__clerk_status=sign_in`,
      )
      expect(answer.headers.get('cache-control')).toBe('no-store')
      expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
    }
    expect((await signInWith(token)).status).toBe(200)
  })
})

describe('a sign-in token', () => {
  it('lives for thirty days', async () => {
    const [first, second] = [await ticketOf('sign_in_token'), await ticketOf('sign_in_token')]
    server.advance(30 * 86_400_000 - 1)
    expect((await signInWith(first.token)).status).toBe(200)
    server.advance(1)
    expect(codeOf(await signInWith(second.token))).toBe('422 ticket_expired')
  })

  it('starts its session in the organization it names, while its user is a member', async () => {
    const { body: first } = await instance.call('POST', '/organizations', {
      name: 'First',
      created_by: userId,
    })
    const { body: second } = await instance.call('POST', '/organizations', {
      name: 'Second',
      created_by: userId,
    })
    const tickets = await Promise.all(
      [0, 1].map(() => ticketOf('sign_in_token', { org_id: first.id })),
    )
    expect(await startingOrganization(tickets[0]?.token ?? '')).toBe(first.id)
    await instance.call('DELETE', `/organizations/${first.id}`)
    expect(await startingOrganization(tickets[1]?.token ?? '')).not.toBe(first.id)
    await instance.call('DELETE', `/organizations/${second.id}`)
  })

  it('names no organization that its user is not in', async () => {
    expect(codeOf(await create('sign_in_token', { org_id: 'org_x' }))).toBe(
      '404 resource_not_found',
    )
  })

  it.each(['', 'x', 'sit_', 'constructor', `sit_${'a'.repeat(43)}`])(
    'that is none is refused: %j',
    async (ticket) => {
      const { status, body } = await signInWith(ticket)
      expect(status).toBe(422)
      expect(body.errors[0].meta.param_name).toBe('ticket')
    },
  )

  it('leads to the sign-in page of the app, if that is an app of the instance', async () => {
    for (const [sign_in_url, expected] of [
      ['http://localhost:3000/login?a=1', 'http://localhost:3000/login?a=1&__clerk_ticket=x'],
      ['https://evil.com/', '/sign-in?__clerk_ticket=x'],
    ] as const) {
      const other = await server.addInstance({ settings: { sign_in_url } })
      const browser = await other.openBrowser()
      const answer = await browser.get('/tickets/accept?ticket=x', { origin: '' })
      const location = answer.headers.get('location') ?? ''
      expect(location.startsWith('http') && location.replace(other.keys.apiUrl, '')).toBe(
        `${expected}&__clerk_status=sign_in`,
      )
    }
  })

  it('leads nowhere without its ticket', async () => {
    const browser = await (await server.addInstance()).openBrowser()
    for (const link of ['/tickets/accept', '/tickets/accept?ticket=']) {
      const refused = await browser.get(link, { origin: '' })
      expect([refused.status, codeOf(refused)]).toEqual([422, '422 form_param_nil'])
    }
  })
})

describe('an actor token', () => {
  it('starts a session that says who acts, in both APIs and in every token', async () => {
    const actor = {
      sub: 'user_admin',
      iss: 'https://admin.example.com',
      additionalProperties: { a: 1 },
    }
    const { token } = await ticketOf('actor_token', { actor })
    const browser = await instance.openBrowser()
    const [session] = (await use(token, browser)).body.client.sessions
    expect(session.actor).toEqual(actor)
    expect((await instance.call('GET', `/sessions/${session.id}`)).body.actor).toEqual(actor)
    const { jwt } = (await browser.post(`/client/sessions/${session.id}/tokens`)).body
    expect(await instance.verify(jwt)).toMatchObject({ sub: userId, act: actor })
  })

  it('proves nothing as the user: no reverification, no sign-in to remember, no attempt forgiven', async () => {
    const before = (await instance.call('GET', `/users/${userId}`)).body
    server.advance(5000)
    const { token } = await ticketOf('actor_token')
    const browser = await instance.openBrowser()
    const [session] = (await use(token, browser)).body.client.sessions
    expect(session.factor_verification_age).toEqual([-1, -1])
    const { jwt } = (await browser.post(`/client/sessions/${session.id}/tokens`)).body
    expect((await instance.verify(jwt))['fva']).toEqual([-1, -1])
    const after = (await instance.call('GET', `/users/${userId}`)).body
    expect(after.last_sign_in_at).toBe(before.last_sign_in_at)
    expect(after.updated_at).toBe(before.updated_at)
  })

  it.each([
    [{}, 1800],
    [{ session_max_duration_in_seconds: 60 }, 60],
  ])('starts a short session: %j', async (input, seconds) => {
    const { token } = await ticketOf('actor_token', input)
    const browser = await instance.openBrowser()
    const [session] = (await use(token, browser)).body.client.sessions
    expect(session.expire_at).toBe(server.now + seconds * 1000)
    server.advance(seconds * 1000)
    expect((await browser.post(`/client/sessions/${session.id}/tokens`)).status).toBe(401)
  })

  it('lives for an hour', async () => {
    const [first, second] = [await ticketOf('actor_token'), await ticketOf('actor_token')]
    server.advance(3_600_000 - 1)
    expect((await signInWith(first.token)).status).toBe(200)
    server.advance(1)
    expect(codeOf(await signInWith(second.token))).toBe('422 ticket_expired')
  })

  it.each<readonly [string, unknown, string]>([
    ['nobody', undefined, 'form_param_nil'],
    ['a list', ['x'], 'form_param_type_invalid'],
    ['nobody in particular', {}, 'form_param_format_invalid'],
    ['a number', { sub: 7 }, 'form_param_format_invalid'],
    ['a line', { sub: 'a\nb' }, 'form_param_format_invalid'],
    ['a story', { sub: 'x', note: 'y'.repeat(2000) }, 'form_param_max_length_exceeded'],
  ])('is not created for %s', async (_title, actor, code) => {
    const { status, body } = await create('actor_token', { actor })
    expect(status).toBe(422)
    expect(body.errors[0]).toMatchObject({ code, meta: { param_name: 'actor' } })
  })
})
