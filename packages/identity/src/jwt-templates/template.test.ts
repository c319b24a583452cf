import { generateKeyPairSync } from 'node:crypto'

import { TOKEN_CATEGORIES } from '@core/protocol'
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
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
let browser: TestBrowser
let sessionId: string
let userId: string
beforeAll(async () => {
  server = await openTestServer()
  instance = await server.addInstance()
  browser = await instance.openBrowser()
  const { client } = (await browser.signUp('ada@example.com')).body
  sessionId = client.sessions[0].id
  userId = client.sessions[0].user.id
  await instance.call('PATCH', `/users/${userId}`, {
    first_name: 'Ada',
    public_metadata: { plan: { name: 'pro' } },
  })
})
afterAll(() => server.close())

let names = 0

async function createTemplate(input: object = {}, at: TestInstance = instance) {
  const answer = await at.call('POST', '/jwt_templates', {
    name: `template-${++names}`,
    claims: {},
    ...input,
  })
  expect(answer.status).toBe(200)
  return answer.body
}

function refusal({ status, body }: Answer): readonly [number, string, string | undefined] {
  return [status, body.errors[0].code, body.errors[0].meta.param_name]
}

const pemOf = (type: 'rsa' | 'ec', curve = 'P-256'): string => {
  const { privateKey } =
    type === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: curve })
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

describe('a template', () => {
  it('is created, read, changed, listed and deleted', async () => {
    const own = await server.addInstance()
    const claims = { role: '{{user.public_metadata.role}}', aud: 'https://api.example.com' }
    const created = await createTemplate({ name: 'my tmpl', claims }, own)
    expect(created).toEqual({
      object: 'jwt_template',
      id: expect.stringMatching(/^jtmp_[0-9A-Za-z]{27}$/),
      name: 'my tmpl',
      claims,
      lifetime: 60,
      allowed_clock_skew: 5,
      custom_signing_key: false,
      signing_algorithm: 'RS256',
      created_at: server.now,
      updated_at: server.now,
    })
    const path = `/jwt_templates/${created.id}`
    expect((await own.call('GET', path)).body).toEqual(created)
    const changed = await own.call('PATCH', path, { lifetime: 600, allowed_clock_skew: 0 })
    expect(changed.body).toEqual({
      ...created,
      lifetime: 600,
      allowed_clock_skew: 0,
      updated_at: expect.any(Number),
    })
    expect(changed.body.updated_at).toBeGreaterThan(created.updated_at)
    server.advance(1000)
    const second = await createTemplate({}, own)
    const bare = await own.call('GET', '/jwt_templates')
    expect(bare.body).toEqual([second, changed.body])
    const page = await own.call('GET', '/jwt_templates?paginated=true&limit=1&offset=1')
    expect(page.body).toEqual({ data: [changed.body], total_count: 2 })
    expect((await own.call('DELETE', path)).body).toEqual({
      object: 'jwt_template',
      id: created.id,
      deleted: true,
    })
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      expect((await own.call(method, path)).status).toBe(404)
    }
  })

  it('belongs to one instance', async () => {
    const { id, name } = await createTemplate()
    const other = await server.addInstance()
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      expect((await other.call(method, `/jwt_templates/${id}`)).status).toBe(404)
    }
    expect((await other.call('GET', '/jwt_templates')).body).toEqual([])
    expect((await createTemplate({ name }, other)).name).toBe(name)
  })

  it.each<readonly [string, object, string, string]>([
    ['without a name', { name: '' }, 'form_param_nil', 'name'],
    ['whose name is a path', { name: 'a/b' }, 'form_param_format_invalid', 'name'],
    ['whose name leads to another place', { name: '.' }, 'form_param_format_invalid', 'name'],
    ['whose name leads out of its place', { name: '..' }, 'form_param_format_invalid', 'name'],
    ['whose name is too long', { name: 'a'.repeat(256) }, 'form_param_max_length_exceeded', 'name'],
    ['without claims', { claims: null }, 'form_param_nil', 'claims'],
    ['whose claims are a list', { claims: [[]] }, 'form_param_type_invalid', 'claims'],
    [
      'whose claims are too many',
      { claims: { a: 'x'.repeat(20_000) } },
      'form_param_max_length_exceeded',
      'claims',
    ],
    ['that ends at once', { lifetime: 29 }, 'form_param_value_invalid', 'lifetime'],
    ['that never ends', { lifetime: 315_360_001 }, 'form_param_value_invalid', 'lifetime'],
    [
      'of a loose clock',
      { allowed_clock_skew: 301 },
      'form_param_value_invalid',
      'allowed_clock_skew',
    ],
    ['without its algorithm', { custom_signing_key: true }, 'form_param_nil', 'signing_algorithm'],
    [
      'without its key',
      { custom_signing_key: true, signing_algorithm: 'HS256' },
      'form_param_nil',
      'signing_key',
    ],
    ...['none', 'PS256', 'hs256', 'constructor', 'A256GCM'].map(
      (signing_algorithm) =>
        [
          `signed with ${signing_algorithm}`,
          { custom_signing_key: true, signing_algorithm, signing_key: 's'.repeat(64) },
          'form_param_value_invalid',
          'signing_algorithm',
        ] as const,
    ),
    ...(
      [
        ['a secret shorter than the hash', 'HS256', 's'.repeat(31)],
        ['a secret shorter than its hash', 'HS512', 's'.repeat(63)],
        ['a secret for RSA', 'RS256', 's'.repeat(64)],
        ['a key on another curve', 'ES256', pemOf('ec', 'P-384')],
        ['an elliptic key for RSA', 'RS256', pemOf('ec')],
      ] as const
    ).map(
      ([title, signing_algorithm, signing_key]) =>
        [
          `with ${title}`,
          { custom_signing_key: true, signing_algorithm, signing_key },
          'form_param_format_invalid',
          'signing_key',
        ] as const,
    ),
  ])('%s is refused', async (_title, input, code, param) => {
    const answer = await instance.call('POST', '/jwt_templates', {
      name: `refused-${++names}`,
      claims: {},
      ...input,
    })
    expect(refusal(answer)).toEqual([422, code, param])
    expect(JSON.stringify(answer.body)).not.toContain('sssss')
  })

  it.each(
    'iss sub iat nbf exp jti azp sid act fva sts v pla fea o org_id org_slug org_role org_permissions'.split(
      ' ',
    ),
  )('that claims %s for itself is refused, at once and later', async (claim) => {
    const { id } = await createTemplate()
    for (const [method, path] of [
      ['POST', '/jwt_templates'],
      ['PATCH', `/jwt_templates/${id}`],
    ] as const) {
      const answer = await instance.call(method, path, {
        name: `refused-${++names}`,
        claims: { aud: 'x', [claim]: 'user_admin' },
      })
      expect(refusal(answer)).toEqual([400, 'jwt_template_reserved_claim', 'claims'])
      expect(answer.body.errors[0].long_message).toContain(`"${claim}"`)
    }
    expect((await instance.call('GET', `/jwt_templates/${id}`)).body.claims).toEqual({})
  })

  it('has a name of its own, even if ten are created at once', async () => {
    const name = `twin-${++names}`
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        instance.call('POST', '/jwt_templates', { name, claims: {} }),
      ),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    for (const answer of answers.filter(({ status }) => status !== 200)) {
      expect(refusal(answer)).toEqual([422, 'form_already_exists', 'name'])
    }
    const other = await createTemplate()
    const renamed = await instance.call('PATCH', `/jwt_templates/${other.id}`, { name })
    expect(refusal(renamed)).toEqual([422, 'form_already_exists', 'name'])
    const kept = await instance.call('PATCH', `/jwt_templates/${other.id}`, { name: other.name })
    expect(kept.status).toBe(200)
  })
})

