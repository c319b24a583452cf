/** A running Next.js in small: requests, the middleware, and the headers of what is being rendered. */

import { createPublishableKey } from '@core/protocol'
import { exportSPKI, generateKeyPair, SignJWT } from 'jose'
import { NextRequest, type NextFetchEvent, type NextMiddleware } from 'next/server'
import { vi } from 'vitest'

export const ORIGIN = 'https://app.test'
export const DOCUMENT = { 'sec-fetch-dest': 'document', accept: 'text/html' }
export const PROGRAM = { accept: 'application/json' }

const keys = await generateKeyPair('RS256', { extractable: true })
export const publishableKey: string = createPublishableKey('production', 'clerk.app.test')
export const jwtKey: string = await exportSPKI(keys.publicKey)

/** What `headers()` of Next.js returns. A test file mocks it: `vi.mock('next/headers', nextHeaders)`. */
let renderedHeaders = new Headers()
let failure: Error | null = null
export const nextHeaders = (): object => ({
  headers: async () => {
    if (failure !== null) throw failure
    return renderedHeaders
  },
})

/** Gives the environment the keys of the test's instance, and no request. */
export function startApp(variables: Readonly<Record<string, string>> = {}): void {
  const environment = {
    NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: publishableKey,
    CLERK_JWT_KEY: jwtKey,
    CLERK_SECRET_KEY: 'sk_live_secret',
    ...variables,
  }
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
  renderWith(new Headers())
}

export function stopApp(): void {
  vi.unstubAllEnvs()
  vi.unstubAllGlobals()
}

export function sessionToken(claims: Readonly<Record<string, unknown>> = {}): Promise<string> {
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

export async function signedIn(
  claims?: Readonly<Record<string, unknown>>,
): Promise<Record<string, string>> {
  return { authorization: `Bearer ${await sessionToken(claims)}` }
}

export function request(
  path: string,
  headers: Readonly<Record<string, string>> = {},
  init: { readonly method?: string } = {},
): NextRequest {
  return new NextRequest(new URL(path, ORIGIN), {
    headers: { host: 'app.test', ...headers },
    ...init,
  })
}

export async function run(middleware: NextMiddleware, to: NextRequest): Promise<Response> {
  const response = await middleware(to, {} as NextFetchEvent)
  if (!response) throw new Error('The middleware gave no response')
  return response
}

/** Headers with which Next.js renders the request after the middleware. */
export function renderedWith(response: Response): Headers {
  const names = response.headers.get('x-middleware-override-headers')?.split(',') ?? []
  return new Headers(
    names.map((name): [string, string] => [
      name,
      response.headers.get(`x-middleware-request-${name}`) ?? '',
    ]),
  )
}

/** From now on the helpers of the server see a request with these headers. */
export function renderWith(headers: Headers): void {
  renderedHeaders = headers
  failure = null
}

/** From now on there is no request: Next.js throws this. */
export function renderWithout(error: Error): void {
  failure = error
}

/** Runs a middleware, and from then on the helpers of the server for this request. */
export async function renderThrough(middleware: NextMiddleware, to: NextRequest): Promise<Headers> {
  renderWith(renderedWith(await run(middleware, to)))
  return renderedHeaders
}

/** What control flow of Next.js was thrown: its digest. */
export async function digestOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (error) {
    return String((error as { readonly digest?: unknown }).digest)
  }
  return 'nothing was thrown'
}

/** Next.js tells in this store what it is running. */
export function running(page: string | undefined): void {
  const store = { getStore: () => ({ page }) }
  const fetch = Object.assign(() => {}, { __nextGetStaticStore: () => store })
  vi.stubGlobal('fetch', fetch)
}

/** Answers every call of the Backend API; keeps its address and the key it was made with. */
export function answerBackendApi(): { readonly url: string; readonly key: string }[] {
  const calls: { readonly url: string; readonly key: string }[] = []
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    calls.push({ url, key: new Headers(init.headers).get('authorization') ?? '' })
    return Promise.resolve(Response.json({ object: 'user', id: 'user_1', first_name: 'Ada' }))
  })
  return calls
}
