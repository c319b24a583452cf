import { sql } from 'drizzle-orm'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { listEvents } from '../audit/list.ts'
import { assembleIdentity } from '../identity.ts'
import { only } from '../database/transact.ts'
import type { AccountlessOptions, IdentityOptions } from '../index.ts'
import { findInstance, findInstanceByHost } from '../instances/instance.ts'
import { sharedTestDatabases } from '../testing/database.ts'
import { codeOf } from '../testing/organizations.ts'
import {
  openTestServer,
  send,
  TestInstance,
  type Answer,
  type TestServer,
} from '../testing/server.ts'

const DAY = 24 * 60 * 60 * 1000

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

interface Application {
  readonly publishable_key: string
  readonly secret_key: string
  readonly claim_url: string
  readonly api_keys_url: string
}

const ask = (
  headers: Readonly<Record<string, string>> = {},
  query = '',
  asked: Pick<TestServer, 'identity'> = server,
  peer: string | null = null,
): Promise<Answer> =>
  send(
    asked,
    new Request(`http://localhost:4000/v1/accountless_applications${query}`, {
      method: 'POST',
      headers,
    }),
    peer,
  )

async function makeApplication() {
  const made = (await ask()).body as Application
  const { origin, searchParams } = new URL(made.claim_url)
  const instance = new TestInstance(server, 'development', {
    publishableKey: made.publishable_key,
    secretKey: made.secret_key,
    apiUrl: origin,
  })
  return { made, origin, instance, token: searchParams.get('token') ?? '' }
}

/** Another server, which makes applications in another way. */
async function openWith(accountless: AccountlessOptions | undefined, more: IdentityOptions = {}) {
  const handle = only(await sharedTestDatabases())
  const options = { ...more, ...(accountless === undefined ? {} : { accountless }) }
  return { identity: assembleIdentity(handle, null, options) }
}

const open = (url: string, headers: Readonly<Record<string, string>> = {}) =>
  send(server, new Request(url, { headers }))

