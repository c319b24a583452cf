// @vitest-environment happy-dom
import { cookieSuffix } from '@core/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Clerk, type Resources } from './clerk.ts'
import { ClerkAPIResponseError, ClerkRuntimeError } from './errors.ts'
import { closePages, cookie, openPage, settle, visit } from './page.test-server.ts'

beforeEach(() => {
  visit('http://localhost:3000/')
})
afterEach(closePages)

describe('load', () => {
  it('says nothing before, and that nobody is here once the server has', async () => {
    const { clerk } = openPage()
    expect([clerk.loaded, clerk.session, clerk.user]).toEqual([false, undefined, undefined])

    await clerk.load()

    expect([clerk.loaded, clerk.status]).toEqual([true, 'ready'])
    expect([clerk.session, clerk.user, clerk.isSignedIn]).toEqual([null, null, false])
    expect(clerk.client?.signIn.status).toBeNull()
    expect(clerk.environment?.display_config.application_name).toBe('Acme')
  })

  it('gets a development browser first and reads instance and client once', async () => {
    const { clerk, identity } = openPage()
    await Promise.all([clerk.load(), clerk.load()])
    expect(identity.calls()).toEqual(['POST /dev_browser', 'PATCH /environment', 'GET /client'])
    expect(identity.requests[0]?.init.credentials).toBe('omit')
    expect(identity.requests[2]?.init.credentials).toBe('include')
    expect(identity.requests[2]?.url.searchParams.get('__clerk_db_jwt')).toBe('dvb_1')
    expect(identity.requests[2]?.url.searchParams.get('__clerk_api_version')).toBe('2026-05-12')
    expect(cookie('__clerk_db_jwt')).toBe('dvb_1')
  })

  it('takes the development browser from the address and cleans the address bar', async () => {
    visit(
      'http://localhost:3000/a?x=1&__clerk_db_jwt=dvb_other&__clerk_handshake=h&__clerk_help=1&__clerk_synced=true&suffixed_cookies=true#top',
    )
    const { clerk, identity } = openPage()
    await clerk.load()
    expect(window.location.href).toBe('http://localhost:3000/a?x=1#top')
    expect(identity.count('POST /dev_browser')).toBe(0)
    expect(identity.requests[0]?.url.searchParams.get('__clerk_db_jwt')).toBe('dvb_other')
  })

  it('takes over the development browser that a server has written under the plain name', async () => {
    const { clerk, identity } = openPage()
    document.cookie = '__clerk_db_jwt=dvb_server; Path=/'
    await clerk.load()
    expect(identity.count('POST /dev_browser')).toBe(0)
    const suffix = await cookieSuffix(clerk.publishableKey)
    expect(cookie(`__clerk_db_jwt_${suffix}`)).toBe('dvb_server')
  })

  it.each(['x;%20Max-Age=0', 'x%0d%0a', 'a%20b', 'x,y', ''])(
    'ignores a development browser that could be more than a cookie value: %j',
    async (token) => {
      visit(`http://localhost:3000/?__clerk_db_jwt=${token}`)
      const { clerk, identity } = openPage()
      await clerk.load()
      expect(window.location.href).toBe('http://localhost:3000/')
      expect(cookie('__clerk_db_jwt')).toBe('dvb_1')
      expect(identity.requests.at(-1)?.url.searchParams.get('__clerk_db_jwt')).toBe('dvb_1')
    },
  )

  it('replaces a development browser that the server does not know', async () => {
    const { clerk, identity } = openPage()
    document.cookie = '__clerk_db_jwt=dvb_old; Path=/'
    identity.knowsDevBrowsers = false
    await clerk.load()
    expect(clerk.status).toBe('ready')
    expect(identity.count('POST /dev_browser')).toBe(1)
    expect(cookie('__clerk_db_jwt')).toBe('dvb_1')
  })

  it('replaces it once, even when a late answer objects to the old one', async () => {
    const { clerk, identity } = openPage()
    document.cookie = '__clerk_db_jwt=dvb_old; Path=/'
    identity.knowsDevBrowsers = false
    const release = identity.hold('GET /client')
    const loading = clerk.load()
    while (identity.count('PATCH /environment') < 2) await settle()
    release()
    await loading
    expect(identity.count('POST /dev_browser')).toBe(1)
    expect(clerk.status).toBe('ready')
  })

  it('finds the session that this browser was left with', async () => {
    const { clerk, identity } = openPage()
    const session = identity.signIn()
    await clerk.load()
    expect(clerk.session?.id).toBe(session.id)
    expect(clerk.user?.fullName).toBe('Ada Lovelace')
    expect(clerk.user?.primaryEmailAddress?.emailAddress).toBe('ada@example.com')
    expect(clerk.user?.publicMetadata).toEqual({ team_name: 'analysts' })
    expect(identity.count(`POST /client/sessions/${session.id}/tokens`)).toBe(0)
  })

  it('writes the cookies that servers read, plain and with the suffix of the instance', async () => {
    const { clerk, identity, clock } = openPage()
    const session = identity.signIn()
    await clerk.load()
    const suffix = await cookieSuffix(identity.publishableKey)
    const token = clerk.session?.lastActiveToken?.jwt
    expect(cookie('__session')).toBe(token)
    expect(cookie(`__session_${suffix}`)).toBe(token)
    expect(cookie('__client_uat')).toBe(String(clock.now() / 1000))
    expect(cookie(`__client_uat_${suffix}`)).toBe(String(clock.now() / 1000))
    expect(cookie('clerk_active_context')).toBe(`${session.id}:`)
  })

  it('leaves __client_uat to the server in production', async () => {
    const { clerk, identity } = openPage({}, 'production')
    identity.signIn()
    await clerk.load()
    expect(clerk.isSignedIn).toBe(true)
    expect(cookie('__client_uat')).toBeUndefined()
    expect(identity.calls()).toEqual(['GET /environment', 'GET /client'])
    expect(identity.requests[0]?.url.searchParams.has('__clerk_db_jwt')).toBe(false)
  })

  it('removes the session cookie of somebody who is gone and says so to servers', async () => {
    document.cookie = '__session=old; Path=/'
    const { clerk } = openPage()
    await clerk.load()
    expect(cookie('__session')).toBeUndefined()
    expect(cookie('__client_uat')).toBe('0')
  })

  it('refuses a publishable key that is none', () => {
    expect(() => new Clerk('pk_test_nonsense')).toThrow(
      expect.objectContaining({ code: 'publishable_key_invalid' }),
    )
  })

  it('rejects when the server refuses to serve the page', async () => {
    const { clerk, identity } = openPage()
    document.cookie = '__clerk_db_jwt=dvb_1; Path=/'
    identity.failsWith = 403
    await expect(clerk.load()).rejects.toThrow(ClerkAPIResponseError)
    expect(clerk.status).toBe('error')
  })
})

