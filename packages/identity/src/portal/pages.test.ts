import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { assembleIdentity, type Identity } from '../identity.ts'
import { openTestDatabase } from '../testing/database.ts'
import { openTestServer, send, type TestInstance, type TestServer } from '../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

const open = (instance: TestInstance, path: string, headers = {}) =>
  send(server, new Request(instance.keys.apiUrl + path, { headers }))

describe('the Account Portal', () => {
  it.each([
    '/sign-in',
    '/sign-up',
    '/sign-in/factor-one',
    '/sign-up/verify-email-address',
    '/user',
    '/user/security',
    '/organization',
    '/organization/members',
    '/organization-list',
    '/create-organization',
    '/waitlist',
    '/',
  ])('serves %s under a strict policy, uncached', async (path) => {
    const instance = await server.addInstance()
    const page = await open(instance, path)
    expect(page.status).toBe(200)
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(page.headers.get('cache-control')).toBe('private, no-store')
    expect(page.headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    )
    expect(page.headers.get('x-content-type-options')).toBe('nosniff')
    expect(page.body).not.toMatch(/ style=| on\w+=|<script(?! type="module" src=)/)
    expect(page.body).toContain('<html lang="en">')
  })

  it('shows the pictures of the instance and lets none come from elsewhere', async () => {
    const instance = await server.addInstance({
      settings: {
        logo_image_url: 'https://cdn.example.com/logo.png',
        favicon_image_url: 'https://cdn.example.com/"icon.png',
      },
    })
    const page = await open(instance, '/sign-in')
    expect(page.headers.get('content-security-policy')).toContain(
      "; img-src 'self' data: https://cdn.example.com;",
    )
    expect(page.body).toContain('<link rel="icon" href="https://cdn.example.com/&quot;icon.png">')
  })

  it('tells clients the looks of the instance, with text that can be read on its buttons', async () => {
    const instance = await server.addInstance({
      settings: { theme_primary_color: '#ffcc00', theme_border_radius: '2px' },
    })
    const { body } = await open(instance, '/v1/environment')
    expect(body.display_config.theme).toMatchObject({
      buttons: { font_color: '#000000' },
      general: { color: '#ffcc00', border_radius: '2px', background_color: '#ffffff' },
    })
  })

  it('draws the pages of its own in the looks of the instance', async () => {
    const instance = await server.addInstance({
      settings: {
        theme_primary_color: '#ffcc00',
        theme_background_color: '#1e1b4b',
        theme_border_radius: '2px',
        logo_image_url: 'https://cdn.example.com/"logo.png',
      },
    })
    const { body: style } = await open(instance, '/assets/core.css')
    expect(style).toContain('--_theme-primary: light-dark(#ffcc00, #ffcc00);')
    expect(style).toContain('--_theme-background: light-dark(#1e1b4b, #1e1b4b);')
    expect(style).toContain('--_theme-scheme: dark;')
    expect(style).toContain('--_theme-radius: 2px;')
    const page = await open(instance, '/')
    expect(page.body).toContain('<link rel="stylesheet" href="/assets/core.css">')
    expect(page.body).toContain('<img class="logo" src="https://cdn.example.com/&quot;logo.png"')
    const other = await open(await server.addInstance(), '/assets/core.css')
    expect(other.body).not.toContain('--_theme-primary: ')
  })

  it.each([
    ['/nowhere', 404, 'Not found'],
    ['/v1/verify?token=x', 422, 'Invalid link'],
    ['/v1/verify', 422, 'Missing value'],
  ])('tells a person at %s what is wrong, and a program as data', async (path, status, title) => {
    const instance = await server.addInstance()
    const page = await open(instance, path, { accept: 'text/html,*/*;q=0.8' })
    expect([page.status, page.headers.get('content-type')]).toEqual([
      status,
      'text/html; charset=utf-8',
    ])
    expect(page.body).toContain(`<h1>${title}</h1>`)
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    const data = await open(instance, path, { accept: 'application/json' })
    expect([data.status, data.body.errors[0].message]).toEqual([status, title])
  })

  it.each([
    { theme_primary_color: 'red' },
    { theme_background_color: '#fff' },
    { theme_border_radius: '1px; color: red' },
  ])('refuses the looks %o', async (settings) => {
    await expect(server.addInstance({ settings })).rejects.toThrow('is not valid')
  })

  it.each([
    ['http://localhost:3000/dashboard', 200],
    ['/user', 200],
    ['https://evil.com/', 400],
    ['//evil.com', 400],
    ['/\\evil.com', 400],
    ['javascript:alert(1)', 400],
  ])('with the return address %s answers %i', async (target, status) => {
    const instance = await server.addInstance()
    for (const name of ['redirect_url', 'sign_in_force_redirect_url', 'after_sign_up_url']) {
      const page = await open(instance, `/sign-in?${new URLSearchParams({ [name]: target })}`)
      expect(page.status).toBe(status)
      expect(page.body).not.toContain('evil.com')
    }
  })

  it('of a production instance is at its own host, and may call the API at its', async () => {
    const instance = await server.addInstance({ type: 'production' })
    const portal = instance.keys.apiUrl.replace('clerk.', 'accounts.')
    const page = await send(server, new Request(`${portal}/sign-in`))
    expect(page.status).toBe(200)
    expect(page.headers.get('content-security-policy')).toContain(
      `connect-src 'self' ${instance.keys.apiUrl};`,
    )
  })

  it.each(['/sign-in?redirect_url=%2Fuser', '/sign-up', '/user/security', '/organization', '/'])(
    'is at one address, whatever name %s was called by',
    async (path) => {
      const { apiUrl } = (await server.addInstance()).keys
      const local = await server.identity.provision('localhost:4000')
      for (const [called, home] of [
        ['http://127.0.0.1:4000', local.apiUrl],
        [apiUrl, null],
      ] as const) {
        const answer = await send(server, new Request(called + path))
        expect(answer.headers.get('location')).toBe(home === null ? null : home + path)
      }
    },
  )

  it('writes what an administrator chose as text', async () => {
    const name = '</title><script>alert(1)</script>'
    const instance = await server.addInstance({ settings: { application_name: name } })
    expect((await open(instance, '/')).body).not.toContain('<script>')
  })

  it.each(['../package.json', '..%2fpackage.json', '%2e%2e/package.json', 'portal.ts', 'x.js'])(
    'serves no file %s',
    async (name) => {
      const instance = await server.addInstance()
      expect((await open(instance, `/assets/${name}`)).status).toBe(404)
    },
  )
})

