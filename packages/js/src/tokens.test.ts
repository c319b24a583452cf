// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Clerk } from './clerk.ts'
import { closePages, cookie, openPage, type Page, settle, visit } from './page.test-server.ts'

beforeEach(() => {
  visit('http://localhost:3000/')
})
afterEach(closePages)

async function signedIn(lifetimeInSeconds = 60): Promise<Page & { tokens: () => number }> {
  const page = openPage()
  page.identity.tokenLifetime = lifetimeInSeconds
  const session = page.identity.signIn()
  await page.clerk.load()
  const tokens = (): number => page.identity.count(`POST /client/sessions/${session.id}/tokens`)
  return { ...page, tokens }
}

function secondsLeft(clerk: Clerk, now: number): number {
  return (clerk.getSnapshot().sessionClaims?.exp ?? 0) - now / 1000
}

describe('the session token', () => {
  it('comes from memory while it is fresh', async () => {
    const { clerk, tokens, clock } = await signedIn()
    const first = await clerk.session?.getToken()
    await clock.advance(30_000)
    expect(await clerk.session?.getToken()).toBe(first)
    expect(tokens()).toBe(0)
  })

  it('is renewed 17 seconds before it expires, cookie and claims with it', async () => {
    const { clerk, tokens, clock } = await signedIn()
    const first = cookie('__session')
    await clock.advance(42_000)
    expect(tokens()).toBe(0)
    await clock.advance(1_000)
    expect(tokens()).toBe(1)
    expect(cookie('__session')).not.toBe(first)
    expect(secondsLeft(clerk, clock.now())).toBe(60)
    await clock.advance(10 * 43_000)
    expect(tokens()).toBe(11)
  })

  it('is renewed after two thirds of a short life', async () => {
    const { tokens, clock } = await signedIn(9)
    await clock.advance(5_900)
    expect(tokens()).toBe(0)
    await clock.advance(200)
    expect(tokens()).toBe(1)
  })

  it('is asked for at once when the client came without one', async () => {
    const { clerk, identity, clock } = openPage()
    const session = identity.signIn()
    identity.sendsTokens = false
    await clerk.load()
    expect(clerk.getSnapshot().sessionClaims).toBeNull()
    await clock.advance(0)
    expect(clerk.getSnapshot().sessionClaims?.sid).toBe(session.id)
    expect(cookie('__session')).toBe(clerk.session?.lastActiveToken?.jwt)
  })

  it('is asked for once, however many wait for it', async () => {
    const { clerk, tokens, clock } = await signedIn()
    clock.time += 60_000
    const all = await Promise.all(Array.from({ length: 20 }, () => clerk.session?.getToken()))
    expect(new Set(all).size).toBe(1)
    expect(tokens()).toBe(1)
  })

  it('serves the old one while a new one is on its way', async () => {
    const { clerk, tokens, clock } = await signedIn()
    const first = await clerk.session?.getToken()
    clock.time += 45_000
    expect(await clerk.session?.getToken()).toBe(first)
    await settle()
    expect(tokens()).toBe(1)
    expect(await clerk.session?.getToken()).not.toBe(first)
  })

  it('is fetched at any rate with skipCache', async () => {
    const { clerk, identity, tokens } = await signedIn()
    await clerk.session?.getToken({ skipCache: true })
    expect(tokens()).toBe(1)
    expect(identity.requests.at(-1)?.url.searchParams.get('debug')).toBe('skip_cache')
    expect(identity.requests.at(-1)?.body.toString()).toBe('organization_id=')
  })

  it('waits for the page to be looked at again when it is hidden', async () => {
    const { tokens, clock } = await signedIn()
    const hidden = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden')
    await clock.advance(300_000)
    expect(tokens()).toBe(0)
    hidden.mockReturnValue('visible')
    document.dispatchEvent(new Event('visibilitychange'))
    await settle()
    expect(tokens()).toBe(1)
  })

  it('is renewed early enough by a clock that runs an hour ahead, and no more often', async () => {
    const page = openPage()
    const session = page.identity.signIn()
    const ahead = page.open({ now: () => page.clock.now() + 3_600_000 })
    await ahead.load()
    await page.clock.advance(430_000)
    expect(page.identity.count(`POST /client/sessions/${session.id}/tokens`)).toBe(10)
    expect(secondsLeft(ahead, page.clock.now())).toBeGreaterThan(16)
  })

  it('is renewed in time by a clock that runs an hour behind', async () => {
    const page = openPage()
    const session = page.identity.signIn()
    const behind = page.open({ now: () => page.clock.now() - 3_600_000 })
    await behind.load()
    await page.clock.advance(430_000)
    expect(page.identity.count(`POST /client/sessions/${session.id}/tokens`)).toBe(10)
  })

  it('does not ask in a loop when the server hands out old ones', async () => {
    const { clock, identity, tokens } = await signedIn()
    identity.tokenLifetime = 1
    await clock.advance(60_000)
    expect(tokens()).toBeLessThan(25)
  })
})

