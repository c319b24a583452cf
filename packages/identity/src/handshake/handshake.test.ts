import { COOKIES, cookieSuffix } from '@core/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { carriedBy, cookiesOf } from '../testing/directives.ts'
import {
  openTestServer,
  send,
  type Answer,
  type TestBrowser,
  type TestInstance,
  type TestServer,
} from '../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

const APP = 'http://localhost:3000/dashboard?x=1,2&empty&space=a+b#part'

/** Reads the directives that a handshake carries, after checking what carries them. */
async function directivesOf(instance: TestInstance, answer: Answer): Promise<string[]> {
  const payload = await instance.verify(carriedBy(instance, answer) ?? '')
  expect(payload).toMatchObject({ purpose: 'handshake' })
  expect(payload.sub).toBeUndefined()
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBeLessThanOrEqual(60)
  return payload['handshake'] as string[]
}

async function openDevelopment(): Promise<{ instance: TestInstance; browser: TestBrowser }> {
  const instance = await server.addInstance()
  return { instance, browser: await instance.openBrowser() }
}

async function openProduction() {
  const app = 'https://app.example.org'
  const instance = await server.addInstance({
    type: 'production',
    settings: { allowed_origins: [app] },
  })
  const root = new URL(instance.keys.apiUrl).host.replace('clerk.', '')
  return { instance, app, root, browser: await instance.openBrowser(app) }
}

describe('in development', () => {
  it('sends a signed-in browser back with a fresh token in the query, the rest of it untouched', async () => {
    const { instance, browser } = await openDevelopment()
    const { client } = (await browser.signUp('ada@example.com')).body
    server.advance(120_000)
    const answer = await browser.handshake({ redirect_url: APP, suffixed_cookies: 'true' })

    expect(answer.status).toBe(307)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('location')).toMatch(
      /^http:\/\/localhost:3000\/dashboard\?x=1,2&empty&space=a\+b&__clerk_handshake=[\w.-]+#part$/,
    )
    const directives = await directivesOf(instance, answer)
    const cookies = cookiesOf(directives)
    const suffix = await cookieSuffix(instance.keys.publishableKey)
    expect(cookies['__client_uat']).toBe(String(Math.floor(client.updated_at / 1000)))
    expect(cookies[`__client_uat_${suffix}`]).toBe(cookies['__client_uat'])
    expect(cookies['__clerk_db_jwt']).toBe(browser.devBrowser)
    expect(cookies[`__clerk_db_jwt_${suffix}`]).toBe(browser.devBrowser)
    expect(cookies['__session']).toBe(cookies[`__session_${suffix}`])
    const claims = await instance.verify(cookies['__session'] ?? '')
    expect(claims).toMatchObject({ sid: client.sessions[0].id, azp: 'http://localhost:3000' })
    expect(claims.iat).toBeGreaterThanOrEqual(Number(cookies['__client_uat']))
    const refresh = `__refresh_${suffix}`
    expect(cookies[refresh]).toMatch(/^rt_/)
    for (const directive of directives) {
      expect(directive).toMatch(
        directive.startsWith(refresh)
          ? /; Path=\/; HttpOnly; Max-Age=604800; SameSite=Lax$/
          : /; Path=\/; Max-Age=31536000; SameSite=Lax$/,
      )
    }
  })

  it('writes plain names only, unless suffixed ones are asked for', async () => {
    const { instance, browser } = await openDevelopment()
    await browser.signUp('ada@example.com')
    const answer = await browser.handshake({ redirect_url: APP, suffixed_cookies: 'false' })
    expect(Object.keys(cookiesOf(await directivesOf(instance, answer)))).toEqual([
      '__client_uat',
      '__clerk_db_jwt',
      expect.stringMatching(/^__refresh_.{8}$/),
      '__session',
    ])
  })

  it('marks cookies secure for an app that is served over https', async () => {
    const { instance, browser } = await openDevelopment()
    const answer = await browser.handshake({ redirect_url: 'https://localhost:3000/' })
    for (const directive of await directivesOf(instance, answer)) {
      expect(directive).toContain('; Secure; SameSite=Lax')
    }
  })

  it('answers nobody with a zero and no session, so that the app does not ask again', async () => {
    const { instance, browser } = await openDevelopment()
    const answer = await browser.handshake({ redirect_url: APP, suffixed_cookies: 'true' })
    const directives = await directivesOf(instance, answer)
    const cookies = cookiesOf(directives)
    expect(cookies['__client_uat']).toBe('0')
    expect(cookies['__session']).toBe('')
    expect(directives.at(-1)).toMatch(/^__session_.{8}=; Path=\/; Max-Age=0; /)
    expect(directives.at(-3)).toMatch(/^__refresh_.{8}=; Path=\/; HttpOnly; Max-Age=0; /)
  })

  it.each([undefined, 'unknown-token'])(
    'gives a browser with the token %s a new one that works',
    async (token) => {
      const { instance, browser } = await openDevelopment()
      browser.devBrowser = token ?? null
      const answer = await browser.handshake({ redirect_url: APP })
      const given = cookiesOf(await directivesOf(instance, answer))[COOKIES.devBrowser]
      expect(given).toBeTruthy()
      expect(given).not.toBe(token)
      browser.devBrowser = given ?? null
      expect((await browser.signUp('ada@example.com')).status).toBe(200)
    },
  )

  it('takes the parameters of an earlier handshake out of the address', async () => {
    const { browser } = await openDevelopment()
    const answer = await browser.handshake({
      redirect_url: 'http://localhost:3000/?__clerk_handshake=old&a=1&__clerk_db_jwt=t',
    })
    expect(answer.headers.get('location')).toMatch(/\/\?a=1&__clerk_handshake=[\w.-]+$/)
  })
})