describe('an identity server that is down', () => {
  it('keeps the session of a good cookie and goes on when the server is back', async () => {
    const { clerk, identity, clock, open, loadOver } = openPage()
    const session = identity.signIn()
    await clerk.load()
    clerk.dispose()

    const uat = cookie('__client_uat')
    identity.isOffline = true
    const next = open()
    await loadOver(10_000, next)
    expect([next.status, next.loaded]).toEqual(['degraded', true])
    expect([next.session?.id, next.user?.id]).toEqual([session.id, 'user_1'])
    expect(cookie('__client_uat')).toBe(uat)

    identity.isOffline = false
    await clock.advance(30_000)
    expect(next.status).toBe('ready')
    expect(next.user?.fullName).toBe('Ada Lovelace')
  })

  it('cannot say who is here when the cookie has expired, and does not guess', async () => {
    const { clerk, identity, clock, open, loadOver } = openPage()
    identity.signIn()
    await clerk.load()
    clerk.dispose()

    identity.isOffline = true
    clock.time += 120_000
    const next = open()
    await loadOver(10_000, next)
    expect([next.status, next.loaded, next.session]).toEqual(['error', false, undefined])
    expect(cookie('__session')).toBeDefined()

    identity.isOffline = false
    await clock.advance(30_000)
    expect([next.status, next.isSignedIn]).toEqual(['ready', true])
  })

  it('shows the signed-out page when there is no cookie at all', async () => {
    const { clerk, identity, loadOver } = openPage()
    identity.isOffline = true
    await loadOver(10_000)
    expect([clerk.status, clerk.session]).toEqual(['degraded', null])
  })

  it('does not trust the plain cookie of another instance', async () => {
    const { clerk, identity, loadOver } = openPage()
    const session = identity.signIn()
    const foreign = identity
      .token(session)
      .split('.')
      .with(1, btoa(JSON.stringify({ iss: 'http://other', sub: 'u', sid: 's', iat: 1, exp: 9e9 })))
    document.cookie = `__session=${foreign.join('.')}; Path=/`
    identity.isOffline = true
    await loadOver(10_000)
    expect(clerk.session).toBeNull()
  })

  it.each([500, 503])('treats an answer of %i like no answer', async (status) => {
    const { clerk, identity, clock } = openPage()
    identity.failsWith = status
    document.cookie = '__clerk_db_jwt=dvb_1; Path=/'
    await clerk.load()
    expect(clerk.status).toBe('degraded')
    identity.failsWith = undefined
    await clock.advance(5_000)
    expect(clerk.status).toBe('ready')
  })

  it('does not leave the page hanging when the server never answers', async () => {
    const { clerk, identity, clock, loadOver } = openPage()
    document.cookie = '__clerk_db_jwt=dvb_1; Path=/'
    const release = identity.hold('GET /client')
    await loadOver(7_000)
    expect([clerk.loaded, clerk.status]).toEqual([true, 'degraded'])
    identity.hold('nothing')
    await clock.advance(3_000)
    expect(clerk.status).toBe('ready')
    release()
    await settle()
    expect([clerk.status, identity.count('GET /client')]).toEqual(['ready', 2])
  })
})

