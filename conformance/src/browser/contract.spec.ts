/** The demo contract as HTTP sees it: the same routes, the same answers, in every app. */
import { expect, test } from './fixtures.ts'

const DOCUMENT = { 'sec-fetch-dest': 'document', accept: 'text/html' }

test('signed out, each route answers as the contract says', async ({ playwright, world }) => {
  const visitor = await playwright.request.newContext({ baseURL: world.app.url, maxRedirects: 0 })
  const get = (path: string, headers: Record<string, string> = {}) => visitor.get(path, { headers })

  const me = await get('/api/me')
  expect(me.status()).toBe(401)
  expect(await me.json()).toMatchObject({
    userId: null,
    sessionId: null,
    orgId: null,
    orgRole: null,
    orgSlug: null,
  })
  expect((await get('/api/protected')).status()).toBe(404)
  expect((await get('/api/user')).status()).toBe(401)
  expect((await get('/api/token')).status()).toBe(401)
  expect((await get('/')).status()).toBe(200)
  // A visitor who may be an admin is asked to sign in; one who asks otherwise learns nothing.
  expect([302, 307, 404]).toContain((await get('/admin', DOCUMENT)).status())
  await visitor.dispose()
})

test('a first visit by document goes through one handshake and settles', async ({
  page,
  world,
}) => {
  const visited: string[] = []
  page.on('response', (response) => {
    if (response.request().isNavigationRequest())
      visited.push(`${response.status()} ${new URL(response.url()).pathname}`)
  })
  await page.goto('/')
  await expect(page.getByTestId('user-id')).toHaveText('signed out')
  expect(visited).toEqual(['307 /', '307 /v1/client/handshake', '307 /', '200 /'])
  expect(page.url()).toBe(`${world.app.url}/`)
})

test('a visitor without cookies is not sent round in circles', async ({ playwright, world }) => {
  const visitor = await playwright.request.newContext({ maxRedirects: 10 })
  const response = await visitor.get(`${world.app.url}/`, { headers: DOCUMENT })
  expect(response.status()).toBe(200)
  await visitor.dispose()
})

const HOSTILE: readonly [title: string, headers: Record<string, string>][] = [
  ['a session cookie that is no token', { cookie: '__session=a.b.c' }],
  ['an unsigned token', { cookie: '__session=e30.bnVsbA.AA; __client_uat=1' }],
  ['a bearer token of null', { authorization: 'Bearer bnVsbA.e30.AA' }],
  ['a token of 15 kB', { authorization: `Bearer ${'a'.repeat(15_000)}` }],
  ['malformed percent escapes in a cookie', { cookie: '__session=%E0%A4%A; __client_uat=%' }],
  ['a handshake token that is none', { cookie: '__clerk_handshake=x' }],
  ['a counter that is no number', { cookie: '__clerk_redirect_count=NaN' }],
  [
    'forged internal headers',
    {
      'x-clerk-auth-status': 'signed-in',
      'x-clerk-request-data': 'e30',
      'x-clerk-auth-token': 'a.b.c',
    },
  ],
  [
    'a strange forwarded host',
    { 'x-forwarded-host': 'evil.com@app.com', 'x-forwarded-proto': 'javascript' },
  ],
  ['another scheme', { authorization: 'Basic Zm9vOmJhcg==' }],
]

for (const [title, headers] of HOSTILE) {
  test(`${title} leaves the visitor signed out, without a server error`, async ({
    playwright,
    world,
  }) => {
    const visitor = await playwright.request.newContext({ baseURL: world.app.url, maxRedirects: 0 })
    const me = await visitor.get('/api/me', { headers })
    expect(me.status()).toBe(401)
    expect(await me.json()).toMatchObject({ userId: null })
    for (const path of ['/', '/dashboard', '/api/protected']) {
      const response = await visitor.get(path, { headers: { ...DOCUMENT, ...headers } })
      expect(response.status(), path).toBeLessThan(500)
    }
    await visitor.dispose()
  })
}
