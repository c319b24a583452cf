import { createPublishableKey } from '@core/protocol'
import { exportSPKI, generateKeyPair, SignJWT } from 'jose'
import { notFound, redirect } from 'next/navigation'
import { NextRequest, NextResponse, type NextFetchEvent, type NextMiddleware } from 'next/server'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  auth,
  clerkClient,
  clerkMiddleware,
  createRouteMatcher,
  currentUser,
  redirectToSignIn,
} from './index.ts'

// The one thing that only a running Next.js has: the headers of the request that is being rendered.
const current = vi.hoisted(() => ({ headers: new Headers() }))
vi.mock('next/headers', () => ({ headers: () => Promise.resolve(current.headers) }))

const publishableKey = createPublishableKey('production', 'clerk.app.test')
const keys = await generateKeyPair('RS256', { extractable: true })
const jwtKey = await exportSPKI(keys.publicKey)
const event = {} as NextFetchEvent
const ORIGIN = 'https://app.test'

function sessionToken(claims: Record<string, unknown> = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  return new SignJWT({ sid: 'sess_1', ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: 'ins_1', typ: 'JWT' })
    .setIssuer('https://clerk.app.test')
    .setSubject('user_1')
    .setIssuedAt(now)
    .setNotBefore(now - 10)
    .setExpirationTime(now + 60)
    .sign(keys.privateKey)
}

const DOCUMENT = { 'sec-fetch-dest': 'document', accept: 'text/html' }
const PROGRAM = { accept: 'application/json' }

async function signedIn(claims?: Record<string, unknown>): Promise<Record<string, string>> {
  return { authorization: `Bearer ${await sessionToken(claims)}` }
}

function request(
  path: string,
  headers: Record<string, string> = {},
  init: { method?: string } = {},
): NextRequest {
  return new NextRequest(new URL(path, ORIGIN), {
    headers: { host: 'app.test', ...headers },
    ...init,
  })
}

async function run(middleware: NextMiddleware, to: NextRequest): Promise<Response> {
  const response = await middleware(to, event)
  if (!response) throw new Error('The middleware gave no response')
  return response
}

/** Headers with which Next.js renders the request after the middleware. */
function renderedWith(response: Response): Headers {
  const names = response.headers.get('x-middleware-override-headers')?.split(',') ?? []
  return new Headers(
    names.map((name): [string, string] => [
      name,
      response.headers.get(`x-middleware-request-${name}`) ?? '',
    ]),
  )
}

/** Runs the default middleware, and from then on the helpers of the server for this request. */
async function render(to: NextRequest, middleware = clerkMiddleware()): Promise<void> {
  current.headers = renderedWith(await run(middleware, to))
}

/** What control flow of Next.js was thrown: its digest. */
async function digestOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (error) {
    return String((error as { digest?: unknown }).digest)
  }
  return 'nothing was thrown'
}

/** Next.js tells in this store what it is running. */
function running(page: string | undefined): void {
  const store = { getStore: () => ({ page }) }
  vi.stubGlobal(
    'fetch',
    Object.assign(() => {}, { __nextGetStaticStore: () => store }),
  )
}
/** Answers every call of the Backend API and keeps the keys they were made with. */
function collectKeys(): string[] {
  const seen: string[] = []
  vi.stubGlobal('fetch', (_url: string, init: RequestInit) => {
    seen.push(new Headers(init.headers).get('authorization') ?? '')
    return Promise.resolve(Response.json({ object: 'user', id: 'user_1' }))
  })
  return seen
}

beforeEach(() => {
  vi.stubEnv('NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY', publishableKey)
  vi.stubEnv('CLERK_JWT_KEY', jwtKey)
  vi.stubEnv('CLERK_SECRET_KEY', 'sk_live_secret')
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.unstubAllGlobals()
  current.headers = new Headers()
})