describe('in production', () => {
  it('sends a signed-in browser back with the answer in a cookie and the address unchanged', async () => {
    const { instance, app, root, browser } = await openProduction()
    await browser.signUp('ada@example.com')
    const answer = await browser.handshake({
      redirect_url: `${app}/dashboard?a=b%20c`,
      suffixed_cookies: 'true',
    })
    expect(answer.status).toBe(307)
    expect(answer.headers.get('location')).toBe(`${app}/dashboard?a=b%20c`)
    expect(answer.cookies.find((cookie) => cookie.startsWith('__clerk_handshake='))).toMatch(
      new RegExp(`; Path=/; Domain=${root}; Max-Age=60; HttpOnly; Secure; SameSite=Lax$`),
    )
    const directives = await directivesOf(instance, answer)
    expect(directives[0]).toMatch(/^__clerk_handshake=; Path=\/; Domain=.*; Max-Age=0; /)
    expect(directives[1]).toMatch(/^__clerk_handshake_nonce=; Path=\/; Domain=.*; Max-Age=0; /)
    const cookies = cookiesOf(directives)
    expect(Number(cookies['__client_uat'])).toBeGreaterThan(0)
    expect(cookies[COOKIES.devBrowser]).toBeUndefined()
    await instance.verify(cookies['__session'] ?? '')
    const uat = directives.find((line) => line.startsWith('__client_uat='))
    expect(uat).toContain(`Domain=${root}`)
    expect(directives.find((line) => line.startsWith('__session='))).not.toContain('Domain')
  })

  it('does not take a browser for somebody by a token in the address', async () => {
    const { instance, app, browser } = await openProduction()
    await browser.signUp('ada@example.com')
    const stranger = await instance.openBrowser(app)
    stranger.devBrowser = browser.clientToken ?? null
    const answer = await stranger.handshake({ redirect_url: `${app}/` })
    expect(cookiesOf(await directivesOf(instance, answer))['__client_uat']).toBe('0')
  })

  it('says so when the session was revoked meanwhile', async () => {
    const { instance, app, browser } = await openProduction()
    const { client } = (await browser.signUp('ada@example.com')).body
    await instance.call('POST', `/sessions/${client.sessions[0].id}/revoke`)
    const answer = await browser.handshake({ redirect_url: `${app}/` })
    expect(cookiesOf(await directivesOf(instance, answer))).toMatchObject({
      __client_uat: '0',
      __session: '',
    })
  })

  it('allows its own pages, and the apps that are listed', async () => {
    const { instance, browser } = await openProduction()
    const portal = instance.keys.apiUrl.replace('clerk.', 'accounts.')
    for (const target of [`${portal}/user`, `${instance.keys.apiUrl}/`]) {
      expect((await browser.handshake({ redirect_url: target })).status).toBe(307)
    }
  })
})

