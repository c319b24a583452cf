import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { backendRoutes } from '../http/backend-routes.ts'
import { codeOf, signUp } from '../testing/organizations.ts'
import { openTestServer, type TestServer } from '../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

async function open() {
  const instance = await server.addInstance()
  return { instance, ...(await signUp(instance, 'ada')) }
}

describe('banning many users', () => {
  it('ends the sessions of all, and lets them back in', async () => {
    const { instance, userId, browser } = await open()
    const bob = await signUp(instance, 'bob')
    const users = { user_ids: [bob.userId, userId] }
    const banned = await instance.call('POST', '/users/ban', users)
    expect(banned.body).toMatchObject([
      { id: bob.userId, banned: true },
      { id: userId, banned: true },
    ])
    expect(codeOf(await browser.get('/me'))).toBe('authentication_invalid')
    const back = await instance.call('POST', '/users/unban', users)
    expect(back.body).toMatchObject([{ banned: false }, { banned: false }])
  })

  it('bans none if one is not there, or too many are named', async () => {
    const { instance, userId, browser } = await open()
    const ban = (ids: readonly string[]) => instance.call('POST', '/users/ban', { user_ids: ids })
    expect(codeOf(await ban([userId, 'user_x']))).toBe('resource_not_found')
    expect(codeOf(await ban([]))).toBe('form_param_nil')
    expect(codeOf(await ban(Array.from({ length: 51 }, () => userId)))).toBe('bulk_size_exceeded')
    expect((await browser.get('/me')).status).toBe(200)
  })
})

describe('a user that a server makes', () => {
  const ADA = { email_address: ['ada@example.com'], password: 'correct horse' }

  it.each([
    ['banned', 'user_banned'],
    ['locked', 'user_locked'],
  ])('is kept out if %s', async (how, code) => {
    const instance = await server.addInstance()
    const made = await instance.call('POST', '/users', { ...ADA, [how]: true })
    expect(made.body).toMatchObject({ banned: false, locked: false, [how]: true })
    const browser = await instance.openBrowser()
    const attempt = { identifier: 'ada@example.com', password: 'correct horse' }
    expect(codeOf(await browser.post('/client/sign_ins', attempt))).toBe(code)
    const lifted = { banned: 'unban', locked: 'unlock' }[how]
    await instance.call('POST', `/users/${made.body.id}/${lifted}`)
    const again = await browser.post('/client/sign_ins', attempt)
    expect(again.body.response).toMatchObject({ status: 'complete' })
  })

  it('may be said to have none of what there is not', async () => {
    const instance = await server.addInstance()
    const nothing = { phone_number: [], web3_wallet: [], backup_codes: [], totp_secret: null }
    const statuses = { email_address_identification_status: ['verified'] }
    const made = await instance.call('POST', '/users', { ...ADA, ...nothing, ...statuses })
    expect(made.body).toMatchObject({ banned: false, locked: false, phone_numbers: [] })
  })
})

describe('a change of a user', () => {
  it('takes no username away that is all they sign in by', async () => {
    const instance = await server.addInstance({
      settings: { email_address: 'optional', username: 'optional' },
    })
    const password = 'correct horse'
    const made = await instance.call('POST', '/users', { username: 'lovelace', password })
    const path = `/users/${made.body.id}`
    for (const username of [null, '']) {
      const refused = await instance.call('PATCH', path, { username })
      expect(refused.body.errors[0]).toMatchObject({
        code: 'form_param_nil',
        meta: { param_name: 'username' },
      })
    }
    const address = { user_id: made.body.id, email_address: 'ada@example.com' }
    await instance.call('POST', '/email_addresses', address)
    expect(codeOf(await instance.call('PATCH', path, { username: null }))).toBe('form_param_nil')
    await instance.call('POST', '/email_addresses', {
      ...address,
      email_address: 'ada@example.org',
      verified: true,
    })
    expect((await instance.call('PATCH', path, { username: null })).body.username).toBeNull()
  })

  it('sets a limit of organizations, and lifts it', async () => {
    const { instance, userId } = await open()
    const limit = async (create_organizations_limit?: number | null) =>
      (await instance.call('PATCH', `/users/${userId}`, { create_organizations_limit })).body
        .create_organizations_limit
    expect(await limit(3)).toBe(3)
    expect(await limit()).toBe(3)
    expect(await limit(null)).toBeNull()
  })

  it.each([
    [{ primary_phone_number_id: 'idn_x' }],
    [{ primary_web3_wallet_id: 'idn_x' }],
    [{ totp_secret: 'JBSWY3DPEHPK3PXP' }],
    [{ backup_codes: ['a1b2c3'] }],
  ])('to what there is not is refused: %j', async (body) => {
    const { instance, userId } = await open()
    const refused = await instance.call('PATCH', `/users/${userId}`, body)
    const [param_name] = Object.keys(body)
    expect(refused.body.errors[0]).toMatchObject({
      code: 'form_param_value_invalid',
      meta: { param_name },
    })
  })

  it('makes no address primary that is not proven', async () => {
    const { instance, userId } = await open()
    const refused = await instance.call('POST', '/email_addresses', {
      user_id: userId,
      email_address: 'ada@example.org',
      primary: true,
    })
    expect(refused.body.errors[0]).toMatchObject({
      code: 'form_param_value_invalid',
      meta: { param_name: 'primary' },
    })
  })
})

