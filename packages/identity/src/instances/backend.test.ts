import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { codeOf } from '../testing/organizations.ts'
import { openTestServer, type TestServer } from '../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

describe('the instance of a secret key', () => {
  it('is described, and changed without a word', async () => {
    const instance = await server.addInstance()
    expect((await instance.call('GET', '/instance')).body).toEqual({
      object: 'instance',
      id: expect.stringMatching(/^ins_/),
      environment_type: 'development',
      allowed_origins: null,
    })
    const changed = await instance.call('PATCH', '/instance', {
      allowed_origins: ['https://app.example.com'],
      support_email: 'help@example.com',
      preferred_sign_in_strategy_when_password_required: 'otp',
      test_mode: true,
      hibp: false,
    })
    expect([changed.status, changed.body]).toEqual([204, ''])
    const origins = async () => (await instance.call('GET', '/instance')).body.allowed_origins
    expect(await origins()).toEqual(['https://app.example.com'])
    const browser = await instance.openBrowser()
    const { display_config: display } = (await browser.get('/environment')).body
    expect(display).toMatchObject({
      support_email: 'help@example.com',
      preferred_sign_in_strategy: 'otp',
    })
    await instance.call('PATCH', '/instance', { allowed_origins: [] })
    expect(await origins()).toBeNull()
  })

  it('is seen as it is now by the next request of a browser, however often it has been read', async () => {
    const instance = await server.addInstance()
    const browser = await instance.openBrowser()
    const shown = async () => (await browser.get('/environment')).body.display_config.support_email
    const seen: (string | null)[] = [await shown()]
    for (const email of ['help@example.com', 'support@example.com', 'help@example.com']) {
      await instance.call('PATCH', '/instance', { support_email: email })
      seen.push(await shown(), await shown())
    }
    const [first, ...rest] = seen
    expect(first).not.toBe('help@example.com')
    expect(rest).toEqual(
      ['help', 'help', 'support', 'support', 'help', 'help'].map((name) => `${name}@example.com`),
    )
  })

  it.each([
    ['/instance', { allowed_origins: ['https://app.example.com/path'] }],
    ['/instance', { preferred_sign_in_strategy_when_password_required: 'magic' }],
    ['/instance', { hibp: true }],
    ['/instance', { test_mode: false }],
    ['/instance', { url_based_session_syncing: false }],
    ['/beta_features/instance_settings', { progressive_sign_up: false }],
  ])('is not made what it cannot be: %s %j', async (path, body) => {
    const instance = await server.addInstance()
    const refused = await instance.call('PATCH', path, body)
    expect([refused.status, codeOf(refused)]).toEqual([422, 'form_param_value_invalid'])
  })

  it('answers its restrictions', async () => {
    const instance = await server.addInstance()
    const off = {
      allowlist: false,
      blocklist: false,
      block_email_subaddresses: false,
      block_disposable_email_domains: false,
      ignore_dots_for_gmail_addresses: false,
    }
    const patch = async (body: object) =>
      (await instance.call('PATCH', '/instance/restrictions', body)).body
    expect(await patch({})).toEqual({ object: 'instance_restrictions', ...off })
    expect(await patch({ blocklist: true })).toMatchObject({ ...off, blocklist: true })
    expect(await patch({ allowlist: true })).toMatchObject({ allowlist: true, blocklist: true })
    const beta = await instance.call('PATCH', '/beta_features/instance_settings', {
      restricted_to_allowlist: false,
    })
    expect(beta.body).toMatchObject({ object: 'instance_settings', restricted_to_allowlist: false })
    expect(await patch({})).toMatchObject({ allowlist: false, blocklist: true })
  })

  it('keeps what each of many writers changed at once', async () => {
    const instance = await server.addInstance()
    await Promise.all(
      Array.from({ length: 10 }, () => [
        instance.call('PATCH', '/instance/restrictions', { allowlist: true }),
        instance.call('PATCH', '/instance/restrictions', { blocklist: true }),
        instance.call('PATCH', '/instance', { support_email: 'help@example.com' }),
        instance.call('PATCH', '/instance/organization_settings', { max_allowed_memberships: 7 }),
      ]).flat(),
    )
    expect((await instance.call('PATCH', '/instance/restrictions', {})).body).toMatchObject({
      allowlist: true,
      blocklist: true,
    })
    const browser = await instance.openBrowser()
    expect((await browser.get('/environment')).body).toMatchObject({
      display_config: { support_email: 'help@example.com' },
      organization_settings: { max_allowed_memberships: 7 },
    })
  })
})
