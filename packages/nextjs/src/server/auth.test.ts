import { createAuthenticator, sealRequestState } from '@core/backend/internal'
import type { NextRequest } from 'next/server'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  digestOf,
  DOCUMENT,
  jwtKey,
  ORIGIN,
  PROGRAM,
  renderThrough,
  renderWith,
  request,
  run,
  running,
  sessionToken,
  signedIn,
  startApp,
  stopApp,
} from './app.test-server.ts'
import { CONTEXT } from './environment.ts'
import { auth, clerkMiddleware, currentUser } from './index.ts'

vi.mock('next/headers', async () => (await import('./app.test-server.ts')).nextHeaders())

beforeEach(() => startApp())
afterEach(stopApp)

const render = (to: NextRequest, middleware = clerkMiddleware()) => renderThrough(middleware, to)

describe('auth', () => {
  it('tells the server what the middleware has found out', async () => {
    await render(request('/', await signedIn({ org_id: 'org_1', org_role: 'org:admin' })))
    expect(await auth()).toMatchObject({
      userId: 'user_1',
      sessionId: 'sess_1',
      orgId: 'org_1',
      orgRole: 'org:admin',
    })
    await render(request('/'))
    expect(await auth()).toMatchObject({ userId: null, sessionId: null, orgId: null })
  })

  it('returns the session token that the middleware has verified', async () => {
    const token = await sessionToken()
    await render(request('/', { authorization: `Bearer ${token}` }))
    expect(await (await auth()).getToken()).toBe(token)
  })

  it('names the file to add when the middleware has not run', async () => {
    await expect(auth()).rejects.toThrow(TypeError)
    await expect(auth()).rejects.toThrow(/auth\(\).*`proxy\.ts`.*`middleware\.ts`.*`src\/`/)
    await expect(auth.protect()).rejects.toThrow(/auth\.protect\(\)/)
    await expect(currentUser()).rejects.toThrow(/currentUser\(\)/)
  })

  it.each([
    ['nothing sealed', 'forged'],
    ['a token', 'eyJhbGciOiJSUzI1NiJ9.e30.AA'],
  ])('does not trust %s in the place of the state', async (_, value) => {
    renderWith(new Headers({ 'x-clerk-request-data': value }))
    await expect(auth()).rejects.toMatchObject({ code: 'envelope-invalid' })
  })

  it('does not trust a state that another app has sealed', async () => {
    const env = { ...process.env, CLERK_ENCRYPTION_KEY: 'cd'.repeat(32) }
    const other = createAuthenticator(undefined, { ...CONTEXT, env })
    const outcome = await other.handle(request('/', await signedIn()))
    if (outcome.type === 'respond') throw new Error('The request was answered')
    const sealed = await sealRequestState(outcome, 'api', other, Date.now())
    renderWith(new Headers({ 'x-clerk-request-data': sealed }))
    await expect(auth()).rejects.toMatchObject({ code: 'envelope-invalid' })
  })

  it('counts a pending session as signed out, unless it is told otherwise', async () => {
    await render(request('/', await signedIn({ v: 2, sts: 'pending' })))
    expect((await auth()).userId).toBeNull()
    expect((await auth({ treatPendingAsSignedOut: false })).userId).toBe('user_1')
  })

  it('redirects to sign in and up with the options of the middleware', async () => {
    await render(request('/page'), clerkMiddleware({ signInUrl: '/in', signUpUrl: '/up' }))
    const { redirectToSignIn: toSignIn, redirectToSignUp: toSignUp } = await auth()
    expect(await digestOf(Promise.resolve().then(() => toSignIn()))).toContain(`${ORIGIN}/in?`)
    expect(await digestOf(Promise.resolve().then(() => toSignUp()))).toContain(`${ORIGIN}/up?`)
  })
})

