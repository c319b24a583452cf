import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { pino } from 'pino'

import { createIdentity, IdentityError } from '../index.ts'
import { listenOnLoopback } from '../server.ts'
import { sharedTestDatabases } from '../testing/database.ts'
import { assembleIdentity } from '../identity.ts'
import { openTestServer, type TestBrowser, type TestServer } from '../testing/server.ts'
import { toNetwork, toVisitorNetwork } from './address.ts'

let server: TestServer
let browser: TestBrowser
beforeAll(async () => {
  server = await openTestServer()
  browser = await (await server.addInstance()).openBrowser()
  await browser.signUp('ada@example.com')
})
afterAll(() => server.close())

/** Uses a session from somewhere, and returns where the server says that was. Proxies are in 10.0.0.0/8. */
async function seenAddress(
  peer: string | null,
  headers: Readonly<Record<string, string>> = {},
  visitor: TestBrowser = browser,
) {
  visitor.peer = peer
  visitor.headers = headers
  const { sessions } = (await visitor.get('/client')).body.response
  await visitor.post(`/client/sessions/${sessions[0].id}/touch`)
  return (await visitor.get('/me/sessions/active')).body[0].latest_activity.ip_address as unknown
}

describe('a device is listed with the address of its browser', () => {
  it.each([
    ['that of the connection', '203.0.113.7', undefined, '203.0.113.7'],
    ['IPv4 within IPv6 as IPv4', '::ffff:203.0.113.7', undefined, '203.0.113.7'],
    ['that, whatever a stranger forwards', '203.0.113.7', '198.51.100.1', '203.0.113.7'],
    ['what a proxy of ours wrote', '10.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['the proxy within IPv6 as well', '::ffff:10.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['not what the browser wrote before', '10.0.0.1', '1.1.1.1, 198.51.100.1', '198.51.100.1'],
    ['through two proxies', '10.0.0.1', '1.1.1.1, 198.51.100.1,10.9.9.9', '198.51.100.1'],
    ['of a machine among the proxies', '10.0.0.1', '10.0.0.7, 10.9.9.9', '10.0.0.7'],
    ['with a port', '10.0.0.1', '198.51.100.1:4711', '198.51.100.1'],
    ['of IPv6 with a port', '10.0.0.1', '[2001:DB8:0::1]:4711', '2001:db8::1'],
    ['in the shortest form', '10.0.0.1', '2001:0db8:0000:0000:0000:0000:0000:0001', '2001:db8::1'],
    ['the proxy for want of one', '10.0.0.1', undefined, '10.0.0.1'],
    ['the proxy if it wrote nonsense', '10.0.0.1', '198.51.100.1, unknown', '10.0.0.1'],
    ['the proxy if it wrote nothing', '10.0.0.1', '198.51.100.1,', '10.0.0.1'],
    ['the proxy if it wrote leading zeros', '10.0.0.1', '01.02.03.04', '10.0.0.1'],
    ['none without a connection', null, '198.51.100.1', null],
  ])('%s', async (_what, peer, forwarded, expected) => {
    const headers = forwarded === undefined ? undefined : { 'x-forwarded-for': forwarded }
    expect(await seenAddress(peer, headers)).toBe(expected)
  })

  it('which no other header can tell', async () => {
    const headers = {
      forwarded: 'for=1.1.1.1',
      'x-real-ip': '1.1.1.1',
      'cf-connecting-ip': '1.1.1.1',
    }
    expect(await seenAddress('10.0.0.1', headers)).toBe('10.0.0.1')
  })
})

it('believes the proxy of a domain, which proves with the secret key that it is one', async () => {
  const production = await server.addInstance({ type: 'production' })
  await production.call('POST', '/domains', {
    name: 'shop.org',
    is_satellite: true,
    proxy_url: 'https://shop.org/__clerk',
  })
  const visitor = await production.openBrowser()
  await visitor.signUp('ada@example.com')
  const seenBy = (key: string) =>
    seenAddress(
      '10.0.0.1',
      {
        'x-forwarded-for': '192.0.2.1, 198.51.100.1, 203.0.113.7',
        'clerk-proxy-url': 'https://shop.org/__clerk',
        'clerk-secret-key': key,
      },
      visitor,
    )
  expect(await seenBy(production.keys.secretKey)).toBe('198.51.100.1')
  expect(await seenBy('sk_live_wrong')).toBe('203.0.113.7')
})

it.each([
  'nginx',
  '10.0.0.0/33',
  '::/129',
  '10.0.0',
  '10.0.0.0/0',
  '::/0',
  '10.0.0.1 10.0.0.2',
  '01.2.3.4',
  'Private',
])('refuses to start with "%s" among the trusted proxies', async (entry) => {
  const started = createIdentity({ trustedProxies: `loopback, ${entry}` })
  await expect(started).rejects.toThrow(IdentityError)
  await expect(started).rejects.toMatchObject({
    code: 'invalid-option',
    message: expect.stringContaining('TRUSTED_PROXIES'),
  })
})

it.each([
  ['203.0.113.7', '203.0.113.7', '203.0.113.0/24'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64', '2001:db8:1::/48'],
  ['2001:db8::1', '2001:db8::/64', '2001:db8::/48'],
  ['::1', '::/64', '::/48'],
])('counts %s as %s, and writes it down as %s', (address, counted, written) => {
  expect([toVisitorNetwork(address), toNetwork(address)]).toEqual([counted, written])
})

it('writes networks, not addresses, into the log, and says once that a proxy is not trusted', async () => {
  const lines: string[] = []
  const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) })
  const [database] = await sharedTestDatabases()
  if (database === undefined) throw new Error('A server needs a database.')
  const identity = assembleIdentity(database, null, {
    logger,
    trustedProxies: 'private',
  })
  const listener = await listenOnLoopback(0, identity.fetch)
  for (let count = 0; count < 2; count += 1) {
    await fetch(`http://127.0.0.1:${listener.port}/health/live`, {
      headers: { 'x-forwarded-for': '198.51.100.1' },
    })
  }
  await listener.close()
  await identity.close()
  const entries = lines.map((line) => JSON.parse(line) as { event?: string; network: string })
  expect(entries.filter(({ event }) => event === 'proxy.untrusted')).toHaveLength(1)
  expect(entries.map(({ network }) => network)).toEqual([
    '127.0.0.0/24',
    '127.0.0.0/24',
    '127.0.0.0/24',
  ])
})
