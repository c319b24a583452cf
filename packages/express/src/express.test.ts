import { once } from 'node:events'
import type { Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { createPublishableKey } from '@core/protocol'
import express5, { type ErrorRequestHandler, type Express, type Request } from 'express'
// @ts-expect-error -- The types of Express 5 describe what is used here.
import express4 from 'express4'
import { exportSPKI, generateKeyPair, SignJWT } from 'jose'
import { afterEach, describe, expect, it } from 'vitest'
import {
  buildSignInUrl,
  buildSignUpUrl,
  clerkMiddleware,
  getAuth,
  requireAuth,
  type ClerkMiddlewareOptions,
} from './index.ts'

const publishableKey = createPublishableKey('production', 'clerk.app.test')
const keys = await generateKeyPair('RS256', { extractable: true })
const options: ClerkMiddlewareOptions = {
  publishableKey,
  jwtKey: await exportSPKI(keys.publicKey),
}

/** Issues a session token as the identity server does. */
function sessionToken(
  claims: Record<string, unknown> = {},
  key = keys.privateKey,
): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  return new SignJWT({ sid: 'sess_1', ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: 'ins_1', typ: 'JWT' })
    .setIssuer('https://clerk.app.test')
    .setSubject('user_1')
    .setIssuedAt(now)
    .setNotBefore(now - 10)
    .setExpirationTime(now + 60)
    .sign(key)
}

async function bearer(claims?: Record<string, unknown>): Promise<{ authorization: string }> {
  return { authorization: `Bearer ${await sessionToken(claims)}` }
}

let app: Express
let server: Server | undefined
afterEach(() => server?.close())

async function listen(app: Express): Promise<string> {
  server = app.listen(0)
  await once(server, 'listening')
  return `http://localhost:${(server.address() as AddressInfo).port}`
}

const showAuth = (req: Request) => {
  const { userId, sessionId, orgId, orgRole } = getAuth(req)
  return { userId, sessionId, orgId, orgRole }
}

function createProtected(express: () => Express, required = requireAuth(options)): Express {
  app = express()
  app.get('/dashboard', required, (req, res) => void res.json(showAuth(req)))
  return app
}

