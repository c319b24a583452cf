/**
 * What must hold on every runtime: one module without an import of any runtime, bundled once and run
 * unchanged on each. It makes its own keys and goes through the public doors alone.
 */
import {
  type AuthenticateRequestOptions,
  ClerkAPIResponseError,
  ClerkError,
  type RequestState,
  TokenVerificationError,
  createClerkClient,
  verifyToken,
} from '@core/backend'
import {
  createAuthenticator,
  createRouteMatcher,
  openEnvelope,
  sealEnvelope,
} from '@core/backend/internal'
import { verifyWebhook } from '@core/backend/webhooks'

import { type Algorithm, ORIGIN, PUBLISHABLE_KEY, issuerOf, tamper, toBase64 } from './issuer.ts'

/** What a runtime prints on its one line. */
export interface Report {
  /** Name and version of the runtime, as it says itself. */
  readonly runtime: string
  readonly passed: number
  /** Titles of the checks that failed, with the reason. */
  readonly failed: readonly string[]
}

/** Each check throws unless its title holds. `api` is the address of a loopback server of its own. */
export const CHECKS: Readonly<Record<string, (api: string) => Promise<void>>> = {
  'A token in the header signs in': async () => {
    const issuer = await issuerOf('RS256')
    const state = await authenticate(bearer(await issuer.session()), issuer)
    equal([state.status, state.toAuth()?.userId], ['signed-in', 'user_1'])
  },

  'A token in the cookie signs in': async () => {
    const issuer = await issuerOf('RS256')
    const state = await authenticate(
      page({ cookie: `__client_uat=1; __session=${await issuer.session()}` }),
      issuer,
    )
    equal([state.status, state.toAuth()?.userId], ['signed-in', 'user_1'])
    equal(state.headers.get('cache-control'), 'private, no-store')
  },

  'Keys of every algorithm verify, as PEM and in a key set': async (api) => {
    for (const algorithm of ['ES256', 'EdDSA'] satisfies Algorithm[]) {
      const issuer = await issuerOf(algorithm)
      const request = bearer(await issuer.session())
      equal([algorithm, (await authenticate(request, issuer)).status], [algorithm, 'signed-in'])
      const apiUrl = `${api}/${algorithm}`
      await put(`${apiUrl}/v1/jwks`, { keys: [issuer.jwk] })
      const state = await authenticate(request, { secretKey: 'sk_live_smoke', apiUrl })
      equal([algorithm, state.status], [algorithm, 'signed-in'])
    }
  },

  'The key set is fetched once for all who wait': async (api) => {
    const issuer = await issuerOf('RS256')
    await put(`${api}/v1/jwks`, { keys: [issuer.jwk] })
    const clerk = createClerkClient({ ...INSTANCE, secretKey: 'sk_live_smoke', apiUrl: api })
    const tokens = Array.from({ length: 20 }, (_, i) => issuer.session({ sid: `sess_${i}` }))
    const states = await Promise.all(
      (await Promise.all(tokens)).map((token) => clerk.authenticateRequest(bearer(token))),
    )
    equal(
      states.filter(({ isSignedIn, reason }) => !isSignedIn || reason).map(({ reason }) => reason),
      [],
    )
  },

  'A server that cannot be reached, or has no keys, signs nobody in': async (api) => {
    const request = bearer(await (await issuerOf('RS256')).session())
    for (const apiUrl of ['http://127.0.0.1:2', `${api}/nothing-here`]) {
      const state = await authenticate(request, { secretKey: 'sk_live_smoke', apiUrl })
      equal([state.status, state.reason], ['signed-out', 'jwk-remote-failed-to-load'])
    }
  },

  'A redirect is not followed, which would carry the secret key along': async (api) => {
    const issuer = await issuerOf('RS256')
    const apiUrl = `${api}/away`
    await put(`${apiUrl}/v1/jwks`, { keys: [issuer.jwk] })
    await put(`${apiUrl}/v1/users/user_1`, { object: 'user', id: 'user_1' })
    const moved = { secretKey: 'sk_live_smoke', apiUrl: `${apiUrl}/moved` }
    const state = await authenticate(bearer(await issuer.session()), moved)
    equal(state.reason, 'jwk-remote-failed-to-load')
    const refusal = await failure(createClerkClient(moved).users.getUser('user_1'))
    equal(statusOf(refusal), 307)
  },

  'A request without a token is signed out': async () => {
    const state = await authenticate(page({}), await issuerOf('RS256'))
    equal([state.status, state.reason], ['signed-out', 'session-token-and-uat-missing'])
    equal(state.headers.get('x-clerk-auth-status'), 'signed-out')
  },

  'A tampered token is signed out': async () => {
    for (const algorithm of ['RS256', 'ES256', 'EdDSA'] satisfies Algorithm[]) {
      const issuer = await issuerOf(algorithm)
      const forged = tamper(await issuer.session(), { sub: 'user_2' })
      const state = await authenticate(bearer(forged), issuer)
      equal([algorithm, state.status, state.reason], [algorithm, 'signed-out', INVALID_SIGNATURE])
    }
  },

  'A page of a signed-in browser without a token goes through the handshake': async () => {
    const { jwtKey } = await issuerOf('RS256')
    const { handle } = createAuthenticator({ ...INSTANCE, jwtKey }, { env: {}, sdk: SDK })
    const outcome = await handle(page({ cookie: '__client_uat=1' }))
    if (outcome.type !== 'respond') throw new Error('The request was let through')
    const location = new URL(outcome.response.headers.get('location') ?? 'about:blank')
    equal(
      [outcome.response.status, location.host, location.searchParams.get('redirect_url')],
      [307, 'clerk.example.com', `${ORIGIN}/dashboard`],
    )
    const cookies = outcome.response.headers.getSetCookie()
    equal([cookies.length, cookies[0]?.split('=')[0]], [1, '__clerk_redirect_count'])
  },

  'verifyToken returns the claims, and tells why it refuses': async () => {
    const { jwtKey, session } = await issuerOf('RS256')
    const token = await session()
    equal((await verifyToken(token, { jwtKey })).sub, 'user_1')
    const refusals = [tamper(token, { sub: 'user_2' }), await session({ exp: 1, iat: 0, nbf: 0 })]
    const errors = await Promise.all(refusals.map((text) => failure(verifyToken(text, { jwtKey }))))
    equal(
      errors.map((error) => error instanceof TokenVerificationError && error.reason),
      [INVALID_SIGNATURE, 'token-expired'],
    )
  },

  'verifyWebhook accepts what was signed, and nothing else': async () => {
    const secret = crypto.getRandomValues(new Uint8Array(32))
    const options = { signingSecret: `whsec_${toBase64(secret)}` }
    const event = JSON.stringify({ object: 'event', type: 'user.created', data: { id: 'user_1' } })
    equal((await verifyWebhook(await webhook(secret, event), options)).type, 'user.created')
    const forged = await webhook(secret, event, event.replace('user_1', 'user_2'))
    const refusal = await failure(verifyWebhook(forged, options))
    equal(codeOf(refusal), 'webhook-invalid')
  },

  'An envelope opens with its key alone': async () => {
    const seal = { purpose: 'request-state', key: 'f'.repeat(63) + '0', now: Date.now() } as const
    const sealed = await sealEnvelope({ hello: 'world' }, seal)
    equal(await openEnvelope(sealed, seal), { hello: 'world' })
    equal(await openEnvelope(sealed, { ...seal, key: ['not it, but a phrase', seal.key] }), {
      hello: 'world',
    })
    const refusal = await failure(openEnvelope(sealed, { ...seal, key: 'another phrase' }))
    equal(codeOf(refusal), 'envelope-invalid')
  },

  'A route matcher finds its paths': async () => {
    const isProtected = createRouteMatcher(['/dashboard(.*)', '/orgs/:slug/settings'])
    equal(
      ['/dashboard/1', new URL('/orgs/acme/settings', ORIGIN), page({}), '/about'].map(isProtected),
      [true, true, true, false],
    )
  },

  'The Backend API is called': async (api) => {
    await put(`${api}/v1/users/user_1`, { object: 'user', id: 'user_1', first_name: 'Ada' })
    const clerk = createClerkClient({ secretKey: 'sk_live_smoke', apiUrl: api })
    equal((await clerk.users.getUser('user_1')).firstName, 'Ada')
    const refusal = await failure(clerk.users.getUser('user_2'))
    equal(statusOf(refusal), 404)
  },
}

