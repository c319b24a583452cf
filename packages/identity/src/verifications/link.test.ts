import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { SettingChanges } from '../index.ts'
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

const ADA = 'ada@example.com'
const PASSWORD = 'correct horse'
const BY_LINK: SettingChanges = { email_verification_strategies: ['email_link'] }
const APP = 'https://app.example.com'

/** A browser in production that has asked for a link to sign in with. */
async function askToSignIn(settings: SettingChanges = {}) {
  const instance = await server.addInstance({
    type: 'production',
    settings: { ...BY_LINK, allowed_origins: [APP], ...settings },
  })
  const user = (await instance.call('POST', '/users', { email_address: [ADA], password: PASSWORD }))
    .body
  const browser = await instance.openBrowser(APP)
  const created = await browser.post('/client/sign_ins', { identifier: ADA })
  const path = `/client/sign_ins/${created.body.response.id}`
  const prepare = (redirect_url = `${APP}/sign-in?a=1#/verify`) =>
    browser.post(`${path}/prepare_first_factor`, { strategy: 'email_link', redirect_url })
  const prepared = await prepare()
  return { instance, user, browser, created, path, prepare, prepared, link: linkTo(ADA) }
}

/** A browser that has asked for a link to sign up with. */
async function askToSignUp(settings: SettingChanges = {}) {
  const instance = await server.addInstance({ settings: { ...BY_LINK, ...settings } })
  const browser = await instance.openBrowser()
  const created = await browser.post('/client/sign_ups', {
    email_address: ADA,
    password: PASSWORD,
  })
  const path = `/client/sign_ups/${created.body.response.id}`
  const prepared = await browser.post(`${path}/prepare_verification`, {
    strategy: 'email_link',
    redirect_url: '/verify',
  })
  return { instance, browser, path, created, prepared, link: linkTo(ADA) }
}

/** The link in the newest mail to somebody, below `/v1`. */
function linkTo(address: string): string {
  const mail = server.mails.findLast(({ to }) => to === address)
  const line = mail?.text.split('\n').find((it) => it.includes('/v1/verify?token='))
  return line?.slice(line.indexOf('/verify')) ?? ''
}

/** What stands before that. */
const baseOfLink = (): string | undefined =>
  server.mails.findLast(({ to }) => to === ADA)?.text.match(/https?:\S+(?=\/v1\/verify)/)?.[0]

/** Opens a link as a program does that no instance knows. */
const scan = (instance: TestInstance, link: string, method = 'GET'): Promise<Answer> =>
  send(server, new Request(`${instance.keys.apiUrl}/v1${link}`, { method }))

/** Opens a link from a mail, as the browser does whose page asked for it. */
const openFromMail = async (browser: TestBrowser, link: string, method: 'GET' | 'HEAD' = 'GET') => {
  const { devBrowser } = browser
  browser.devBrowser = null
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const opened =
    method === 'GET'
      ? await browser.get(link, { origin: '' })
      : await send(
          server,
          new Request(`${browser.instance.keys.apiUrl}/v1${link}`, {
            method,
            headers: { cookie },
          }),
        )
  browser.devBrowser = devBrowser
  return opened
}

const targetOf = (answer: Answer): URL => new URL(answer.headers.get('location') ?? 'about:blank')
const statusOf = (answer: Answer) => targetOf(answer).searchParams.get('__clerk_status')
const sessionsOf = async (browser: TestBrowser) => (await browser.client())?.sessions ?? []

