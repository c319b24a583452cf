/** The commands with which a server is looked after, over a database that other processes use meanwhile. */

import { sql } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'

import { withPatientConnection } from '../database/server.ts'
import { createIdentity, type Identity } from '../identity.ts'
import { createTestDatabase } from '../testing/database.ts'
import { newDevelopmentSecret } from '../vault/secret.ts'
import type { Command } from './arguments.ts'
import { audit } from './audit.ts'
import { instance } from './instance.ts'
import { key } from './key.ts'
import { org } from './org.ts'
import { rotate } from './rotate.ts'
import { user } from './user.ts'

const HOST = 'clerk.example.com'
const SECRET = newDevelopmentSecret()

let databaseUrl: string
let server: Identity
let secretKey: string
beforeAll(async () => {
  databaseUrl = await createTestDatabase()
  server = await createIdentity({ databaseUrl, secret: SECRET })
  const said = await run(instance, ['create', '--production', '--host', HOST])
  secretKey = /CLERK_SECRET_KEY=(\S+)/.exec(said)?.[1] ?? ''
  return () => server.close()
})

async function run(command: Command, args: readonly string[], input = ''): Promise<string> {
  const lines: string[] = []
  const code = await command.run(args, {
    out: (line) => lines.push(line),
    error: () => undefined,
    readInput: async () => input,
    env: { DATABASE_URL: databaseUrl, CORE_SECRET: SECRET },
  })
  expect(code).toBe(0)
  return lines.join('\n')
}

async function runJson(command: Command, ...args: readonly string[]) {
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look wherever they like
  return JSON.parse(await run(command, [...args, '--json'])) as any
}

/** Asks the server that runs beside the commands. */
async function ask(key: string, method = 'GET', path = '/users/count', body?: object) {
  const response = await server.fetch(
    new Request(`https://${HOST}/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  )
  return response.status
}

describe('core instance', () => {
  it('makes an instance whose keys work at once, and shows the secret one this once', async () => {
    expect(secretKey).toMatch(/^sk_live_/)
    expect(await ask(secretKey)).toBe(200)
    expect(await run(instance, ['show'])).not.toContain('sk_live')
    expect(await run(instance, ['list'])).toMatch(/^ins_\w+ {2}production {2}clerk\.example\.com$/)
  })

  it('changes settings, and keeps those that are not named', async () => {
    await run(instance, ['set', '--set', 'application_name=Acme'])
    const shown = await runJson(instance, 'set', '--set', 'session_lifetime=3600')
    expect(shown.settings).toMatchObject({ application_name: 'Acme', session_lifetime: 3600 })
    await expect(run(instance, ['set', '--set', 'nonsense=1'])).rejects.toThrow(/not a setting/)
  })

  it('asks which one is meant where there are several, and deletes one with everything in it', async () => {
    const other = 'clerk.other.example.com'
    await run(instance, ['create', '--production', '--host', other])
    await run(user, ['create', '--email', 'eve@example.com', '--instance', other])
    const which = `Name one of these instances with --instance: ${HOST}, ${other}.`
    await expect(run(user, ['list'])).rejects.toThrow(which)
    await expect(run(instance, ['delete', '--instance', other])).rejects.toThrow(/Add --yes/)
    await run(org, ['create', '--name', 'Other', '--instance', other])
    expect(await run(instance, ['delete', '--instance', other, '--yes'])).toMatch(/^Deleted ins_/)
    expect(await run(user, ['list'])).toBe('Nobody.')
  })

  it('tells which instances nobody claimed, means them by name only, and claims one', async () => {
    const host = 'localhost:4000'
    const maker = await createIdentity({ databaseUrl, secret: SECRET, accountless: { host } })
    const request = new Request(`http://${host}/v1/accountless_applications`, { method: 'POST' })
    const { claim_url: address } = (await (await maker.fetch(request)).json()) as {
      claim_url: string
    }
    await maker.close()
    const made = new URL(address).host
    expect(await run(instance, ['list'])).toMatch(new RegExp(`${made} +unclaimed$`, 'm'))
    expect((await runJson(instance, 'show')).host).toBe(HOST)
    const claim = ['claim', '--instance', made, '--name', 'Acme']
    expect((await runJson(instance, ...claim)).settings).toMatchObject({ application_name: 'Acme' })
    expect(await runJson(instance, 'list')).toMatchObject([
      { host: HOST, claim: null },
      { host: made, claim: 'claimed' },
    ])
    await expect(run(instance, claim)).rejects.toThrow(/is yours already/)
    await expect(run(instance, ['claim'])).rejects.toThrow(/Name the instance to claim/)
    await expect(run(instance, ['claim', '--instance', HOST])).rejects.toThrow(/is yours already/)
    await run(instance, ['delete', '--instance', made, '--yes'])
  })

  it.each([
    [['create', '--host', HOST, '--production'], /another instance at clerk\.example\.com already/],
    [['create', '--host', 'a b', '--production'], /cannot be the host/],
    [['create', '--host', HOST], /say --production or --development/],
    [['create', '--host', HOST, '--production', '--development'], /say --production or/],
    [['delete', '--yes'], /Name the instance to delete/],
    [['show', '--instance', 'nobody'], /Name one of these instances/],
    [['dance'], /"dance" is not known after "core instance"\. Write one of: create, list/],
    [[], /Something is missing after "core instance"/],
    [['list', 'extra'], /Write it like this: core instance list$/],
    [['list', '--nonsense'], /Unknown option '--nonsense'/],
    [['__proto__'], /is not known/],
  ])('answers %j with a sentence', async (args, sentence) => {
    await expect(run(instance, args)).rejects.toThrow(sentence)
  })
})

