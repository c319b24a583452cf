import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { codeOf, signUp } from '../testing/organizations.ts'
import { openTestServer, type TestInstance, type TestServer } from '../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

const ADA = 'ada@example.com'
const PASSWORD = 'correct horse'

const open = (settings = {}): Promise<TestInstance> =>
  server.addInstance({ settings: { sign_up_mode: 'waitlist', ...settings } })

async function join(instance: TestInstance, email: string) {
  const browser = await instance.openBrowser()
  return browser.post('/waitlist', { email_address: email })
}

const entriesOf = async (instance: TestInstance, query = '') =>
  (await instance.call('GET', `/waitlist_entries?${query}`)).body

describe('the waitlist', () => {
  it('takes addresses of browsers that nobody is signed in with, and sign-up points there', async () => {
    const instance = await open({ waitlist_url: 'https://app.example.com/wait' })
    const browser = await instance.openBrowser()
    const refused = await browser.post('/client/sign_ups', {
      email_address: ADA,
      password: PASSWORD,
    })
    expect([refused.status, codeOf(refused)]).toEqual([403, 'sign_up_restricted_waitlist'])
    const { body } = await join(instance, 'Ada@Example.com')
    expect(body).toEqual({
      object: 'waitlist',
      id: expect.stringMatching(/^wle_/),
      created_at: server.now,
      updated_at: server.now,
    })
    expect(await entriesOf(instance)).toEqual({
      total_count: 1,
      data: [
        {
          object: 'waitlist_entry',
          id: body.id,
          email_address: ADA,
          status: 'pending',
          invitation: null,
          is_locked: false,
          created_at: server.now,
          updated_at: server.now,
        },
      ],
    })
    const { display_config: display } = (await browser.get('/environment')).body
    expect(display.waitlist_url).toBe('https://app.example.com/wait')
  })

  it('tells nobody who waits or has an account, and mails no stranger', async () => {
    const instance = await open()
    await instance.call('POST', '/users', {
      email_address: ['bob@example.com'],
      password: PASSWORD,
    })
    const { id } = (await join(instance, ADA)).body
    server.advance(60_000)
    const sent = server.mails.length
    const answers = await Promise.all(
      [ADA, 'bob@example.com', 'new@example.com'].map((email) => join(instance, email)),
    )
    for (const { status, body } of answers) {
      expect([status, { ...body, id: body.id.slice(0, 4) }]).toEqual([
        200,
        { object: 'waitlist', id: 'wle_', created_at: server.now, updated_at: server.now },
      ])
    }
    expect(answers.map(({ body }) => body.id)).not.toContain(id)
    expect(server.mails).toHaveLength(sent)
    expect((await entriesOf(instance)).total_count).toBe(2)
  })

  it('holds an address once, of fifty requests at once', async () => {
    const instance = await open()
    const answers = await Promise.all(Array.from({ length: 50 }, () => join(instance, ADA)))
    expect(new Set(answers.map(codeOf))).toEqual(new Set([200]))
    expect((await entriesOf(instance)).total_count).toBe(1)
  })

  it('takes nobody who is kept out, nobody without an address, and nobody where there is none', async () => {
    const instance = await open({ blocklist: true, block_email_subaddresses: true })
    await instance.call('POST', '/blocklist_identifiers', { identifier: '*@evil.example' })
    expect(codeOf(await join(instance, 'a@evil.example'))).toBe('not_allowed_to_sign_up')
    expect(codeOf(await join(instance, 'ada+x@example.com'))).toBe('form_email_address_blocked')
    expect(codeOf(await join(instance, ''))).toBe('form_param_nil')
    expect(codeOf(await join(instance, 'ada'))).toBe('form_param_format_invalid')
    const elsewhere = await open({ sign_up_mode: 'public' })
    const off = await join(elsewhere, ADA)
    expect([off.status, codeOf(off)]).toEqual([403, 'feature_not_enabled'])
  })

  it('lets in whom the server invites, and knows who has come', async () => {
    const instance = await open()
    const { id } = (await join(instance, ADA)).body
    const sent = server.mails.length
    const invited = await instance.call('POST', `/waitlist_entries/${id}/invite`)
    expect(invited.body).toMatchObject({ status: 'invited', invitation: { status: 'pending' } })
    const again = await instance.call('POST', `/waitlist_entries/${id}/invite`)
    expect(codeOf(again)).toBe('duplicate_record')
    const text = server.mails[sent]?.text ?? ''
    const ticket = /ticket=(\S+)/.exec(text)?.[1] ?? ''
    const browser = await instance.openBrowser()
    const form = { strategy: 'ticket', ticket, password: PASSWORD }
    expect((await browser.post('/client/sign_ups', form)).body.response.status).toBe('complete')
    expect((await entriesOf(instance, 'status=completed')).data).toMatchObject([
      { id, status: 'completed', invitation: { status: 'accepted' } },
    ])
    expect((await entriesOf(instance, 'status=invited')).total_count).toBe(0)
    for (const action of ['invite', 'reject']) {
      const late = await instance.call('POST', `/waitlist_entries/${id}/${action}`)
      expect(codeOf(late)).toBe('invitation_already_accepted')
    }
  })

  it('leaves whom a mail did not reach where they were', async () => {
    const instance = await open()
    const { id } = (await join(instance, ADA)).body
    server.failMail = true
    const failed = await instance.call('POST', `/waitlist_entries/${id}/invite`)
    server.failMail = false
    expect(codeOf(failed)).toBe('mail_delivery_failed')
    expect((await entriesOf(instance)).data).toMatchObject([
      { status: 'pending', invitation: null },
    ])
    expect((await instance.call('POST', `/waitlist_entries/${id}/invite`)).status).toBe(200)
  })

  it('makes the invitation of whoever is turned down worth nothing', async () => {
    const instance = await open()
    const { id } = (await join(instance, ADA)).body
    const sent = server.mails.length
    await instance.call('POST', `/waitlist_entries/${id}/invite`)
    const rejected = await instance.call('POST', `/waitlist_entries/${id}/reject`)
    expect(rejected.body).toMatchObject({ status: 'rejected', invitation: { status: 'revoked' } })
    const ticket = /ticket=(\S+)/.exec(server.mails[sent]?.text ?? '')?.[1] ?? ''
    const browser = await instance.openBrowser()
    const form = { strategy: 'ticket', ticket, password: PASSWORD }
    expect(codeOf(await browser.post('/client/sign_ups', form))).toBe('invitation_already_revoked')
    expect((await instance.call('DELETE', `/waitlist_entries/${id}`)).body).toEqual({
      object: 'waitlist_entry',
      id,
      deleted: true,
    })
    expect((await entriesOf(instance)).total_count).toBe(0)
  })

  it('is filled by servers, one by one or ten at a time, with a mail unless they say no', async () => {
    const instance = await open({ sign_up_mode: 'public' })
    const sent = server.mails.length
    const one = await instance.call('POST', '/waitlist_entries', { email_address: ADA })
    expect(one.body).toMatchObject({ object: 'waitlist_entry', status: 'pending' })
    const bulk = await instance.call('POST', '/waitlist_entries/bulk', [
      { email_address: ADA },
      { email_address: 'bob@example.com', notify: false },
    ])
    expect(bulk.body).toMatchObject([{ id: one.body.id }, { email_address: 'bob@example.com' }])
    expect(server.mails.slice(sent).map(({ to }) => to)).toEqual([ADA])
    const many = Array.from({ length: 11 }, (_, i) => ({ email_address: `a${i}@example.com` }))
    expect(codeOf(await instance.call('POST', '/waitlist_entries/bulk', many))).toBe(
      'bulk_size_exceeded',
    )
    const names = async (query: string) =>
      (await entriesOf(instance, query)).data.map(
        (it: { email_address: string }) => it.email_address,
      )
    expect(await names('order_by=-email_address')).toEqual(['bob@example.com', ADA])
    expect(await names('query=BOB')).toEqual(['bob@example.com'])
    expect(codeOf(await instance.call('GET', '/waitlist_entries?status=x'))).toBe(
      'form_param_value_invalid',
    )
    const elsewhere = await open()
    expect(codeOf(await elsewhere.call('DELETE', `/waitlist_entries/${one.body.id}`))).toBe(
      'resource_not_found',
    )
    expect((await entriesOf(elsewhere)).total_count).toBe(0)
    await expect(signUp(instance, 'bob')).resolves.toHaveProperty('email', 'bob@example.com')
  })
})
