/** Organizations that an app's addresses name, activated by a real handshake. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { Browser, startWorld, type App, type World } from './world.ts'

const ORIGIN = 'http://app.localhost:3000'

let world: World
let app: App
let userId: string
let acme: string
beforeAll(async () => {
  world = await startWorld()
  app = world.openApp(ORIGIN, {
    organizationSyncOptions: {
      organizationPatterns: ['/orgs/:slug', '/orgs/:slug/(.*)', '/o/:id'],
      personalAccountPatterns: ['/me'],
    },
  })
  const { client } = app.authenticator
  const emailAddress = ['ada@example.com']
  userId = (await client.users.createUser({ emailAddress, password: 'correct horse' })).id
  acme = (
    await client.organizations.createOrganization({
      name: 'Acme',
      slug: 'acme',
      createdBy: userId,
    })
  ).id
  await client.organizations.createOrganization({ name: 'Globex', createdBy: userId })
  await client.organizations.createOrganization({ name: 'Elsewhere' })
}, 120_000)
afterAll(() => world.close())

async function signedIn(): Promise<Browser> {
  const browser = new Browser(world, app)
  await browser.visit(`${ORIGIN}/`)
  await browser.signIn(app, userId)
  expect((await browser.visit(`${ORIGIN}/`)).outcome.auth.userId).toBe(userId)
  return browser
}

const COUNTER = '__clerk_redirect_count'

/** Loads a page. The count of redirects, which browsers forget after seconds, is kept on the way. */
async function organizationAt(browser: Browser, path: string) {
  const jar = browser.jar('app.localhost')
  let url = new URL(path, ORIGIN)
  let handshakes = 0
  for (;;) {
    const answer = await browser.request(url)
    if (!(answer instanceof Response)) {
      jar.delete(COUNTER)
      const { auth } = answer
      if (auth.userId === null) throw new Error('Signed out.')
      if (url.pathname + url.search !== path) throw new Error(`Ended at ${url.href}.`)
      return { slug: auth.orgSlug, role: auth.orgRole, id: auth.orgId, handshakes }
    }
    for (const line of answer.headers.getSetCookie()) {
      const [, count] = /^__clerk_redirect_count=(\d+)/.exec(line) ?? []
      if (count !== undefined) jar.set(COUNTER, count)
    }
    url = new URL(answer.headers.get('location') ?? '', url)
    if (url.pathname === '/v1/client/handshake') handshakes += 1
    if (handshakes > 3) throw new Error('Sent around in circles.')
  }
}

describe('an address that names an organization', () => {
  it('activates it by slug and by id, and stays without a further handshake', async () => {
    const browser = await signedIn()
    // A session begins where the last one was.
    await organizationAt(browser, '/me')
    expect(await organizationAt(browser, '/orgs/acme/settings?tab=1')).toEqual({
      slug: 'acme',
      role: 'org:admin',
      id: acme,
      handshakes: 1,
    })
    expect(await organizationAt(browser, '/orgs/acme')).toMatchObject({ handshakes: 0 })
    expect(await organizationAt(browser, '/orgs/globex')).toMatchObject({ slug: 'globex' })
    expect(await organizationAt(browser, `/o/${acme}`)).toMatchObject({ slug: 'acme' })
    expect(await organizationAt(browser, '/')).toMatchObject({ slug: 'acme', handshakes: 0 })
  })

  it('goes back to the personal account where an address says so', async () => {
    const browser = await signedIn()
    await organizationAt(browser, '/orgs/acme')
    expect(await organizationAt(browser, '/me')).toMatchObject({ id: undefined, handshakes: 1 })
    expect(await organizationAt(browser, '/me')).toMatchObject({ handshakes: 0 })
  })

  it('changes nothing, and sends nobody in circles, for one the user is not in', async () => {
    const browser = await signedIn()
    await organizationAt(browser, '/orgs/acme')
    for (const path of ['/orgs/elsewhere', '/orgs/unknown', '/orgs/ACME']) {
      expect(await organizationAt(browser, path)).toMatchObject({ slug: 'acme' })
    }
  })

  it('shows the role of today, and nothing once the membership is over', async () => {
    const browser = await signedIn()
    const { client } = app.authenticator
    const other = await client.users.createUser({
      emailAddress: [`bob${Math.random()}@example.com`],
      password: 'correct horse',
    })
    const key = { organizationId: acme, userId }
    const roles = { organizationId: acme, userId: other.id, role: 'org:admin' }
    await client.organizations.createOrganizationMembership(roles)
    await organizationAt(browser, '/orgs/acme')
    await client.organizations.updateOrganizationMembership({ ...key, role: 'org:member' })
    world.now += 70_000
    expect(await organizationAt(browser, '/orgs/acme')).toMatchObject({ role: 'org:member' })
    await client.organizations.deleteOrganizationMembership(key)
    world.now += 70_000
    expect(await organizationAt(browser, '/orgs/acme')).toMatchObject({ id: undefined })
  })
})