describe('a link opened in the browser that asked for it', () => {
  it('signs in, and sends the browser back to the page it named', async () => {
    const { browser, path, created, prepared, link } = await askToSignIn()
    expect(created.body.response.supported_first_factors).toContainEqual({
      strategy: 'email_link',
      email_address_id: expect.stringMatching(/^idn_/),
      safe_identifier: ADA,
      primary: true,
    })
    expect(prepared.body.response.first_factor_verification).toMatchObject({
      status: 'unverified',
      strategy: 'email_link',
      expire_at: server.now + 600_000,
    })
    const opened = await browser.get(link)
    expect(opened.status).toBe(302)
    const [session] = await sessionsOf(browser)
    expect(targetOf(opened).href).toBe(
      `${APP}/sign-in?a=1&__clerk_status=verified&__clerk_created_session=${session?.id}#/verify`,
    )
    expect(opened.headers.get('cache-control')).toBe('no-store')
    expect(opened.cookies.some((it) => it.startsWith('__client_uat='))).toBe(true)

    const polled = await browser.get(path)
    expect(polled.body.response).toMatchObject({
      status: 'complete',
      created_session_id: session?.id,
      first_factor_verification: {
        status: 'verified',
        strategy: 'email_link',
        verified_at_client: polled.body.client.id,
      },
    })
    expect(polled.body.client).toMatchObject({
      sign_in: null,
      last_authentication_strategy: 'email_link',
    })
  })

  it('completes a sign-up, and names a development browser to pages of another origin', async () => {
    const { instance, browser, path, created, prepared, link } = await askToSignUp()
    expect(created.body.response.verifications.email_address.supported_strategies).toEqual([
      'email_link',
    ])
    expect(prepared.body.response.verifications.email_address.strategy).toBe('email_link')
    const target = targetOf(await browser.get(link))
    expect(target.origin + target.pathname).toBe('http://localhost:3000/verify')
    expect(target.searchParams.get('__clerk_status')).toBe('verified')
    expect(target.searchParams.get('__clerk_db_jwt')).toBe(browser.devBrowser)
    const polled = await browser.get(path)
    expect(polled.body.response).toMatchObject({
      status: 'complete',
      created_session_id: target.searchParams.get('__clerk_created_session'),
    })
    const [user] = (await instance.call('GET', '/users')).body
    expect(user.email_addresses[0].verification).toMatchObject({ strategy: 'email_link' })
  })

  it('proves the address of a sign-up that wants more', async () => {
    const { browser, path, link } = await askToSignUp({ first_name: 'required' })
    const target = targetOf(await browser.get(link))
    expect(target.searchParams.get('__clerk_status')).toBe('verified')
    expect(target.searchParams.has('__clerk_created_session')).toBe(false)
    expect((await browser.get(path)).body.response).toMatchObject({
      status: 'missing_requirements',
      unverified_fields: [],
      missing_fields: ['first_name'],
    })
    const done = await browser.post(path, { first_name: 'Ada' }, 'PATCH')
    expect(done.body.response.status).toBe('complete')
  })
})

describe('a development browser, whose token no mail carries', () => {
  it('opens the link that it asked for, known by a cookie that is for nothing else', async () => {
    const { browser, path, prepared, link } = await askToSignUp()
    expect(prepared.cookies).toEqual([
      expect.stringMatching(
        /^__client_link=ver_\w+\.[\w-]{43}; Path=\/v1\/verify; HttpOnly; Max-Age=600; SameSite=Lax$/,
      ),
    ])
    expect(server.mails.at(-1)?.text).not.toContain(browser.devBrowser)
    expect((await openFromMail(browser, link, 'HEAD')).status).toBe(200)
    const opened = await openFromMail(browser, link)
    const [session] = await sessionsOf(browser)
    expect(statusOf(opened)).toBe('verified')
    expect(targetOf(opened).searchParams.get('__clerk_created_session')).toBe(session?.id)
    expect(targetOf(opened).searchParams.has('__clerk_db_jwt')).toBe(false)
    expect(opened.cookies).toEqual([])
    expect((await browser.get(path)).body.response).toMatchObject({
      status: 'complete',
      verifications: { email_address: { verified_at_client: (await browser.client())?.id } },
    })
  })

  it('opens one to sign in with, or to prove an address, and where the same browser is wanted', async () => {
    const settings = { ...BY_LINK, email_link_same_browser: true }
    const instance = await server.addInstance({ settings })
    await instance.call('POST', '/users', { email_address: [ADA], password: PASSWORD })
    const browser = await instance.openBrowser()
    await browser.post('/client/sign_ins', {
      identifier: ADA,
      strategy: 'email_link',
      redirect_url: '/',
    })
    expect(statusOf(await openFromMail(browser, linkTo(ADA)))).toBe('verified')
    expect(await sessionsOf(browser)).toHaveLength(1)

    const eve = 'eve@example.com'
    const added = await browser.post('/me/email_addresses', { email_address: eve })
    await browser.post(`/me/email_addresses/${added.body.response.id}/prepare_verification`, {
      strategy: 'email_link',
      redirect_url: '/',
    })
    expect(statusOf(await openFromMail(browser, linkTo(eve)))).toBe('verified')
    const [session] = await sessionsOf(browser)
    expect(session?.user?.email_addresses).toMatchObject([
      {},
      { email_address: eve, verification: { status: 'verified' } },
    ])
  })

  it('is asked before it opens a link of another, and keeps the cookie for its own', async () => {
    const { instance, browser, path, link } = await askToSignUp()
    const other = await instance.openBrowser()
    const begun = await other.post('/client/sign_ups', {
      email_address: 'eve@example.com',
      password: PASSWORD,
    })
    const own = `/client/sign_ups/${begun.body.response.id}`
    await other.post(`${own}/prepare_verification`, {
      strategy: 'email_link',
      redirect_url: '/verify',
    })
    const asked = await openFromMail(other, link)
    expect([asked.status, asked.body.includes('<form method="post">')]).toEqual([200, true])
    expect((await browser.get(path)).body.response.status).toBe('missing_requirements')
    expect(statusOf(await openFromMail(other, linkTo('eve@example.com')))).toBe('verified')
    expect(await sessionsOf(other)).toHaveLength(1)
    expect(await sessionsOf(browser)).toEqual([])
  })

  it('is nobody by that cookie anywhere else, nor on another instance', async () => {
    const { instance, browser, prepared, link } = await askToSignUp()
    const [, id, token = ''] = /=(ver_\w+)\.([\w-]+)/.exec(prepared.cookies[0] ?? '') ?? []
    const thief = await instance.openBrowser()
    for (const value of [token, `${id}.${token}`]) {
      thief.devBrowser = null
      thief.cookies.set('__client', value)
      expect(await thief.client()).toBeNull()
      thief.cookies.clear()
      thief.devBrowser = value
      expect(await thief.client()).toBeNull()
    }
    const { browser: stranger } = await askToSignUp()
    stranger.cookies.set('__client_link', `${id}.${token}`)
    expect((await openFromMail(stranger, link)).status).toBe(422)
    expect(statusOf(await openFromMail(browser, link))).toBe('verified')
  })

  it('is known so in development only', async () => {
    const { prepared } = await askToSignIn()
    expect(prepared.cookies).toEqual([])
  })
})