function take(instance: TestInstance, nonce: string, secretKey?: string): Promise<Answer> {
  return instance.call('GET', `/clients/handshake_payload?nonce=${nonce}`, undefined, secretKey)
}

describe('a nonce', () => {
  const NONCE = '__clerk_handshake_nonce'
  const ask = { suffixed_cookies: 'true', format: 'nonce' }

  it('stands in the address for what would make it too long, and is exchanged for it', async () => {
    const { instance, browser } = await openDevelopment()
    const { client } = (await browser.signUp('ada@example.com')).body
    const answer = await browser.handshake({ redirect_url: APP, ...ask })
    expect(answer.headers.get('location')).toMatch(
      /\/dashboard\?x=1,2&empty&space=a\+b&__clerk_handshake_nonce=[\w-]{43}#part$/,
    )
    const { status, body } = await take(instance, carriedBy(instance, answer, NONCE) ?? '')
    expect(status).toBe(200)
    expect(Object.keys(body)).toEqual(['directives'])
    const claims = await instance.verify(cookiesOf(body.directives)['__session'] ?? '')
    expect(claims).toMatchObject({ sid: client.sessions[0].id, azp: 'http://localhost:3000' })
  })

  it('stands in a cookie of the shared domain in production, gone within a minute', async () => {
    const { instance, app, root, browser } = await openProduction()
    await browser.signUp('ada@example.com')
    const answer = await browser.handshake({ redirect_url: `${app}/`, ...ask })
    expect(answer.headers.get('location')).toBe(`${app}/`)
    expect(answer.cookies).toEqual([
      expect.stringMatching(
        new RegExp(
          `^${NONCE}=[\\w-]{43}; Path=/; Domain=${root}; Max-Age=60; HttpOnly; Secure; SameSite=Lax$`,
        ),
      ),
    ])
    const { body } = await take(instance, carriedBy(instance, answer, NONCE) ?? '')
    expect(cookiesOf(body.directives)[NONCE]).toBe('')
    await instance.verify(cookiesOf(body.directives)['__session'] ?? '')
  })

  it('is used only where it was asked for, and only for much', async () => {
    const { instance, browser } = await openDevelopment()
    const nobody = await browser.handshake({ redirect_url: APP, ...ask })
    expect(carriedBy(instance, nobody, NONCE)).toBeNull()
    expect(await directivesOf(instance, nobody)).not.toEqual([])
    await browser.signUp('ada@example.com')
    const unasked = await browser.handshake({ redirect_url: APP, suffixed_cookies: 'true' })
    expect(carriedBy(instance, unasked, NONCE)).toBeNull()
    expect(await directivesOf(instance, unasked)).not.toEqual([])
  })

  it('works once, for one of fifty who bring it at once', async () => {
    const { instance, browser } = await openDevelopment()
    await browser.signUp('ada@example.com')
    const answer = await browser.handshake({ redirect_url: APP, ...ask })
    const nonce = carriedBy(instance, answer, NONCE) ?? ''
    const answers = await Promise.all(Array.from({ length: 50 }, () => take(instance, nonce)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(49)
  })

  it('works for no other instance, which does not use it up either', async () => {
    const { instance, browser } = await openDevelopment()
    const other = await server.addInstance()
    await browser.signUp('ada@example.com')
    const answer = await browser.handshake({ redirect_url: APP, ...ask })
    const nonce = carriedBy(instance, answer, NONCE) ?? ''
    expect((await take(other, nonce)).status).toBe(404)
    expect((await take(instance, nonce, 'sk_test_unknown')).status).toBe(401)
    expect((await take(instance, nonce)).status).toBe(200)
  })

  it('is forgotten after a minute', async () => {
    const { instance, browser } = await openDevelopment()
    await browser.signUp('ada@example.com')
    const answer = await browser.handshake({ redirect_url: APP, ...ask })
    server.advance(60_000)
    expect((await take(instance, carriedBy(instance, answer, NONCE) ?? '')).status).toBe(404)
  })

  it.each(['', 'x', '%00', 'constructor'])('that is none finds nothing: %j', async (nonce) => {
    const { instance } = await openDevelopment()
    const { status, body } = await take(instance, nonce)
    expect([400, 404, 422]).toContain(status)
    expect(body.errors).toHaveLength(1)
  })

  it('of an earlier trip is taken out of the address', async () => {
    const { browser } = await openDevelopment()
    const answer = await browser.handshake({
      redirect_url: `http://localhost:3000/?${NONCE}=old&a=1`,
    })
    expect(answer.headers.get('location')).toMatch(/\/\?a=1&__clerk_handshake=[\w.-]+$/)
  })
})

describe('an address to return to', () => {
  // Base: https://app.com is allowed.
  const hostile = [
    '',
    '/dashboard',
    '//evil.com',
    '///evil.com',
    '/\\evil.com',
    '\\/evil.com',
    '/%2f%2fevil.com',
    '/%5cevil.com',
    'https:evil.com',
    'https:app.com',
    'https:/evil.com',
    'https:///app.com',
    'http://app.com',
    'HTTPS://EVIL.COM',
    'https://app.com.evil.com',
    'https://app.com@evil.com',
    'https://user:password@app.com/',
    'https://@app.com/',
    'https://evil.com#app.com',
    'https://evil.com?app.com',
    'https://evil.com\\@app.com',
    'https://app.com\\@evil.com',
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java\tscript:alert(1)',
    '\u0001javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'blob:https://app.com/1',
    'file:///etc/passwd',
    'https://app.com/x\r\nSet-Cookie:a=b',
    'https://app.com/\u2028',
    ' https://app.com/',
    'https:\uFF0F\uFF0Fevil.com',
    'https://\uFF41pp.evil.com',
    'https://xn--pp-5cd.com',
    'https://evil.com/.app.com',
    'https://a.b.app.com',
    'https://app.com:444',
    'https://app.com.',
    'ftp://app.com/',
  ]

  it.each(hostile)('is refused, and nobody is sent anywhere: %j', async (target) => {
    const instance = await cachedInstance()
    const browser = await instance.openBrowser('https://app.com')
    const answer = await browser.handshake({ redirect_url: target })
    expect(answer.status).toBe(400)
    expect(answer.headers.get('location')).toBeNull()
    expect(answer.cookies).toEqual([])
  })

  it('is refused when it is missing, and when a second one hides behind the first', async () => {
    const instance = await cachedInstance()
    const base = `${instance.keys.apiUrl}/v1/client/handshake`
    for (const query of [
      '',
      '?redirect_url=https://evil.com&redirect_url=https://app.com/',
      '?redirect_url[]=https://app.com/',
    ]) {
      const answer = await send(server, new Request(base + query))
      expect(answer.status).toBe(400)
    }
    // Parts of one address, which a browser client took apart at its commas, are one again.
    const split = await send(
      server,
      new Request(`${base}?redirect_url=https://app.com/?x=1&redirect_url=2`),
    )
    expect(split.headers.get('location')).toBe('https://app.com/?x=1,2')
  })

  it('keeps an encoded line break encoded', async () => {
    const instance = await cachedInstance()
    const browser = await instance.openBrowser('https://app.com')
    const answer = await browser.handshake({
      redirect_url: 'https://app.com/x%0d%0aSet-Cookie:a=b',
    })
    expect(answer.headers.get('location')).toBe('https://app.com/x%0d%0aSet-Cookie:a=b')
    expect(answer.headers.has('a')).toBe(false)
  })

  let instance: Promise<TestInstance> | undefined
  function cachedInstance(): Promise<TestInstance> {
    instance ??= server.addInstance({
      type: 'production',
      settings: { allowed_origins: ['https://app.com'] },
    })
    return instance
  }
})

it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'])('answers %s with 405', async (method) => {
  const instance = await server.addInstance()
  const answer = await send(
    server,
    new Request(`${instance.keys.apiUrl}/v1/client/handshake?redirect_url=${APP}`, { method }),
  )
  expect(answer.status).toBe(405)
  expect(answer.headers.get('allow')).toBe('GET')
})