function post(
  url: string,
  form: Readonly<Record<string, string>> = {},
  headers: Readonly<Record<string, string>> = {},
) {
  const { origin } = new URL(url)
  return send(
    server,
    new Request(url, {
      method: 'POST',
      headers: { origin, 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams(form).toString(),
    }),
  )
}

const claim = (url: string, name = 'Acme') => post(url, { application_name: name })

async function environmentOf(origin: string) {
  return (await open(`${origin}/v1/environment`)).body
}

describe('an application without an account', () => {
  it.each<[string, Record<string, string>, string]>([
    ['no key', {}, ''],
    ['an empty key', { authorization: 'Bearer ' }, ''],
    ['no key, in words', { authorization: 'Bearer undefined' }, ''],
    ['a framework', { 'clerk-framework': 'x', 'clerk-framework-version': '1' }, '?source=astro'],
  ])('is made for whoever asks with %s', async (_what, headers, query) => {
    const { status, body } = await ask(headers, query)
    expect(status).toBe(200)
    expect(body).toEqual({
      object: 'accountless_application',
      publishable_key: expect.stringMatching(/^pk_test_/),
      secret_key: expect.stringMatching(/^sk_test_/),
      claim_url: expect.stringMatching(
        /^http:\/\/app-\w+\.localhost:4000\/apps\/claim\?token=[\w-]{43}$/,
      ),
      api_keys_url: expect.stringMatching(
        /^http:\/\/app-\w+\.localhost:4000\/apps\/app_\w+\/instances\/ins_\w+\/api-keys$/,
      ),
    })
    expect(atob(body.publishable_key.slice('pk_test_'.length))).toBe(
      `${new URL(body.claim_url).host}$`,
    )
  })

  it('serves browsers at its own host and servers by its own key, like any other', async () => {
    const { instance, origin } = await makeApplication()
    const browser = await instance.openBrowser()
    const session = (await browser.signUp('ada@example.com')).body.client.sessions[0]
    expect((await instance.verify(session.last_active_token.jwt)).iss).toBe(origin)
    const { body } = await instance.call('GET', '/users/count')
    expect(body.total_count).toBe(1)
    // Servers may not be able to resolve its host, and need not.
    const elsewhere = await send(
      server,
      new Request('http://localhost:4000/v1/users/count', {
        headers: { authorization: `Bearer ${instance.keys.secretKey}` },
      }),
    )
    expect(elsewhere.body.total_count).toBe(1)
  })

  it('is not made for a page, whatever site it is of', async () => {
    for (const origin of ['https://evil.com', 'null', 'http://localhost:4000']) {
      const refused = await ask({ origin })
      expect([refused.status, codeOf(refused)]).toEqual([400, 'origin_invalid'])
    }
  })

  it('is made thirty times an hour for one address', async () => {
    const answers = await Promise.all(
      Array.from({ length: 31 }, () => ask({}, '', server, '127.0.0.1')),
    )
    const refused = answers.filter(({ status }) => status !== 200)
    expect(refused.map(codeOf)).toEqual(['too_many_requests'])
    expect(refused[0]?.headers.get('retry-after')).toBe('3600')
    expect((await ask({}, '', server, '127.0.0.2')).status).toBe(200)
  })

  it('is not made where the server is not for development', async () => {
    const strict = await openWith(undefined)
    const refused = await ask({}, '', strict)
    expect([refused.status, codeOf(refused)]).toEqual([400, 'request_invalid_for_environment'])
  })

  it('is complete once its server says so, as often as it does', async () => {
    const { instance, made } = await makeApplication()
    const complete = () => instance.call('POST', '/accountless_applications/complete')
    for (const answer of [await complete(), await complete()]) {
      expect([answer.status, answer.body]).toEqual([
        200,
        { object: 'accountless_application', ...made },
      ])
    }
    const key = 'sk_test_of_nobody'
    const refused = await instance.call('POST', '/accountless_applications/complete', {}, key)
    expect([refused.status, codeOf(refused)]).toEqual([401, 'clerk_key_invalid'])
    const own = await server.addInstance()
    const none = await own.call('POST', '/accountless_applications/complete')
    expect([none.status, codeOf(none)]).toEqual([404, 'resource_not_found'])
  })
})

describe('claiming', () => {
  it('shows a form, of which opening the address is no part', async () => {
    const { made, origin } = await makeApplication()
    for (const method of ['GET', 'HEAD', 'GET']) {
      const page = await send(server, new Request(made.claim_url, { method }))
      expect(page.status).toBe(200)
      expect(page.headers.get('cache-control')).toBe('private, no-store')
      expect(page.headers.get('content-security-policy')).toContain("form-action 'self'")
      // Else a browser would not say where the form is from.
      expect(page.headers.get('referrer-policy')).toBe('same-origin')
    }
    expect((await environmentOf(origin)).auth_config.claimed_at).toBeNull()
  })

  it('gives the application a name and a time, which browsers are told', async () => {
    const { made, origin } = await makeApplication()
    const claimed = await claim(made.claim_url, ' <Acme> & Co ')
    expect([claimed.status, claimed.headers.get('location')]).toEqual([303, made.api_keys_url])
    expect(await environmentOf(origin)).toMatchObject({
      auth_config: { claimed_at: server.now },
      display_config: { application_name: '<Acme> & Co' },
    })
  })

  it('asks again where no name was given, and has done nothing', async () => {
    const { made, origin } = await makeApplication()
    for (const name of ['', '   ']) {
      const page = await claim(made.claim_url, name)
      expect(page.status).toBe(422)
      expect(page.body).toContain('role="alert"')
    }
    expect((await claim(made.claim_url, 'x'.repeat(257))).status).toBe(422)
    expect((await environmentOf(origin)).auth_config.claimed_at).toBeNull()
  })

  it('happens once, however many try at once', async () => {
    const { made } = await makeApplication()
    const tries = await Promise.all(Array.from({ length: 10 }, () => claim(made.claim_url)))
    expect(tries.map(({ status }) => status).toSorted()).toEqual([303, ...Array(9).fill(404)])
    expect((await open(made.claim_url)).status).toBe(404)
  })

  it('needs the token of this application', async () => {
    const { made, origin } = await makeApplication()
    const other = await makeApplication()
    const address = (token: string) => `${origin}/apps/claim?${new URLSearchParams({ token })}`
    for (const token of ['', 'x', other.token, made.secret_key, '\0']) {
      const json = await open(address(token), { accept: 'application/json' })
      const code = token === '\0' ? 'form_param_format_invalid' : 'resource_not_found'
      expect(codeOf(json)).toBe(code)
      if (token === '\0') continue
      const page = await open(address(token))
      expect([page.status, page.body.includes('Nothing to claim')]).toEqual([404, true])
      expect((await claim(address(token))).status).toBe(404)
    }
    expect((await environmentOf(origin)).auth_config.claimed_at).toBeNull()
  })

  it.each(['https://evil.com', 'http://localhost:3000', 'null', ''])(
    'is refused a form from %j',
    async (from) => {
      const { made, origin } = await makeApplication()
      const headers = from === '' ? {} : { origin: from }
      const body = new URLSearchParams({ application_name: 'Acme' })
      const refused = await send(
        server,
        new Request(made.claim_url, { method: 'POST', headers, body }),
      )
      expect([refused.status, codeOf(refused)]).toEqual([400, 'origin_invalid'])
      expect((await environmentOf(origin)).auth_config.claimed_at).toBeNull()
    },
  )

  it.each([
    ['http://localhost:3000/here?a=1', true],
    ['https://evil.com/', false],
    ['//evil.com', false],
    ['javascript:alert(1)', false],
  ])('leads back to %s: %s', async (target, isAllowed) => {
    const { made } = await makeApplication()
    const query = `&${new URLSearchParams({ return_url: target })}`
    const claimed = await claim(made.claim_url + query)
    const location = claimed.headers.get('location') ?? ''
    expect(new URL(location).searchParams.get('return_url')).toBe(isAllowed ? target : null)
    const cookie = passOf(claimed)
    const page = await open(`${made.api_keys_url}?${query.slice(1)}`, { cookie })
    expect(page.body.includes(`href="${target}"`)).toBe(isAllowed)
  })

  it('is left to whoever runs the server, where strangers may make applications', async () => {
    const strict = await openWith({ host: 'dev.example.com' })
    const { claim_url: address } = (await ask({}, '', strict)).body as Application
    const { host, origin } = new URL(address)
    expect(origin).toMatch(/^https:\/\/app-\w+\.dev\.example\.com$/)
    const page = await send(strict, new Request(address))
    expect(page.body).toContain(`core instance claim --instance ${host}`)
    expect(page.body).not.toContain('<form')
    const refused = await send(
      strict,
      new Request(address, { method: 'POST', headers: { origin } }),
    )
    expect([refused.status, codeOf(refused)]).toEqual([403, 'resource_forbidden'])
  })
})

function passOf({ cookies }: Answer): string {
  const [cookie = ''] = cookies
  return cookie.split(';')[0] ?? ''
}

it('leaves no claim token in the log', async () => {
  const lines: string[] = []
  const logger = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) })
  const strict = await openWith({ host: 'dev.example.com' }, { logger })
  const { claim_url: address, secret_key: key } = (await ask({}, '', strict)).body as Application
  await send(strict, new Request(address))
  await send(strict, new Request(address, { method: 'POST' }))
  expect(lines).toHaveLength(3)
  expect(lines.join()).not.toContain(key)
  expect(lines.join()).not.toContain(new URL(address).searchParams.get('token'))
})