const INSTANCE = { publishableKey: PUBLISHABLE_KEY }
const INVALID_SIGNATURE = 'token-invalid-signature'
const SDK = '@core/smoke@0.0.0'

/** Runs every check. Never throws: what fails is in the report. */
export async function run(api: string): Promise<Report> {
  let passed = 0
  const failed: string[] = []
  for (const [title, check] of Object.entries(CHECKS)) {
    try {
      await check(api)
      passed += 1
    } catch (error) {
      failed.push(`${title}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return { runtime: runtimeName(), passed, failed }
}

function runtimeName(): string {
  const { Bun, Deno, process, navigator } = globalThis as {
    readonly Bun?: { readonly version: string }
    readonly Deno?: { readonly version: { readonly deno: string } }
    readonly process?: { readonly versions?: { readonly node?: string } }
    readonly navigator?: { readonly userAgent?: string }
  }
  // Others speak of a Node version too, so Node comes last.
  if (Bun) return `Bun ${Bun.version}`
  if (Deno) return `Deno ${Deno.version.deno}`
  if (navigator?.userAgent === 'Cloudflare-Workers') return 'workerd'
  return `Node ${process?.versions?.node}`
}

function authenticate(
  request: Request,
  { jwtKey, secretKey, apiUrl }: AuthenticateRequestOptions,
): Promise<RequestState> {
  return createClerkClient({ ...INSTANCE, jwtKey, secretKey, apiUrl }).authenticateRequest(request)
}

function bearer(token: string): Request {
  return new Request(`${ORIGIN}/api/me`, { headers: { authorization: `Bearer ${token}` } })
}

function page(headers: Readonly<Record<string, string>>): Request {
  return new Request(`${ORIGIN}/dashboard`, {
    headers: { accept: 'text/html', 'sec-fetch-dest': 'document', ...headers },
  })
}

/** A webhook that was signed over one body and carries it, or another. */
async function webhook(
  secret: Uint8Array<ArrayBuffer>,
  signed: string,
  body: string = signed,
): Promise<Request> {
  const time = Math.floor(Date.now() / 1000)
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', secret, algorithm, false, ['sign'])
  const content = new TextEncoder().encode(`msg_1.${time}.${signed}`)
  const mac = new Uint8Array(await crypto.subtle.sign('HMAC', key, content))
  return new Request(`${ORIGIN}/webhooks`, {
    method: 'POST',
    body,
    headers: {
      'svix-id': 'msg_1',
      'svix-timestamp': String(time),
      'svix-signature': `v1,${toBase64(mac)}`,
    },
  })
}

/** Tells the loopback server what to answer at an address. */
async function put(url: string, body: object): Promise<void> {
  const response = await fetch(url, { method: 'PUT', body: JSON.stringify(body) })
  await response.text()
  if (!response.ok) throw new Error(`The loopback server answers ${response.status}`)
}

/** What a promise fails with. */
async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => null,
    (error: unknown) => error,
  )
}

function codeOf(error: unknown): string {
  return error instanceof ClerkError ? error.code : String(error)
}

function statusOf(error: unknown): number | string {
  return error instanceof ClerkAPIResponseError ? (error.status ?? 'no status') : String(error)
}

function equal(actual: unknown, expected: unknown): void {
  const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (is !== should) throw new Error(`${is} instead of ${should}`)
}
