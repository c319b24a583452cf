import { randomBytes } from 'node:crypto'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'

import { sql } from 'drizzle-orm'
import { beforeEach, expect, it } from 'vitest'

import { withPatientConnection } from '../database/server.ts'
import { createIdentity } from '../identity.ts'
import { makeCertificate } from '../testing/certificate.ts'
import { openPooler } from '../testing/pooler.ts'
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
    'limits',
    'instances',
    'public',
    'certificates',
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

it.each([
  [-0.1, -90, 'problem', /^The certificate of 0\.0\.0\.0:\d+ is over\.$/],
  [13.9, -76, 'warning', /is over on \d{4}-\d{2}-\d{2}\.$/],
  [14.1, -76, 'ok', /hold long enough/],
  // Of those that are made for days, a sixth.
  [0.9, -5.1, 'warning', /is over on/],
  [1.1, -4.9, 'ok', /hold long enough/],
])(
  'reads at the public host that its certificate holds for %d days, since %d',
  async (days, since, verdict, fact) => {
    // Of nobody whom this machine trusts: that is another finding.
    const [to, from] = [days, since].map((it) => Date.now() + it * 86_400_000)
    const certificate = makeCertificate('clerk.example.com', to ?? 0, from)
    const server = createTlsServer(certificate, (socket) => socket.on('error', () => undefined))
    server.on('tlsClientError', () => undefined)
    await new Promise<void>((listening) => {
      server.listen(0, listening)
    })
    // An address of this machine that is not one of its loopback hosts.
    await addInstance('production', `0.0.0.0:${(server.address() as AddressInfo).port}`)
    const found = (await examine()).of('certificates')
    server.close()
    expect(found).toMatchObject({ verdict, fact: expect.stringMatching(fact) })
  },
)

it('finds limits that a pooler leaves out', async () => {
  // A connection that passes over what it does not know, as "ignore_startup_parameters" lets a pooler.
  const pooler = await openPooler(databaseUrl, { mode: 'ignores' })
  const { code, of } = await examine({ DATABASE_URL: pooler.url })
  await pooler.close()
  expect(of('limits')).toMatchObject({
    verdict: 'warning',
    fact: expect.stringContaining('(statement_timeout, lock_timeout, idle_in_transaction_'),
  })
  expect(code).toBe(0)
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
