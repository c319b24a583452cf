import type { UserJSON } from '@core/protocol'
import { describe, expect, it } from 'vitest'
import { CONTEXT } from '../../test/authenticate.ts'
import { createIssuer } from '../../test/issuer.ts'
import { createAuthenticator } from '../authenticator.ts'
import type { ClerkClient } from '../client.ts'
import { createLazyClient } from '../lazy-client.ts'
import { GROUPS } from './client.ts'
import { ClerkAPIResponseError, isClerkAPIResponseError } from './errors.ts'

const { publishableKey, secretKey } = await createIssuer()

interface Call {
  readonly line: string
  readonly body: unknown
  readonly headers: Headers
}

/** A client whose requests are noted and answered. */
function clientWith(answer: (request: Request) => unknown = () => ({})): {
  readonly client: ClerkClient
  readonly calls: Call[]
} {
  const calls: Call[] = []
  const send: typeof fetch = async (input, init) => {
    const request = new Request(input, init)
    const url = new URL(request.url)
    const text = await request.clone().text()
    calls.push({
      line: `${request.method} ${url.pathname}${url.search}`,
      body: text.startsWith('{') ? JSON.parse(text) : text,
      headers: request.headers,
    })
    const body = answer(request)
    return body instanceof Response ? body : Response.json(body)
  }
  const options = { publishableKey, secretKey }
  return { client: createAuthenticator(options, { ...CONTEXT, fetch: send }).client, calls }
}

const userJson = {
  object: 'user',
  id: 'user_1',
  first_name: 'Ada',
  last_name: 'Lovelace',
  primary_email_address_id: 'idn_2',
  primary_phone_number_id: null,
  email_addresses: [
    {
      object: 'email_address',
      id: 'idn_1',
      email_address: 'a@example.com',
      linked_to: [],
      verification: null,
    },
    {
      object: 'email_address',
      id: 'idn_2',
      email_address: 'b@example.com',
      linked_to: [],
      verification: { status: 'verified', expire_at: 5 },
    },
  ],
  external_accounts: [{ object: 'external_account', id: 'eac_1', provider_user_id: '42' }],
  public_metadata: { snake_case: { in_here: 1 } },
  private_metadata: { a_b: 1 },
  unsafe_metadata: {},
  last_sign_in_at: 1,
  web3_wallets: [],
  phone_numbers: [],
} as unknown as UserJSON