describe('the page of keys', () => {
  it('shows who claimed a new secret key, once, which works beside the other', async () => {
    const { made, instance } = await makeApplication()
    const claimed = await claim(made.claim_url)
    expect(claimed.cookies).toEqual([
      expect.stringMatching(
        /^__core_keys=\S+; Path=\/apps; Max-Age=86400; HttpOnly; SameSite=Lax$/,
      ),
    ])
    const cookie = passOf(claimed)
    const before = await open(made.api_keys_url, { cookie })
    expect([before.status, before.body.includes('sk_test_')]).toEqual([200, false])
    const shown = await post(made.api_keys_url, {}, { cookie })
    expect(shown.headers.get('cache-control')).toBe('private, no-store')
    expect(shown.body).toContain(`CLERK_PUBLISHABLE_KEY=${made.publishable_key}\n`)
    expect(shown.body).toContain('CLERK_API_URL=http://localhost:4000</pre>')
    const key = /CLERK_SECRET_KEY=(\S+)/.exec(shown.body)?.[1] ?? ''
    for (const each of [key, made.secret_key]) {
      expect((await instance.call('GET', '/users/count', undefined, each)).status).toBe(200)
    }
    expect((await open(made.api_keys_url, { cookie })).body).not.toContain(key)
  })

  it('is for nobody who has only its address, the pass of another, or one that is over', async () => {
    const { made, instance } = await makeApplication()
    const other = await makeApplication()
    const pass = passOf(await claim(made.claim_url))
    const foreign = passOf(await claim(other.made.claim_url))
    const forged = pass.replace(/=\d+/, `=${server.now + 9 * DAY}`)
    for (const cookie of [
      '',
      foreign,
      forged,
      `${pass}x`,
      '__core_keys=1.sealed.',
      '__core_keys',
    ]) {
      for (const answer of [
        await open(made.api_keys_url, { cookie }),
        await post(made.api_keys_url, {}, { cookie }),
      ]) {
        expect([answer.status, answer.body.includes('Make a secret key')]).toEqual([404, false])
      }
    }
    const elsewhere = made.api_keys_url.replace(/app_\w+/, 'app_1')
    expect((await open(elsewhere, { cookie: pass })).status).toBe(404)
    const foreignForm = await post(made.api_keys_url, {}, { cookie: pass, origin: 'https://a.com' })
    expect(codeOf(foreignForm)).toBe('origin_invalid')
    server.advance(DAY)
    expect((await open(made.api_keys_url, { cookie: pass })).status).toBe(404)
    expect((await instance.call('GET', '/users/count')).status).toBe(200)
  })

  it('has nothing to show before the application is claimed', async () => {
    const { made } = await makeApplication()
    expect((await open(made.api_keys_url)).status).toBe(404)
  })
})