describe('a template token', () => {
  it('has its own place in memory', async () => {
    const { clerk, identity } = await signedIn()
    const session = await clerk.session?.getToken()
    const [a, b] = await Promise.all([
      clerk.session?.getToken({ template: 'hasura' }),
      clerk.session?.getToken({ template: 'hasura' }),
    ])
    expect(a).toBe(b)
    expect(await clerk.session?.getToken({ template: 'hasura' })).toBe(a)
    expect(a).not.toBe(session)
    expect(await clerk.session?.getToken()).toBe(session)
    expect(cookie('__session')).toBe(session)
    const path = `POST /client/sessions/${clerk.session?.id}/tokens/hasura`
    expect(identity.count(path)).toBe(1)
  })
})

describe('a session that has ended at the server', () => {
  it('ends here when a token is asked for, cookies and all', async () => {
    const { clerk, identity, clock } = await signedIn()
    identity.endAll()
    clock.time += 60_000
    expect(await clerk.session?.getToken()).toBeNull()
    expect(identity.calls().slice(-2)).toEqual([expect.stringContaining('/tokens'), 'GET /client'])
    expect(clerk.session).toBeNull()
    expect([cookie('__session'), cookie('__client_uat')]).toEqual([undefined, '0'])
  })

  it.each([401, 403])('ends here when the server answers %i to who is here', async (status) => {
    const { clerk, identity } = await signedIn()
    identity.endAll()
    identity.failures = { 'GET /client': status }
    await clerk.session?.getToken({ skipCache: true })
    expect(clerk.session).toBeNull()
  })

  it('goes on here while the server cannot say who is here', async () => {
    const { clerk, identity } = await signedIn()
    identity.failures = {
      'GET /client': 503,
      [`POST /client/sessions/${clerk.session?.id}/tokens`]: 401,
    }
    await clerk.session?.getToken({ skipCache: true })
    expect(clerk.isSignedIn).toBe(true)
  })

  it('ends here by itself, at the next renewal', async () => {
    const { clerk, identity, clock } = await signedIn()
    identity.endAll()
    await clock.advance(43_000)
    expect(clerk.isSignedIn).toBe(false)
    const count = identity.requests.length
    await clock.advance(600_000)
    expect(identity.requests).toHaveLength(count)
  })
})

describe('without a network', () => {
  it('keeps the session, however long it takes, and renews when the network is back', async () => {
    const { clerk, identity, clock } = await signedIn()
    identity.isOffline = true
    await clock.advance(3_600_000)
    expect(clerk.isSignedIn).toBe(true)
    identity.isOffline = false
    window.dispatchEvent(new Event('online'))
    await clock.advance(1_000)
    expect(secondsLeft(clerk, clock.now())).toBeGreaterThan(50)
  })

  it('renews without being woken up, too', async () => {
    const { clerk, identity, clock } = await signedIn()
    identity.isOffline = true
    await clock.advance(600_000)
    identity.isOffline = false
    await clock.advance(60_000)
    expect(secondsLeft(clerk, clock.now())).toBeGreaterThan(0)
  })

  it.each([500, 502, 503, 429])('takes an answer of %i for no answer', async (status) => {
    const { clerk, identity, clock } = await signedIn()
    identity.failsWith = status
    await clock.advance(600_000)
    expect(clerk.isSignedIn).toBe(true)
  })

  it('waits for a short outage to end', async () => {
    const { clerk, identity, clock } = await signedIn()
    clock.time += 60_000
    identity.isOffline = true
    const token = clerk.session?.getToken()
    await clock.advance(1_500)
    identity.isOffline = false
    await clock.advance(2_000)
    expect(await token).toBe(cookie('__session'))
  })

  it('serves a token as long as it lives and fails with a typed error afterwards', async () => {
    const { clerk, identity, clock } = await signedIn()
    const first = await clerk.session?.getToken()
    identity.isOffline = true
    await clock.advance(50_000)
    expect(await clerk.session?.getToken()).toBe(first)
    await clock.advance(20_000)
    const [late] = await Promise.allSettled([clerk.session?.getToken(), clock.advance(30_000)])
    expect(late).toMatchObject({ status: 'rejected', reason: { code: 'network_error' } })
  })
})