describe.each([
  ['Express 5', express5],
  ['Express 4', express4 as unknown as typeof express5],
])('%s', (_, express) => {
  function create(middleware = clerkMiddleware(options)): Express {
    app = express()
    app.set('env', 'test')
    app.use(middleware)
    app.get('/me', (req, res) => void res.json(showAuth(req)))
    return app
  }

  describe('clerkMiddleware', () => {
    it('finds out who is asking and protects nothing', async () => {
      const origin = await listen(create())
      const signedIn = await fetch(`${origin}/me`, { headers: await bearer() })
      expect(await signedIn.json()).toMatchObject({ userId: 'user_1', sessionId: 'sess_1' })
      expect(signedIn.headers.get('cache-control')).toBe('private, no-store')

      const signedOut = await fetch(`${origin}/me`)
      expect(signedOut.status).toBe(200)
      expect(await signedOut.json()).toMatchObject({ userId: null, sessionId: null })
    })

    it('reads the session cookie', async () => {
      const origin = await listen(create())
      const issuedAt = Math.floor(Date.now() / 1000) - 60
      const cookie = `__session=${await sessionToken()}; __client_uat=${issuedAt}`
      const response = await fetch(`${origin}/me`, { headers: { cookie } })
      expect(await response.json()).toMatchObject({ userId: 'user_1' })
    })

    it('sends a browser whose session token is missing through the identity server', async () => {
      const origin = await listen(create())
      const response = await fetch(`${origin}/me?a=b`, {
        redirect: 'manual',
        headers: { accept: 'text/html', cookie: '__client_uat=1' },
      })
      expect(response.status).toBe(307)
      const location = new URL(response.headers.get('location') ?? '')
      expect(location.origin + location.pathname).toBe('https://clerk.app.test/v1/client/handshake')
      expect(location.searchParams.get('redirect_url')).toBe(`${origin}/me?a=b`)
      expect(response.headers.get('cache-control')).toContain('no-store')
    })

    it('names the whole path to the identity server when it is mounted on a router', async () => {
      app = express()
      const router = express.Router()
      router.use(clerkMiddleware(options))
      router.get('/me', (req, res) => void res.json(showAuth(req)))
      app.use('/api', router)
      const origin = await listen(app)
      const response = await fetch(`${origin}/api/me`, {
        redirect: 'manual',
        headers: { accept: 'text/html', cookie: '__client_uat=1' },
      })
      const location = new URL(response.headers.get('location') ?? '')
      expect(location.searchParams.get('redirect_url')).toBe(`${origin}/api/me`)
    })

    it('keeps the cookies that were set before', async () => {
      app = express()
      app.use((_req, res, next) => {
        res.cookie('own', '1')
        next()
      })
      app.use(clerkMiddleware(options))
      const response = await fetch(await listen(app), {
        redirect: 'manual',
        headers: { accept: 'text/html', cookie: '__client_uat=1' },
      })
      expect(response.status).toBe(307)
      expect(response.headers.getSetCookie()).toContain('own=1; Path=/')
      expect(response.headers.getSetCookie().length).toBeGreaterThan(1)
    })

    it('authenticates once when it runs twice', async () => {
      let calls = 0
      const counted = clerkMiddleware(() => {
        calls += 1
        return options
      })
      create(counted).use(counted)
      app.get('/again', counted, (req, res) => void res.json(showAuth(req)))
      const response = await fetch(`${await listen(app)}/again`, { headers: await bearer() })
      expect(await response.json()).toMatchObject({ userId: 'user_1' })
      expect(calls).toBe(1)
    })

    it('chooses options for each request of Express', async () => {
      const origin = await listen(
        create(
          clerkMiddleware((req) => ({
            ...options,
            authorizedParties: [String(req.get('x-tenant'))],
          })),
        ),
      )
      const ask = async (tenant: string) => {
        const authorization = (await bearer({ azp: 'https://one.test' })).authorization
        const response = await fetch(`${origin}/me`, {
          headers: { authorization, 'x-tenant': tenant },
        })
        return response.json()
      }
      const [one, two] = await Promise.all([ask('https://one.test'), ask('https://two.test')])
      expect(one).toMatchObject({ userId: 'user_1' })
      expect(two).toMatchObject({ userId: null })
    })

    it('leaves the body to the application', async () => {
      create()
      app.post('/echo', express.text(), (req, res) => void res.send(req.body))
      const response = await fetch(`${await listen(app)}/echo`, { method: 'POST', body: 'hello' })
      expect(await response.text()).toBe('hello')
    })

    it('refuses to start with bad options, and names all of them', () => {
      const bad = { publishableKey: 'pk_test_nonsense', jwtKey: 'no key' }
      const message = expect.stringMatching(/CLERK_PUBLISHABLE_KEY[^]*CLERK_JWT_KEY/)
      expect(() => clerkMiddleware(bad)).toThrow(
        expect.objectContaining({ code: 'options-invalid', message }),
      )
    })

    it('reports bad options that a function chose to the error handler', async () => {
      const failures: unknown[] = []
      create(
        clerkMiddleware(() => ({ publishableKey: 'pk_test_nonsense', jwtKey: options.jwtKey })),
      )
      const onError: ErrorRequestHandler = (error, _req, res, _next) => {
        failures.push(error)
        res.sendStatus(500)
      }
      app.use(onError)
      const response = await fetch(`${await listen(app)}/me`)
      expect(response.status).toBe(500)
      expect(failures).toMatchObject([{ code: 'options-invalid' }])
    })

    it('says how to register it when it is passed without being called', async () => {
      const failures: unknown[] = []
      app = express()
      app.use(clerkMiddleware as unknown as express5.RequestHandler)
      const onError: ErrorRequestHandler = (error, _req, res, _next) => {
        failures.push(error)
        res.sendStatus(500)
      }
      app.use(onError)
      expect((await fetch(await listen(app))).status).toBe(500)
      expect(String(failures)).toContain('app.use(clerkMiddleware())')
    })
  })

  describe('visitors that cannot be trusted', () => {
    it.each([
      ['empty', () => ''],
      ['lower-case scheme', async () => `bearer ${await sessionToken()}`],
      ['two spaces', async () => `Bearer  ${await sessionToken()}`],
      ['two tokens', async () => `Bearer ${await sessionToken()} ${await sessionToken()}`],
      ['another scheme', () => 'Basic dXNlcjpwYXNz'],
      ['no token', () => 'Bearer'],
      [
        'another key',
        async () => `Bearer ${await sessionToken({}, (await generateKeyPair('RS256')).privateKey)}`,
      ],
    ])('are signed out by an Authorization header with %s', async (_name, header) => {
      const origin = await listen(create())
      const response = await fetch(`${origin}/me`, { headers: { authorization: await header() } })
      expect(response.status).toBe(200)
      expect(await response.json()).toMatchObject({ userId: null })
    })

    it.each([
      'a=1%3B%20__session%3Dforged',
      '__proto__=x; constructor=y; toString=z',
      '__client_uat=-1',
      '__client_uat=1e99',
      '__client_uat=NaN',
      '__session=%zz; __client_uat=%zz',
      '__clerk_redirect_count=-1; __client_uat=1',
      Array.from({ length: 300 }, (__, index) => `c${index}=v`).join('; '),
    ])('are signed out by the cookies %s', async (cookie) => {
      const origin = await listen(create())
      const response = await fetch(`${origin}/me`, { headers: { cookie } })
      expect(response.status).toBe(200)
      expect(await response.json()).toMatchObject({ userId: null })
    })

    it('cannot sign in with headers of the protocol', async () => {
      const origin = await listen(create())
      const response = await fetch(`${origin}/me`, {
        headers: {
          'x-clerk-auth-status': 'signed-in',
          'x-clerk-auth-token': await sessionToken(),
          'x-clerk-request-data': 'forged',
          'x-middleware-subrequest': 'middleware',
        },
      })
      expect(await response.json()).toMatchObject({ userId: null })
    })

    it.each(['evil.test', 'evil.test@app.test', 'a,b', 'app.test\\x', '[::1', ''])(
      'get no error for X-Forwarded-Host: %s',
      async (host) => {
        const origin = await listen(create())
        const response = await fetch(`${origin}/me`, { headers: { 'x-forwarded-host': host } })
        expect(response.status).toBe(200)
      },
    )

    it.each([
      ['GET //evil.test/me HTTP/1.1', 'app.test'],
      ['GET http://app.test/me HTTP/1.1', 'app.test'],
      ['GET /x/../me HTTP/1.1', 'app.test'],
      ['GET /me HTTP/1.1', 'app.test@evil.test'],
      ['TRACE /me HTTP/1.1', 'app.test'],
    ])('get 400 for %s with Host %s', async (line, host) => {
      const origin = await listen(create())
      const socket = connect(Number(new URL(origin).port), 'localhost')
      socket.end(`${line}\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
      let answer = ''
      for await (const chunk of socket) answer += String(chunk)
      expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    })
  })

  describe('getAuth', () => {
    it('says what to register when the middleware has not run', async () => {
      app = express()
      app.get('/me', (req, res) => {
        try {
          res.json(showAuth(req))
        } catch (error) {
          res.json({ name: (error as Error).name, message: (error as Error).message })
        }
      })
      const response = await fetch(`${await listen(app)}/me`)
      expect(await response.json()).toEqual({
        name: 'TypeError',
        message: expect.stringContaining('app.use(clerkMiddleware())'),
      })
    })

    it('never trusts an auth that somebody else has put on the request', async () => {
      const foreign = { userId: 'user_forged', sessionId: 'sess_forged' }
      const forge: express5.RequestHandler = (req, _res, next) => {
        Object.assign(req, { auth: Object.assign(() => foreign, foreign) })
        next()
      }
      app = express()
      app.get('/alone', forge, (req, res) => void res.json(showAuth(req)))
      app.get(
        '/before',
        forge,
        clerkMiddleware(options),
        (req, res) => void res.json([showAuth(req), req.auth().userId]),
      )
      app.get('/after', clerkMiddleware(options), forge, (req, res) => void res.json(showAuth(req)))
      const origin = await listen(app)
      expect((await fetch(`${origin}/alone`)).status).toBe(500)
      expect(await (await fetch(`${origin}/before`)).json()).toMatchObject([{ userId: null }, null])
      expect(await (await fetch(`${origin}/after`)).json()).toMatchObject({ userId: null })
    })

    it('shows the same on req.auth, called or not', async () => {
      create()
      app.get('/auth', (req, res) => void res.json([req.auth.userId, req.auth().userId]))
      const response = await fetch(`${await listen(app)}/auth`, { headers: await bearer() })
      expect(await response.json()).toEqual(['user_1', 'user_1'])
    })

    it('counts a pending session as signed out, unless it is told otherwise', async () => {
      create()
      app.get('/pending', (req, res) => {
        res.json([getAuth(req).userId, getAuth(req, { treatPendingAsSignedOut: false }).userId])
      })
      const response = await fetch(`${await listen(app)}/pending`, {
        headers: await bearer({ sts: 'pending', v: 2 }),
      })
      expect(await response.json()).toEqual([null, 'user_1'])
    })
  })

  describe('requireAuth', () => {
    it('lets signed-in visitors pass', async () => {
      const origin = await listen(createProtected(express))
      const response = await fetch(`${origin}/dashboard`, { headers: await bearer() })
      expect(await response.json()).toMatchObject({ userId: 'user_1' })
    })

    it.each(['text/html', 'application/json'])(
      'redirects signed-out visitors who accept %s to the Account Portal',
      async (accept) => {
        const origin = await listen(createProtected(express))
        const response = await fetch(`${origin}/dashboard?a=b`, {
          redirect: 'manual',
          headers: { accept },
        })
        expect(response.status).toBe(302)
        const location = new URL(response.headers.get('location') ?? '')
        expect(location.origin + location.pathname).toBe('https://accounts.app.test/sign-in')
        expect(location.searchParams.get('redirect_url')).toBe(`${origin}/dashboard?a=b`)
      },
    )

    it('redirects to the sign-in page of the app, when there is one', async () => {
      const origin = await listen(
        createProtected(express, requireAuth({ ...options, signInUrl: '/sign-in' })),
      )
      const response = await fetch(`${origin}/dashboard`, { redirect: 'manual' })
      const location = new URL(response.headers.get('location') ?? '', origin)
      expect(location.origin + location.pathname).toBe(`${origin}/sign-in`)
    })

    it('uses what clerkMiddleware() has found out', async () => {
      app = express()
      app.use(clerkMiddleware({ ...options, signInUrl: '/own' }))
      app.get('/dashboard', requireAuth(), (req, res) => void res.json(showAuth(req)))
      const origin = await listen(app)
      const signedIn = await fetch(`${origin}/dashboard`, { headers: await bearer() })
      expect(await signedIn.json()).toMatchObject({ userId: 'user_1' })
      const signedOut = await fetch(`${origin}/dashboard`, { redirect: 'manual' })
      expect(new URL(signedOut.headers.get('location') ?? '', origin).pathname).toBe('/own')
    })

    it('answers 503 while nobody can find out who is asking', async () => {
      const unreachable = requireAuth({
        publishableKey,
        secretKey: 'sk_live_x',
        apiUrl: 'http://127.0.0.1:1',
      })
      const origin = await listen(createProtected(express, unreachable))
      const response = await fetch(`${origin}/dashboard`, {
        redirect: 'manual',
        headers: await bearer(),
      })
      expect(response.status).toBe(503)
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(response.headers.get('cache-control')).toContain('no-store')
    })

    it('says how to register it when it is passed without being called', async () => {
      const failures: unknown[] = []
      createProtected(express, requireAuth as unknown as express5.RequestHandler)
      const onError: ErrorRequestHandler = (error, _req, res, _next) => {
        failures.push(error)
        res.sendStatus(500)
      }
      app.use(onError)
      expect((await fetch(`${await listen(app)}/dashboard`)).status).toBe(500)
      expect(String(failures)).toContain('requireAuth()')
    })
  })

  describe('buildSignInUrl and buildSignUpUrl', () => {
    it('lead to the Account Portal and back to the page that is named', async () => {
      create()
      app.get('/sign-in', (req, res) => {
        res.json([
          buildSignInUrl(req, { returnBackUrl: '/dashboard' }),
          buildSignUpUrl(req, { returnBackUrl: 'https://evil.test' }),
        ])
      })
      const origin = await listen(app)
      const [signIn, signUp] = (await (await fetch(`${origin}/sign-in`)).json()) as [string, string]
      expect(signIn).toBe(
        `https://accounts.app.test/sign-in?redirect_url=${encodeURIComponent(`${origin}/dashboard`)}`,
      )
      expect(new URL(signUp).pathname).toBe('/sign-up')
    })

    it('need the middleware', () => {
      expect(() => buildSignInUrl({} as Request)).toThrow(TypeError)
    })
  })
})