describe('auth.protect', () => {
  const REDIRECT = /^NEXT_REDIRECT;\w+;https:\/\/accounts\.app\.test\/sign-in\?/
  const NOT_FOUND = /^NEXT_HTTP_ERROR_FALLBACK;404$/

  // oxfmt-ignore
  it.each([
    { page: '/page/page',   headers: DOCUMENT, digest: REDIRECT },
    // The router of Next.js fetches pages in pieces, with headers that tell nothing.
    { page: '/page/page',   headers: { accept: '*/*', 'sec-fetch-dest': 'empty' }, digest: REDIRECT },
    { page: '/page/page',   headers: { 'next-action': 'abc' }, method: 'POST', digest: NOT_FOUND },
    { page: '/api/x/route', headers: DOCUMENT, digest: REDIRECT },
    { page: '/api/x/route', headers: PROGRAM, digest: NOT_FOUND },
    { page: '/api/x/route', headers: PROGRAM, method: 'POST', digest: NOT_FOUND },
    { page: '/api/x/route', headers: DOCUMENT, method: 'POST', digest: NOT_FOUND },
    { page: undefined,      headers: DOCUMENT, digest: REDIRECT },
    { page: undefined,      headers: PROGRAM, digest: NOT_FOUND },
  ])('stops signed-out visitors: %o', async ({ page, headers, method = 'GET', digest }) => {
    running(page)
    await render(request('/x', headers, { method }))
    expect(await digestOf(auth.protect())).toMatch(digest)
  })

  it('lets those pass who meet the condition, and answers 404 to others', async () => {
    const claims = { org_id: 'org_1', org_role: 'org:member', org_permissions: ['org:a:read'] }
    await render(request('/', { ...DOCUMENT, ...(await signedIn(claims)) }))
    expect((await auth.protect()).userId).toBe('user_1')
    expect((await auth.protect({ role: 'org:member' })).orgId).toBe('org_1')
    expect((await auth.protect((has) => has({ permission: 'org:a:read' }))).orgId).toBe('org_1')
    expect(await digestOf(auth.protect({ role: 'org:admin' }))).toMatch(NOT_FOUND)
    expect(
      await digestOf(auth.protect({ role: 'org:admin' }, { unauthorizedUrl: '/no' })),
    ).toContain(';/no;')
    expect(await digestOf(auth.protect({ role: 'org:admin', unauthorizedUrl: '/no' }))).toContain(
      ';/no;',
    )
  })

  it('has a page loaded in full whose visitor may be signed in after all', async () => {
    running('/page/page')
    const fetched = { accept: '*/*', 'sec-fetch-dest': 'empty', cookie: '__client_uat=1' }
    await render(request('/page?a=b', fetched))
    const [, , path = ''] = (await digestOf(auth.protect())).split(';')
    expect(path).toBe('/page?a=b&__clerk_hand_back=load')
    const { redirectToSignIn: toSignIn } = await auth()
    expect(await digestOf(Promise.resolve().then(() => toSignIn()))).toContain(`;${path};`)

    const toRouter = await run(clerkMiddleware(), request(path, fetched))
    expect([toRouter.status, await toRouter.text()]).toEqual([404, ''])
    const toLoad = await run(clerkMiddleware(), request(path, DOCUMENT))
    expect([toLoad.status, toLoad.headers.get('location')]).toEqual([307, `${ORIGIN}/page?a=b`])
  })

  it('sends to an address that answers 503 while nobody can find out who is asking', async () => {
    vi.stubEnv('CLERK_JWT_KEY', '')
    const middleware = clerkMiddleware(
      () => undefined,
      () => ({ apiUrl: 'http://127.0.0.1:1' }),
    )
    const headers = { ...DOCUMENT, ...(await signedIn()) }
    await render(request('/page?a=b', headers), middleware)
    const [, , path = ''] = (await digestOf(auth.protect())).split(';')
    expect(path).toBe('/page?a=b&__clerk_hand_back=unavailable')

    const down = await run(middleware, request(path, headers))
    expect(down.status).toBe(503)
    expect(down.headers.get('retry-after')).toBe('5')

    vi.stubEnv('CLERK_JWT_KEY', jwtKey)
    const up = await run(clerkMiddleware(), request(path, headers))
    expect([up.status, up.headers.get('location')]).toEqual([307, `${ORIGIN}/page?a=b`])
  })
})
