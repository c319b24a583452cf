import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import {
  openTestServer,
  type Answer,
  type TestInstance,
  type TestServer,
} from '../testing/server.ts'

let server: TestServer
let production: TestInstance
let development: TestInstance
beforeAll(async () => {
  server = await openTestServer()
  production = await server.addInstance({ type: 'production' })
  development = await server.addInstance()
})
afterAll(() => server.close())

const add = (instance: TestInstance, input: object): Promise<Answer> =>
  instance.call('POST', '/domains', { is_satellite: true, ...input })

const codeOf = ({ status, body }: Answer): string => `${status} ${body.errors?.[0].code}`

describe('a domain', () => {
  it('is added beside the primary one, changed and taken away', async () => {
    const instance = await server.addInstance({ type: 'production' })
    const host = new URL(instance.keys.apiUrl).host
    const [primary] = (await instance.call('GET', '/domains')).body.data
    expect(primary).toEqual({
      object: 'domain',
      id: expect.stringMatching(/^dmn_primary/),
      name: host.replace('clerk.', ''),
      is_satellite: false,
      frontend_api_url: instance.keys.apiUrl,
      accounts_portal_url: instance.keys.apiUrl.replace('clerk.', 'accounts.'),
      proxy_url: null,
      development_origin: '',
      cname_targets: [],
    })
    const added = (await add(instance, { name: 'Shop.example.ORG' })).body
    expect(added).toEqual({
      object: 'domain',
      id: expect.stringMatching(/^dmn_[0-9A-Za-z]{27}$/),
      name: 'shop.example.org',
      is_satellite: true,
      frontend_api_url: 'https://clerk.shop.example.org',
      accounts_portal_url: null,
      proxy_url: null,
      development_origin: '',
      cname_targets: [{ host: 'clerk.shop.example.org', value: host, required: true }],
    })
    const path = `/domains/${added.id}`
    const proxied = await instance.call('PATCH', path, {
      proxy_url: 'https://shop.example.org/__clerk/',
    })
    expect(proxied.body).toEqual({
      ...added,
      frontend_api_url: 'https://shop.example.org/__clerk',
      proxy_url: 'https://shop.example.org/__clerk',
      cname_targets: [],
    })
    expect((await instance.call('PATCH', path, {})).body).toEqual(proxied.body)
    expect((await instance.call('PATCH', path, { proxy_url: '' })).body).toEqual(added)
    expect((await instance.call('GET', '/domains')).body).toEqual({
      data: [primary, added],
      total_count: 2,
    })
    expect((await instance.call('DELETE', path)).body).toEqual({
      object: 'domain',
      id: added.id,
      deleted: true,
    })
    expect((await instance.call('GET', '/domains')).body.total_count).toBe(1)
    for (const method of ['PATCH', 'DELETE']) {
      expect((await instance.call(method, path, {})).status).toBe(404)
      const refused = await instance.call(method, `/domains/${primary.id}`, {})
      expect(codeOf(refused)).toBe('403 operation_not_allowed_on_primary_domain')
    }
  })

  it('of a development instance shares its Frontend API', async () => {
    const { body } = await add(development, { name: 'satellite.localhost:3010' })
    expect(body).toMatchObject({
      frontend_api_url: development.keys.apiUrl,
      development_origin: 'http://satellite.localhost:3010',
      cname_targets: [],
    })
  })

  it.each<readonly [string, object, string]>([
    ['without a name', { name: '' }, '422 form_param_nil'],
    ['that is an address', { name: 'https://a.org' }, '422 form_param_format_invalid'],
    ['with a path', { name: 'a.org/x' }, '422 form_param_format_invalid'],
    ['that names somebody', { name: 'x@a.org' }, '422 form_param_format_invalid'],
    ['of one label', { name: 'org' }, '422 form_param_format_invalid'],
    ['in another alphabet', { name: 'аpp.org' }, '422 form_param_format_invalid'],
    [
      'that is no satellite',
      { name: 'b.org', is_satellite: false },
      '422 form_param_value_invalid',
    ],
    [
      'with a proxy elsewhere',
      { name: 'c.org', proxy_url: 'https://evil.org/__clerk' },
      '422 invalid_proxy_configuration',
    ],
    [
      'with a proxy that ends alike',
      { name: 'c.org', proxy_url: 'https://evilc.org/__clerk' },
      '422 invalid_proxy_configuration',
    ],
    [
      'with a proxy anybody can read',
      { name: 'c.org', proxy_url: 'http://c.org/__clerk' },
      '422 invalid_proxy_configuration',
    ],
    [
      'with a proxy that has a password',
      { name: 'c.org', proxy_url: 'https://a:b@c.org/' },
      '422 invalid_proxy_configuration',
    ],
  ])('%s is refused', async (_title, input, expected) => {
    expect(codeOf(await add(production, input))).toBe(expected)
  })

  it('belongs to one instance, even if ten ask for it at once', async () => {
    const other = await server.addInstance({ type: 'production' })
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        add(i % 2 === 0 ? production : other, { name: 'wanted.org' }),
      ),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    const others = answers.filter(({ status }) => status !== 200)
    expect(new Set(others.map(codeOf))).toEqual(new Set(['422 home_url_taken']))
    const primary = new URL(other.keys.apiUrl).host.replace('clerk.', '')
    expect(codeOf(await add(production, { name: primary }))).toBe('422 home_url_taken')
    expect(codeOf(await add(production, { name: `clerk.${primary}` }))).toBe('422 home_url_taken')
    const { body } = await add(other, { name: 'mine.org' })
    expect((await production.call('PATCH', `/domains/${body.id}`, {})).status).toBe(404)
    expect((await production.call('DELETE', `/domains/${body.id}`)).status).toBe(404)
  })
})

describe('pages of a domain', () => {
  it('may talk to the instance while it has the domain, and have their browsers sent back', async () => {
    const origin = 'https://pages.example.org'
    const browser = await production.openBrowser(origin)
    const trip = (): Promise<Answer> => browser.handshake({ redirect_url: `${origin}/` })
    expect((await browser.get('/client')).status).toBe(400)
    expect((await trip()).status).toBe(400)
    const { body } = await add(production, { name: 'pages.example.org' })
    const answer = await browser.get('/client')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin)
    expect((await trip()).status).toBe(307)
    for (const foreign of ['http://pages.example.org', 'https://x.pages.example.org']) {
      const page = await production.openBrowser(foreign)
      expect((await page.get('/client')).status).toBe(400)
    }
    await production.call('DELETE', `/domains/${body.id}`)
    expect((await browser.get('/client')).status).toBe(400)
  })
})
