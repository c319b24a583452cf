import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

import { sql } from 'drizzle-orm'
import { exportJWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { listEvents } from '../audit/list.ts'
import type { DatabaseHandle } from '../database/database.ts'
import { signingKeys } from '../database/schema.ts'
import { listInstances, renewPrivateKeys } from '../instances/administer.ts'
import { assembleServices } from '../open.ts'
import { openTestDatabase } from '../testing/database.ts'
import { makeDirectory } from '../testing/program.ts'
import { openTestServer, TestInstance } from '../testing/server.ts'
import { generateSigningKeyPair } from '../tokens/signing-key.ts'
import { jwtTemplates } from '../tokens/tables.ts'
import { newDevelopmentSecret, parseSecrets, provisionSecret } from './secret.ts'
import { checkStoredKeys } from './stored-keys.ts'
import { createVault, type SealedPlace } from './vault.ts'

const PLACE: SealedPlace = { instanceId: 'ins_1', purpose: 'signing-key', id: 'kid_1' }

describe('a vault', () => {
  it('opens what it sealed, under any of its secrets', () => {
    const [older, newer] = [newDevelopmentSecret(), newDevelopmentSecret()]
    const sealed = createVault([older]).seal(PLACE, 'a key')
    const vault = createVault([newer, older])
    expect(vault.open(PLACE, sealed)).toBe('a key')
    expect(vault.isCurrent(sealed)).toBe(false)
    expect(vault.isCurrent(vault.seal(PLACE, 'a key'))).toBe(true)
    expect(() => createVault([newer]).open(PLACE, sealed)).toThrow(/Set CORE_SECRET to the one/)
  })

  it.each<[string, Partial<SealedPlace>]>([
    ['of another instance', { instanceId: 'ins_2' }],
    ['of another key', { id: 'kid_2' }],
    ['for another purpose', { purpose: 'template-key' }],
  ])('opens nothing in the place %s', (_what, other) => {
    const vault = createVault([newDevelopmentSecret()])
    const sealed = vault.seal(PLACE, 'a key')
    expect(() => vault.open({ ...PLACE, ...other }, sealed)).toThrow(/belongs elsewhere/)
  })

  it('opens nothing that was changed, be it one bit', () => {
    const vault = createVault([newDevelopmentSecret()])
    const [prefix, name, text = ''] = vault.seal(PLACE, 'a key').split('.')
    const bytes = Buffer.from(text, 'base64url')
    for (let i = 0; i < bytes.length; i++) {
      const changed = Buffer.from(bytes)
      changed[i] = (changed[i] ?? 0) ^ 1
      const sealed = [prefix, name, changed.toString('base64url')].join('.')
      expect(() => vault.open(PLACE, sealed)).toThrow(/was changed/)
    }
    expect(() => vault.open(PLACE, `${prefix}.${name}.`)).toThrow(/was changed/)
  })
})

describe('a secret', () => {
  it.each([
    ['', /too short/],
    ['short', /too short/],
    ['x'.repeat(64), /not random/],
    [`change-me-${'abcdefghijklmnopqrstuvwxyz0123456789'.repeat(2)}`, /not random/],
    [`${newDevelopmentSecret()},`, /too short/],
    [`${newDevelopmentSecret()} ${newDevelopmentSecret()}`, /plain text/],
  ])('is not %j', (text, fact) => {
    expect(() => parseSecrets(text)).toThrow(fact)
  })
})

const SHARED_SECRET = 'a secret that both sides know, long enough'

const SECRET = newDevelopmentSecret()

let opened: DatabaseHandle
let instance: TestInstance
let sessionId: string
beforeAll(async () => {
  opened = await openTestDatabase()
  instance = await (await openTestServer([opened], SECRET)).addInstance()
  await instance.call('POST', '/jwt_templates', {
    name: 'other',
    claims: {},
    custom_signing_key: true,
    signing_algorithm: 'HS256',
    signing_key: SHARED_SECRET,
  })
  const browser = await instance.openBrowser()
  sessionId = (await browser.signUp('ada@example.com')).body.client.sessions[0].id
})
afterAll(() => opened.close())

/** Starts a server with this secret, lets it sign with both kinds of keys, and returns what it signed. */
async function signWith(secret: string): Promise<readonly string[]> {
  await checkStoredKeys(opened.database, createVault(parseSecrets(secret)))
  const server = await openTestServer([opened], secret)
  const asked = new TestInstance(server, instance.type, instance.keys)
  const plain = await asked.call('POST', `/sessions/${sessionId}/tokens`)
  const templated = await asked.call('POST', `/sessions/${sessionId}/tokens/other`)
  return [plain.body.jwt as string, templated.body.jwt as string]
}

const SIGNED = [expect.stringMatching(/^eyJ/), expect.stringMatching(/^eyJ/)]

/** Everything that the tables of keys hold, as text. */
async function keysAtRest(): Promise<string> {
  const result: unknown = await opened.database.execute(
    sql`select k::text from signing_keys k union all select t::text from jwt_templates t`,
  )
  return JSON.stringify((result as { readonly rows: unknown }).rows)
}

// Members of keys that are private.
const PRIVATE = /\\+"(?:d|p|q|dp|dq|qi)\\+"/

describe('private keys in a database', () => {
  it('are encrypted, and refused with a sentence where the secret is another', async () => {
    expect(await signWith(SECRET)).toEqual(SIGNED)
    const rows = await keysAtRest()
    expect(rows).toContain('sealed.')
    expect(rows).not.toContain(SHARED_SECRET)
    expect(rows).not.toMatch(PRIVATE)
    expect(await signWith(SECRET)).toEqual(SIGNED)
    await expect(signWith(newDevelopmentSecret())).rejects.toMatchObject({
      code: 'secret-wrong',
      message: expect.stringMatching(/Set CORE_SECRET to the one that was used/),
    })
  })

  it('that a release before left readable are encrypted by the next start', async () => {
    const pair = await generateSigningKeyPair()
    const [privateKey, publicKey] = await Promise.all(
      [pair.privateKey, pair.publicKey].map((key) => exportJWK(key)),
    )
    await opened.database.update(signingKeys).set({ privateKey, publicKey })
    await opened.database.update(jwtTemplates).set({ signingKey: SHARED_SECRET })
    expect(await keysAtRest()).toMatch(PRIVATE)
    expect(await signWith(SECRET)).toEqual(SIGNED)
    const rows = await keysAtRest()
    expect(rows).not.toContain(SHARED_SECRET)
    expect(rows).not.toMatch(PRIVATE)
  })

  it('move to a new secret, and sign all the while', async () => {
    const [older, newer] = [SECRET, newDevelopmentSecret()]
    expect(await signWith(`${newer},${older}`)).toEqual(SIGNED)
    const services = assembleServices(opened, { secret: `${newer},${older}` })
    expect(await renewPrivateKeys(services)).toBe(2)
    expect(await renewPrivateKeys(services)).toBe(0)
    const [instance] = await listInstances(opened.database)
    expect(
      await listEvents(opened.database, { action: 'private_keys.renewed', limit: 10 }),
    ).toMatchObject([
      {
        instanceId: instance?.id,
        subject: instance?.id,
        actorKind: 'command',
        detail: { keys: 2 },
      },
    ])
    expect(await signWith(newer)).toEqual(SIGNED)
    await expect(signWith(older)).rejects.toMatchObject({ code: 'secret-wrong' })
  })
})

describe('the secret of a data directory', () => {
  it('is made once, and only its owner can read it', async () => {
    const { path, remove } = await makeDirectory()
    const made = await Promise.all(Array.from({ length: 50 }, () => provisionSecret(path)))
    expect(new Set(made).size).toBe(1)
    expect(made[0]).toMatch(/^core_dev_[\w-]{43}$/)
    expect((await stat(join(path, 'secret'))).mode & 0o777).toBe(0o600)
    expect(await readdir(path)).toEqual(['secret'])
    await remove()
  })
})
