/** The identity server and `@core/backend`, over HTTP: what one hands out, the other understands. */
import { createPublicKey, type JsonWebKey } from 'node:crypto'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { Browser, startWorld, type App, type World } from './world.ts'

const ORIGIN = 'http://app.localhost:3000'
const HOST = 'app.localhost'

let world: World
let app: App
let userId: string
beforeAll(async () => {
  world = await startWorld()
  app = world.openApp(ORIGIN)
  const user = await app.authenticator.client.users.createUser({
    emailAddress: ['ada@example.com'],
    password: 'correct horse',
    publicMetadata: { plan: 'pro' },
  })
  userId = user.id
}, 120_000)
afterAll(() => world.close())

/** A browser whose app has the cookies of a session. */
async function signedIn(): Promise<Browser> {
  const browser = new Browser(world, app)
  expect((await browser.visit(`${ORIGIN}/`)).outcome.auth.userId).toBeNull()
  await browser.signIn(app, userId)
  const { outcome } = await browser.visit(`${ORIGIN}/`)
  expect(outcome.auth.userId).toBe(userId)
  return browser
}

const since = async (work: () => Promise<unknown>): Promise<string[]> => {
  const before = world.requests.length
  await work()
  return world.requests.slice(before)
}

const carried = (response: Response, name: string): string =>
  new URL(response.headers.get('location') ?? '').searchParams.get(name) ?? ''

describe('a handshake', () => {
  it('hands a session over under a nonce, and the app fetches it once', async () => {
    const browser = await signedIn()
    // A browser that ran the page's script has every cookie under both names: that is much to hand over.
    const suffix = [...browser.jar(HOST).keys()].find((name) => name.startsWith('__refresh_'))
    for (const name of ['__client_uat', '__clerk_db_jwt']) {
      const value = browser.jar(HOST).get(name) ?? ''
      browser.jar(HOST).set(suffix?.replace('__refresh', name) ?? '', value)
    }
    browser.jar(HOST).delete('__session')
    const { outcome, url, hops } = await browser.visit(`${ORIGIN}/page?a=1`)
    expect(outcome.auth.userId).toBe(userId)
    expect(url.href).toBe(`${ORIGIN}/page?a=1`)
    const carrier = hops.find(({ searchParams }) => searchParams.has('__clerk_handshake_nonce'))
    expect(carrier?.origin).toBe(ORIGIN)
    // Whoever learns the address later, from a log or a history, learns nothing.
    const thief = await new Browser(world, app).request(carrier ?? new URL(ORIGIN))
    expect(thief instanceof Response ? null : thief.auth.userId).toBeNull()
  })

  it('hands it over in a token to an app that has no secret key to fetch it with', async () => {
    const { keys } = await app.authenticator.client.jwks.getJwks()
    const keyless = world.openApp('http://keyless.localhost:3000', {
      secretKey: undefined,
      jwtKey: createPublicKey({ key: keys[0] as JsonWebKey, format: 'jwk' })
        .export({ type: 'spki', format: 'pem' })
        .toString(),
    })
    const browser = new Browser(world, app, keyless)
    await browser.visit(`${ORIGIN}/`)
    await browser.signIn(app, userId)
    browser.cookies.set('keyless.localhost', new Map(browser.jar(HOST)))
    const { outcome, hops } = await browser.visit('http://keyless.localhost:3000/')
    expect(outcome.auth.userId).toBe(userId)
    expect(hops.some(({ searchParams }) => searchParams.has('__clerk_handshake'))).toBe(true)
  })
})