describe('clerkMiddleware', () => {
  it('protects nothing by itself, and goes on with the state', async () => {
    const response = await run(clerkMiddleware(), request('/'))
    expect(response.headers.get('x-middleware-next')).toBe('1')
    expect(renderedWith(response).get('x-clerk-request-data')).toMatch(/^ey/)
  })

  it('is a middleware itself', async () => {
    const response = await run(clerkMiddleware as NextMiddleware, request('/'))
    expect(renderedWith(response).has('x-clerk-request-data')).toBe(true)
  })

  it('sends a browser whose session token is missing through the identity server', async () => {
    const to = request('/page?a=b', { ...DOCUMENT, cookie: '__client_uat=1' })
    const response = await run(clerkMiddleware(), to)
    expect(response.status).toBe(307)
    const location = new URL(response.headers.get('location') ?? '')
    expect(location.host).toBe('clerk.app.test')
    expect(location.searchParams.get('redirect_url')).toBe(`${ORIGIN}/page?a=b`)
  })

  it('says private, no-store for whoever is signed in, whatever the handler says', async () => {
    const middleware = clerkMiddleware(() =>
      NextResponse.next({ headers: { 'cache-control': 'public, max-age=60' } }),
    )
    const response = await run(middleware, request('/', await signedIn()))
    expect(response.headers.get('cache-control')).toBe('private, no-store')
  })

  it('hides from the server what a client sends in place of the state', async () => {
    const response = await run(
      clerkMiddleware(),
      request('/', { 'x-clerk-request-data': 'forged', 'x-clerk-auth-status': 'signed-in' }),
    )
    const headers = renderedWith(response)
    expect(headers.get('x-clerk-request-data')).not.toBe('forged')
    expect(headers.has('x-clerk-auth-status')).toBe(false)
  })

  it('never shows the session token outside of the envelope', async () => {
    const token = await sessionToken()
    const authorization = `Bearer ${token}`
    const response = await run(clerkMiddleware(), request('/', { authorization }))
    response.headers.delete('x-middleware-request-authorization')
    expect([...response.headers].join()).not.toContain(token)
  })

  describe('with what the handler returns', () => {
    it.each([undefined, null])('goes on for %s', async (result) => {
      const response = await run(
        clerkMiddleware(() => result),
        request('/'),
      )
      expect(renderedWith(response).has('x-clerk-request-data')).toBe(true)
    })

    it('keeps headers, cookies, rewrite and overridden request headers', async () => {
      const middleware = clerkMiddleware((_auth, to) => {
        const headers = new Headers(to.headers)
        headers.set('x-locale', 'de')
        const response = NextResponse.rewrite(new URL('/de/page', to.url), { request: { headers } })
        response.headers.set('x-own', 'kept')
        response.cookies.set('a', '1')
        response.cookies.set('b', '2')
        return response
      })
      const response = await run(middleware, request('/page'))
      expect(response.headers.get('x-middleware-rewrite')).toBe(`${ORIGIN}/de/page`)
      expect(response.headers.get('x-own')).toBe('kept')
      expect(response.headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2; Path=/'])
      const rendered = renderedWith(response)
      expect(rendered.get('x-locale')).toBe('de')
      expect(rendered.get('x-clerk-request-data')).toMatch(/^ey/)
    })

    it('passes answers and redirects on, without the state', async () => {
      const json = await run(
        clerkMiddleware(() => Response.json({ own: true }, { status: 418 })),
        request('/', await signedIn()),
      )
      expect(json.status).toBe(418)
      expect(await json.json()).toEqual({ own: true })
      expect(json.headers.get('cache-control')).toBe('private, no-store')
      expect(json.headers.has('x-middleware-override-headers')).toBe(false)

      const moved = await run(
        clerkMiddleware(() => Response.redirect('https://other.test/', 308)),
        request('/', await signedIn()),
      )
      expect([moved.status, moved.headers.get('location')]).toEqual([308, 'https://other.test/'])
      expect([...moved.headers.keys()].filter((name) => name.startsWith('x-middleware'))).toEqual(
        [],
      )
    })

    it('gives no state to another origin', async () => {
      const middleware = clerkMiddleware(() => NextResponse.rewrite('https://other.test/'))
      const response = await run(middleware, request('/', await signedIn()))
      expect([...response.headers].join()).not.toContain('x-clerk-request-data')
    })
  })

  describe('with what the handler throws', () => {
    it.each([
      ['/sign-in?a=b', `${ORIGIN}/sign-in?a=b`],
      ['https://other.test/', 'https://other.test/'],
    ])('redirects to %s, as redirect() asks', async (to, location) => {
      const response = await run(
        clerkMiddleware(() => redirect(to)),
        request('/page'),
      )
      expect([response.status, response.headers.get('location')]).toEqual([307, location])
    })

    it('shows the not-found page to documents and nothing to programs', async () => {
      const middleware = clerkMiddleware(() => notFound())
      const page = await run(middleware, request('/page', DOCUMENT))
      expect(page.headers.get('x-middleware-rewrite')).toBe(`${ORIGIN}/_not-found`)
      const answer = await run(middleware, request('/page', PROGRAM))
      expect([answer.status, await answer.text()]).toEqual([404, ''])
    })

    it('answers 400 to a path with two readings where a matcher is asked', async () => {
      const isProtected = createRouteMatcher(['/admin(.*)'])
      const middleware = clerkMiddleware(async (auth, to) => {
        if (isProtected(to)) await auth.protect()
      })
      for (const path of ['/%61dmin', '/x/%2e%2e%2fadmin', '/admin%2Fusers', '/%zz']) {
        expect((await run(middleware, request(path))).status).toBe(400)
      }
    })

    it('leaves every other error to Next.js', async () => {
      const middleware = clerkMiddleware(() => {
        throw new RangeError('own')
      })
      await expect(run(middleware, request('/'))).rejects.toThrow(RangeError)
    })
  })

  describe('auth in the handler', () => {
    const protecting = clerkMiddleware(async (auth) => {
      await auth.protect()
      return NextResponse.json({ reached: true })
    })

    it('lets signed-in visitors pass', async () => {
      expect(await (await run(protecting, request('/', await signedIn()))).json()).toEqual({
        reached: true,
      })
    })

    it('redirects signed-out documents to sign in, and back', async () => {
      const response = await run(protecting, request('/page?a=b', DOCUMENT))
      expect(response.status).toBe(307)
      const location = new URL(response.headers.get('location') ?? '')
      expect(location.origin + location.pathname).toBe('https://accounts.app.test/sign-in')
      expect(location.searchParams.get('redirect_url')).toBe(`${ORIGIN}/page?a=b`)
    })

    it.each([
      ['GET', PROGRAM],
      ['POST', PROGRAM],
      ['POST', DOCUMENT],
      ['GET', { accept: '*/*', 'sec-fetch-dest': 'empty' }],
      ['POST', { 'next-action': 'abc', accept: 'text/x-component' }],
    ])('answers 404 to a signed-out %s %o', async (method, headers) => {
      const response = await run(protecting, request('/page', headers, { method }))
      expect(response.status).toBe(404)
    })

    it('answers 503 while nobody can find out who is asking', async () => {
      vi.stubEnv('CLERK_JWT_KEY', '')
      const middleware = clerkMiddleware(
        async (auth) => {
          await auth.protect()
        },
        () => ({ apiUrl: 'http://127.0.0.1:1' }),
      )
      const response = await run(middleware, request('/', { ...DOCUMENT, ...(await signedIn()) }))
      expect(response.status).toBe(503)
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
    })

    it('tells who is asking', async () => {
      const middleware = clerkMiddleware(async (auth) => {
        const { userId, has } = await auth()
        return NextResponse.json({ userId, isAdmin: has({ role: 'org:admin' }) })
      })
      const claims = { org_id: 'org_1', org_role: 'org:admin', org_permissions: [] }
      const response = await run(middleware, request('/', await signedIn(claims)))
      expect(await response.json()).toEqual({ userId: 'user_1', isAdmin: true })
    })

    it('redirects to sign in by its own helper and by the deprecated one', async () => {
      for (const middleware of [
        clerkMiddleware(async (auth) => {
          const { redirectToSignIn: toSignIn } = await auth()
          return toSignIn({ returnBackUrl: '/after' })
        }),
        clerkMiddleware(() => redirectToSignIn({ returnBackUrl: '/after' })),
      ]) {
        const response = await run(middleware, request('/page'))
        const location = new URL(response.headers.get('location') ?? '')
        expect(location.searchParams.get('redirect_url')).toBe(`${ORIGIN}/after`)
      }
    })
  })

  it('chooses options for each request, and never mixes those of two', async () => {
    vi.stubEnv('CLERK_ENCRYPTION_KEY', 'ab'.repeat(32))
    const middleware = clerkMiddleware(
      async (_auth, to) => {
        await clerkClient.users.getUser('user_1')
        return NextResponse.json(to.nextUrl.searchParams.get('tenant'))
      },
      (to) => ({ secretKey: `sk_live_${to.nextUrl.searchParams.get('tenant')}` }),
    )
    const seen = collectKeys()
    await Promise.all(
      ['one', 'two'].map((tenant) => run(middleware, request(`/?tenant=${tenant}`))),
    )
    expect(seen.toSorted()).toEqual(['Bearer sk_live_one', 'Bearer sk_live_two'])
  })

  it('refuses to send a secret key without CLERK_ENCRYPTION_KEY', async () => {
    const middleware = clerkMiddleware({ secretKey: 'sk_live_other' })
    await expect(run(middleware, request('/'))).rejects.toThrow('CLERK_ENCRYPTION_KEY')
  })

  it('prints who is asking when it is told to, and nothing secret', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {})
    const authorization = `Bearer ${await sessionToken()}`
    await run(clerkMiddleware(), request('/page', { authorization }))
    expect(log).not.toHaveBeenCalled()
    await run(clerkMiddleware({ debug: true }), request('/page', { authorization }))
    const printed = JSON.stringify(log.mock.calls)
    expect(printed).toContain('user_1')
    expect(printed).not.toContain(authorization.slice(7, 40))
    expect(printed).not.toContain('sk_live_secret')
  })
})

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
    current.headers = new Headers({ 'x-clerk-request-data': value })
    await expect(auth()).rejects.toMatchObject({ code: 'envelope-invalid' })
  })

  it('does not trust a state that another app has sealed', async () => {
    vi.stubEnv('CLERK_ENCRYPTION_KEY', 'cd'.repeat(32))
    vi.resetModules()
    const other = await import('./index.ts')
    await render(request('/', await signedIn()), other.clerkMiddleware())
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
    vi.resetModules()
    const { clerkMiddleware: fresh } = await import('./index.ts')
    const up = await run(fresh(), request(path, headers))
    expect([up.status, up.headers.get('location')]).toEqual([307, `${ORIGIN}/page?a=b`])
  })
})