describe('the Backend API client', () => {
  // oxfmt-ignore
  it.each<[string, (client: ClerkClient) => Promise<unknown>, string[], unknown[]?]>([
    ['getUser',               ({ users }) => users.getUser('user_1'),                                   ['GET /v1/users/user_1']],
    ['getCount',              ({ users }) => users.getCount({ query: 'x', emailAddress: ['a@b.c', 'd@e.f'] }), ['GET /v1/users/count?query=x&email_address=a%40b.c&email_address=d%40e.f']],
    ['getUserList',           ({ users }) => users.getUserList({ limit: 5, offset: 0, orderBy: '+created_at', organizationId: ['org_1'] }), ['GET /v1/users?limit=5&order_by=%2Bcreated_at&organization_id=org_1', 'GET /v1/users/count?organization_id=org_1']],
    ['createUser',            ({ users }) => users.createUser({ emailAddress: ['a@b.c'], publicMetadata: { fooBar: { bazQux: 1 } }, createdAt: new Date(0), firstName: null }), ['POST /v1/users'], [{ email_address: ['a@b.c'], public_metadata: { fooBar: { bazQux: 1 } }, created_at: '1970-01-01T00:00:00.000Z', first_name: null }]],
    ['updateUser',            ({ users }) => users.updateUser('user_1', { firstName: 'A', primaryEmailAddressID: 'idn_1', primaryWeb3WalletID: 'idn_3' }), ['PATCH /v1/users/user_1'], [{ first_name: 'A', primary_email_address_id: 'idn_1', primary_web3_wallet_id: 'idn_3' }]],
    ['updateUser, metadata',  ({ users }) => users.updateUser('user_1', { publicMetadata: { aB: 1 } }), ['PUT /v1/users/user_1/metadata'], [{ public_metadata: { aB: 1 } }]],
    ['updateUser, both',      ({ users }) => users.updateUser('user_1', { firstName: 'A', unsafeMetadata: {} }), ['PATCH /v1/users/user_1', 'PUT /v1/users/user_1/metadata'], [{ first_name: 'A' }, { unsafe_metadata: {} }]],
    ['updateUser, nothing',   ({ users }) => users.updateUser('user_1', {}),                            ['PATCH /v1/users/user_1']],
    ['updateUserMetadata',    ({ users }) => users.updateUserMetadata('user_1', { privateMetadata: { a: null } }), ['PATCH /v1/users/user_1/metadata'], [{ private_metadata: { a: null } }]],
    ['replaceUserMetadata',   ({ users }) => users.replaceUserMetadata('user_1', { publicMetadata: {} }), ['PUT /v1/users/user_1/metadata'], [{ public_metadata: {} }]],
    ['deleteUserProfileImage', ({ users }) => users.deleteUserProfileImage('user_1'),                   ['DELETE /v1/users/user_1/profile_image']],
    ['deleteUser',            ({ users }) => users.deleteUser('user_1'),                                ['DELETE /v1/users/user_1']],
    ['getUserOauthAccessToken', ({ users }) => users.getUserOauthAccessToken('user_1', 'google'),       ['GET /v1/users/user_1/oauth_access_tokens/oauth_google?paginated=true']],
    ['getUserOauthAccessToken, prefixed', ({ users }) => users.getUserOauthAccessToken('user_1', 'oauth_x'), ['GET /v1/users/user_1/oauth_access_tokens/oauth_x?paginated=true']],
    ['disableUserMFA',        ({ users }) => users.disableUserMFA('user_1'),                            ['DELETE /v1/users/user_1/mfa']],
    ['deleteUserTOTP',        ({ users }) => users.deleteUserTOTP('user_1'),                            ['DELETE /v1/users/user_1/totp']],
    ['deleteUserBackupCodes', ({ users }) => users.deleteUserBackupCodes('user_1'),                     ['DELETE /v1/users/user_1/backup_code']],
    ['deleteUserPasskey',     ({ users }) => users.deleteUserPasskey({ userId: 'user_1', passkeyIdentificationId: 'idn_1' }), ['DELETE /v1/users/user_1/passkeys/idn_1']],
    ['deleteUserWeb3Wallet',  ({ users }) => users.deleteUserWeb3Wallet({ userId: 'user_1', web3WalletIdentificationId: 'idn_1' }), ['DELETE /v1/users/user_1/web3_wallets/idn_1']],
    ['deleteUserExternalAccount', ({ users }) => users.deleteUserExternalAccount({ userId: 'user_1', externalAccountId: 'eac_1' }), ['DELETE /v1/users/user_1/external_accounts/eac_1']],
    ['verifyPassword',        ({ users }) => users.verifyPassword({ userId: 'user_1', password: 'p' }), ['POST /v1/users/user_1/verify_password'], [{ password: 'p' }]],
    ['verifyTOTP',            ({ users }) => users.verifyTOTP({ userId: 'user_1', code: '1' }),         ['POST /v1/users/user_1/verify_totp'], [{ code: '1' }]],
    ['setPasswordCompromised', ({ users }) => users.setPasswordCompromised('user_1', { revokeAllSessions: true }), ['POST /v1/users/user_1/password/set_compromised'], [{ revoke_all_sessions: true }]],
    ['unsetPasswordCompromised', ({ users }) => users.unsetPasswordCompromised('user_1'),               ['POST /v1/users/user_1/password/unset_compromised']],
    ['removePassword',        ({ users }) => users.removePassword('user_1', { signOutOfOtherSessions: true }), ['POST /v1/users/user_1/remove_password'], [{ sign_out_of_other_sessions: true }]],
    ['replaceUserEmailAddress', ({ users }) => users.replaceUserEmailAddress('user_1', { emailAddress: 'a@b.c' }), ['PUT /v1/users/user_1/email_address'], [{ email_address: 'a@b.c' }]],
    ['banUser',               ({ users }) => users.banUser('user_1'),                                   ['POST /v1/users/user_1/ban']],
    ['unbanUser',             ({ users }) => users.unbanUser('user_1'),                                 ['POST /v1/users/user_1/unban']],
    ['lockUser',              ({ users }) => users.lockUser('user_1'),                                  ['POST /v1/users/user_1/lock']],
    ['unlockUser',            ({ users }) => users.unlockUser('user_1'),                                ['POST /v1/users/user_1/unlock']],
    ['getSessionList',        ({ sessions }) => sessions.getSessionList({ userId: 'user_1', status: 'active' }), ['GET /v1/sessions?user_id=user_1&status=active&paginated=true']],
    ['getSession',            ({ sessions }) => sessions.getSession('sess_1'),                          ['GET /v1/sessions/sess_1']],
    ['createSession',         ({ sessions }) => sessions.createSession({ userId: 'user_1' }),           ['POST /v1/sessions'], [{ user_id: 'user_1' }]],
    ['revokeSession',         ({ sessions }) => sessions.revokeSession('sess_1'),                       ['POST /v1/sessions/sess_1/revoke']],
    ['verifySession',         ({ sessions }) => sessions.verifySession('sess_1', 't'),                  ['POST /v1/sessions/sess_1/verify'], [{ token: 't' }]],
    ['getToken',              ({ sessions }) => sessions.getToken('sess_1', 'my tmpl', 60),             ['POST /v1/sessions/sess_1/tokens/my%20tmpl'], [{ expires_in_seconds: 60 }]],
    ['getJwks',               ({ jwks }) => jwks.getJwks(),                                             ['GET /v1/jwks']],
  ])('%s', async (_, call, lines, bodies = lines.map(() => '')) => {
    const { client, calls } = clientWith()
    await call(client)
    expect(calls.map(({ line }) => line)).toEqual(lines)
    expect(calls.map(({ body }) => body)).toEqual(bodies)
  })

  it('says who asks, in which version', async () => {
    const { client, calls } = clientWith()
    await client.users.banUser('user_1')
    const headers = calls[0]?.headers
    expect(headers?.get('authorization')).toBe(`Bearer ${secretKey}`)
    expect(headers?.get('clerk-api-version')).toBe('2026-05-12')
    expect(headers?.get('content-type')).toBe('application/json')
    expect(headers?.get('user-agent')).toBe('@core/test@0.0.0')
  })

  it('uploads a file as a form', async () => {
    const { client, calls } = clientWith(() => userJson)
    await client.users.updateUserProfileImage('user_1', {
      file: new Blob(['x'], { type: 'image/png' }),
    })
    expect(calls[0]?.headers.get('content-type')).toMatch(/^multipart\/form-data; boundary=/)
    expect(calls[0]?.body).toContain('name="file"; filename="blob"')
  })

  it('needs a secret key, and says which', async () => {
    const { client } = createAuthenticator({ publishableKey }, CONTEXT)
    await expect(client.users.getUser('user_1')).rejects.toMatchObject({
      code: 'options-invalid',
      message: expect.stringContaining('CLERK_SECRET_KEY'),
    })
  })

  it.each([
    '',
    ' ',
    '.',
    '..',
    '../users',
    'a/b',
    'a\\b',
    'a?b',
    'a#b',
    '%2e%2e',
    '%252e',
    'a%2fb',
    'a\nb',
    'a\0',
    undefined,
    null,
    5,
    {},
  ])('addresses nothing with the id %j', async (id) => {
    const { client, calls } = clientWith()
    const { users, sessions } = client
    for (const call of [users.getUser, users.deleteUser, sessions.revokeSession]) {
      await expect(call(id as string)).rejects.toMatchObject({
        code: 'resource-id-invalid',
        status: 400,
      })
    }
    expect(calls).toEqual([])
  })
})

