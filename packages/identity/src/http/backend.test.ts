import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { openTestServer, send, type TestInstance, type TestServer } from '../testing/server.ts'
import { backendRoutes } from './backend-routes.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

async function addUser(instance: TestInstance, input: object = {}) {
  const answer = await instance.call('POST', '/users', {
    email_address: ['ada@example.com'],
    password: 'correct horse',
    ...input,
  })
  expect(answer.status).toBe(200)
  return answer.body
}

describe('the secret key', () => {
  it.each([
    ['Bearer sk_test_unknown', 'clerk_key_invalid'],
    ['Bearer undefined', 'clerk_key_invalid'],
    ['Bearer', 'authorization_header_format_invalid'],
    ['Basic dXNlcjpwYXNz', 'authorization_header_format_invalid'],
    ['Bearer a b', 'authorization_header_format_invalid'],
    [undefined, 'clerk_key_invalid'],
  ])('is asked for everywhere: %s is refused with %s', async (authorization, code) => {
    const instance = await server.addInstance()
    for (const route of backendRoutes) {
      const answer = await send(
        server,
        new Request(`${instance.keys.apiUrl}/v1${route.path.replace(':id', 'x')}`, {
          method: route.method,
          headers: authorization === undefined ? {} : { authorization },
        }),
      )
      expect(answer.status).toBe(401)
      expect(answer.body.errors[0].code).toBe(code)
      expect(answer.headers.get('content-type')).toBe('application/json')
    }
  })

  it('works under any host: it names its instance', async () => {
    const instance = await server.addInstance()
    const answer = await send(
      server,
      new Request('http://identity.internal:8080/v1/jwks', {
        headers: { authorization: `Bearer ${instance.keys.secretKey}` },
      }),
    )
    expect(answer.status).toBe(200)
    expect(answer.body.keys).toHaveLength(1)
  })
})