describe('sign-in', () => {
  it('walks from identifier to session, and hooks see it only after setActive', async () => {
    const { clerk, identity } = openPage()
    await clerk.load()
    const before = clerk.client?.signIn
    const attempt = await before?.create({ identifier: 'ada@example.com' })
    expect(attempt).toBe(before)
    expect(attempt?.status).toBe('needs_first_factor')
    expect(clerk.client?.signIn).not.toBe(before)
    expect(attempt?.supportedFirstFactors?.[1]).toEqual({
      strategy: 'email_code',
      emailAddressId: 'idn_1',
      safeIdentifier: 'ada@example.com',
    })

    const done = await attempt?.attemptFirstFactor({ strategy: 'password', password: 'right' })
    expect(done?.status).toBe('complete')
    expect(clerk.session).toBeNull()

    await clerk.setActive({ session: done?.createdSessionId })
    expect(clerk.session?.id).toBe(done?.createdSessionId)
    expect(cookie('__session')).toBe(clerk.session?.lastActiveToken?.jwt)
    expect(identity.requests.at(-1)?.body.toString()).toBe(
      'active_organization_id=&intent=select_session',
    )
  })

  it('reports what the server objects to, in camelCase', async () => {
    const { clerk } = openPage()
    await clerk.load()
    const signIn = await clerk.client?.signIn.create({ identifier: 'ada@example.com' })
    const wrong = signIn?.attemptFirstFactor({ strategy: 'password', password: 'wrong' })
    await expect(wrong).rejects.toMatchObject({
      name: 'ClerkAPIResponseError',
      status: 422,
      errors: [
        {
          code: 'form_password_incorrect',
          message: 'form_password_incorrect',
          longMessage: 'form_password_incorrect.',
          meta: { paramName: 'password' },
        },
      ],
    })
  })

  it('has nothing to attempt before create', async () => {
    const { clerk } = openPage()
    await clerk.load()
    const attempt = clerk.client?.signIn.attemptFirstFactor({ strategy: 'password' })
    await expect(attempt).rejects.toMatchObject({ code: 'no_attempt' })
  })

  it('signs up with the object that a component held on to', async () => {
    const { clerk, identity } = openPage()
    await clerk.load()
    const signUp = clerk.client?.signUp
    await signUp?.create({ emailAddress: 'ada@example.com', unsafeMetadata: { someKey: 1 } })
    expect(identity.requests.at(-1)?.body.get('unsafe_metadata')).toBe('{"someKey":1}')
    await signUp?.prepareEmailAddressVerification()
    expect(identity.requests.at(-1)?.body.get('strategy')).toBe('email_code')
    const done = await signUp?.attemptEmailAddressVerification({ code: '424242' })
    expect(done?.status).toBe('complete')
    await clerk.setActive({ session: done?.createdSessionId })
    expect(clerk.isSignedIn).toBe(true)
  })
})

