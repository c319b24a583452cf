import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { codeOf, openOrganization } from '../testing/organizations.ts'
import { openTestServer, send, type TestInstance, type TestServer } from '../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

const APP = 'com.example.app:/signed-in'
const PAGE = 'https://elsewhere.example.com/welcome'

const open = (settings = {}): Promise<TestInstance> =>
  server.addInstance({ type: 'production', settings })
const register = (instance: TestInstance, url: unknown) =>
  instance.call('POST', '/redirect_urls', { url })

describe('redirect addresses', () => {
  it('are registered, listed, read and removed', async () => {
    const instance = await open()
    const { status, body } = await register(instance, APP)
    expect(status).toBe(200)
    expect(body).toEqual({
      object: 'redirect_url',
      id: expect.stringMatching(/^ru_/),
      url: APP,
      created_at: server.now,
      updated_at: server.now,
    })
    server.advance(1)
    const second = (await register(instance, PAGE)).body
    expect((await instance.call('GET', '/redirect_urls')).body).toEqual([second, body])
    const page = await instance.call('GET', '/redirect_urls?paginated=true&limit=1&offset=1')
    expect(page.body).toEqual({ data: [body], total_count: 2 })
    expect((await instance.call('GET', `/redirect_urls/${body.id}`)).body).toEqual(body)
    const removed = await instance.call('DELETE', `/redirect_urls/${body.id}`)
    expect(removed.body).toEqual({ object: 'redirect_url', id: body.id, deleted: true })
    expect((await instance.call('GET', '/redirect_urls')).body).toEqual([second])
    const again = await instance.call('DELETE', `/redirect_urls/${body.id}`)
    expect([again.status, codeOf(again)]).toEqual([404, 'resource_not_found'])
  })

  it('belong to one instance', async () => {
    const [instance, other] = [await open(), await open()]
    const { id } = (await register(instance, PAGE)).body
    for (const method of ['GET', 'DELETE']) {
      expect(codeOf(await other.call(method, `/redirect_urls/${id}`))).toBe('resource_not_found')
    }
    expect((await other.call('GET', '/redirect_urls')).body).toEqual([])
    const invitation = { email_address: 'bob@example.com', redirect_url: PAGE }
    const refused = await other.call('POST', '/invitations', invitation)
    expect(codeOf(refused)).toBe('redirect_url_invalid')
    expect((await register(other, PAGE)).status).toBe(200)
  })

  it.each([
    ['https://app.example.com', 'HTTPS://App.example.com:443/'],
    ['myapp://callback', 'MyApp://callback'],
  ])('are the same as %s and %s', async (url, spelling) => {
    const instance = await open()
    expect((await register(instance, url)).body.url).toBe(url)
    const twice = await register(instance, spelling)
    expect([twice.status, codeOf(twice)]).toEqual([400, 'duplicate_record'])
    expect(twice.body.errors[0].meta).toEqual({ param_name: 'url' })
  })

  it('are registered once, of fifty at once', async () => {
    const instance = await open()
    const answers = await Promise.all(Array.from({ length: 50 }, () => register(instance, PAGE)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(new Set(answers.map(codeOf))).toEqual(new Set([200, 'duplicate_record']))
  })

  it.each([
    ['/welcome', 'form_param_format_invalid'],
    ['http://app.example.com/', 'form_param_format_invalid'],
    ['https:/app.example.com', 'form_param_format_invalid'],
    ['https://user@app.example.com/', 'form_param_format_invalid'],
    ['https://app.example.com\\@evil.example/', 'form_param_format_invalid'],
    ['myapp://call back', 'form_param_format_invalid'],
    ['myapp:callback', 'form_param_format_invalid'],
    ['javascript:alert(1)', 'form_param_format_invalid'],
    ['JavaScript://%0aalert(1)', 'form_param_format_invalid'],
    ['data:/text/html,hi', 'form_param_format_invalid'],
    ['file:///etc/passwd', 'form_param_format_invalid'],
    ['', 'form_param_nil'],
    [7, 'form_param_type_invalid'],
  ])('are not %s', async (url, code) => {
    const refused = await register(await open(), url)
    expect([refused.status, codeOf(refused)]).toEqual([422, code])
    expect(refused.body.errors[0].meta.param_name).toBe('url')
  })
})

describe('a registered address', () => {
  it.each(['/invitations', 'an organization'])('is where %s can lead', async (where) => {
    const { instance, orgId } = await openOrganization(server, { type: 'production' })
    const path = where === '/invitations' ? where : `/organizations/${orgId}/invitations`
    const invite = () =>
      instance.call('POST', path, {
        email_address: 'bob@example.com',
        role: 'org:member',
        redirect_url: APP,
      })
    expect(codeOf(await invite())).toBe('redirect_url_invalid')
    const { id } = (await register(instance, APP)).body
    const { url } = (await invite()).body
    const follow = async () => {
      const answer = await send(server, new Request(url))
      return new URL(answer.headers.get('location') ?? 'about:blank')
    }
    const target = await follow()
    expect(target.href.split('?')[0]).toBe(APP)
    expect(target.searchParams.get('__clerk_ticket')).not.toBeNull()
    expect(target.searchParams.get('__clerk_status')).toBe('sign_up')
    // What is no longer registered gets no ticket any more.
    await instance.call('DELETE', `/redirect_urls/${id}`)
    expect((await follow()).protocol).toBe('https:')
  })

  it.each([
    `${PAGE}/`,
    `${PAGE}?a=1`,
    `${PAGE}#a`,
    'https://elsewhere.example.com/',
    `${APP}/more`,
  ])('is meant exactly, and not %s', async (redirect_url) => {
    const instance = await open()
    await register(instance, PAGE)
    await register(instance, APP)
    const refused = await instance.call('POST', '/invitations', {
      email_address: 'bob@example.com',
      redirect_url,
    })
    expect([refused.status, codeOf(refused)]).toEqual([400, 'redirect_url_invalid'])
  })

  it('is where the link in a mail can lead, after a page that lets the form go there', async () => {
    const instance = await open({ email_verification_strategies: ['email_link'] })
    await register(instance, APP)
    const browser = await instance.openBrowser()
    const begun = await browser.post('/client/sign_ups', {
      email_address: 'ada@example.com',
      password: 'correct horse',
    })
    const prepare = (redirect_url: string) =>
      browser.post(`/client/sign_ups/${begun.body.response.id}/prepare_verification`, {
        strategy: 'email_link',
        redirect_url,
      })
    expect(codeOf(await prepare(`${APP}/more`))).toBe('redirect_url_invalid')
    expect((await prepare(APP)).status).toBe(200)
    const mail = server.mails.findLast(({ to }) => to === 'ada@example.com')
    const link = mail?.text.split('\n').find((line) => line.includes('/v1/verify?token=')) ?? ''
    const asked = await send(server, new Request(link))
    expect(asked.headers.get('content-security-policy')).toContain(
      "form-action 'self' com.example.app:;",
    )
    const opened = await send(server, new Request(link, { method: 'POST' }))
    expect(opened.headers.get('location')).toBe(`${APP}?__clerk_status=verified`)
  })

  it('is no page: a handshake does not lead there, and its scripts may not ask', async () => {
    const instance = await open()
    await register(instance, PAGE)
    const shaken = await send(
      server,
      new Request(
        `${instance.keys.apiUrl}/v1/client/handshake?redirect_url=${encodeURIComponent(PAGE)}`,
      ),
    )
    expect(codeOf(shaken)).toBe('redirect_url_invalid')
    const asked = await send(
      server,
      new Request(`${instance.keys.apiUrl}/v1/environment`, {
        headers: { origin: new URL(PAGE).origin },
      }),
    )
    expect(asked.headers.get('access-control-allow-origin')).toBeNull()
  })
})
