import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { codeOf, openOrganization, signUp, type Person } from '../testing/organizations.ts'
import { openTestServer, type TestInstance, type TestServer } from '../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

const BOB = 'bob@example.com'

async function invited(
  email = BOB,
  options: Parameters<typeof openOrganization>[1] = {},
  role = 'org:member',
) {
  const opened = await openOrganization(server, options)
  const { ada, path } = opened
  const sent = server.mails.length
  const answer = await ada.browser.post(`${path}/invitations`, { email_address: email, role })
  const mail = server.mails.slice(sent).findLast(({ to }) => to === email.toLowerCase())
  const link = /https?:\S+\/v1\/tickets\/accept\?ticket=\S+/.exec(mail?.text ?? '')?.[0]
  const ticket = link === undefined ? '' : (new URL(link).searchParams.get('ticket') ?? '')
  return { ...opened, answer, mail, link, ticket, id: answer.body.response?.id as string }
}

const accept = (person: Person, id: string) =>
  person.browser.post(`/me/organization_invitations/${id}/accept`)

async function countMembers(instance: TestInstance, path: string): Promise<number> {
  return (await instance.call('GET', `${path}?include_members_count=true`)).body.members_count
}

describe('an invitation', () => {
  it('is mailed with a link, listed for both sides and accepted by its address', async () => {
    const { instance, ada, path, orgId, answer, mail, link, id } = await invited('Bob@Example.com')
    expect(answer.body.response).toEqual({
      object: 'organization_invitation',
      id: expect.stringMatching(/^orginv_/),
      email_address: BOB,
      organization_id: orgId,
      role: 'org:member',
      role_name: 'Member',
      status: 'pending',
      public_metadata: {},
      created_at: server.now,
      updated_at: server.now,
    })
    expect(mail?.subject).toBe('You are invited to join Acme')
    expect(mail?.text.split('\n')).toContain(link)
    expect((await ada.browser.get(path)).body.response.pending_invitations_count).toBe(1)
    const listed = await ada.browser.get(`${path}/invitations?status=pending`)
    expect(listed.body.response).toMatchObject({ total_count: 1, data: [{ id }] })

    const bob = await signUp(instance, 'bob')
    const mine = await bob.browser.get('/me/organization_invitations?status=pending')
    expect(mine.body.response).toMatchObject({
      total_count: 1,
      data: [{ id, status: 'pending', public_organization_data: { id: orgId, name: 'Acme' } }],
    })
    const accepted = await accept(bob, id)
    expect(accepted.body.response).toMatchObject({ id, status: 'accepted' })
    const [membership] = accepted.body.client.sessions[0].user.organization_memberships
    expect(membership).toMatchObject({ role: 'org:member', organization: { members_count: 2 } })
    expect((await ada.browser.get(path)).body.response.pending_invitations_count).toBe(0)
    expect(codeOf(await accept(bob, id))).toBe('invitation_already_accepted')
  })

  it('is accepted by nobody with another address, not even by who has it unproven', async () => {
    const { instance, id, path } = await invited()
    const eve = await signUp(instance, 'eve')
    await eve.browser.post('/client/sign_ups', { email_address: BOB, password: 'correct horse' })
    const refused = await accept(eve, id)
    expect(refused.status).toBe(404)
    expect(codeOf(refused)).toBe('resource_not_found')
    expect(await countMembers(instance, path)).toBe(1)
  })

  it('is accepted once by fifty requests at once', async () => {
    const { instance, id, path } = await invited()
    const bob = await signUp(instance, 'bob')
    const answers = await Promise.all(Array.from({ length: 50 }, () => accept(bob, id)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(new Set(answers.map(codeOf))).toEqual(new Set([200, 'invitation_already_accepted']))
    expect(await countMembers(instance, path)).toBe(2)
  })

  it('is worth nothing once it was revoked, nor after its time', async () => {
    const { instance, ada, id, path, ticket } = await invited(BOB, {
      settings: { invitation_lifetime: 3600 },
    })
    const bob = await signUp(instance, 'bob')
    const revoke = () => ada.browser.post(`${path}/invitations/${id}/revoke`)
    expect((await revoke()).body.response.status).toBe('revoked')
    expect(codeOf(await revoke())).toBe('invitation_already_revoked')
    expect(codeOf(await accept(bob, id))).toBe('invitation_already_revoked')
    const newcomer = await instance.openBrowser()
    const form = { strategy: 'ticket', ticket }
    expect(codeOf(await newcomer.post('/client/sign_ups', form))).toBe('invitation_already_revoked')
    expect(codeOf(await newcomer.post('/client/sign_ins', form))).toBe('invitation_already_revoked')

    const again = await ada.browser.post(`${path}/invitations`, {
      email_address: BOB,
      role: 'org:member',
    })
    server.advance(3_600_000)
    expect(codeOf(await accept(bob, again.body.response.id))).toBe('invitation_expired')
    const list = async (status: string) =>
      (await instance.call('GET', `${path}/invitations?status=${status}`)).body.total_count
    expect([await list('expired'), await list('pending'), await list('revoked')]).toEqual([1, 0, 1])
    // What has expired is not in the way of another one.
    const third = await ada.browser.post(`${path}/invitations`, {
      email_address: BOB,
      role: 'org:member',
    })
    expect(third.status).toBe(200)
    expect(await countMembers(instance, path)).toBe(1)
  })

  it.each([
    [{ email_address: BOB }, 'form_param_nil'],
    [{ email_address: 'a@b.com,c@d.com', role: 'org:member' }, 'form_param_format_invalid'],
    [{ email_address: 'x@example.com', role: 'org:x' }, 'form_param_value_invalid'],
    [{ email_address: BOB, role: 'org:member' }, 'duplicate_record'],
    [{ email_address: 'ada@example.com', role: 'org:member' }, 'already_a_member_in_organization'],
  ])('is refused when made of %j: %s', async (form, code) => {
    const { ada, path } = await invited()
    expect(codeOf(await ada.browser.post(`${path}/invitations`, form))).toBe(code)
  })

  it('tells the page which addresses it refuses, and the text names a member', async () => {
    const { ada, path } = await invited()
    const bulk = (...addresses: string[]) =>
      ada.browser.post(`${path}/invitations/bulk`, {
        email_address: addresses.join(','),
        role: 'org:member',
      })
    const duplicate = await ada.browser.post(`${path}/invitations`, {
      email_address: BOB,
      role: 'org:member',
    })
    expect(duplicate.body.errors[0].meta.email_addresses).toEqual([BOB])
    const member = await ada.browser.post(`${path}/invitations`, {
      email_address: 'ada@example.com',
      role: 'org:member',
    })
    expect(member.body.errors[0].long_message).toContain('ada@example.com')
    expect((await bulk()).status).toBe(422)
  })

  it('is made by nobody without the permission, nor with a role above one’s own', async () => {
    const { people, path, instance } = await invited(BOB, { members: { cyd: 'org:member' } })
    const permissions = (await instance.call('GET', '/organization_permissions')).body.data
    await instance.call('POST', '/organization_roles', {
      name: 'Deputy',
      key: 'org:deputy',
      permissions: permissions
        .filter(({ key }: { key: string }) => key.includes('sys_memberships'))
        .map(({ id }: { id: string }) => id),
    })
    const cyd = people['cyd']!
    const make = (role: string) =>
      cyd.browser.post(`${path}/invitations`, { email_address: 'x@example.com', role })
    const refusal = 'missing_organization_permission'
    expect(codeOf(await make('org:member'))).toBe(refusal)
    expect(codeOf(await cyd.browser.get(`${path}/invitations`))).toBe(refusal)
    await instance.call('PATCH', `${path}/memberships/${cyd.userId}`, { role: 'org:deputy' })
    expect(codeOf(await make('org:admin'))).toBe(refusal)
    expect(codeOf(await make('org:member'))).toBe(200)
  })

  it('does not cross organizations nor instances', async () => {
    const { id, path, ada, instance } = await invited()
    const sibling = (await ada.browser.post('/organizations', { name: 'Sibling' })).body.response.id
    const swapped = `/organizations/${sibling}/invitations/${id}`
    expect((await ada.browser.post(`${swapped}/revoke`)).status).toBe(404)
    expect((await instance.call('POST', `${swapped}/revoke`)).status).toBe(404)
    expect((await instance.call('GET', swapped)).status).toBe(404)
    const other = await openOrganization(server)
    for (const to of [
      `${path}/invitations/${id}/revoke`,
      `${other.path}/invitations/${id}/revoke`,
    ]) {
      expect((await other.ada.browser.post(to)).status).toBe(404)
      expect((await other.instance.call('POST', to)).status).toBe(404)
    }
    expect((await accept(other.ada, id)).status).toBe(404)
  })

  it('is bounded by the hour and by the places there are', async () => {
    const few = await invited(BOB, { settings: { invitations_per_organization_and_hour: 1 } })
    const more = { email_address: 'x@example.com', role: 'org:member' }
    const flood = await few.ada.browser.post(`${few.path}/invitations`, more)
    expect(codeOf(flood)).toBe('too_many_requests')
    const small = await invited(BOB, { settings: { organization_max_memberships: 2 } })
    const full = await small.ada.browser.post(`${small.path}/invitations`, more)
    expect(codeOf(full)).toBe('organization_membership_quota_exceeded')
  })

  it('is taken back if its mail could not be handed over', async () => {
    const { ada, path } = await openOrganization(server)
    const make = () =>
      ada.browser.post(`${path}/invitations`, { email_address: BOB, role: 'org:member' })
    server.failMail = true
    const failed = await make().finally(() => {
      server.failMail = false
    })
    expect([failed.status, codeOf(failed)]).toEqual([503, 'mail_delivery_failed'])
    expect((await make()).status).toBe(200)
  })

  it('leaves no place for markup or further recipients in its mail', async () => {
    const { instance, ada, path } = await openOrganization(server)
    for (const name of ['<img src=x onerror=alert(1)>', 'A\nBcc: eve@example.com', 'http://evil']) {
      expect((await ada.browser.post(path, { name }, 'PATCH')).status).toBe(422)
      expect((await instance.call('PATCH', path, { name })).status).toBe(422)
    }
    await ada.browser.post(path, { name: 'R&D "Labs" & Söhne' }, 'PATCH')
    await ada.browser.post(`${path}/invitations`, { email_address: BOB, role: 'org:member' })
    const mail = server.mails.findLast(({ to }) => to === BOB)
    expect(mail?.subject).toBe('You are invited to join R&D "Labs" & Söhne')
    expect(JSON.stringify(mail)).not.toMatch(/<|html/)
  })
})

describe('the ticket of an invitation', () => {
  it('signs a newcomer up with its address proven, and lets them into the organization', async () => {
    const instance = await server.addInstance({ settings: { sign_up_mode: 'restricted' } })
    const { id: orgId } = (await instance.call('POST', '/organizations', { name: 'Acme' })).body
    const sent = await instance.call('POST', `/organizations/${orgId}/invitations`, {
      email_address: BOB,
      role: 'org:member',
    })
    const ticket = new URL(sent.body.url).searchParams.get('ticket')!
    const browser = await instance.openBrowser()
    const started = await browser.post('/client/sign_ups', { strategy: 'ticket', ticket })
    expect(started.body.response).toMatchObject({
      status: 'missing_requirements',
      email_address: BOB,
      unverified_fields: [],
      missing_fields: ['password'],
      verifications: { email_address: { status: 'verified', strategy: 'ticket' } },
    })
    const moved = await browser.post(
      `/client/sign_ups/${started.body.response.id}`,
      { email_address: 'eve@example.com' },
      'PATCH',
    )
    expect(codeOf(moved)).toBe('form_param_value_invalid')
    const done = await browser.post('/client/sign_ups', {
      strategy: 'ticket',
      ticket,
      email_address: 'eve@example.com',
      password: 'correct horse',
    })
    expect(done.body.response).toMatchObject({ status: 'complete', email_address: BOB })
    const [session] = done.body.client.sessions
    expect(session).toMatchObject({
      last_active_organization_id: orgId,
      user: {
        email_addresses: [
          { email_address: BOB, verification: { status: 'verified', strategy: 'ticket' } },
        ],
        organization_memberships: [{ role: 'org:member' }],
      },
    })
    expect(await instance.verify(session.last_active_token.jwt)).toMatchObject({ org_id: orgId })
    const again = await instance.openBrowser()
    expect(codeOf(await again.post('/client/sign_ups', { strategy: 'ticket', ticket }))).toBe(
      'invitation_already_accepted',
    )
  })

  it('signs its owner in, once of fifty times at once', async () => {
    const { instance, orgId, ticket, path } = await invited()
    const newcomer = await instance.openBrowser()
    const form = { strategy: 'ticket', ticket }
    expect(codeOf(await newcomer.post('/client/sign_ins', form))).toBe(
      'invitation_account_not_exists',
    )
    const bob = await signUp(instance, 'bob')
    await bob.browser.signOut()
    const browsers = []
    for (let i = 0; i < 50; i++) browsers.push(await instance.openBrowser())
    const answers = await Promise.all(browsers.map((it) => it.post('/client/sign_ins', form)))
    const won = answers.filter(({ status }) => status === 200)
    expect(won).toHaveLength(1)
    expect(won[0]!.body.response).toMatchObject({
      status: 'complete',
      identifier: BOB,
      first_factor_verification: { strategy: 'ticket', status: 'verified' },
    })
    expect(won[0]!.body.client.sessions[0].last_active_organization_id).toBe(orgId)
    expect(await countMembers(instance, path)).toBe(2)
  })

  it.each(['unknown', '', "' or 1=1 --"])('is refused when it is %j', async (ticket) => {
    const instance = await server.addInstance()
    const browser = await instance.openBrowser()
    const form = { strategy: 'ticket', ticket }
    const code = ticket === '' ? 'form_param_nil' : 'ticket_invalid'
    expect(codeOf(await browser.post('/client/sign_ins', form))).toBe(code)
    expect(codeOf(await browser.post('/client/sign_ups', form))).toBe(code)
  })

  it('does not cross instances', async () => {
    const { ticket } = await invited()
    const other = await server.addInstance()
    const browser = await other.openBrowser()
    const form = { strategy: 'ticket', ticket }
    expect(codeOf(await browser.post('/client/sign_ups', form))).toBe('ticket_invalid')
    expect(codeOf(await browser.post('/client/sign_ins', form))).toBe('ticket_invalid')
    const link = await browser.get(`/tickets/accept?ticket=${ticket}`, { origin: '' })
    expect(link.headers.get('location')).toContain('__clerk_status=sign_in')
  })

  it('leads from its link to sign-up, sign-in, or in at once; scanners use up nothing', async () => {
    const { instance, ticket, path, ada } = await invited()
    const to = `/tickets/accept?ticket=${ticket}`
    const follow = async (person?: Person) => {
      const browser = person?.browser ?? (await instance.openBrowser())
      const answer = await browser.get(to, { origin: '' })
      expect(answer.status).toBe(302)
      const target = new URL(answer.headers.get('location')!)
      expect(target.searchParams.get('__clerk_ticket')).toBe(ticket)
      return [target.pathname, target.searchParams.get('__clerk_status')]
    }
    expect(await follow()).toEqual(['/sign-up', 'sign_up'])
    expect(await follow(ada)).toEqual(['/sign-up', 'sign_up'])
    const bob = await signUp(instance, 'bob')
    expect(await follow()).toEqual(['/sign-in', 'sign_in'])
    expect(await countMembers(instance, path)).toBe(1)
    expect(await follow(bob)).toEqual(['/', 'complete'])
    expect(await countMembers(instance, path)).toBe(2)
    const answer = await bob.browser.get(to, { origin: '' })
    expect(codeOf(answer)).toBe('invitation_already_accepted')
  })
})

describe('invitations of the Backend API', () => {
  it('carry metadata into the membership, and their address is told once', async () => {
    const { instance, ada, path, orgId } = await openOrganization(server)
    const made = await instance.call('POST', `${path}/invitations`, {
      email_address: BOB,
      role: 'org:admin',
      inviter_user_id: ada.userId,
      redirect_url: 'http://localhost:3000/welcome',
      public_metadata: { team: 'red' },
      private_metadata: { pay: 1 },
      expires_in_days: 2,
      notify: false,
    })
    expect(made.body).toMatchObject({
      object: 'organization_invitation',
      role: 'org:admin',
      status: 'pending',
      inviter_id: ada.userId,
      private_metadata: { pay: 1 },
      expires_at: server.now + 2 * 86_400_000,
      url: expect.stringContaining('/v1/tickets/accept?ticket='),
      public_organization_data: { id: orgId },
    })
    expect(server.mails.at(-1)?.subject).not.toContain('invited')
    const read = await instance.call('GET', `${path}/invitations/${made.body.id}`)
    expect(read.body).toEqual({ ...made.body, url: null })
    const bob = await signUp(instance, 'bob')
    const answer = await bob.browser.get(`/tickets/accept${new URL(made.body.url).search}`, {
      origin: '',
    })
    expect(answer.headers.get('location')).toMatch(
      /^http:\/\/localhost:3000\/welcome\?__clerk_ticket=.+&__clerk_status=complete$/,
    )
    const [member] = (await instance.call('GET', `${path}/memberships?query=bob`)).body.data
    expect(member).toMatchObject({
      role: 'org:admin',
      public_metadata: { team: 'red' },
      private_metadata: { pay: 1 },
    })
    const mine = await instance.call(
      'GET',
      `/users/${bob.userId}/organization_invitations?status=accepted`,
    )
    expect(mine.body).toMatchObject({ total_count: 1, data: [{ id: made.body.id }] })
  })

  it.each([
    [{ email_address: BOB }, 'form_param_nil'],
    [{ email_address: BOB, role: 'org:x' }, 'form_param_value_invalid'],
    [
      { email_address: BOB, role: 'org:admin', redirect_url: 'https://evil.example/' },
      'redirect_url_invalid',
    ],
    [
      { email_address: BOB, role: 'org:admin', redirect_url: 'javascript:alert(1)' },
      'redirect_url_invalid',
    ],
    [
      { email_address: BOB, role: 'org:admin', inviter_user_id: 'user_x' },
      'not_a_member_in_organization',
    ],
    [{ email_address: BOB, role: 'org:admin', expires_in_days: 0 }, 'form_param_value_invalid'],
  ])('are refused when made of %j: %s', async (body, code) => {
    const { instance, path } = await openOrganization(server)
    expect(codeOf(await instance.call('POST', `${path}/invitations`, body))).toBe(code)
  })

  it('are made ten at a time, all or none', async () => {
    const { instance, path } = await openOrganization(server)
    const bulk = (...names: string[]) =>
      instance.call(
        'POST',
        `${path}/invitations/bulk`,
        names.map((name) => ({ email_address: `${name}@example.com`, role: 'org:member' })),
      )
    const made = await bulk('x', 'y')
    expect(made.body).toMatchObject({ total_count: 2, data: [{ status: 'pending' }, {}] })
    expect(codeOf(await bulk('z', 'x'))).toBe('organization_invitation_not_unique')
    expect(codeOf(await bulk('z', 'z'))).toBe('organization_invitation_not_unique')
    expect(codeOf(await bulk(...'abcdefghijk'))).toBe('bulk_size_exceeded')
    expect(codeOf(await instance.call('POST', `${path}/invitations/bulk`, { a: 1 }))).toBe(
      'request_body_invalid',
    )
    const all = await instance.call('GET', '/organization_invitations?order_by=email_address')
    expect(all.body.data.map((it: { email_address: string }) => it.email_address)).toEqual([
      'x@example.com',
      'y@example.com',
    ])
    const pending = await instance.call('GET', `${path}/invitations/pending`)
    expect(pending.body.total_count).toBe(2)
  })

  it('are each by whom they name, and by nobody who does not look after the organization', async () => {
    const { instance, ada, path, people } = await openOrganization(server, {
      members: { eve: 'org:admin', cid: 'org:member' },
    })
    const bulk = (...inviters: (string | undefined)[]) =>
      instance.call(
        'POST',
        `${path}/invitations/bulk`,
        inviters.map((inviter_user_id, index) => ({
          email_address: `x${index}@example.com`,
          role: 'org:member',
          inviter_user_id,
        })),
      )
    const eve = people['eve']?.userId
    for (const other of [people['cid']?.userId, 'user_none']) {
      expect(codeOf(await bulk(undefined, ada.userId, other))).toBe('not_a_member_in_organization')
    }
    const { body } = await bulk(undefined, ada.userId, eve)
    expect(body.data.map((it: { inviter_id: string | null }) => it.inviter_id)).toEqual([
      null,
      ada.userId,
      eve,
    ])
  })

  it('are taken back for whoever looks after the organization, and for nobody else', async () => {
    const { instance, ada, path, people, id } = await invited('x@example.com', {
      members: { cid: 'org:member' },
    })
    const revoke = (requesting_user_id: string | undefined) =>
      instance.call('POST', `${path}/invitations/${id}/revoke`, { requesting_user_id })
    for (const other of [people['cid']?.userId, 'user_none']) {
      expect(codeOf(await revoke(other))).toBe('not_a_member_in_organization')
    }
    expect((await revoke(ada.userId)).body).toMatchObject({ status: 'revoked' })
    expect(codeOf(await revoke(undefined))).toBe('invitation_already_revoked')
  })
})