describe('a link opened elsewhere', () => {
  it('lets the browser that asked go on, and gives the other nothing', async () => {
    const { instance, browser, path, link } = await askToSignIn()
    const other = await instance.openBrowser()
    await other.post('/client', {}, 'PUT')
    const opened = await other.get(link)
    expect(statusOf(opened)).toBe('verified')
    expect(targetOf(opened).searchParams.has('__clerk_created_session')).toBe(false)
    expect(opened.cookies).toEqual([])

    // With the first answer the token changes by which the browser is known, so the others may come too late.
    const polls = await Promise.all(Array.from({ length: 10 }, () => browser.get(path)))
    const first = polls.find(({ status }) => status === 200)
    const [session] = await sessionsOf(browser)
    expect(first?.body.response).toMatchObject({
      status: 'complete',
      created_session_id: session?.id,
      first_factor_verification: { verified_at_client: (await other.client())?.id },
    })
    expect(first?.body.client.sessions).toMatchObject([{ id: session?.id }])
    expect(await sessionsOf(browser)).toHaveLength(1)
    expect(await sessionsOf(other)).toEqual([])
  })

  it('completes a sign-up in the browser that began it', async () => {
    const { instance, browser, path, link } = await askToSignUp()
    const other = await instance.openBrowser()
    expect(statusOf(await other.get(link))).toBe('verified')
    expect(await sessionsOf(browser)).toEqual([])
    const polls = await Promise.all(Array.from({ length: 10 }, () => browser.get(path)))
    expect(polls.map(({ body }) => body.response.status)).toEqual(Array(10).fill('complete'))
    expect(await sessionsOf(browser)).toHaveLength(1)
    expect((await instance.call('GET', '/users/count')).body.total_count).toBe(1)
  })

  it('asks a browser that nobody knows first, so that no scanner of mails signs anybody in', async () => {
    const { instance, browser, path, link } = await askToSignIn()
    for (const method of ['GET', 'HEAD', 'GET']) {
      const scanned = await scan(instance, link, method)
      expect(scanned.status).toBe(200)
      expect(scanned.headers.get('content-security-policy')).toContain(`form-action 'self' ${APP};`)
      expect(scanned.body.includes('<form method="post">')).toBe(method === 'GET')
    }
    const open = await browser.get(path)
    expect(open.body.response.first_factor_verification.status).toBe('unverified')
    expect(await sessionsOf(browser)).toEqual([])

    const confirmed = await scan(instance, link, 'POST')
    expect([confirmed.status, statusOf(confirmed)]).toEqual([302, 'verified'])
    expect(confirmed.cookies).toEqual([])
    expect((await browser.get(path)).body.response).toMatchObject({
      status: 'complete',
      first_factor_verification: { verified_at_client: null },
    })
  })

  it('proves nothing where the instance wants the same browser', async () => {
    const { instance, browser, path, link } = await askToSignIn({ email_link_same_browser: true })
    const other = await instance.openBrowser()
    await other.post('/client', {}, 'PUT')
    expect(statusOf(await other.get(link))).toBe('client_mismatch')
    expect(statusOf(await scan(instance, link, 'POST'))).toBe('client_mismatch')
    expect((await browser.get(path)).body.response.status).toBe('needs_first_factor')
    expect(statusOf(await browser.get(link))).toBe('verified')
  })
})