describe('the password of a user', () => {
  it('is removed, and sessions end if a server says so', async () => {
    const { instance, userId, browser } = await open()
    const path = `/users/${userId}/remove_password`
    const removed = await instance.call('POST', path)
    expect(removed.body).toMatchObject({ object: 'user', password_enabled: false })
    expect((await browser.get('/me')).status).toBe(200)
    expect(codeOf(await instance.call('POST', path))).toBe('no_password_set')
    await instance.call('PATCH', `/users/${userId}`, { password: 'battery staple' })
    await instance.call('POST', path, { sign_out_of_other_sessions: true })
    expect((await browser.get('/me')).status).toBe(401)
  })

  it('is marked as known to others, and sessions end if a server says so', async () => {
    const { instance, userId, browser } = await open()
    const mark = (verb: string, body = {}) =>
      instance.call('POST', `/users/${userId}/password/${verb}_compromised`, body)
    expect((await mark('set')).body).toMatchObject({ object: 'user', id: userId })
    expect((await browser.get('/me')).status).toBe(200)
    expect((await mark('unset')).body).toMatchObject({ object: 'user', id: userId })
    await mark('set', { revoke_all_sessions: true })
    expect((await browser.get('/me')).status).toBe(401)
  })
})

describe('what nobody has yet', () => {
  it.each(['mfa', 'totp', 'backup_code'])('is switched off at once: %s', async (kind) => {
    const { instance, userId } = await open()
    const { status, body } = await instance.call('DELETE', `/users/${userId}/${kind}`)
    expect([status, body]).toEqual([200, { user_id: userId }])
  })

  it.each([
    ['DELETE', 'passkeys/idn_x', 'resource_not_found'],
    ['DELETE', 'web3_wallets/idn_x', 'resource_not_found'],
    ['DELETE', 'external_accounts/eac_x', 'resource_not_found'],
    ['POST', 'verify_totp', 'totp_disabled'],
    ['GET', 'oauth_access_tokens/oauth_google', 'oauth_token_provider_not_enabled'],
  ])('is refused by name: %s %s', async (method, path, code) => {
    const { instance, userId } = await open()
    expect(codeOf(await instance.call(method, `/users/${userId}/${path}`))).toBe(code)
  })
})

it.each(
  backendRoutes
    .filter(({ path }) => path.startsWith('/users/:id'))
    .map(({ method, path }) => [method, path] as const),
)('reaches no user of another instance: %s %s', async (method, path) => {
  const { instance, userId } = await open()
  const other = await server.addInstance()
  const before = (await instance.call('GET', `/users/${userId}`)).body
  const url = path.replace(':id', userId).replaceAll(/:\w+/g, 'x')
  const body = {
    password: 'battery staple',
    email_address: 'new@example.com',
    public_metadata: { mine: true },
    first_name: 'Eve',
  }
  const answer = await other.call(method, url, method === 'GET' ? undefined : body)
  expect([answer.status, codeOf(answer)]).toEqual([404, 'resource_not_found'])
  expect((await instance.call('GET', `/users/${userId}`)).body).toEqual(before)
})
