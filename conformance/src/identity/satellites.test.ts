/** Two apps on domains of their own, one session: the identity server and `@core/backend`, over HTTP. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { Browser, startWorld, type App, type World } from './world.ts'

const PRIMARY = 'http://main.localhost:3000'
const SATELLITE = 'http://shop.localhost:3001'
const SIGN_IN = `${PRIMARY}/sign-in`

let world: World
let primary: App
let satellite: App
let userId: string
beforeAll(async () => {
  world = await startWorld()
  primary = world.openApp(PRIMARY)
  satellite = world.openApp(SATELLITE, {
    isSatellite: true,
    domain: 'shop.localhost:3001',
    signInUrl: SIGN_IN,
  })
  const { domains, users } = primary.authenticator.client
  await domains.add({ name: 'shop.localhost:3001', is_satellite: true })
  userId = (
    await users.createUser({ emailAddress: ['ada@example.com'], password: 'correct horse' })
  ).id
}, 120_000)
afterAll(() => world.close())

const pathsOf = (hops: readonly URL[]): string[] =>
  hops.map(({ origin, pathname, searchParams }) =>
    [
      `${origin.replace(world.keys.apiUrl, 'identity')}${pathname}`,
      ...[...searchParams.keys()].filter((name) => /^__clerk_(redirect|db|synced|hand)/.test(name)),
    ].join(' '),
  )

async function signedIn(): Promise<Browser> {
  const browser = new Browser(world, primary, satellite)
  await browser.visit(`${PRIMARY}/`)
  await browser.signIn(primary, userId)
  expect((await browser.visit(`${PRIMARY}/`)).outcome.auth.userId).toBe(userId)
  return browser
}

describe('a satellite in development', () => {
  it('is listed beside the primary domain, at the Frontend API of both', async () => {
    const { data } = await primary.authenticator.client.domains.list()
    expect(data.map(({ isSatellite }) => isSatellite)).toEqual([false, true])
    expect(data[1]).toMatchObject({
      developmentOrigin: SATELLITE,
      frontendApiUrl: world.keys.apiUrl,
    })
  })

  it('asks by way of the primary domain, and signs in who is signed in there', async () => {
    const browser = await signedIn()
    // So does a page that comes back from signing in.
    const { outcome, url, hops } = await browser.visit(`${SATELLITE}/cart?a=1&__clerk_synced=false`)
    expect(outcome.auth.userId).toBe(userId)
    expect(pathsOf(hops)).toEqual([
      `${PRIMARY}/sign-in __clerk_redirect_url`,
      `${SATELLITE}/cart __clerk_synced __clerk_db_jwt`,
      'identity/v1/client/handshake __clerk_db_jwt',
      `${SATELLITE}/cart __clerk_synced __clerk_handshake`,
      `${SATELLITE}/cart __clerk_synced`,
    ])
    expect(url.href).toBe(`${SATELLITE}/cart?a=1&__clerk_synced=true`)
    expect((await browser.visit(`${SATELLITE}/`)).hops).toEqual([])
  })

  it('renews the session by itself afterwards', async () => {
    const browser = await signedIn()
    await browser.visit(`${SATELLITE}/?__clerk_synced=false`)
    world.now += 120_000
    const { outcome, hops } = await browser.visit(`${SATELLITE}/`)
    expect(outcome.auth.userId).toBe(userId)
    expect(hops).toEqual([])
  })

  it('leaves a visitor alone whom nobody knows', async () => {
    const browser = new Browser(world, primary, satellite)
    await browser.visit(`${PRIMARY}/`)
    const { outcome } = await browser.visit(`${SATELLITE}/?__clerk_synced=false`)
    expect(outcome.auth.userId).toBeNull()
  })

  it('signs out when the session ends on the primary domain', async () => {
    const browser = await signedIn()
    const { outcome } = await browser.visit(`${SATELLITE}/?__clerk_synced=false`)
    await primary.authenticator.client.sessions.revokeSession(outcome.auth.sessionId ?? '')
    world.now += 120_000
    expect((await browser.visit(`${SATELLITE}/`)).outcome.auth.userId).toBeNull()
  })
})
