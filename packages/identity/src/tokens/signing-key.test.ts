import { decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { signingKeys } from '../database/schema.ts'
import { createInstance } from '../instances/instance.ts'
import { openTestDatabase } from '../testing/database.ts'
import { handshakeCookies } from '../testing/directives.ts'
import {
  openTestServer,
  send,
  type TestBrowser,
  type TestInstance,
  type TestServer,
} from '../testing/server.ts'
import { createSigners, generateSigningKeyPair, readJwks, rotateSigningKey } from './signing-key.ts'
import { newDevelopmentSecret } from '../vault/secret.ts'
import { createVault } from '../vault/vault.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

const hostOf = (instance: TestInstance): string => new URL(instance.keys.apiUrl).host

const rotate = (instance: TestInstance): Promise<string> =>
  server.identity.rotateSigningKey(hostOf(instance))

async function keySet(instance: TestInstance): Promise<Record<string, unknown>[]> {
  const url = `${instance.keys.apiUrl}/v1/.well-known/jwks.json`
  const open = (await send(server, new Request(url))).body.keys
  // Servers are given the same.
  expect((await instance.call('GET', '/jwks')).body.keys).toEqual(open)
  return open
}

const kidsOf = async (instance: TestInstance): Promise<unknown[]> =>
  (await keySet(instance)).map(({ kid }) => kid)

async function signedIn(settings: object = {}): Promise<{
  instance: TestInstance
  browser: TestBrowser
  id: string
  token: () => Promise<string>
}> {
  const instance = await server.addInstance({ settings })
  const browser = await instance.openBrowser()
  const { client } = (await browser.signUp('ada@example.com')).body
  const { id } = client.sessions[0]
  return {
    instance,
    browser,
    id,
    token: async () => (await browser.post(`/client/sessions/${id}/tokens`)).body.jwt as string,
  }
}

describe('a key', () => {
  it.each([
    ['RS256', { kty: 'RSA', n: expect.stringMatching(/^[\w-]{342}$/), e: 'AQAB' }],
    ['ES256', { kty: 'EC', crv: 'P-256', x: expect.any(String), y: expect.any(String) }],
    ['EdDSA', { kty: 'OKP', crv: 'Ed25519', x: expect.any(String) }],
  ] as const)(
    'of an instance set to %s signs, and is published whole but for its private half',
    async (algorithm, parts) => {
      const { instance, token } = await signedIn(
        algorithm === 'RS256' ? {} : { signing_algorithm: algorithm },
      )
      const [key, ...others] = await keySet(instance)
      expect(others).toEqual([])
      expect(key).toEqual({
        use: 'sig',
        alg: algorithm,
        kid: expect.stringMatching(/^ins_/),
        ...parts,
      })
      const jwt = await token()
      expect(decodeProtectedHeader(jwt)).toMatchObject({ alg: algorithm, kid: key?.['kid'] })
      await instance.verify(jwt)
    },
  )
})

describe('rotation', () => {
  it('signs with a new key at once, while tokens of the old one hold to their end', async () => {
    const { instance, token } = await signedIn()
    const before = await token()
    const [oldKid] = await kidsOf(instance)
    const kid = await rotate(instance)
    expect(kid).not.toBe(oldKid)
    expect(await kidsOf(instance)).toEqual([oldKid, kid])
    // Of two processes on one database the other one follows within a minute.
    const tokens = [await token(), await token()]
    const after = tokens.filter((jwt) => decodeProtectedHeader(jwt).kid === kid)
    expect(after.length).toBeGreaterThan(0)
    server.advance(59_000)
    for (const jwt of [before, ...tokens]) await instance.verify(jwt)
    server.advance(1000)
    for (const jwt of [await token(), await token()]) {
      expect(decodeProtectedHeader(jwt).kid).toBe(kid)
    }
  })

  it('takes the old key out of the set once its last token is over, and not before', async () => {
    const { instance, id } = await signedIn()
    const created = await instance.call('POST', '/jwt_templates', {
      name: 'long',
      claims: {},
      lifetime: 315_360_000,
    })
    expect(created.status).toBe(200)
    const { jwt } = (await instance.call('POST', `/sessions/${id}/tokens/long`)).body
    const kid = await rotate(instance)
    const now = server.now
    try {
      server.now = now + 315_359_999_000
      await instance.verify(jwt)
      expect(await kidsOf(instance)).toHaveLength(2)
      server.now = now + 315_360_000_000 + 2 * 3_600_000
      expect(await kidsOf(instance)).toEqual([kid])
    } finally {
      server.now = now
    }
  })

  it('takes it out within two hours where tokens are short', async () => {
    const { instance, token } = await signedIn()
    await token()
    const kid = await rotate(instance)
    server.advance(2 * 3_600_000)
    expect(await kidsOf(instance)).toEqual([kid])
    await instance.verify(await token())
  })

  it('changes to another algorithm when the setting has changed', async () => {
    const { instance, token } = await signedIn()
    const before = await token()
    await server.identity.provision(hostOf(instance), { signing_algorithm: 'ES256' })
    expect(decodeProtectedHeader(await token()).alg).toBe('RS256')
    await rotate(instance)
    const after = await token()
    expect(decodeProtectedHeader(after).alg).toBe('ES256')
    await instance.verify(before)
    await instance.verify(after)
  })

  it('leaves one key in use, however many rotate at once', async () => {
    const { instance, token } = await signedIn()
    const kids = await Promise.all(Array.from({ length: 5 }, () => rotate(instance)))
    expect(new Set(kids).size).toBe(5)
    const { kid } = decodeProtectedHeader(await token())
    expect(kids).toContain(kid)
    await instance.verify(await token())
  })

  it('signs nobody out: a token of the old key is still exchanged for a new one', async () => {
    const { instance, browser, id } = await signedIn()
    const pair = await handshakeCookies(browser, 'http://localhost:3000/')
    const kid = await rotate(instance)
    server.advance(3 * 3_600_000)
    expect(await kidsOf(instance)).toEqual([kid])
    const { status, body } = await instance.call('POST', `/sessions/${id}/refresh`, {
      format: 'cookie',
      expired_token: pair.session,
      refresh_token: pair.refresh,
      request_origin: 'http://localhost:3000',
    })
    expect(status).toBe(200)
    const jwt = /^__session=([^;]+)/.exec(body.cookies.at(-1))?.[1] ?? ''
    expect(decodeProtectedHeader(jwt).kid).toBe(kid)
    await instance.verify(jwt)
  })

  it('says so where there is no instance', async () => {
    await expect(server.identity.rotateSigningKey('nowhere.localhost:1')).rejects.toMatchObject({
      code: 'no-instance',
    })
  })
})

async function openKeys() {
  const { database, close } = await openTestDatabase()
  const vault = createVault([newDevelopmentSecret()])
  let now = Date.UTC(2030, 0, 1)
  const { id } = await createInstance(
    database,
    vault,
    {
      type: 'development',
      frontendApi: 'localhost:4000',
      signingKey: await generateSigningKeyPair(),
    },
    now,
  )
  const process = () => {
    const signers = createSigners(database, vault, () => now)
    return async (lifetime: number): Promise<unknown> => {
      const signer = await signers.of(id)
      const exp = Math.floor(now / 1000) + lifetime
      return decodeProtectedHeader(await signer.sign({ exp }, { typ: 'JWT' })).kid
    }
  }
  return {
    close,
    process,
    database,
    advance: (ms: number) => {
      now += ms
    },
    published: async () => (await readJwks(database, id, now)).keys.map(({ kid }) => kid),
    rotate: async () =>
      rotateSigningKey(database, vault, id, await generateSigningKeyPair('ES256'), 60, now),
  }
}

describe('several processes', () => {
  const soon = 60

  it('notice a rotation of another one within a minute, and are covered until then', async () => {
    const keys = await openKeys()
    const [first, second] = [keys.process(), keys.process()]
    const old = await first(soon)
    expect(await second(soon)).toBe(old)
    const kid = await keys.rotate()
    keys.advance(59_999)
    expect(await second(soon)).toBe(old)
    expect(await keys.published()).toEqual([old, kid])
    keys.advance(1)
    expect(await first(soon)).toBe(kid)
    expect(await second(soon)).toBe(kid)
    await keys.close()
  })

  it('sign nothing with an old key that would outlive its place in the set', async () => {
    const keys = await openKeys()
    const [first, second] = [keys.process(), keys.process()]
    const old = await second(soon)
    const kid = await keys.rotate()
    expect(await second(86_400)).toBe(kid)
    expect(await first(soon)).toBe(kid)
    expect(old).not.toBe(kid)
    await keys.close()
  })

  it('keep of an old key only what is public', async () => {
    const keys = await openKeys()
    await keys.rotate()
    const rows = await keys.database.select().from(signingKeys)
    const retired = rows.find(({ retiredAt }) => retiredAt !== null)
    expect(retired?.privateKey).toEqual(retired?.publicKey)
    expect(retired?.privateKey).not.toHaveProperty('d')
    const inUse = rows.find(({ retiredAt }) => retiredAt === null)
    expect(inUse?.privateKey).toEqual({ sealed: expect.stringMatching(/^sealed\./) })
    await keys.close()
  })
})