describe('a resource', () => {
  it('has the members of its JSON in camel case, metadata untouched', async () => {
    const { client } = clientWith(() => userJson)
    const user = await client.users.getUser('user_1')
    expect(user).toMatchObject({
      id: 'user_1',
      firstName: 'Ada',
      fullName: 'Ada Lovelace',
      publicMetadata: { snake_case: { in_here: 1 } },
      privateMetadata: { a_b: 1 },
      lastSignInAt: 1,
      web3Wallets: [],
    })
    expect(user.primaryEmailAddress?.emailAddress).toBe('b@example.com')
    expect(user.primaryEmailAddress?.verification?.expireAt).toBe(5)
    expect(user.primaryPhoneNumber).toBe(null)
    expect(user.externalAccounts[0]).toMatchObject({ externalId: '42', providerUserId: '42' })
    expect(user.raw).toBe(user.raw)
    expect(user.raw.first_name).toBe('Ada')
  })

  it('survives JSON, without its raw form', async () => {
    const { client } = clientWith(() => userJson)
    const copy: unknown = JSON.parse(JSON.stringify(await client.users.getUser('user_1')))
    expect(copy).toMatchObject({
      id: 'user_1',
      emailAddresses: [{ emailAddress: 'a@example.com' }, {}],
    })
    expect(copy).not.toHaveProperty('raw')
  })

  it('has no name without one', async () => {
    const { client } = clientWith(() => ({ ...userJson, first_name: null, last_name: null }))
    expect((await client.users.getUser('user_1')).fullName).toBe(null)
  })

  it('comes in pages', async () => {
    const { client } = clientWith(({ url }) =>
      url.includes('/count') ? { object: 'total_count', total_count: 31 } : [userJson],
    )
    const list = await client.users.getUserList()
    expect(list.totalCount).toBe(31)
    expect(list.data[0]?.fullName).toBe('Ada Lovelace')
    const sessions = clientWith(() => ({
      data: [{ object: 'session', user_id: 'u' }],
      total_count: 7,
    }))
    expect(await sessions.client.sessions.getSessionList()).toMatchObject({
      data: [{ userId: 'u' }],
      totalCount: 7,
    })
  })

  it('does not pollute objects', async () => {
    const { client } = clientWith(
      () =>
        new Response('{"object":"user","__proto__":{"polluted":1}}', {
          headers: { 'content-type': 'application/json' },
        }),
    )
    await client.users.getUser('user_1')
    expect({}).not.toHaveProperty('polluted')
  })
})

