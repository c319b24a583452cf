import { notFound, redirect } from 'next/navigation'
import { NextResponse, type NextMiddleware } from 'next/server'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  answerBackendApi,
  DOCUMENT,
  ORIGIN,
  PROGRAM,
  renderedWith,
  request,
  run,
  sessionToken,
  signedIn,
  startApp,
  stopApp,
} from './app.test-server.ts'
import { clerkClient, clerkMiddleware, createRouteMatcher, redirectToSignIn } from './index.ts'

beforeEach(() => startApp())
afterEach(stopApp)

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
    const middleware = clerkMiddleware(
      async (_auth, to) => {
        await clerkClient.users.getUser('user_1')
        return NextResponse.json(to.nextUrl.searchParams.get('tenant'))
      },
      (to) => ({ secretKey: `sk_live_${to.nextUrl.searchParams.get('tenant')}` }),
    )
    const calls = answerBackendApi()
    await Promise.all(
      ['one', 'two'].map((tenant) => run(middleware, request(`/?tenant=${tenant}`))),
    )
    expect(calls.map(({ key }) => key).toSorted()).toEqual([
      'Bearer sk_live_one',
      'Bearer sk_live_two',
    ])
  })

  it('refuses to send a secret key without CLERK_ENCRYPTION_KEY', async () => {
    const middleware = clerkMiddleware({ secretKey: 'sk_live_other' })
    await expect(run(middleware, request('/'))).rejects.toThrow('CLERK_ENCRYPTION_KEY')
  })

  it.each([
    ['an option', clerkMiddleware({ debug: true })],
    [
      'an option of the request',
      clerkMiddleware(
        () => undefined,
        () => ({ debug: true }),
      ),
    ],
  ])('prints who is asking when %s says so, and nothing secret', async (_, middleware) => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {})
    const authorization = `Bearer ${await sessionToken()}`
    await run(clerkMiddleware(), request('/page', { authorization }))
    expect(log).not.toHaveBeenCalled()
    await run(middleware, request('/page', { authorization }))
    const printed = JSON.stringify(log.mock.calls)
    expect(printed).toContain('user_1')
    expect(printed).not.toContain(authorization.slice(7, 40))
    expect(printed).not.toContain('sk_live_secret')
  })
})