describe('an expired session', () => {
  it('goes on without a redirect, and the browser gets the next pair of tokens', async () => {
    const browser = await signedIn()
    const before = [browser.cookie(HOST, '__session'), browser.cookie(HOST, '__refresh_')]
    world.now += 120_000
    for (let i = 0; i < 3; i++) {
      const { outcome, hops } = await browser.visit(`${ORIGIN}/`)
      expect(outcome.auth.userId).toBe(userId)
      expect(hops).toEqual([])
      const after = [browser.cookie(HOST, '__session'), browser.cookie(HOST, '__refresh_')]
      expect(after[0]).not.toBe(before[0])
      expect(after[1]).not.toBe(before[1])
      before.splice(0, 2, ...after)
      world.now += 120_000
    }
  })

  it('goes on for every request of a page load, in however many processes they arrive', async () => {
    const browser = await signedIn()
    world.now += 120_000
    const processes = Array.from({ length: 5 }, () => world.openApp(ORIGIN))
    const cookie = [...browser.jar(HOST)].map(([name, value]) => `${name}=${value}`).join('; ')
    const outcomes = await Promise.all(
      processes.flatMap(({ authenticator }) =>
        Array.from({ length: 4 }, () =>
          authenticator.handle(
            new Request(`${ORIGIN}/data`, { headers: { cookie, 'sec-fetch-dest': 'empty' } }),
          ),
        ),
      ),
    )
    const users = outcomes.map((it) => (it.type === 'continue' ? it.auth.userId : it.type))
    expect(new Set(users)).toEqual(new Set([userId]))
    // Whichever answer comes last, the browser is left with a token that works.
    const given = outcomes.flatMap((it) =>
      it.type === 'continue'
        ? it.headers.getSetCookie().filter((line) => line.startsWith('__refresh_'))
        : [],
    )
    expect(given).toHaveLength(20)
    expect(new Set(given).size).toBe(1)
  })

  it('falls back to a handshake where its refresh token was stolen and used', async () => {
    const browser = await signedIn()
    world.now += 120_000
    const copy = new Map(browser.jar(HOST))
    const thief = new Browser(world, app)
    thief.cookies.set(HOST, copy)
    expect((await thief.visit(`${ORIGIN}/`)).hops).toEqual([])
    world.now += 60_000
    // The owner comes back with the token that was used: whoever has it now, has it no longer.
    const { outcome, hops } = await browser.visit(`${ORIGIN}/`)
    expect(outcome.auth.userId).toBe(userId)
    expect(hops[0]?.searchParams.get('__clerk_hs_reason')).toBe(
      'session-token-expired-refresh-session_refresh_expired_session_token_consumed',
    )
    world.now += 120_000
    expect((await browser.visit(`${ORIGIN}/`)).hops).toEqual([])
  })

  it('ends with its session', async () => {
    const browser = await signedIn()
    const { outcome } = await browser.visit(`${ORIGIN}/`)
    await app.authenticator.client.sessions.revokeSession(outcome.auth.sessionId ?? '')
    world.now += 120_000
    const after = await browser.visit(`${ORIGIN}/`)
    expect(after.outcome.auth.userId).toBeNull()
    expect(after.hops[0]?.searchParams.get('__clerk_hs_reason')).toBe(
      'session-token-expired-refresh-session_refresh_inactive_session',
    )
    expect(browser.cookie(HOST, '__session')).toBeUndefined()
    expect(browser.cookie(HOST, '__refresh_')).toBeUndefined()
  })
})

describe('getToken', () => {
  it('returns a token of a template', async () => {
    const { client } = app.authenticator
    const template = await client.jwtTemplates.create({
      name: 'my tmpl',
      claims: { plan: '{{user.public_metadata.plan}}', aud: 'https://api.example.com' },
      lifetime: 600,
    })
    expect(template.lifetime).toBe(600)
    const browser = await signedIn()
    const { outcome } = await browser.visit(`${ORIGIN}/`)
    const token = await outcome.auth.getToken({ template: 'my tmpl' })
    const [, payload = ''] = (token ?? '').split('.')
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
      sub: userId,
      plan: 'pro',
      aud: 'https://api.example.com',
      azp: ORIGIN,
    })
    await expect(outcome.auth.getToken({ template: 'nothing' })).rejects.toMatchObject({
      status: 404,
    })
  })
})

describe('a rotation of keys', () => {
  it('costs an app one fetch, signs nobody out, and leaves earlier tokens good', async () => {
    const [early, late] = [await signedIn(), await signedIn()]
    await world.identity.rotateSigningKey(world.host)
    await late.signIn(app, userId).catch(() => undefined)
    world.now += 5000
    expect((await early.visit(`${ORIGIN}/`)).hops).toEqual([])
    world.now += 120_000
    // The new key is unknown here until the first token that it signed.
    const requests = await since(async () => {
      for (const browser of [early, late, early]) {
        const { outcome, hops } = await browser.visit(`${ORIGIN}/`)
        expect(outcome.auth.userId).toBe(userId)
        expect(hops).toEqual([])
      }
    })
    expect(requests.filter((it) => it === 'GET /v1/jwks')).toHaveLength(1)
  })
})