const fail = (body: unknown, init: ResponseInit): Promise<ClerkAPIResponseError> =>
  clientWith(() => Response.json(body, init))
    .client.users.getUser('user_1')
    .then(
      () => Promise.reject(new Error('expected a rejection')),
      (error: unknown) => error as ClerkAPIResponseError,
    )

describe('an error of the Backend API', () => {
  it('carries status, errors, trace id and the time to wait', async () => {
    const error = await fail(
      {
        errors: [
          {
            code: 'form_param_invalid',
            message: 'm',
            long_message: 'l',
            meta: { param_name: 'email_address', secret: 'x' },
          },
          { code: 'other', message: 'n' },
        ],
        clerk_trace_id: 'trace_1',
      },
      { status: 429, statusText: 'Too Many Requests', headers: { 'retry-after': '7' } },
    )
    expect(isClerkAPIResponseError(error)).toBe(true)
    expect(error).toMatchObject({
      name: 'ClerkAPIResponseError',
      message: 'Too Many Requests',
      status: 429,
      clerkTraceId: 'trace_1',
      retryAfter: 7,
      clerkError: true,
    })
    expect(error.errors).toEqual([
      {
        code: 'form_param_invalid',
        message: 'm',
        longMessage: 'l',
        meta: { paramName: 'email_address' },
      },
      { code: 'other', message: 'n', longMessage: undefined, meta: {} },
    ])
  })

  it.each([
    [
      'a page',
      () => new Response('<h1>Oops</h1>', { status: 502, headers: { 'cf-ray': 'ray_1' } }),
    ],
    [
      'broken JSON',
      () =>
        new Response('{', {
          status: 502,
          headers: { 'content-type': 'application/json', 'cf-ray': 'ray_1' },
        }),
    ],
    ['null', () => Response.json(null, { status: 502, headers: { 'cf-ray': 'ray_1' } })],
  ])('may come as %s', async (_, answer) => {
    const { client } = clientWith(answer)
    await expect(client.users.getUser('user_1')).rejects.toMatchObject({
      status: 502,
      errors: [],
      clerkTraceId: 'ray_1',
    })
  })

  it.each([
    ['no connection', () => Promise.reject(new TypeError('fetch failed'))],
    [
      'a success that is no JSON',
      () => Promise.resolve(new Response('{', { headers: { 'content-type': 'application/json' } })),
    ],
  ])('stands for %s, without a status', async (_, fetch) => {
    const { client } = createAuthenticator({ publishableKey, secretKey }, { ...CONTEXT, fetch })
    const error: unknown = await client.users.getUser('user_1').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ errors: [{ code: 'unexpected_error' }], status: undefined })
    expect(JSON.stringify(error)).not.toContain(secretKey)
  })
})

describe('a lazy client', () => {
  const one = clientWith(() => ({ ...userJson, id: 'user_of_one' })).client
  const two = clientWith(() => ({ ...userJson, id: 'user_of_two' })).client

  it('can be called, awaited and used as it is', async () => {
    const clerkClient = createLazyClient(() => one)
    expect(typeof clerkClient).toBe('function')
    expect((await clerkClient().users.getUser('x')).id).toBe('user_of_one')
    expect((await (await clerkClient()).users.getUser('x')).id).toBe('user_of_one')
    expect((await clerkClient.users.getUser('x')).id).toBe('user_of_one')
    expect(await clerkClient.authenticateRequest(new Request('https://a.com'))).toMatchObject({
      status: 'signed-out',
    })
  })

  it('has every member of a client', () => {
    const clerkClient = createLazyClient(() => one)
    for (const [group, endpoints] of Object.entries(GROUPS)) {
      expect(Object.keys(clerkClient[group as keyof typeof GROUPS])).toEqual(Object.keys(endpoints))
    }
  })

  it('finds the client anew for each call, and not before', async () => {
    let resolved = 0
    const clerkClient = createLazyClient(() => {
      resolved += 1
      return Promise.resolve(resolved % 2 ? one : two)
    })
    const { users } = clerkClient()
    expect(resolved).toBe(0)
    expect((await users.getUser('x')).id).toBe('user_of_one')
    expect((await users.getUser('x')).id).toBe('user_of_two')
  })
})
