import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { codeOf, signUp } from '../testing/organizations.ts'
import { openTestServer, type TestInstance, type TestServer } from '../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

const BOB = 'bob@example.com'
const PASSWORD = 'correct horse'

const open = (settings: Parameters<TestServer['addInstance']>[0] = {}): Promise<TestInstance> =>
  server.addInstance(settings)

async function invited(instance: TestInstance, more: object = {}) {
  const answer = await instance.call('POST', '/invitations', { email_address: BOB, ...more })
  const ticket = new URL(answer.body.url).searchParams.get('ticket') ?? ''
  return { answer, ticket, id: answer.body.id as string, url: answer.body.url as string }
}

describe('an invitation into the application', () => {
  it('is mailed with a link, and its ticket signs up with a proven address and metadata', async () => {
    const instance = await open({ settings: { sign_up_mode: 'restricted' } })
    const sent = server.mails.length
    const { answer, ticket, url } = await invited(instance, {
      email_address: 'Bob@Example.com',
      public_metadata: { plan: { name: 'pro' } },
    })
    expect(answer.body).toEqual({
      object: 'invitation',
      id: expect.stringMatching(/^inv_/),
      email_address: BOB,
      public_metadata: { plan: { name: 'pro' } },
      revoked: false,
      status: 'pending',
      url,
      expires_at: server.now + 30 * 24 * 3_600_000,
      created_at: server.now,
      updated_at: server.now,
    })
    const [mail] = server.mails.slice(sent)
    expect(mail).toMatchObject({ to: BOB, subject: 'You are invited to join Core' })
    expect(mail?.text.split('\n')).toContain(url)

    const browser = await instance.openBrowser()
    const stranger = { email_address: BOB, password: PASSWORD }
    expect(codeOf(await browser.post('/client/sign_ups', stranger))).toBe('sign_up_mode_restricted')
    const begun = await browser.post('/client/sign_ups', { strategy: 'ticket', ticket })
    expect(begun.body.response).toMatchObject({
      status: 'missing_requirements',
      email_address: BOB,
      unverified_fields: [],
      missing_fields: ['password'],
    })
    const form = {
      strategy: 'ticket',
      ticket,
      password: PASSWORD,
      email_address: 'eve@example.com',
    }
    const done = await browser.post('/client/sign_ups', form)
    expect(done.body.response).toMatchObject({ status: 'complete', email_address: BOB })
    const user = await instance.call('GET', `/users/${done.body.response.created_user_id}`)
    expect(user.body).toMatchObject({
      public_metadata: { plan: { name: 'pro' } },
      email_addresses: [{ email_address: BOB, verification: { status: 'verified' } }],
    })
    const list = await instance.call('GET', '/invitations?paginated=true')
    expect(list.body).toMatchObject({ total_count: 1, data: [{ status: 'accepted' }] })
    const other = await instance.openBrowser()
    const again = { strategy: 'ticket', ticket, password: PASSWORD }
    expect(codeOf(await other.post('/client/sign_ups', again))).toBe('invitation_already_accepted')
    expect(codeOf(await other.post('/client/sign_ins', again))).toBe('invitation_already_accepted')
  })

  it('signs up one of fifty who bring its ticket at once', async () => {
    const instance = await open()
    const { ticket } = await invited(instance)
    const browsers = await Promise.all(Array.from({ length: 50 }, () => instance.openBrowser()))
    const form = { strategy: 'ticket', ticket, password: PASSWORD }
    const answers = await Promise.all(
      browsers.map((browser) => browser.post('/client/sign_ups', form)),
    )
    const complete = answers.filter(({ body }) => body.response?.status === 'complete')
    expect(complete).toHaveLength(1)
    expect((await instance.call('GET', '/users/count')).body.total_count).toBe(1)
  })

  it('leads to the page it names, with what is to do there', async () => {
    const instance = await open()
    const { url, ticket } = await invited(instance, {
      redirect_url: 'http://localhost:3000/join?a=1',
    })
    const follow = async (cookies: string): Promise<URL> => {
      const response = await server.identity.fetch(new Request(`${url}${cookies}`))
      expect(response.status).toBe(302)
      return new URL(response.headers.get('location') ?? '')
    }
    const fresh = await follow('')
    expect(fresh.origin + fresh.pathname).toBe('http://localhost:3000/join')
    expect(Object.fromEntries(fresh.searchParams)).toEqual({
      a: '1',
      __clerk_ticket: ticket,
      __clerk_status: 'sign_up',
    })
    const bob = await signUp(instance, 'bob')
    expect((await follow('')).searchParams.get('__clerk_status')).toBe('sign_in')
    const here = await follow(`&__clerk_db_jwt=${bob.browser.devBrowser}`)
    expect(here.searchParams.get('__clerk_status')).toBe('complete')
    const list = await instance.call('GET', '/invitations')
    expect(list.body).toMatchObject([{ status: 'accepted' }])
    const foreign = { email_address: 'eve@example.com', redirect_url: 'https://evil.example.com/' }
    expect(codeOf(await instance.call('POST', '/invitations', foreign))).toBe(
      'redirect_url_invalid',
    )
  })

  it('is worth nothing once it was revoked, nor after its time', async () => {
    const instance = await open()
    const { id, ticket } = await invited(instance)
    const revoke = () => instance.call('POST', `/invitations/${id}/revoke`)
    expect((await revoke()).body).toMatchObject({ status: 'revoked', revoked: true })
    expect(codeOf(await revoke())).toBe('invitation_already_revoked')
    const browser = await instance.openBrowser()
    const use = (text: string) =>
      browser.post('/client/sign_ups', { strategy: 'ticket', ticket: text, password: PASSWORD })
    expect(codeOf(await use(ticket))).toBe('invitation_already_revoked')
    expect(codeOf(await use('unheard-of'))).toBe('ticket_invalid')
    const short = await invited(instance, { expires_in_days: 1 })
    server.advance(24 * 3_600_000)
    expect(codeOf(await use(short.ticket))).toBe('invitation_expired')
    // What is over is not in the way of another one, and of no normal sign-up.
    const third = await invited(instance)
    expect(third.answer.status).toBe(200)
    const done = await use(third.ticket)
    expect(done.body.response.status).toBe('complete')
    const accepted = await instance.call('POST', `/invitations/${third.id}/revoke`)
    expect(codeOf(accepted)).toBe('invitation_already_accepted')
    expect(codeOf(await instance.call('POST', '/invitations/inv_x/revoke'))).toBe(
      'resource_not_found',
    )
  })

  it('goes to no address twice, nor to one with an account, unless that is asked for', async () => {
    const instance = await open()
    await signUp(instance, 'ada')
    await invited(instance)
    const create = (email: string, more: object = {}) =>
      instance.call('POST', '/invitations', { email_address: email, ...more })
    const twice = await create(BOB)
    expect([twice.status, codeOf(twice)]).toEqual([400, 'duplicate_record'])
    expect(twice.body.errors[0].meta.email_addresses).toEqual([BOB])
    const taken = await create('ada@example.com')
    expect([taken.status, codeOf(taken)]).toEqual([422, 'form_identifier_exists'])
    expect((await create(BOB, { ignore_existing: true })).status).toBe(200)
    const member = await create('ada@example.com', {
      ignore_existing: true,
      public_metadata: { a: 1 },
    })
    const ticket = new URL(member.body.url).searchParams.get('ticket') ?? ''
    const browser = await instance.openBrowser()
    const signedIn = await browser.post('/client/sign_ins', { strategy: 'ticket', ticket })
    expect(signedIn.body.response.status).toBe('complete')
    expect(signedIn.body.client.sessions[0].user.public_metadata).toEqual({ a: 1 })
  })

  it('is made once by fifty requests at once', async () => {
    const instance = await open()
    const answers = await Promise.all(
      Array.from({ length: 50 }, () =>
        instance.call('POST', '/invitations', { email_address: BOB, notify: false }),
      ),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(new Set(answers.map(codeOf))).toEqual(new Set([200, 'duplicate_record']))
  })

  it('goes to ten people at once, all or none, and no mail goes to those who asked for none', async () => {
    const instance = await open()
    const sent = server.mails.length
    const bulk = (...names: string[]) =>
      instance.call(
        'POST',
        '/invitations/bulk',
        names.map((name) => ({ email_address: `${name}@example.com`, notify: name !== 'bob' })),
      )
    const made = await bulk('ada', 'bob')
    expect(made.body).toMatchObject([
      { object: 'invitation', email_address: 'ada@example.com' },
      { object: 'invitation', email_address: BOB },
    ])
    expect(server.mails.slice(sent).map(({ to }) => to)).toEqual(['ada@example.com'])
    expect(codeOf(await bulk('eve', 'bob'))).toBe('duplicate_record')
    expect(codeOf(await bulk('eve', 'eve'))).toBe('duplicate_record')
    expect(codeOf(await bulk(...'abcdefghijk'))).toBe('bulk_size_exceeded')
    expect(codeOf(await bulk())).toBe('form_param_nil')
    expect((await instance.call('GET', '/invitations')).body).toHaveLength(2)
  })

  it('is taken back if its mail cannot be handed over', async () => {
    const instance = await open()
    server.failMail = true
    const failed = await instance.call('POST', '/invitations', { email_address: BOB })
    server.failMail = false
    expect([failed.status, codeOf(failed)]).toEqual([503, 'mail_delivery_failed'])
    expect((await invited(instance)).answer.status).toBe(200)
  })

  it('is found by status, address and id, in the order that is asked for', async () => {
    const instance = await open()
    await instance.call('POST', '/invitations', { email_address: 'ada@example.com' })
    const { id } = await invited(instance, { expires_in_days: 1 })
    const cy = await instance.call('POST', '/invitations', { email_address: 'cy@example.com' })
    await instance.call('POST', `/invitations/${cy.body.id}/revoke`)
    const list = async (query: string) => {
      const { body } = await instance.call('GET', `/invitations?${query}`)
      return (body.data ?? body).map((it: { email_address: string }) => it.email_address[0])
    }
    expect(await list('order_by=%2Bemail_address')).toEqual(['a', 'b'])
    expect(await list('order_by=-email_address&paginated=true')).toEqual(['b', 'a'])
    expect(await list('order_by= expires_at')).toEqual(['b', 'a'])
    expect(await list('status=revoked')).toEqual(['c'])
    expect(await list('query=ADA@')).toEqual(['a'])
    expect(await list(`query=${id}`)).toEqual(['b'])
    expect(await list('limit=1&offset=1&order_by=email_address')).toEqual(['b'])
    expect(codeOf(await instance.call('GET', '/invitations?order_by=status'))).toBe(
      'form_param_value_invalid',
    )
    const elsewhere = await open()
    expect((await elsewhere.call('GET', '/invitations')).body).toEqual([])
    expect(codeOf(await elsewhere.call('POST', `/invitations/${id}/revoke`))).toBe(
      'resource_not_found',
    )
  })

  it('may be of either kind of mail, and of no other', async () => {
    const instance = await open()
    const make = (template_slug: string | null) =>
      instance.call('POST', '/invitations', { email_address: BOB, template_slug })
    const refused = await make('birthday')
    expect(refused.body.errors[0]).toMatchObject({
      code: 'form_param_value_invalid',
      meta: { param_name: 'template_slug' },
    })
    expect((await make('waitlist_invitation')).body).toMatchObject({ status: 'pending' })
  })

  it('is made by no instance that does without addresses', async () => {
    const instance = await open({ settings: { email_address: 'off', username: 'required' } })
    const answer = await instance.call('POST', '/invitations', { email_address: BOB })
    expect([answer.status, codeOf(answer)]).toEqual([400, 'invitations_not_supported'])
  })
})
