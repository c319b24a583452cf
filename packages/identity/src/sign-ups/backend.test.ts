import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { codeOf } from '../testing/organizations.ts'
import { openTestServer, type TestInstance, type TestServer } from '../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

const ADA = 'ada@example.com'

/** A sign-up that wants nothing but the proof of its address. */
async function begin(instance: TestInstance, email = ADA) {
  const browser = await instance.openBrowser()
  const begun = await browser.post('/client/sign_ups', {
    email_address: email,
    password: 'correct horse',
    first_name: 'Ada',
    unsafe_metadata: '{"from":"ad"}',
  })
  const { id } = begun.body.response
  const path = `/client/sign_ups/${id}`
  return {
    path: `/sign_ups/${id}`,
    id,
    prepare: () => browser.post(`${path}/prepare_verification`, { strategy: 'email_code' }),
    finish: async () => {
      await browser.post(`${path}/prepare_verification`, { strategy: 'email_code' })
      const code = instance.codeOf(email)
      return browser.post(`${path}/attempt_verification`, { strategy: 'email_code', code })
    },
  }
}

describe('a sign-up under way', () => {
  it('is seen by the server, without its password', async () => {
    const instance = await server.addInstance()
    const { path, id, prepare } = await begin(instance)
    const seen = await instance.call('GET', path)
    expect(seen.body).toEqual({
      object: 'sign_up_attempt',
      id,
      status: 'missing_requirements',
      required_fields: ['email_address', 'password'],
      optional_fields: ['first_name', 'last_name'],
      missing_fields: [],
      unverified_fields: ['email_address'],
      verifications: {
        email_address: { next_action: 'needs_prepare', supported_strategies: ['email_code'] },
        phone_number: null,
        web3_wallet: null,
        external_account: null,
      },
      username: null,
      email_address: ADA,
      phone_number: null,
      web3_wallet: null,
      password_enabled: true,
      first_name: 'Ada',
      last_name: null,
      unsafe_metadata: { from: 'ad' },
      custom_action: false,
      external_id: null,
      created_session_id: null,
      created_user_id: null,
      abandon_at: expect.any(Number),
      legal_accepted_at: null,
    })
    await prepare()
    const { verifications } = (await instance.call('GET', path)).body
    expect(verifications.email_address.next_action).toBe('needs_attempt')
  })

  it('gives the user the external id that the server sets', async () => {
    const instance = await server.addInstance()
    const { path, finish } = await begin(instance)
    const set = await instance.call('PATCH', path, { external_id: 'ext_1', custom_action: true })
    expect([set.status, set.body.external_id, set.body.custom_action]).toEqual([200, 'ext_1', true])
    const kept = await instance.call('PATCH', path, {})
    expect([kept.body.external_id, kept.body.custom_action]).toEqual(['ext_1', true])
    await finish()
    const done = (await instance.call('GET', path)).body
    expect(done).toMatchObject({
      status: 'complete',
      external_id: 'ext_1',
      created_user_id: expect.stringMatching(/^user_/),
      created_session_id: expect.stringMatching(/^sess_/),
    })
    const user = await instance.call('GET', `/users/${done.created_user_id}`)
    expect(user.body.external_id).toBe('ext_1')
    const late = await instance.call('PATCH', path, { external_id: 'ext_2' })
    expect([late.status, codeOf(late)]).toEqual([403, 'resource_forbidden'])
  })

  it('can be given none again', async () => {
    const instance = await server.addInstance()
    const { path } = await begin(instance)
    await instance.call('PATCH', path, { external_id: 'ext_1', custom_action: true })
    const cleared = await instance.call('PATCH', path, { external_id: null, custom_action: false })
    expect([cleared.body.external_id, cleared.body.custom_action]).toEqual([null, false])
  })

  it('gives an external id to one user only', async () => {
    const instance = await server.addInstance()
    const [ada, bob, eve] = [
      await begin(instance),
      await begin(instance, 'bob@example.com'),
      await begin(instance, 'eve@example.com'),
    ]
    await instance.call('PATCH', ada.path, { external_id: 'ext_1' })
    await instance.call('PATCH', bob.path, { external_id: 'ext_1' })
    await ada.finish()
    const refused = await bob.finish()
    expect(codeOf(refused)).toBe('form_identifier_exists')
    expect(refused.body.errors[0].meta.param_name).toBe('external_id')
    const taken = await instance.call('PATCH', eve.path, { external_id: 'ext_1' })
    expect([taken.status, codeOf(taken)]).toEqual([422, 'form_identifier_exists'])
  })

  it('is no longer changed once it has been abandoned', async () => {
    const instance = await server.addInstance({ settings: { attempt_lifetime: 600 } })
    const { path } = await begin(instance)
    server.advance(600_000)
    expect((await instance.call('GET', path)).body.status).toBe('abandoned')
    const late = await instance.call('PATCH', path, { external_id: 'ext_1' })
    expect(codeOf(late)).toBe('resource_forbidden')
  })

  it.each(['GET', 'PATCH'])('is unknown to other instances, for %s', async (method) => {
    const [instance, other] = [await server.addInstance(), await server.addInstance()]
    const { path } = await begin(instance)
    const body = method === 'GET' ? undefined : { custom_action: true }
    const refused = await other.call(method, path, body)
    expect([refused.status, codeOf(refused)]).toEqual([404, 'resource_not_found'])
    expect((await instance.call('GET', path)).body.custom_action).toBe(false)
  })

  it.each([
    [{ external_id: 7 }, 'form_param_type_invalid'],
    [{ external_id: 'x'.repeat(257) }, 'form_param_max_length_exceeded'],
    [{ custom_action: 'maybe' }, 'form_param_type_invalid'],
  ])('does not take %o', async (body, code) => {
    const instance = await server.addInstance()
    const { path } = await begin(instance)
    const refused = await instance.call('PATCH', path, body)
    expect([refused.status, codeOf(refused)]).toEqual([422, code])
  })
})
