import type { UserJSON } from '@core/protocol'
import { describe, expect, it } from 'vitest'
import { clientWith } from '../../test/api.ts'
import { CONTEXT } from '../../test/authenticate.ts'
import { createIssuer } from '../../test/issuer.ts'
import { createAuthenticator } from '../authenticator.ts'
import { createLazyClient } from '../lazy-client.ts'
import { GROUPS } from './client.ts'
import { ClerkAPIResponseError, isClerkAPIResponseError } from './errors.ts'

const { publishableKey, secretKey } = await createIssuer()

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

  it('has the address of an external verification as a URL', async () => {
    const address = 'https://provider.example/authorize?state=1'
    const verifications = [address, null, 'nowhere'].map(async (url) => {
      const { client } = clientWith(() => ({
        object: 'email_address',
        id: 'idn_1',
        verification: { status: 'unverified', external_verification_redirect_url: url },
      }))
      const { verification } = await client.emailAddresses.getEmailAddress('idn_1')
      return verification?.externalVerificationRedirectURL
    })
    expect(await Promise.all(verifications)).toEqual([new URL(address), null, null])
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