describe('users', () => {
  it('are created proven, with what was given, and shown with private metadata', async () => {
    const instance = await server.addInstance()
    const user = await addUser(instance, {
      email_address: ['ADA@example.com', 'second@example.com'],
      first_name: 'Ada',
      external_id: 'legacy-1',
      username: 'Ada_L',
      public_metadata: { planTier: 'pro' },
      private_metadata: { note: { Inner: 1 } },
      created_at: '2020-01-02T03:04:05.000Z',
    })
    expect(user).toMatchObject({
      object: 'user',
      id: expect.stringMatching(/^user_[0-9A-Za-z]{27}$/),
      username: 'ada_l',
      external_id: 'legacy-1',
      primary_email_address_id: user.email_addresses[0].id,
      email_addresses: [
        {
          object: 'email_address',
          email_address: 'ada@example.com',
          linked_to: [],
          verification: { status: 'verified', strategy: 'admin' },
        },
        { email_address: 'second@example.com' },
      ],
      password_enabled: true,
      public_metadata: { planTier: 'pro' },
      private_metadata: { note: { Inner: 1 } },
      enterprise_accounts: [],
      saml_accounts: [],
      created_at: Date.UTC(2020, 0, 2, 3, 4, 5),
    })
    expect((await instance.call('GET', `/users/${user.id}`)).body).toEqual(user)
    expect(JSON.stringify(user)).not.toContain('argon2')
  })

  it.each([
    [{ email_address: ['ada@example.com'] }, 'form_identifier_exists', 'email_address'],
    [{ email_address: ['a@b.com,c@d.com'] }, 'form_param_format_invalid', 'email_address'],
    [{ email_address: [] }, 'form_data_missing', 'email_address'],
    [
      { email_address: ['x@example.com', 'X@example.com'] },
      'form_identifier_exists',
      'email_address',
    ],
    [{ external_id: 'taken' }, 'form_identifier_exists', 'external_id'],
    [{ external_id: 'taken', username: 'not_taken' }, 'form_identifier_exists', 'external_id'],
    [{ username: 'taken' }, 'form_identifier_exists', 'username'],
    [{ username: 'a b' }, 'form_username_invalid_character', 'username'],
    [{ password: undefined }, 'form_data_missing', 'password'],
    [{ password: 'short' }, 'form_password_length_too_short', 'password'],
    [{ first_name: { a: 1 } }, 'form_param_type_invalid', 'first_name'],
    [{ first_name: ['a', 'b'] }, 'form_param_type_invalid', 'first_name'],
    [{ delete_self_enabled: [true] }, 'form_param_type_invalid', 'delete_self_enabled'],
    [{ create_organizations_limit: [1] }, 'form_param_type_invalid', 'create_organizations_limit'],
    [{ public_metadata: [{ a: 1 }] }, 'form_param_type_invalid', 'public_metadata'],
    [{ public_metadata: [] }, 'form_param_type_invalid', 'public_metadata'],
    [{ totp_secret: 'JBSWY3DPEHPK3PXP' }, 'form_param_value_invalid', 'totp_secret'],
    [{ backup_codes: ['a1b2c3'] }, 'form_param_value_invalid', 'backup_codes'],
    [
      { email_address_identification_status: ['reserved'] },
      'form_param_value_invalid',
      'email_address_identification_status',
    ],
    [{ public_metadata: 'text' }, 'form_param_format_invalid', 'public_metadata'],
    [
      { public_metadata: { a: 'x'.repeat(9000) } },
      'form_param_max_length_exceeded',
      'public_metadata',
    ],
    [
      // Half as many characters.
      { public_metadata: { a: 'ü'.repeat(4500) } },
      'form_param_max_length_exceeded',
      'public_metadata',
    ],
    [{ created_at: '2999-01-01T00:00:00Z' }, 'form_param_value_invalid', 'created_at'],
    [
      { password_digest: '$2b$10$x', password_hasher: 'bcrypt' },
      'form_password_digest_invalid_code',
      'password_digest',
    ],
  ])('are not created from %j', async (input, code, param) => {
    const instance = await server.addInstance()
    await addUser(instance, { external_id: 'taken', username: 'taken' })
    const refused = await instance.call('POST', '/users', {
      email_address: ['new@example.com'],
      password: 'correct horse',
      ...input,
    })
    expect(refused.status).toBe(422)
    expect(refused.body.errors[0]).toMatchObject({ code, meta: { param_name: param } })
    expect((await instance.call('GET', '/users/count')).body.total_count).toBe(1)
  })

  it('are created once when an address is sent twice at once', async () => {
    const instance = await server.addInstance()
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        instance.call('POST', '/users', {
          email_address: ['ada@example.com'],
          password: 'correct horse',
        }),
      ),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  it('are listed as a bare array, newest first, and counted beside it', async () => {
    const instance = await server.addInstance()
    const names = ['Ann', 'Bob', 'Cid']
    for (const name of names) {
      server.advance(1000)
      await addUser(instance, { email_address: [`${name}@example.com`], first_name: name })
    }
    const listed = async (query: string) => {
      const { body } = await instance.call('GET', `/users?${query}`)
      return body.map((user: { first_name: string }) => user.first_name)
    }
    const [, bob] = (await instance.call('GET', '/users')).body
    expect(await listed('')).toEqual(['Cid', 'Bob', 'Ann'])
    expect(await listed('limit=1&offset=1')).toEqual(['Bob'])
    expect(await listed('order_by=%2Bcreated_at')).toEqual(names)
    expect(await listed('order_by=+first_name')).toEqual(names)
    expect(await listed('order_by=-email_address')).toEqual(['Cid', 'Bob', 'Ann'])
    expect(await listed('email_address=ANN%40example.com&email_address=bob%40example.com')).toEqual(
      ['Bob', 'Ann'],
    )
    expect(await listed('query=BOB')).toEqual(['Bob'])
    expect(await listed('query=%25')).toEqual([])
    expect(await listed(`user_id=-${bob.id}`)).toEqual(['Cid', 'Ann'])
    expect(await listed(`user_id=${bob.id}`)).toEqual(['Bob'])
    expect(await listed('organization_id=org_x')).toEqual([])
    expect((await instance.call('GET', '/users/count?query=ann')).body).toEqual({
      object: 'total_count',
      total_count: 1,
    })
    for (const query of ['limit=0', 'limit=501', 'offset=-1', 'limit=x', 'order_by=password']) {
      expect((await instance.call('GET', `/users?${query}`)).status).toBe(422)
    }
  })

  it('keep what a change does not name, and lose what it sets to null', async () => {
    const instance = await server.addInstance()
    const user = await addUser(instance, { first_name: 'Ada', last_name: 'L' })
    const changed = await instance.call('PATCH', `/users/${user.id}`, {
      last_name: null,
      public_metadata: { a: 1 },
    })
    expect(changed.body).toMatchObject({
      first_name: 'Ada',
      last_name: null,
      public_metadata: { a: 1 },
    })
    expect(changed.body.updated_at).toBeGreaterThan(user.updated_at)
    const again = await instance.call('PATCH', `/users/${user.id}`, {})
    expect(again.body.updated_at).toBeGreaterThan(changed.body.updated_at)
  })

  it('merge metadata deeply, and replace it when asked to', async () => {
    const instance = await server.addInstance()
    const { id } = await addUser(instance, {
      public_metadata: { keep: 1, drop: 2, deep: { a: 1, b: 2 } },
    })
    const merged = await instance.call('PATCH', `/users/${id}/metadata`, {
      public_metadata: { drop: null, deep: { b: null, c: [1] } },
      private_metadata: { secret: true },
    })
    expect(merged.body.public_metadata).toEqual({ keep: 1, deep: { a: 1, c: [1] } })
    expect(merged.body.private_metadata).toEqual({ secret: true })
    const replaced = await instance.call('PUT', `/users/${id}/metadata`, {
      public_metadata: { only: 1 },
    })
    expect(replaced.body.public_metadata).toEqual({ only: 1 })
    expect(replaced.body.private_metadata).toEqual({ secret: true })
  })

  it('have a password that can be checked', async () => {
    const instance = await server.addInstance()
    const { id } = await addUser(instance)
    const check = (password: string) =>
      instance.call('POST', `/users/${id}/verify_password`, { password })
    expect((await check('correct horse')).body).toEqual({ verified: true })
    expect((await check('wrong!!!')).body.errors[0].code).toBe('incorrect_password')
    const other = await addUser(instance, {
      email_address: ['b@example.com'],
      password: undefined,
      skip_password_requirement: true,
    })
    const missing = await instance.call('POST', `/users/${other.id}/verify_password`, {
      password: 'x',
    })
    expect(missing.status).toBe(400)
    expect(missing.body.errors[0].code).toBe('no_password_set')
  })

  it('are gone when deleted, and their address is free again', async () => {
    const instance = await server.addInstance()
    const { id } = await addUser(instance)
    expect((await instance.call('DELETE', `/users/${id}`)).body).toEqual({
      object: 'user',
      id,
      deleted: true,
    })
    expect((await instance.call('GET', `/users/${id}`)).status).toBe(404)
    expect((await instance.call('DELETE', `/users/${id}`)).status).toBe(404)
    await addUser(instance)
  })
})

async function withSession() {
  const instance = await server.addInstance()
  const browser = await instance.openBrowser()
  const done = (await browser.signUp('ada@example.com')).body.response
  return { instance, browser, id: done.created_session_id, userId: done.created_user_id }
}

describe('sessions', () => {
  it('are listed as a page or as an array, by user and status', async () => {
    const { instance, id, userId } = await withSession()
    const page = await instance.call('GET', `/sessions?user_id=${userId}&paginated=true`)
    expect(page.body).toMatchObject({
      data: [{ object: 'session', id, user_id: userId, status: 'active', actor: null }],
      total_count: 1,
    })
    expect((await instance.call('GET', `/sessions?user_id=${userId}`)).body).toHaveLength(1)
    expect((await instance.call('GET', '/sessions?user_id=user_x')).body).toEqual([])
    expect((await instance.call('GET', '/sessions?status=revoked')).body).toEqual([])
    expect((await instance.call('GET', '/sessions?status=nonsense')).status).toBe(422)
  })

  it('can be revoked, and then give no more tokens', async () => {
    const { instance, id } = await withSession()
    const token = await instance.call('POST', `/sessions/${id}/tokens`)
    expect(await instance.verify(token.body.jwt)).toMatchObject({
      sid: id,
      azp: 'http://localhost:3000',
    })
    const revoked = await instance.call('POST', `/sessions/${id}/revoke`)
    expect(revoked.body.status).toBe('revoked')
    expect((await instance.call('POST', `/sessions/${id}/tokens`)).status).toBe(404)
    expect((await instance.call('POST', `/sessions/${id}/revoke`)).body.status).toBe('revoked')
  })

  it('give tokens of another lifetime when asked to', async () => {
    const { instance, id } = await withSession()
    const { body } = await instance.call('POST', `/sessions/${id}/tokens`, {
      expires_in_seconds: 600,
    })
    const { iat = 0, exp } = await instance.verify(body.jwt)
    expect(exp).toBe(iat + 600)
    const refused = await instance.call('POST', `/sessions/${id}/tokens`, { expires_in_seconds: 1 })
    expect(refused.status).toBe(422)
  })

  it('belong to a client that can be read', async () => {
    const { instance, id, browser } = await withSession()
    const { id: clientId } = (await browser.client()) ?? { id: '' }
    const read = await instance.call('GET', `/clients/${clientId}`)
    expect(read.body).toMatchObject({ object: 'client', session_ids: [id], sessions: [{ id }] })
    const verified = await instance.call('POST', '/clients/verify', { token: browser.devBrowser })
    expect(verified.body.id).toBe(clientId)
    const refused = await instance.call('POST', '/clients/verify', { token: 'x' })
    expect(refused.body.errors[0].code).toBe('cookie_invalid')
  })
})

describe('two instances', () => {
  it('see nothing of each other', async () => {
    const [a, b] = await Promise.all([server.addInstance(), server.addInstance()])
    const browser = await a.openBrowser()
    const { response } = (await browser.signUp('ada@example.com')).body
    const client = await browser.client()
    const ids = [response.created_user_id, response.created_session_id, client?.id ?? '']

    for (const route of backendRoutes) {
      if (!route.path.includes(':id')) continue
      for (const id of ids) {
        const answer = await b.call(
          route.method,
          route.path.replace(':id', id),
          route.method === 'GET' ? undefined : { password: 'correct horse' },
        )
        const isUnbuilt = route.path.endsWith('/refresh')
        expect([route.path, answer.status]).toEqual([route.path, isUnbuilt ? 401 : 404])
      }
    }
    expect((await b.call('GET', '/users')).body).toEqual([])
    expect((await b.call('GET', '/users?query=ada')).body).toEqual([])
    expect((await b.call('GET', `/sessions?user_id=${ids[0]}`)).body).toEqual([])

    // The same address may exist in both, and the token of one browser is nothing in the other.
    const stranger = await b.openBrowser()
    stranger.devBrowser = browser.devBrowser
    expect(await stranger.client()).toBeNull()
    expect((await stranger.post('/client/sign_ins')).status).toBe(401)
    expect((await (await b.openBrowser()).signUp('ada@example.com')).status).toBe(200)

    const { jwt } = client?.sessions[0]?.last_active_token ?? { jwt: '' }
    await expect(b.verify(jwt)).rejects.toThrow(/signature|key/)
    await expect(a.verify(jwt)).resolves.toBeDefined()
  })

  it('cannot have one host', async () => {
    const { apiUrl } = (await server.addInstance()).keys
    await expect(
      server.identity.addInstance({ type: 'development', frontendApi: new URL(apiUrl).host }),
    ).rejects.toMatchObject({ name: 'IdentityError', code: 'invalid-host' })
  })
})