describe('a generated picture', () => {
  it('is at the address that a user has', async () => {
    const instance = await server.addInstance()
    const { body } = await instance.call('POST', '/users', {
      email_address: ['ada@example.com'],
      password: 'correct horse',
      first_name: 'Ada',
      last_name: 'Éclair',
    })
    const url = new URL(body.image_url)
    const picture = await open(instance, url.pathname)
    expect(picture.status).toBe(200)
    expect(picture.headers.get('content-type')).toBe('image/svg+xml')
    expect(picture.body).toContain('>AÉ</text>')
    // Pages of every origin may show it, also those that load it as scripts load data.
    expect(picture.headers.get('access-control-allow-origin')).toBe('*')
  })

  it.each(['<x-1.svg', 'a<-1.svg', 'ABC-1.svg', 'AB.svg', 'AB-1.svg%3Cscript%3E'])(
    'is not drawn for %s',
    async (name) => {
      const instance = await server.addInstance()
      expect((await open(instance, `/avatars/${encodeURI(name)}`)).status).toBe(404)
    },
  )
})

describe('the outbox', () => {
  let identity: Identity
  beforeAll(async () => {
    identity = assembleIdentity(await openTestDatabase(), null, {})
  })
  afterAll(() => identity.close())

  it('keeps the mails of a development instance, as a page and as JSON', async () => {
    const { apiUrl } = await identity.provision('localhost:4000')
    const fetch = (path: string, init?: RequestInit) =>
      identity.fetch(new Request(apiUrl + path, init))
    const { id: token } = (await (await fetch('/v1/dev_browser', { method: 'POST' })).json()) as {
      id: string
    }
    const post = async (path: string, form: Record<string, string>) => {
      const response = await fetch(`/v1${path}?__clerk_db_jwt=${token}`, {
        method: 'POST',
        body: new URLSearchParams(form),
      })
      return (await response.json()) as { response: { id: string } }
    }
    const signUp = await post('/client/sign_ups', { email_address: 'ada@example.com' })
    await post(`/client/sign_ups/${signUp.response.id}/prepare_verification`, {
      strategy: 'email_code',
    })

    const list = async (query: string) => {
      const response = await fetch(`/dev/outbox${query}`, {
        headers: { accept: 'application/json' },
      })
      return ((await response.json()) as { data: { to: string; code: string }[] }).data
    }
    const [mail] = await list('')
    expect(mail).toMatchObject({ to: 'ada@example.com', code: expect.stringMatching(/^\d{6}$/) })
    expect(await list('?to=ADA@example.com')).toHaveLength(1)
    expect(await list('?to=eve@example.com')).toEqual([])
    expect((await fetch('/dev/outbox?to=%00')).status).toBe(422)
    const page = await (await fetch('/dev/outbox')).text()
    expect(page).toContain(`\n${mail?.code}\n`)
    expect(page).toContain('<h1>Outbox</h1>')
  })

  it('does not exist in production', async () => {
    const instance = await server.addInstance({ type: 'production' })
    expect((await open(instance, '/dev/outbox')).status).toBe(404)
  })
})