describe('core key', () => {
  it('replaces a secret key without a gap', async () => {
    const newer = await run(key, ['create', '--name', 'web'])
    expect(await ask(secretKey)).toBe(200)
    expect(await ask(newer)).toBe(200)
    const keys = await runJson(key, 'list')
    expect(keys).toEqual([
      {
        id: expect.stringMatching(/^[0-9A-Za-z]{12}$/),
        name: null,
        created_at: expect.any(Number),
      },
      {
        id: expect.stringMatching(/^[0-9A-Za-z]{12}$/),
        name: 'web',
        created_at: expect.any(Number),
      },
    ])
    expect(await run(key, ['list'])).not.toContain(newer.slice(8))
    await expect(run(key, ['revoke', keys[0].id])).rejects.toThrow(/Add --yes/)
    await run(key, ['revoke', keys[0].id, '--yes'])
    expect(await ask(secretKey)).toBe(401)
    expect(await ask(newer)).toBe(200)
    await expect(run(key, ['revoke', keys[0].id, '--yes'])).rejects.toThrow(/no secret key by/)
    secretKey = newer
  })
})

describe('core user', () => {
  it('creates users, finds them by any of their names, and changes them', async () => {
    const made = await runJson(user, 'create', '--email', 'ada@example.com', '--first-name', 'Ada')
    expect(await run(user, ['show', 'ada@example.com'])).toContain(`${made.id}  ada@example.com`)
    expect(await run(user, ['list', 'ADA'])).toContain(made.id)
    expect(await run(user, ['list', 'nobody'])).toBe('Nobody.')
    expect(await run(user, ['ban', 'ada@example.com'])).toMatch(/banned$/)
    expect(await run(user, ['unban', made.id])).not.toMatch(/banned/)
    expect((await runJson(user, 'lock', made.id)).locked).toBe(true)
    expect((await runJson(user, 'unlock', made.id)).locked).toBe(false)
  })

  it('reads a password from standard input, and nothing but its first line', async () => {
    await run(user, ['set-password', 'ada@example.com'], 'correct horse battery\n')
    const { id } = await runJson(user, 'show', 'ada@example.com')
    const verify = (password: string) =>
      ask(secretKey, 'POST', `/users/${id}/verify_password`, { password })
    expect(await verify('correct horse battery')).toBe(200)
    expect(await verify('correct horse battery\n')).toBe(422)
    await expect(run(user, ['set-password', id], '\n')).rejects.toThrow(/to standard input/)
    await expect(run(user, ['set-password', id], 'short')).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringMatching(/\(form_password_length_too_short, password\)$/),
    })
  })

  it('makes a link that signs in, once', async () => {
    const link = await run(user, ['sign-in-link', 'ada@example.com'])
    expect(link).toMatch(/^https:\/\/clerk\.example\.com\/v1\/tickets\/accept\?ticket=sit_/)
  })

  it('deletes nobody without --yes', async () => {
    await expect(run(user, ['delete', 'ada@example.com'])).rejects.toThrow(/cannot be undone/)
    expect(await run(user, ['delete', 'ada@example.com', '--yes'])).toMatch(/^Deleted user_/)
    await expect(run(user, ['show', 'ada@example.com'])).rejects.toThrow(/nobody by that name/)
    await expect(run(user, ['show'])).rejects.toThrow('Write it like this: core user show <user>')
  })
})

