import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { codeOf, openOrganization, signUp } from '../testing/organizations.ts'
import { openTestServer, send, type TestServer } from '../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk', 'base64')

async function upload(body: FormData | Uint8Array<ArrayBuffer> | string, type?: string) {
  const { ada, path, instance, people } = await openOrganization(server, {
    members: { bob: 'org:member' },
  })
  // As bytes: the stream of a form does not take it well when nobody reads it to its end.
  const written = new Response(
    body,
    type === undefined ? {} : { headers: { 'content-type': type } },
  )
  const bytes = await written.arrayBuffer()
  const put = (devBrowser: string | null) =>
    send(
      server,
      new Request(
        `${instance.keys.apiUrl}/v1${path}/logo?_method=PUT&__clerk_db_jwt=${devBrowser}`,
        {
          method: 'POST',
          headers: {
            origin: ada.browser.origin,
            'content-type': written.headers.get('content-type') ?? '',
          },
          body: bytes,
        },
      ),
    )
  return { answer: await put(ada.browser.devBrowser), ada, path, instance, people, put }
}
const form = (content: string | Uint8Array<ArrayBuffer>, type = 'image/png') => {
  const data = new FormData()
  data.set('file', new Blob([content], { type }), 'logo.png')
  return data
}

describe('an organization', () => {
  it('is created by a user, who can look after it and whose client shows it at once', async () => {
    const instance = await server.addInstance()
    const { browser, userId } = await signUp(instance, 'ada')
    const { status, body } = await browser.post('/organizations', { name: 'Acme & Söhne' })
    expect(status).toBe(200)
    expect(body.response).toMatchObject({
      object: 'organization',
      id: expect.stringMatching(/^org_[0-9A-Za-z]{27}$/),
      name: 'Acme & Söhne',
      slug: 'acme-sohne',
      has_image: false,
      image_url: expect.stringMatching(/\/avatars\/A-\d+\.svg$/),
      members_count: 1,
      pending_invitations_count: 0,
      max_allowed_memberships: 0,
      admin_delete_enabled: true,
      public_metadata: {},
    })
    expect(body.response.private_metadata).toBeUndefined()
    const [membership] = body.client.sessions[0].user.organization_memberships
    expect(membership).toMatchObject({
      object: 'organization_membership',
      id: expect.stringMatching(/^orgmem_/),
      role: 'org:admin',
      role_name: 'Admin',
      permissions: [
        'org:sys_domains:manage',
        'org:sys_domains:read',
        'org:sys_memberships:manage',
        'org:sys_memberships:read',
        'org:sys_profile:delete',
        'org:sys_profile:manage',
      ],
      organization: { id: body.response.id, members_count: 1 },
      public_user_data: { user_id: userId, identifier: 'ada@example.com' },
    })
    const read = await browser.get(`/organizations/${body.response.id}`)
    expect(read.body.response).toEqual(body.response)
  })

  it.each([
    [{ name: '' }, 'form_param_nil', 'name'],
    [{ name: '   ' }, 'form_param_nil', 'name'],
    [{ name: 'x'.repeat(257) }, 'form_param_max_length_exceeded', 'name'],
    [{ name: '<b>Acme</b>' }, 'form_param_format_invalid', 'name'],
    [{ name: 'Win at https://evil.example' }, 'form_param_format_invalid', 'name'],
    [{ name: 'www.evil.example' }, 'form_param_format_invalid', 'name'],
    [{ name: 'A\u202Eemca' }, 'form_param_format_invalid', 'name'],
    [{ name: 'A\r\nBcc: eve@example.com' }, 'form_param_format_invalid', 'name'],
    [{ name: 'A', slug: '../admin' }, 'form_param_format_invalid', 'slug'],
    [{ name: 'A', slug: 'a.b' }, 'form_param_format_invalid', 'slug'],
    [{ name: 'A', slug: 'org_1' }, 'form_param_format_invalid', 'slug'],
    [{ name: 'A', slug: 'аcme' }, 'form_param_format_invalid', 'slug'],
    [{ name: 'A', slug: '\u212A' }, 'form_param_format_invalid', 'slug'],
    [{ name: 'A', slug: 'x'.repeat(65) }, 'form_param_max_length_exceeded', 'slug'],
    [{ name: 'A', slug: 'Taken' }, 'form_identifier_exists', 'slug'],
  ])('is refused when made of %j: %s', async (form, code, param) => {
    const instance = await server.addInstance()
    const { browser } = await signUp(instance, 'ada')
    await browser.post('/organizations', { name: 'B', slug: 'taken' })
    const answer = await browser.post('/organizations', form)
    expect(answer.status).toBe(422)
    expect(answer.body.errors[0]).toMatchObject({ code, meta: { param_name: param } })
  })

  it('gets a slug of its own when its name is taken, also by ten at once', async () => {
    const instance = await server.addInstance()
    const { browser } = await signUp(instance, 'ada')
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => browser.post('/organizations', { name: 'Acme' })),
    )
    const slugs = answers.map(({ body }) => body.response.slug as string)
    expect(new Set(slugs).size).toBe(10)
    expect(slugs.filter((slug) => slug !== 'acme')).toHaveLength(9)
    for (const slug of slugs) expect(slug).toMatch(/^acme(-\d{6})?$/)
  })

  it('is created as often as a user may, counted under concurrency', async () => {
    const instance = await server.addInstance({ settings: { organizations_per_user: 2 } })
    const { browser } = await signUp(instance, 'ada')
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => browser.post('/organizations', { name: 'Acme' })),
    )
    expect(answers.map(codeOf).toSorted()).toEqual([200, 200, ...Array(4).fill('quota_exceeded')])
  })

  it.each([
    ['off everywhere', { organizations: false }, 'organization_not_enabled_in_instance'],
    ['for users forbidden', { create_organization: false }, 'resource_forbidden'],
  ])('is not created where that is %s', async (_name, settings, code) => {
    const instance = await server.addInstance({ settings })
    const { browser } = await signUp(instance, 'ada')
    expect(codeOf(await browser.post('/organizations', { name: 'Acme' }))).toBe(code)
    const user = (await browser.get('/me')).body.response
    expect(user.create_organization_enabled).toBe(false)
  })

  it('is not created by a user who may not', async () => {
    const instance = await server.addInstance()
    const { browser, userId } = await signUp(instance, 'ada')
    await instance.call('PATCH', `/users/${userId}`, { create_organization_enabled: false })
    const answer = await browser.post('/organizations', { name: 'Acme' })
    expect(codeOf(answer)).toBe('resource_forbidden')
  })

  it('is renamed by who may manage its profile, and its time of change grows', async () => {
    const { ada, path, people } = await openOrganization(server, {
      members: { bob: 'org:member' },
    })
    const before = (await ada.browser.get(path)).body.response
    const answer = await ada.browser.post(path, { name: 'New', slug: 'NEW' }, 'PATCH')
    expect(answer.body.response).toMatchObject({ name: 'New', slug: 'new' })
    expect(answer.body.response.updated_at).toBeGreaterThan(before.updated_at)
    expect(codeOf(await people['bob']!.browser.post(path, { name: 'X' }, 'PATCH'))).toBe(
      'missing_organization_permission',
    )
    const other = await ada.browser.post('/organizations', { name: 'Other' })
    const taken = await ada.browser.post(
      `/organizations/${other.body.response.id}`,
      { slug: 'new' },
      'PATCH',
    )
    expect(codeOf(taken)).toBe('form_identifier_exists')
  })

  it('has a slug that nobody else has, also when ten ask for it at once', async () => {
    const instance = await server.addInstance()
    const { browser } = await signUp(instance, 'ada')
    const ids: string[] = []
    for (let i = 0; i < 10; i++) {
      ids.push((await browser.post('/organizations', { name: `A${i}` })).body.response.id)
    }
    const answers = await Promise.all(
      ids.map((id) => browser.post(`/organizations/${id}`, { slug: 'wanted' }, 'PATCH')),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(new Set(answers.map(codeOf))).toEqual(new Set([200, 'form_identifier_exists']))
  })

  it('is deleted by who may, unless that is off; sessions then act for nobody else', async () => {
    const { ada, path, people, orgId, instance } = await openOrganization(server, {
      members: { bob: 'org:member' },
    })
    const bob = people['bob']!
    await bob.browser.post(`/client/sessions/${bob.sessionId}/touch`, {
      active_organization_id: orgId,
    })
    expect(codeOf(await bob.browser.post(path, {}, 'DELETE'))).toBe(
      'missing_organization_permission',
    )
    await instance.call('PATCH', path, { admin_delete_enabled: false })
    expect(codeOf(await ada.browser.post(path, {}, 'DELETE'))).toBe('resource_forbidden')
    await instance.call('PATCH', path, { admin_delete_enabled: true })
    const deleted = await ada.browser.post(path, {}, 'DELETE')
    expect(deleted.body.response).toEqual({
      object: 'organization',
      id: orgId,
      slug: 'acme',
      deleted: true,
    })
    expect(deleted.body.client.sessions[0].user.organization_memberships).toEqual([])
    const client = await bob.browser.client()
    expect(client?.sessions[0]?.last_active_organization_id).toBeNull()
    expect(codeOf(await ada.browser.get(path))).toBe('organization_not_found_or_unauthorized')
  })
})