describe('a link of an instance that browsers reach through a proxy', () => {
  const PROXY = `${APP}/__clerk`

  it.each([
    ['of the request', {}, PROXY],
    ['of the request, whatever is set', { proxy_url: 'https://www.example.com/api' }, PROXY],
  ])('leads through that %s', async (_which, settings, expected) => {
    const instance = await server.addInstance({
      type: 'production',
      settings: { ...BY_LINK, allowed_origins: [APP], ...settings },
    })
    const browser = await instance.openBrowser(APP)
    browser.headers = {
      'clerk-proxy-url': `${PROXY}/`,
      'clerk-secret-key': instance.keys.secretKey,
    }
    const created = await browser.post('/client/sign_ups', {
      email_address: ADA,
      password: PASSWORD,
    })
    const prepare = () =>
      browser.post(`/client/sign_ups/${created.body.response.id}/prepare_verification`, {
        strategy: 'email_link',
        redirect_url: `${APP}/`,
      })
    expect((await prepare()).status).toBe(200)
    expect(baseOfLink()).toBe(expected)
    // The proxy forwards it, and the browser is known there.
    expect(statusOf(await browser.get(linkTo(ADA)))).toBe('verified')
    expect(await sessionsOf(browser)).toHaveLength(1)
  })

  it('leads through the one that is set, which need not say who it is, and so do invitations', async () => {
    const settings = { ...BY_LINK, proxy_url: `${PROXY}/` }
    const instance = await server.addInstance({ type: 'production', settings })
    // Pages where the proxy is are pages of the instance.
    const browser = await instance.openBrowser(APP)
    const created = await browser.post('/client/sign_ups', {
      email_address: ADA,
      password: PASSWORD,
    })
    await browser.post(`/client/sign_ups/${created.body.response.id}/prepare_verification`, {
      strategy: 'email_link',
      redirect_url: `${APP}/`,
    })
    expect(baseOfLink()).toBe(PROXY)
    await instance.call('POST', '/invitations', { email_address: 'bob@example.com' })
    expect(server.mails.findLast(({ to }) => to === 'bob@example.com')?.text).toContain(
      `${PROXY}/v1/tickets/accept?ticket=`,
    )
    const { data } = (await instance.call('GET', '/domains')).body
    expect(data).toMatchObject([{ frontend_api_url: PROXY, proxy_url: PROXY }])
  })

  it.each([
    [
      'a proxy of its own',
      { proxy_url: 'https://shop-of-links.org/__clerk' },
      'https://shop-of-links.org/__clerk',
    ],
    ['a host of its own', {}, 'https://clerk.shop-of-links.org'],
  ])('leads through %s where it is asked for on a satellite', async (_what, place, expected) => {
    const settings = { ...BY_LINK, proxy_url: PROXY }
    const instance = await server.addInstance({ type: 'production', settings })
    const domain = { name: 'shop-of-links.org', is_satellite: true, ...place }
    const { id: domainId } = (await instance.call('POST', '/domains', domain)).body
    const browser = await instance.openBrowser('https://shop-of-links.org')
    browser.headers =
      'proxy_url' in place
        ? { 'clerk-proxy-url': place.proxy_url, 'clerk-secret-key': instance.keys.secretKey }
        : { host: 'clerk.shop-of-links.org' }
    const created = await browser.post('/client/sign_ups', {
      email_address: ADA,
      password: PASSWORD,
    })
    await browser.post(`/client/sign_ups/${created.body.response.id}/prepare_verification`, {
      strategy: 'email_link',
      redirect_url: '/',
    })
    expect(baseOfLink()).toBe(expected)
    // The host is one of all instances.
    await instance.call('DELETE', `/domains/${domainId}`)
  })

  it.each([
    ['with another key', `${APP}/__clerk`, 'sk_live_wrong'],
    ['at what is no address', '/__clerk', null],
    ['at a script', 'javascript:alert(1)', null],
    ['at an address with a query', `${APP}/__clerk?a=`, null],
  ])('leads past one that says it is there %s', async (_how, proxyUrl, key) => {
    const instance = await server.addInstance({
      type: 'production',
      settings: { ...BY_LINK, allowed_origins: [APP] },
    })
    const browser = await instance.openBrowser(APP)
    browser.headers = {
      'clerk-proxy-url': proxyUrl,
      'clerk-secret-key': key ?? instance.keys.secretKey,
    }
    const created = await browser.post('/client/sign_ups', {
      email_address: ADA,
      password: PASSWORD,
    })
    await browser.post(`/client/sign_ups/${created.body.response.id}/prepare_verification`, {
      strategy: 'email_link',
      redirect_url: `${APP}/`,
    })
    expect(baseOfLink()).toBe(instance.keys.apiUrl)
  })
})