describe('core org', () => {
  it('creates, lists, shows and deletes organizations', async () => {
    const owner = await runJson(user, 'create', '--email', 'owner@example.com')
    const made = await runJson(
      org,
      'create',
      '--name',
      'Acme',
      '--slug',
      'acme',
      '--created-by',
      owner.id,
    )
    expect(await run(org, ['list', 'acm'])).toContain(`${made.id}  acme  Acme`)
    expect(await run(org, ['show', 'acme'])).toContain(made.id)
    expect(await run(org, ['members', 'acme'])).toMatch(
      new RegExp(`^${owner.id} {2}owner@example\\.com {2}org:admin`),
    )
    await expect(run(org, ['delete', 'acme'])).rejects.toThrow(/Add --yes/)
    expect(await run(org, ['delete', 'acme', '--yes'])).toBe(`Deleted ${made.id}.`)
    await expect(run(org, ['show', 'acme'])).rejects.toThrow(/resource_not_found/)
  })
})

describe('core audit', () => {
  it('lists what commands and servers did, newest first, by action, party and time', async () => {
    const made = await runJson(user, 'create', '--email', 'audited@example.com')
    expect(await ask(secretKey, 'POST', `/users/${made.id}/lock`)).toBe(200)
    expect(await ask(secretKey, 'POST', `/users/${made.id}/unlock`)).toBe(200)
    const events = await runJson(audit, '--user', made.id)
    expect(events).toHaveLength(3)
    expect(events).toMatchObject([
      { actor: { kind: 'key', id: expect.any(String) } },
      { actor: { kind: 'key', id: expect.any(String) } },
      { action: 'user.created', actor: { kind: 'command', id: null }, subject: made.id },
    ])
    const named = async (...args: readonly string[]): Promise<string[]> =>
      (await runJson(audit, ...args)).map(({ action }: { action: string }) => action)
    expect(await named('--user', made.id, '--action', 'user.unlocked')).toEqual(['user.unlocked'])
    expect(await named('--action', 'secret_key', '--instance', HOST)).toContain(
      'secret_key.created',
    )
    expect(await named('--since', '1h', '--limit', '2')).toHaveLength(2)
    expect(await named('--since', '2100-01-01')).toEqual([])
    expect(await run(audit, ['--action', 'user.created'])).toContain(
      `user.created  command  ${made.id}`,
    )
  })

  it('knows of instances, settings and keys, also of an instance that is gone', async () => {
    const host = 'clerk.gone.example.com'
    await run(instance, ['create', '--production', '--host', host])
    const { id } = await runJson(
      instance,
      'set',
      '--instance',
      host,
      '--set',
      'session_lifetime=3600',
    )
    const [secret] = await runJson(key, 'list', '--instance', host)
    await run(key, ['revoke', secret.id, '--yes', '--instance', host])
    await run(rotate, ['--host', host])
    await run(instance, ['delete', '--yes', '--instance', host])
    const events = await runJson(audit, '--instance', id)
    const actions = events.map(({ action }: { action: string }) => action)
    expect(actions.toSorted()).toEqual([
      'instance.created',
      'instance.deleted',
      'instance.updated',
      'secret_key.created',
      'secret_key.revoked',
      'signing_key.rotated',
    ])
    const changed = events.find(({ action }: { action: string }) => action === 'instance.updated')
    expect(changed.detail).toEqual({ fields: ['session_lifetime'] })
  })

  it.each([
    ['--action', 'user.nonsense'],
    ['--since', 'yesterday'],
    ['--limit', '0'],
  ])('refuses %s %s with a sentence', async (...args) => {
    await expect(run(audit, args)).rejects.toMatchObject({ code: 'invalid-option' })
  })
})

const rename = (from: string, to: string) =>
  withPatientConnection(databaseUrl, (db) =>
    db.execute(sql`alter table ${sql.identifier(from)} rename to ${sql.identifier(to)}`),
  )

it('does nothing that cannot be written down', async () => {
  const made = await runJson(user, 'create', '--email', 'kept@example.com')
  await rename('audit_events', 'gone')
  expect(await ask(secretKey, 'DELETE', `/users/${made.id}`)).toBe(500)
  expect(await ask(secretKey, 'PATCH', `/users/${made.id}`, { first_name: 'Eve' })).toBe(500)
  await rename('gone', 'audit_events')
  expect((await runJson(user, 'show', made.id)).first_name).toBeNull()
})
