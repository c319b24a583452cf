import { randomBytes } from 'node:crypto'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

import { sql } from 'drizzle-orm'
import { beforeEach, expect, it } from 'vitest'

import { withPatientConnection } from '../database/server.ts'
import { createIdentity } from '../identity.ts'
import { createTestDatabase } from '../testing/database.ts'
import { newDevelopmentSecret } from '../vault/secret.ts'
import { doctor } from './doctor.ts'

const SECRET = randomBytes(48).toString('base64')

let databaseUrl: string
beforeEach(async () => {
  databaseUrl = await createTestDatabase()
})

async function examine(env: Readonly<Record<string, string>> = {}) {
  const lines: string[] = []
  const code = await doctor.run(['--json'], {
    out: (line) => lines.push(line),
    error: () => undefined,
    readInput: async () => '',
    env: { DATABASE_URL: databaseUrl, CORE_SECRET: SECRET, ...env },
  })
  const findings = JSON.parse(lines.join('\n')) as {
    check: string
    verdict: string
    fact: string
    remedy?: string
  }[]
  const of = (name: string) => findings.find(({ check }) => check === name)
  return { code, findings, of, text: lines.join('\n') }
}

async function addInstance(type: 'development' | 'production', frontendApi: string) {
  const identity = await createIdentity({ databaseUrl, secret: SECRET })
  await identity.addInstance({ type, frontendApi })
  await identity.close()
}

it('finds nothing wrong with a server that is set up', async () => {
  await addInstance('development', 'localhost:4000')
  const { code, findings } = await examine()
  expect(findings.filter(({ verdict }) => verdict !== 'ok')).toEqual([])
  expect(code).toBe(0)
  expect(findings.map(({ check }) => check)).toEqual([
    'node',
    'secret',
    'proxies',
    'mail',
    'directory',
    'disk',
    'database',
    'clock',
    'connections',
    'instances',
    'public',
    'addresses',
    'signing keys',
    'search',
    'leftovers',
  ])
})

it('counts applications that nobody claimed, and asks at none of their hosts', async () => {
  const accountless = { host: 'dev.nobody.invalid' }
  const identity = await createIdentity({ databaseUrl, secret: SECRET, accountless })
  await identity.addInstance({ type: 'development', frontendApi: 'localhost:4000' })
  const url = 'http://localhost:4000/v1/accountless_applications'
  expect((await identity.fetch(new Request(url, { method: 'POST' }))).status).toBe(200)
  await identity.close()
  const { of } = await examine()
  expect(of('instances')?.fact).toBe('Instances: localhost:4000, 1 that nobody claimed.')
  expect(of('public')).toMatchObject({ verdict: 'ok' })
})

it.each<[string, Readonly<Record<string, string>>, string, string, RegExp]>([
  ['no secret', { CORE_SECRET: '' }, 'secret', 'problem', /openssl rand/],
  ['a short secret', { CORE_SECRET: 'short' }, 'secret', 'problem', /too short/],
  [
    'the secret of a development server',
    { CORE_SECRET: `${newDevelopmentSecret()},${SECRET}` },
    'secret',
    'warning',
    /Replace it/,
  ],
  ['no mail server in production', { NODE_ENV: 'production' }, 'mail', 'problem', /Set SMTP_URL/],
  [
    'a mail server that is away',
    { SMTP_URL: 'smtp://127.0.0.1:1' },
    'mail',
    'problem',
    /Check SMTP_URL/,
  ],
  [
    'proxies that are none',
    { TRUSTED_PROXIES: '10.0.0.0/8,nginx' },
    'proxies',
    'problem',
    /Write addresses such as/,
  ],
  [
    'too many connections',
    { DATABASE_POOL_SIZE: '150' },
    'connections',
    'warning',
    /Lower DATABASE_POOL_SIZE/,
  ],
  [
    'a development instance in production',
    { NODE_ENV: 'production' },
    'instances',
    'problem',
    /development instance/,
  ],
  [
    'a database that does not answer',
    { DATABASE_URL: 'postgres://127.0.0.1:1/x' },
    'database',
    'problem',
    /Check that it runs/,
  ],
  [
    'another secret',
    { CORE_SECRET: randomBytes(48).toString('base64') },
    'database',
    'problem',
    /Set CORE_SECRET to the one/,
  ],
])('finds %s', async (_what, env, check, verdict, remedy) => {
  await addInstance('development', 'localhost:4000')
  const { code, of, text } = await examine(env)
  expect(of(check)).toMatchObject({ verdict, remedy: expect.stringMatching(remedy) })
  expect(code).toBe(verdict === 'problem' ? 1 : 0)
  expect(text).not.toContain(SECRET)
})

it('finds an older schema, an old key, and a host at which nobody answers', async () => {
  await addInstance('production', 'clerk.nobody.invalid')
  await withPatientConnection(databaseUrl, (db) =>
    db.execute(sql`update signing_keys set created_at = 0`),
  )
  const { of } = await examine()
  expect(of('signing keys')).toMatchObject({ verdict: 'warning' })
  expect(of('addresses')).toMatchObject({
    verdict: 'warning',
    remedy: expect.stringContaining('Set it to the address of the proxy'),
  })
  expect(of('public')).toMatchObject({
    verdict: 'problem',
    fact: expect.stringContaining('clerk.nobody.invalid'),
  })
  databaseUrl = await createTestDatabase('template0')
  expect((await examine()).of('database')).toMatchObject({
    verdict: 'problem',
    remedy: expect.stringContaining('Run "core migrate" first'),
  })
})

it('greets a mail server, and sends nothing', async () => {
  const heard: string[] = []
  const server = createServer((socket) => {
    socket.write('220 test\r\n')
    socket.on('data', (chunk) => {
      heard.push(chunk.toString())
      socket.write(chunk.toString().startsWith('QUIT') ? '221 bye\r\n' : '250 test\r\n')
    })
    socket.on('error', () => undefined)
  })
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening)
  })
  const { port } = server.address() as AddressInfo
  const SMTP_URL = `smtp://127.0.0.1:${port}`
  expect((await examine({ SMTP_URL })).of('mail')).toMatchObject({ verdict: 'warning' })
  const MAIL_FROM = 'no-reply@example.com'
  expect((await examine({ SMTP_URL, MAIL_FROM })).of('mail')).toMatchObject({ verdict: 'ok' })
  expect(heard.join('')).toMatch(/EHLO/)
  expect(heard.join('')).not.toMatch(/MAIL FROM|RCPT TO|DATA/)
  server.close()
})
