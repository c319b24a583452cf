/** An instance as a file: from one kind of database to the other, and back. */

import { beforeAll, describe, expect, it } from 'vitest'

import { listEvents } from '../audit/list.ts'
import type { DatabaseHandle } from '../database/database.ts'
import { openEmbeddedDatabase } from '../database/embedded.ts'
import { findInstanceByHost } from '../instances/instance.ts'
import { assembleServices } from '../open.ts'
import type { Services } from '../services.ts'
import { testArchive } from '../testing/archive.ts'
import { openTestDatabase } from '../testing/database.ts'
import { openTestServer, send, TestInstance } from '../testing/server.ts'
import { newDevelopmentSecret } from '../vault/secret.ts'
import { exportInstance } from './export.ts'
import { importInstance } from './import.ts'

const PASSPHRASE = 'a long passphrase'
const SECRETS = [newDevelopmentSecret(), newDevelopmentSecret()] as const

let source: Services
let embedded: DatabaseHandle
let sourceHandle: DatabaseHandle
let made: TestInstance
let id: string
let sessionId: string
beforeAll(async () => {
  sourceHandle = await openTestDatabase()
  embedded = await openEmbeddedDatabase(null, await testArchive())
  source = assembleServices(sourceHandle, { secret: SECRETS[0] })
  const server = await openTestServer([sourceHandle], SECRETS[0])
  // Another one, of which nothing must get into the file.
  await (
    await server.addInstance()
  ).call('POST', '/users', {
    email_address: ['other@example.com'],
    skip_password_requirement: true,
  })
  made = await server.addInstance()
  const browser = await made.openBrowser()
  const session = (await browser.signUp('ada@example.com')).body.client.sessions[0]
  sessionId = session.id
  await made.call('PATCH', `/users/${session.user.id}/metadata`, {
    public_metadata: { precise: 12345678901234.56, text: 'a "quote", \n a line and \u2028 é' },
  })
  await made.call('POST', '/organizations', { name: 'Acme', created_by: session.user.id })
  await made.call('POST', '/jwt_templates', {
    name: 'other',
    claims: {},
    custom_signing_key: true,
    signing_algorithm: 'HS256',
    signing_key: 'a secret that both sides know, long enough',
  })
  id = await idOf(source)
  return () => Promise.all([sourceHandle.close(), embedded.close()])
})

async function idOf({ database }: Services): Promise<string> {
  return (await findInstanceByHost(database, new URL(made.keys.apiUrl).host))?.id ?? ''
}

async function write(from: Services, passphrase: string | null = PASSPHRASE): Promise<string[]> {
  const lines: string[] = []
  await exportInstance(from, id, passphrase, async (line) => void lines.push(line))
  return lines
}

async function* each(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines
}

describe('an instance', () => {
  it('is the same line for line after it went to another kind of database', async () => {
    const lines = await write(source)
    expect(lines.join('\n')).toContain('ada@example.com')
    expect(lines.join('\n')).not.toContain('other@example.com')
    expect(lines.join('\n')).not.toContain('both sides know')
    expect(lines.join('\n')).toContain('12345678901234.56')
    const target = assembleServices(embedded, { secret: SECRETS[1] })
    await importInstance(target, each(lines), PASSPHRASE)
    expect(await write(target)).toEqual(lines)
    // Sessions go on there: the keys that sign came along.
    const there = new TestInstance(
      await openTestServer([embedded], SECRETS[1]),
      made.type,
      made.keys,
    )
    for (const path of ['tokens', 'tokens/other']) {
      const signed = await there.call('POST', `/sessions/${sessionId}/${path}`)
      expect(signed.body.jwt).toMatch(/^eyJ/)
    }
    await expect(importInstance(target, each(lines), PASSPHRASE)).rejects.toThrow(/already/)
  })

  it('does not go without that being written down', async () => {
    const exports = () =>
      listEvents(source.database, { instanceId: id, action: 'instance.exported', limit: 100 })
    const before = await exports()
    const lines = await write(source)
    await write(source, null)
    const [first, second, ...rest] = await exports()
    expect(rest).toEqual(before)
    expect([first, second].map((event) => event?.detail)).toEqual(
      expect.arrayContaining([
        { rows: lines.length - 2, keys: 'sealed' },
        { rows: expect.any(Number), keys: 'absent' },
      ]),
    )
    expect(first).toMatchObject({ actorKind: 'command', subject: id })
    const disk = new Error('The disk is full.')
    const failing = exportInstance(source, id, PASSPHRASE, () => Promise.reject(disk))
    await expect(failing).rejects.toBe(disk)
    expect(await exports()).toHaveLength(before.length + 2)
  })

  it('goes without private keys where there is no passphrase, and gets a new one', async () => {
    const lines = await write(source, null)
    expect(lines.join('\n')).not.toMatch(/sealed\.|"d"/)
    const handle = await openTestDatabase()
    await importInstance(assembleServices(handle, { secret: SECRETS[1] }), each(lines), null)
    const there = new TestInstance(await openTestServer([handle], SECRETS[1]), made.type, made.keys)
    const signed = await there.call('POST', `/sessions/${sessionId}/tokens`)
    expect((await there.verify(signed.body.jwt))['sid']).toBe(sessionId)
    expect((await there.call('GET', '/jwks')).body.keys.length).toBeGreaterThan(0)
    await handle.close()
  })
})