describe('setActive', () => {
  it('writes cookies, runs beforeEmit, navigates and only then tells hooks', async () => {
    const { clerk, identity } = openPage()
    const order: string[] = []
    await clerk.load({
      routerPush: (to) => order.push(`push ${to} ${cookie('__session') ? 'with' : 'without'}`),
      onBeforeSetActive: () => void order.push('before'),
      onAfterSetActive: () => void order.push('after'),
    })
    clerk.subscribe(() => order.push(`emit ${clerk.isSignedIn}`))
    const session = identity.signIn()
    await clerk.client?.signIn.create({ identifier: 'x' })
    order.length = 0

    await clerk.setActive({
      session: session.id,
      redirectUrl: '/dashboard?x=1',
      beforeEmit: () => void order.push(`beforeEmit ${clerk.isSignedIn}`),
    })
    expect(order).toEqual([
      'beforeEmit false',
      'before',
      'push /dashboard?x=1 with',
      'emit true',
      'after',
    ])
  })

  it('refuses a session that is not of this browser', async () => {
    const { clerk } = openPage()
    await clerk.load()
    const active = clerk.setActive({ session: 'sess_foreign' })
    await expect(active).rejects.toThrow(ClerkRuntimeError)
    expect(clerk.session).toBeNull()
  })

  it('switches the organization and the token with it', async () => {
    const { clerk, identity } = openPage()
    identity.signIn()
    await clerk.load()
    await clerk.setActive({ organization: 'org_1' })
    expect(clerk.session?.lastActiveOrganizationId).toBe('org_1')
    expect(clerk.getSnapshot().sessionClaims).toMatchObject({ org_id: 'org_1' })
    expect(cookie('clerk_active_context')).toBe(`${clerk.session?.id}:org_1`)
    await clerk.setActive({ organization: null })
    expect(clerk.session?.lastActiveOrganizationId).toBeNull()
  })

  it('leaves everything as it is when the server does not agree', async () => {
    const { clerk, identity } = openPage()
    identity.signIn()
    await clerk.load()
    const before = clerk.getSnapshot()
    identity.failsWith = 500
    await expect(clerk.setActive({ organization: 'org_1' })).rejects.toThrow(ClerkAPIResponseError)
    expect(clerk.getSnapshot()).toBe(before)
  })
})