describe('a token in the place of another one', () => {
  it('signs nobody in', async () => {
    const { client } = app.authenticator
    const browser = await signedIn()
    const { outcome } = await browser.visit(`${ORIGIN}/`)
    await client.jwtTemplates.create({ name: 'class', claims: {} })
    const trip = await fetch(
      `${world.keys.apiUrl}/v1/client/handshake?redirect_url=${ORIGIN}/&__clerk_db_jwt=${browser.jar(HOST).get('__clerk_db_jwt')}`,
      { redirect: 'manual' },
    )
    const nonce = await fetch(
      `${world.keys.apiUrl}/v1/client/handshake?format=nonce&suffixed_cookies=true&redirect_url=${ORIGIN}/&__clerk_db_jwt=${browser.jar(HOST).get('__clerk_db_jwt')}`,
      { redirect: 'manual' },
    )
    const tokens: Readonly<Record<string, string>> = {
      template: (await outcome.auth.getToken({ template: 'class' })) ?? '',
      handshake: carried(trip, '__clerk_handshake'),
      nonce: carried(nonce, '__clerk_handshake_nonce'),
      refresh: browser.cookie(HOST, '__refresh_') ?? '',
      devBrowser: browser.jar(HOST).get('__clerk_db_jwt') ?? '',
      signIn: (await client.signInTokens.createSignInToken({ userId })).token,
      actor: (await client.actorTokens.create({ userId, actor: { sub: 'user_x' } })).token ?? '',
      testing: (await client.testingTokens.createTestingToken()).token,
      session: (await outcome.auth.getToken()) ?? '',
    }
    for (const token of Object.values(tokens)) expect(token).not.toBe('')
    const suffix = [...browser.jar(HOST).keys()].find((name) => name.startsWith('__refresh_'))
    const slots: Readonly<Record<string, (token: string) => Request>> = {
      authorization: (token) =>
        new Request(ORIGIN, { headers: { authorization: `Bearer ${token}` } }),
      session: (token) =>
        new Request(ORIGIN, {
          headers: { cookie: `__session=${token}; __client_uat=1; __clerk_db_jwt=x` },
        }),
      handshake: (token) => new Request(`${ORIGIN}/?__clerk_handshake=${token}`),
      handshakeCookie: (token) =>
        new Request(ORIGIN, { headers: { cookie: `__clerk_handshake=${token}` } }),
      nonce: (token) => new Request(`${ORIGIN}/?__clerk_handshake_nonce=${token}`),
      refresh: (token) =>
        new Request(ORIGIN, {
          headers: {
            cookie: `${suffix}=${token}; __session=${tokens['template']}; __client_uat=1`,
          },
        }),
    }
    const passed: string[] = []
    for (const [slot, toRequest] of Object.entries(slots)) {
      for (const [kind, token] of Object.entries(tokens)) {
        const answer = await app.authenticator.handle(toRequest(token)).catch(() => null)
        if (answer?.type === 'continue' && answer.auth.userId !== null)
          passed.push(`${kind} as ${slot}`)
        // An answer that sets a session cookie lets somebody in with the next request.
        const headers = answer?.type === 'respond' ? answer.response.headers : answer?.headers
        if (headers?.getSetCookie().some((line) => /^__session\w*=ey/.test(line))) {
          passed.push(`${kind} as ${slot} (cookie)`)
        }
      }
    }
    expect([...new Set(passed)].toSorted()).toEqual([
      'handshake as handshake (cookie)',
      'handshake as handshakeCookie (cookie)',
      'nonce as nonce (cookie)',
      'session as authorization',
      'session as session',
    ])
  })
})

describe.each(['ES256', 'EdDSA'] as const)('a key for %s', (algorithm) => {
  it('signs tokens that an app accepts', async () => {
    // An app that has just looked for an unknown key does not look again at once.
    world.now += 600_000
    await world.identity.provision(world.host, { signing_algorithm: algorithm })
    await world.identity.rotateSigningKey(world.host)
    const browser = await signedIn()
    const { outcome } = await browser.visit(`${ORIGIN}/`)
    const [header = ''] = ((await outcome.auth.getToken()) ?? '').split('.')
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toMatchObject({
      alg: algorithm,
    })
  })
})