describe('the host of an application', () => {
  it('follows the port of a server on this machine, and with it the key', async () => {
    const other = await openWith({ host: 'localhost:4300' })
    const { claim_url: address } = (await ask({}, '', other)).body as Application
    const at = (port: number) =>
      send(other, new Request(address.replace(':4300', `:${port}`), { method: 'GET' }))
    expect((await at(4300)).status).toBe(200)
    const moved = await openWith({ host: 'localhost:4301' })
    // The development instance is another one, and no application becomes it.
    const { publishableKey } = await moved.identity.provision('localhost:4301')
    expect([(await at(4300)).status, (await at(4301)).status]).toEqual([404, 200])
    expect(atob(publishableKey.slice('pk_test_'.length))).toBe('localhost:4301$')
  })

  it.each(['a b', 'clerk.example.com', 'example.com/x', ''])('is not below %j', async (host) => {
    await expect(openWith({ host })).rejects.toThrow(
      expect.objectContaining({ code: 'invalid-host' }),
    )
  })
})

describe('an application that nobody uses', () => {
  it('is deleted after a week with everything in it, but not what is used or claimed', async () => {
    const [unused, used, claimed] = [
      await makeApplication(),
      await makeApplication(),
      await makeApplication(),
    ]
    const own = await server.addInstance()
    await claim(claimed.made.claim_url)
    const isThere = async ({ made: { secret_key: key } }: typeof unused) =>
      (await own.call('GET', '/users/count', undefined, key)).status === 200
    server.advance(4 * DAY)
    expect(await isThere(used)).toBe(true)
    server.advance(4 * DAY)
    await makeApplication()
    expect(await isThere(unused)).toBe(false)
    expect((await open(unused.made.claim_url)).status).toBe(404)
    expect(await isThere(used)).toBe(true)
    expect(await isThere(claimed)).toBe(true)
    expect((await own.call('GET', '/users/count')).status).toBe(200)
  })

  it('is written down when it is deleted', async () => {
    const { database } = only(await sharedTestDatabases())
    const { instance } = await makeApplication()
    const instanceId = (await instance.call('GET', '/instance')).body.id as string
    server.advance(8 * DAY)
    await ask()
    const [event] = await listEvents(database, { instanceId, limit: 1 })
    expect(event).toMatchObject({
      action: 'instance.deleted',
      subject: instanceId,
      actorKind: 'command',
      detail: { reason: 'unused' },
    })
  })

  it('is left to the next request if that takes long', async () => {
    const clock = { now: server.now + 100 * DAY, step: 0 }
    const slow = await openWith(
      { host: 'slow.example.com' },
      { now: () => (clock.now += clock.step) },
    )
    // The first of them does away with what other tests have left.
    const hosts: string[] = []
    for (let count = 0; count < 3; count++) {
      const { claim_url } = (await ask({}, '', slow)).body as Application
      hosts.push(new URL(claim_url).host)
    }
    const { database } = only(await sharedTestDatabases())
    const isThere = async (host: string) => (await findInstanceByHost(database, host)) !== null
    const count = async () =>
      (await Promise.all(hosts.map(isThere))).filter((found) => found).length
    clock.now += 8 * DAY
    clock.step = 600
    await ask({}, '', slow)
    expect(await count()).toBe(2)
    clock.step = 0
    await ask({}, '', slow)
    expect(await count()).toBe(0)
  })

  it('keeps neither another from being deleted nor anybody from having one, if it cannot be', async () => {
    const { database } = only(await sharedTestDatabases())
    const idOf = async ({ instance }: Awaited<ReturnType<typeof makeApplication>>) =>
      (await instance.call('GET', '/instance')).body.id as string
    const id = await idOf(await makeApplication())
    server.advance(1)
    const other = await idOf(await makeApplication())
    await database.execute(
      sql`create function refuse_this() returns trigger language plpgsql as $$ begin raise exception 'refused'; end $$`,
    )
    await database.execute(
      sql.raw(
        `create trigger keep_this before delete on instances for each row when (old.id = '${id}') execute function refuse_this()`,
      ),
    )
    try {
      server.advance(8 * DAY)
      expect((await ask()).status).toBe(200)
      expect(await findInstance(database, id)).not.toBeNull()
      expect(await findInstance(database, other)).toBeNull()
    } finally {
      await database.execute(sql`drop trigger keep_this on instances`)
      await database.execute(sql`drop function refuse_this()`)
    }
    await ask()
    expect(await findInstance(database, id)).toBeNull()
  })

  it('is not deleted for want of a note of its last use, however short a life it may have', async () => {
    const clock = { now: server.now }
    const options = { now: () => clock.now }
    const brief = await openWith({ host: 'dev.example.com', lifetime: 1000 }, options)
    const { secret_key: key } = (await ask({}, '', brief)).body as Application
    const use = () =>
      send(
        brief,
        new Request('http://localhost:4000/v1/users/count', {
          headers: { authorization: `Bearer ${key}` },
        }),
      )
    for (let minutes = 0; minutes < 180; minutes += 15) {
      clock.now += 15 * 60 * 1000
      expect((await use()).status).toBe(200)
      await ask({}, '', brief)
    }
    clock.now += DAY
    await ask({}, '', brief)
    expect((await use()).status).toBe(401)
  })
})