describe('a token of a template', () => {
  it('carries the claims filled in, and none of a session', async () => {
    const { name } = await createTemplate({
      lifetime: 600,
      allowed_clock_skew: 20,
      claims: {
        aud: 'https://api.example.com',
        role: 'editor',
        user: { name: '{{user.first_name}}', plan: '{{user.public_metadata.plan.name}}' },
        org: '{{org.id}}',
        none: '{{user.nothing}}',
      },
    })
    const { status, body } = await browser.post(`/client/sessions/${sessionId}/tokens/${name}`)
    expect(status).toBe(200)
    expect(body).toEqual({ object: 'token', jwt: expect.any(String) })
    const now = Math.floor(server.now / 1000)
    expect(await instance.verify(body.jwt)).toEqual({
      iss: instance.keys.apiUrl,
      sub: userId,
      azp: 'http://localhost:3000',
      iat: now,
      nbf: now - 20,
      exp: now + 600,
      jti: expect.stringMatching(/^[0-9a-f]{20}$/),
      aud: 'https://api.example.com',
      role: 'editor',
      user: { name: 'Ada', plan: 'pro' },
      org: null,
      none: null,
    })
    expect(decodeProtectedHeader(body.jwt)).toMatchObject({
      typ: 'JWT',
      alg: 'RS256',
      cat: TOKEN_CATEGORIES.template,
    })
  })

  it('says of the active organization, and of all others, what its user may do there', async () => {
    const { body: org } = await instance.call('POST', '/organizations', {
      name: 'Acme',
      slug: 'acme',
      created_by: userId,
      public_metadata: { tier: 2 },
    })
    const { name } = await createTemplate({
      claims: {
        acting: '{{org.slug}}',
        as: '{{org.role}}',
        tier: '{{org.public_metadata.tier}}',
        may: '{{org_membership.permissions}}',
        member: '{{org_membership.public_metadata}}',
        all: '{{user.organizations}}',
        picture: '{{org.has_image}} {{org.image_url}}',
      },
    })
    const path = `/client/sessions/${sessionId}`
    await browser.post(`${path}/touch`, { active_organization_id: org.id })
    const inside = await instance.verify((await browser.post(`${path}/tokens/${name}`)).body.jwt)
    expect(inside).toMatchObject({
      acting: 'acme',
      as: 'org:admin',
      tier: 2,
      may: expect.arrayContaining(['org:sys_profile:manage']),
      member: {},
      all: { [org.id]: 'org:admin' },
      picture: expect.stringMatching(/^false http/),
    })
    await browser.post(`${path}/touch`, { active_organization_id: '' })
    const outside = await instance.verify((await browser.post(`${path}/tokens/${name}`)).body.jwt)
    expect(outside).toMatchObject({
      acting: null,
      as: null,
      may: null,
      all: { [org.id]: 'org:admin' },
    })
  })

  it('is given to servers, for as long as they say', async () => {
    const { name } = await createTemplate({ name: `my tmpl ${++names}` })
    const path = `/sessions/${sessionId}/tokens/${encodeURIComponent(name)}`
    const usual = decodeJwt((await instance.call('POST', path)).body.jwt)
    expect((usual.exp ?? 0) - (usual.iat ?? 0)).toBe(60)
    // Of the page that used the session last.
    expect(usual['azp']).toBe('http://localhost:3000')
    const long = await instance.call('POST', path, { expires_in_seconds: 315_360_000 })
    const { iat = 0, exp = 0 } = await instance.verify(long.body.jwt)
    expect(exp - iat).toBe(315_360_000)
    const tooShort = await instance.call('POST', path, { expires_in_seconds: 29 })
    expect(tooShort.status).toBe(422)
  })

  it.each([
    ['HS256', 's'.repeat(32)],
    ['HS384', 's'.repeat(48)],
    ['HS512', 's'.repeat(64)],
    ['RS256', pemOf('rsa')],
    ['RS512', pemOf('rsa')],
    ['ES256', pemOf('ec')],
    ['ES384', pemOf('ec', 'P-384')],
  ])('is signed with a key of its own, which nobody is shown: %s', async (alg, key) => {
    const { createPublicKey } = await import('node:crypto')
    const created = await createTemplate({
      custom_signing_key: true,
      signing_algorithm: alg,
      signing_key: key,
    })
    expect(created).toMatchObject({ custom_signing_key: true, signing_algorithm: alg })
    expect(JSON.stringify(created)).not.toContain(key.slice(30, 60))
    const path = `/sessions/${sessionId}/tokens/${created.name}`
    const { jwt } = (await instance.call('POST', path)).body
    const verifier = alg.startsWith('HS') ? new TextEncoder().encode(key) : createPublicKey(key)
    const { protectedHeader } = await jwtVerify(jwt, verifier, {
      currentDate: new Date(server.now),
    })
    // It names no key of the instance: there is none to look for.
    expect(protectedHeader).toEqual({ alg, typ: 'JWT', cat: TOKEN_CATEGORIES.template })
    await expect(instance.verify(jwt)).rejects.toThrow(/Key Set|verification failed|Unsupported/)
  })

  it('goes back to the key of the instance, and forgets its own', async () => {
    const { id, name } = await createTemplate({
      custom_signing_key: true,
      signing_algorithm: 'HS256',
      signing_key: 's'.repeat(32),
    })
    const path = `/jwt_templates/${id}`
    const kept = await instance.call('PATCH', path, { lifetime: 100 })
    expect(kept.body.custom_signing_key).toBe(true)
    const stronger = await instance.call('PATCH', path, { signing_algorithm: 'HS512' })
    expect(refusal(stronger)).toEqual([422, 'form_param_format_invalid', 'signing_key'])
    const back = await instance.call('PATCH', path, { custom_signing_key: false })
    expect(back.body).toMatchObject({ custom_signing_key: false, signing_algorithm: 'RS256' })
    const { jwt } = (await instance.call('POST', `/sessions/${sessionId}/tokens/${name}`)).body
    await instance.verify(jwt)
    const again = await instance.call('PATCH', path, { custom_signing_key: true })
    expect(refusal(again)).toEqual([422, 'form_param_nil', 'signing_algorithm'])
  })

  it('is not given for a template or a session that is not there', async () => {
    const { name } = await createTemplate()
    for (const path of [
      `/sessions/${sessionId}/tokens/nothing`,
      `/sessions/${sessionId}/tokens/constructor`,
      `/sessions/sess_x/tokens/${name}`,
    ]) {
      expect((await instance.call('POST', path)).status).toBe(404)
    }
    const missing = await browser.post(`/client/sessions/${sessionId}/tokens/nothing`)
    expect(missing.status).toBe(404)
    const stranger = await instance.openBrowser()
    const refused = await stranger.post(`/client/sessions/${sessionId}/tokens/${name}`)
    expect(refused.status).toBe(401)
    const other = await server.addInstance()
    expect((await other.call('POST', `/sessions/${sessionId}/tokens/${name}`)).status).toBe(404)
  })

  it('is not given once the session is over', async () => {
    const visitor = await instance.openBrowser()
    const { client } = (await visitor.signUp('over@example.com')).body
    const { id } = client.sessions[0]
    const { name } = await createTemplate()
    await instance.call('POST', `/sessions/${id}/revoke`)
    expect((await instance.call('POST', `/sessions/${id}/tokens/${name}`)).status).toBe(404)
    expect((await visitor.post(`/client/sessions/${id}/tokens/${name}`)).status).toBe(401)
  })
})