describe('signOut', () => {
  it('tells the server, removes the cookies, goes home and then tells hooks', async () => {
    const { clerk, identity } = openPage()
    identity.signIn()
    const order: string[] = []
    await clerk.load({ routerPush: (to) => order.push(`push ${to} ${cookie('__session')}`) })
    clerk.subscribe(() => order.push(`emit ${clerk.isSignedIn}`))
    await clerk.signOut()
    expect(order).toEqual(['push / undefined', 'emit false'])
    expect(identity.calls().at(-1)).toBe('DELETE /client/sessions')
    expect(cookie('__client_uat')).toBe('0')
    expect(cookie('clerk_active_context')).toBeUndefined()
    expect(clerk.client?.id).toBe('client_1')
  })

  it.each([
    ['an address', { redirectUrl: '/bye' }, '/bye'],
    ['the setting of the page', undefined, '/signed-out'],
  ])('goes to %s', async (_, options, expected) => {
    const { clerk, identity, left } = openPage()
    identity.signIn()
    await clerk.load({ afterSignOutUrl: '/signed-out' })
    await clerk.signOut(options)
    expect(left).toEqual([`http://localhost:3000${expected}`])
  })

  it('runs a callback in place of going somewhere', async () => {
    const { clerk, identity, left } = openPage()
    identity.signIn()
    await clerk.load()
    const callback = vi.fn<() => void>()
    await clerk.signOut(callback)
    expect(callback).toHaveBeenCalledOnce()
    expect(left).toEqual([])
  })

  it('leaves the user signed in when the server cannot be told', async () => {
    const { clerk, identity } = openPage()
    identity.signIn()
    await clerk.load()
    identity.isOffline = true
    await expect(clerk.signOut()).rejects.toMatchObject({ code: 'network_error' })
    expect(clerk.isSignedIn).toBe(true)
    expect(cookie('__session')).toBeDefined()
  })

  it('sends nothing when nobody is signed in', async () => {
    const { clerk, identity } = openPage()
    await clerk.load()
    const count = identity.requests.length
    await clerk.signOut()
    expect(identity.requests).toHaveLength(count)
  })

  it('ends one session of several and stays with the other', async () => {
    const { clerk, identity } = openPage()
    const other = identity.signIn('user_2')
    const mine = identity.signIn('user_1')
    await clerk.load()
    await clerk.signOut({ sessionId: other.id })
    expect(identity.calls().at(-1)).toBe(`POST /client/sessions/${other.id}/remove`)
    expect(clerk.session?.id).toBe(mine.id)
  })
})

describe('what is observed', () => {
  it('is the same object until something changes', async () => {
    const { clerk, identity } = openPage()
    identity.signIn()
    await clerk.load()
    const before = clerk.getSnapshot()
    const listener = vi.fn<() => void>()
    clerk.subscribe(listener)
    await clerk.client?.signUp.create({ emailAddress: 'x@example.com' })
    const after = clerk.getSnapshot()
    expect(after).not.toBe(before)
    expect(after.user).toBe(before.user)
    expect(after.session).toBe(before.session)
    expect(listener).toHaveBeenCalled()
    listener.mockClear()
    window.dispatchEvent(new Event('focus'))
    await settle()
    expect(clerk.getSnapshot().user).toBe(before.user)
  })

  it('reaches listeners at once when loaded, and until they stop', async () => {
    const { clerk, identity } = openPage()
    identity.signIn()
    const early = vi.fn<(resources: Resources) => void>()
    clerk.addListener(early)
    expect(early).not.toHaveBeenCalled()
    await clerk.load()
    expect(early).toHaveBeenCalledWith(expect.objectContaining({ user: clerk.user }))
    const late = vi.fn<() => void>()
    clerk.addListener(late)()
    const silent = vi.fn<(resources: Resources) => void>()
    clerk.addListener(silent, { skipInitialEmit: true })
    expect([late.mock.calls.length, silent.mock.calls.length]).toEqual([1, 0])
    await clerk.signOut(() => undefined)
    expect(late).toHaveBeenCalledOnce()
    expect(silent).toHaveBeenCalledWith(expect.objectContaining({ user: null }))
  })
})