const askForApplication = () =>
  new Request('http://localhost:4000/v1/accountless_applications', { method: 'POST' })

it('counts an application that nobody claimed as used when it comes', async () => {
  const { body } = await send(await openTestServer([sourceHandle], SECRETS[0]), askForApplication())
  const host = new URL(body.claim_url).host
  const { id: madeId = '' } = (await findInstanceByHost(source.database, host)) ?? {}
  const lines: string[] = []
  await exportInstance(source, madeId, PASSPHRASE, async (line) => void lines.push(line))
  const handle = await openTestDatabase()
  const later = await openTestServer([handle], SECRETS[1])
  later.advance(30 * 24 * 60 * 60 * 1000)
  const target = assembleServices(handle, { secret: SECRETS[1], now: () => later.now })
  await importInstance(target, each(lines), PASSPHRASE)
  // Making another one deletes what nobody uses.
  await send(later, askForApplication())
  expect(await findInstanceByHost(target.database, host)).not.toBeNull()
  await handle.close()
})

const change = (pattern: RegExp, by: string) => (lines: readonly string[]) =>
  lines.map((line) => line.replace(pattern, by))

describe('a file', () => {
  it.each<[string, (lines: readonly string[]) => readonly string[], RegExp]>([
    ['that is empty', () => [], /is no export/],
    ['that was cut off', (lines) => lines.slice(0, -1), /was cut off/],
    [
      'that lacks a row',
      (lines) => lines.filter((line) => !line.startsWith('{"table":"sessions"')),
      /checksum/,
    ],
    ['that was changed', change(/"first_name": null/, '"first_name": "Eve"'), /checksum/],
    ['of a newer form', change(/^\{"core_export":1/, '{"core_export":2'), /a newer release/],
    ['with a table nobody knows', change(/^\{"table":"users"/, '{"table":"aliens"'), /"aliens"/],
    ['with a column nobody knows', change(/"first_name"/, '"third_name"'), /"third_name"/],
    [
      'with rows of another instance',
      change(/"instance_id": "ins_\w/, '"instance_id": "ins_other'),
      /another instance/,
    ],
    ['that goes on behind its end', (lines) => [...lines, '{}'], /behind its end/],
  ])('%s is refused, and leaves nothing behind', async (_what, spoil, reason) => {
    const handle = await openTestDatabase()
    const target = assembleServices(handle, { secret: SECRETS[1] })
    const spoiled = spoil(await write(source))
    await expect(importInstance(target, each(spoiled), PASSPHRASE)).rejects.toMatchObject({
      code: 'import-refused',
      message: expect.stringMatching(reason),
    })
    expect(await idOf(target)).toBe('')
    await handle.close()
  })

  it('opens under its own passphrase only', async () => {
    const handle = await openTestDatabase()
    const target = assembleServices(handle, { secret: SECRETS[1] })
    const lines = await write(source)
    await expect(importInstance(target, each(lines), null)).rejects.toThrow(/--passphrase-file/)
    await expect(importInstance(target, each(lines), 'another passphrase')).rejects.toMatchObject({
      code: 'import-refused',
      message: expect.stringMatching(/under another passphrase/),
    })
    await handle.close()
  })
})