describe('currentUser', () => {
  it('asks the Backend API once for each request', async () => {
    const asked: string[] = []
    vi.stubGlobal('fetch', (url: string) => {
      asked.push(url)
      return Promise.resolve(Response.json({ object: 'user', id: 'user_1', first_name: 'Ada' }))
    })
    await render(request('/', await signedIn()))
    const [one, two] = await Promise.all([currentUser(), currentUser()])
    expect(one?.firstName).toBe('Ada')
    expect(two).toBe(one)
    expect(asked).toEqual(['https://clerk.app.test/v1/users/user_1'])

    await render(request('/', await signedIn()))
    await currentUser()
    expect(asked).toHaveLength(2)
  })

  it('is null when signed out, without a request', async () => {
    const fetch = vi.fn<typeof globalThis.fetch>()
    vi.stubGlobal('fetch', fetch)
    await render(request('/'))
    expect(await currentUser()).toBeNull()
    expect(fetch).not.toHaveBeenCalled()
  })
})

describe('clerkClient', () => {
  type Server = typeof import('./index.ts')

  it.each([
    ['awaited', async (server: Server) => (await server.clerkClient()).users.getUser('user_1')],
    ['called', (server: Server) => server.clerkClient().users.getUser('user_1')],
    ['as it is', (server: Server) => server.clerkClient.users.getUser('user_1')],
  ])('works %s, with the keys that the middleware has chosen', async (_, call) => {
    vi.stubEnv('CLERK_ENCRYPTION_KEY', 'ab'.repeat(32))
    vi.resetModules()
    const server = await import('./index.ts')
    await render(request('/'), server.clerkMiddleware({ secretKey: 'sk_live_tenant' }))
    expect([...current.headers].join()).not.toContain('sk_live_tenant')

    const seen = collectKeys()
    await call(server)
    expect(seen).toEqual(['Bearer sk_live_tenant'])
  })

  it('has the keys of the environment where no request is answered', async () => {
    const seen = collectKeys()
    await clerkClient.users.getUser('user_1')
    expect(seen).toEqual(['Bearer sk_live_secret'])
  })
})