describe('a logo', () => {
  it('is uploaded as a form, shown to anybody as what it is, and taken away', async () => {
    const { answer, instance, ada, path } = await upload(form(new Uint8Array(PNG), 'text/html'))
    const { image_url: url, has_image: hasImage } = answer.body.response
    expect(hasImage).toBe(true)
    expect(url).toMatch(/\/images\/img_/)
    const image = await server.identity.fetch(new Request(url))
    expect(image.headers.get('content-type')).toBe('image/png')
    expect(image.headers.get('content-security-policy')).toContain('sandbox')
    expect(Buffer.from(await image.arrayBuffer())).toEqual(PNG)
    const elsewhere = await server.addInstance()
    const other = url.replace(instance.keys.apiUrl, elsewhere.keys.apiUrl)
    expect((await server.identity.fetch(new Request(other))).status).toBe(404)
    const removed = await ada.browser.post(`${path}/logo`, {}, 'DELETE')
    expect(removed.body.response.has_image).toBe(false)
    expect((await server.identity.fetch(new Request(url))).status).toBe(404)
  })

  it.each([
    ['bytes', new Uint8Array(PNG)],
    ['base64', PNG.toString('base64')],
    ['a data address', `data:image/png;base64,${PNG.toString('base64')}`],
  ])('is uploaded as %s', async (_name, body) => {
    const { answer } = await upload(body, 'application/octet-stream')
    expect(answer.body.response.has_image).toBe(true)
  })

  it.each([
    [
      'a vector graphic',
      form('<svg xmlns="http://www.w3.org/2000/svg"/>'),
      'avatar_file_type_invalid',
    ],
    ['a page', form('<!doctype html><script>1</script>'), 'avatar_file_type_invalid'],
    ['nothing', form(''), 'form_param_nil'],
    [
      'far more than ten megabytes',
      form(new Uint8Array(11 * 1024 * 1024)),
      'avatar_file_size_exceeded',
    ],
    [
      'a byte more than ten megabytes',
      form(new Uint8Array(10 * 1024 * 1024 + 1)),
      'avatar_file_size_exceeded',
    ],
  ])('is refused when it is %s', async (_name, body, code) => {
    const { answer } = await upload(body)
    expect(codeOf(answer)).toBe(code)
  })

  it('is changed by nobody without the permission', async () => {
    const { people, put } = await upload(form(new Uint8Array(PNG)))
    expect(codeOf(await put(people['bob']!.browser.devBrowser))).toBe(
      'missing_organization_permission',
    )
  })
})