describe('a link', () => {
  it('works for one of fifty who open it at once', async () => {
    const { instance, browser, link } = await askToSignIn()
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        i % 2 === 0 ? browser.get(link) : scan(instance, link, 'POST'),
      ),
    )
    const statuses = answers.map(statusOf)
    expect(statuses.filter((status) => status === 'verified')).toHaveLength(1)
    expect(statuses.filter((status) => status === 'failed')).toHaveLength(49)
  })

  it('is over after its time, and when a newer one was sent', async () => {
    const { browser, path, prepare, link } = await askToSignIn()
    server.advance(31_000)
    await prepare()
    expect(statusOf(await browser.get(link))).toBe('failed')
    server.advance(600_000)
    expect(statusOf(await browser.get(linkTo(ADA)))).toBe('expired')
    expect((await browser.get(path)).body.response.first_factor_verification.status).toBe('expired')
  })

  it('fails for a user who was banned meanwhile, and says no more', async () => {
    const { instance, user, browser, link } = await askToSignIn()
    await instance.call('POST', `/users/${user.id}/ban`)
    expect(statusOf(await browser.get(link))).toBe('failed')
    expect(await sessionsOf(browser)).toEqual([])
  })

  it.each(['x', 'ver_1.x', '.', '__proto__', 'x'.repeat(300), '%00'])(
    'is refused if its token is %j',
    async (token) => {
      const { instance } = await askToSignIn()
      expect((await scan(instance, `/verify?token=${token}`)).status).toBe(422)
    },
  )

  it('works on no other instance, and with no other secret', async () => {
    const { link } = await askToSignIn()
    const { instance, link: theirs } = await askToSignIn()
    const [id = ''] = theirs.split('.')
    for (const wrong of [link, `${id}.${link.split('.')[1]}`, `${theirs}x`]) {
      const refused = await scan(instance, wrong, 'POST')
      expect(refused.body.errors[0].code).toBe('ticket_invalid')
    }
  })

  it.each([
    ['', 'form_param_nil'],
    ['https://evil.example.com/', 'redirect_url_invalid'],
    ['javascript:alert(1)', 'redirect_url_invalid'],
    ['//evil.example.com/', 'redirect_url_invalid'],
    ['/\\evil.example.com/', 'redirect_url_invalid'],
    [`${APP}@evil.example.com/`, 'redirect_url_invalid'],
  ])('leads to no place like %j', async (redirectUrl, code) => {
    const { prepare } = await askToSignIn()
    expect((await prepare(redirectUrl)).body.errors[0].code).toBe(code)
  })

  it('is no code to type, and no way in where the instance sends codes', async () => {
    const { browser, path, link } = await askToSignIn()
    const secret = link.split('.')[1] ?? ''
    const refusals = [
      ['attempt_first_factor', 'email_link', 'form_param_value_invalid'],
      ['attempt_first_factor', 'email_code', 'strategy_for_user_invalid'],
      ['prepare_first_factor', 'email_code', 'strategy_for_user_invalid'],
    ] as const
    for (const [action, strategy, code] of refusals) {
      const refused = await browser.post(`${path}/${action}`, { strategy, code: secret })
      expect(refused.body.errors[0].code).toBe(code)
    }
    const signUp = await askToSignUp()
    for (const action of ['attempt_verification', 'prepare_verification']) {
      const refused = await signUp.browser.post(`${signUp.path}/${action}`, {
        strategy: action.startsWith('a') ? 'email_link' : 'email_code',
        code: '123456',
      })
      expect(refused.body.errors[0].code).toBe('form_param_value_invalid')
    }
  })

  it('is what pages offer then', async () => {
    const { browser } = await askToSignIn()
    const { attributes } = (await browser.get('/environment')).body.user_settings
    expect(attributes.email_address).toMatchObject({
      first_factors: ['email_link'],
      verifications: ['email_link'],
    })
  })
})
