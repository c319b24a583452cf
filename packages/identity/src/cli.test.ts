import { chmod, cp, mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

import { createPublishableKey } from '@core/protocol'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { fillDirectory, makeDirectory, runCore, stopPrograms } from './testing/program.ts'

// Every case starts a database in a process of its own.
const SLOW = 120_000

// An empty database, of which every case gets a copy.
let template: Awaited<ReturnType<typeof makeDirectory>>
beforeAll(async () => {
  template = await makeDirectory()
  await fillDirectory(template.path)
})
afterAll(() => template.remove())

let directory: string
let remove: () => Promise<void>
beforeEach(async () => {
  const made = await makeDirectory()
  directory = join(made.path, 'data')
  remove = made.remove
})
afterEach(async () => {
  await stopPrograms()
  await remove()
})

async function fillCopy(): Promise<void> {
  await cp(template.path, directory, { recursive: true })
  await chmod(directory, 0o700)
}

const startDev = (...args: string[]) =>
  runCore(['dev', '--port', '0', '--data', directory, ...args])

describe('core dev', () => {
  beforeEach(fillCopy)

  it(
    'makes an instance, hands its keys to the command, and ends with its exit code',
    { timeout: SLOW },
    async () => {
      const script = `
      const { CLERK_API_URL, CLERK_PUBLISHABLE_KEY, CLERK_SECRET_KEY, NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY } = process.env
      const response = await fetch(CLERK_API_URL + '/v1/users/count', { headers: { authorization: 'Bearer ' + CLERK_SECRET_KEY } })
      console.log('child', response.status, CLERK_API_URL, CLERK_PUBLISHABLE_KEY === NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY)
      process.exit(7)`
      const program = startDev('--', process.execPath, '--input-type=module', '-e', script)
      const url = await program.ready
      expect(await program.exited).toBe(7)
      expect(program.output()).toContain(`child 200 ${url} true`)
      expect((await readdir(directory)).filter((name) => name.startsWith('lock'))).toEqual([])
    },
  )

  it(
    'keeps secret key, signing key and users when it starts again, and answers "core keys" meanwhile',
    { timeout: SLOW },
    async () => {
      const first = startDev('--set', 'application_name=Acme')
      const url = await first.ready
      const port = new URL(url).port
      const keys = runCore(['keys', '--data', directory])
      expect(await keys.exited).toBe(0)
      const env = Object.fromEntries(
        keys
          .output()
          .trim()
          .split('\n')
          .map((line) => line.split('=', 2)),
      )
      expect(env).toEqual({
        CLERK_PUBLISHABLE_KEY: createPublishableKey('development', `localhost:${port}`),
        NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: env['CLERK_PUBLISHABLE_KEY'],
        CLERK_SECRET_KEY: expect.stringMatching(/^sk_test_/),
        CLERK_API_URL: url,
      })
      const headers = { authorization: `Bearer ${env['CLERK_SECRET_KEY']}` }
      const created = await fetch(`${url}/v1/users`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: '{"email_address":["ada@example.com"],"password":"correct horse"}',
      })
      expect(created.status).toBe(200)
      const jwks = await (await fetch(`${url}/v1/jwks`, { headers })).text()
      expect((await stat(join(directory, 'keys.json'))).mode & 0o777).toBe(0o600)
      expect((await stat(directory)).mode & 0o777).toBe(0o700)
      expect(await readFile(join(directory, 'keys.json'), 'utf8')).not.toContain('PRIVATE')
      first.child.kill('SIGTERM')
      expect(await first.exited).toBe(0)

      const second = runCore(['dev', '--port', port, '--data', directory])
      expect(await second.ready).toBe(url)
      expect(await (await fetch(`${url}/v1/jwks`, { headers })).text()).toBe(jwks)
      const count = await (await fetch(`${url}/v1/users/count`, { headers })).json()
      expect(count).toMatchObject({ total_count: 1 })
      const environment = await (await fetch(`${url}/v1/environment`)).json()
      expect(environment).toMatchObject({ display_config: { application_name: 'Acme' } })
      second.child.kill('SIGINT')
      expect(await second.exited).toBe(0)
    },
  )

  it(
    'lets "core user" act through it, while it holds the database',
    { timeout: SLOW },
    async () => {
      const server = startDev()
      const url = await server.ready
      const create = ['user', 'create', '--email', 'ada@example.com', '--data', directory]
      const created = runCore(create)
      expect(await created.exited).toBe(0)
      expect(created.output()).toMatch(/^user_\w+ {2}ada@example\.com/)
      const keys = JSON.parse(await readFile(join(directory, 'keys.json'), 'utf8')) as {
        secretKey: string
      }
      const headers = { authorization: `Bearer ${keys.secretKey}` }
      const count = await (await fetch(`${url}/v1/users/count`, { headers })).json()
      expect(count).toMatchObject({ total_count: 1 })
      const again = runCore(create)
      expect(await again.exited).toBe(1)
      expect(again.output()).toMatch(/\(form_identifier_exists, email_address\)$/m)
      const listed = runCore(['instance', 'list', '--data', directory])
      expect(await listed.exited).toBe(1)
      expect(listed.output()).toMatch(/is in use by another identity server/)
    },
  )

  it('stops its command when it is stopped', { timeout: SLOW }, async () => {
    const script = `console.log('pid', process.pid); setInterval(() => {}, 1000)`
    const program = startDev('--', process.execPath, '-e', script)
    await program.ready
    await expect.poll(() => program.output(), { timeout: 20_000 }).toMatch(/pid \d+/)
    const pid = Number(/pid (\d+)/.exec(program.output())?.[1])
    program.child.kill('SIGTERM')
    expect(await program.exited).toBe(0)
    expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  })

  it('says so when the command cannot be found', { timeout: SLOW }, async () => {
    const program = startDev('--', 'no-such-command-here')
    expect(await program.exited).toBe(127)
    expect(program.output()).toContain('The command "no-such-command-here" was not found.')
  })

  it('refuses a port that is taken', { timeout: SLOW }, async () => {
    const server = createServer()
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    const { port } = server.address() as AddressInfo
    const program = runCore(['dev', '--port', String(port), '--data', directory])
    expect(await program.exited).toBe(1)
    expect(program.output()).toBe(
      `Port ${port} is already in use. Stop what listens there, or choose another port with --port.\n`,
    )
    await new Promise((resolve) => {
      server.close(resolve)
    })
  })

  it(
    'refuses a data directory that another server uses, which goes on',
    { timeout: SLOW },
    async () => {
      const first = startDev()
      const url = await first.ready
      const second = startDev()
      expect(await second.exited).toBe(1)
      expect(second.output()).toMatch(
        /is in use by another identity server \(process \d+\)\. Stop it first/,
      )
      expect((await fetch(`${url}/health`)).status).toBe(200)
    },
  )

  it('refuses a data directory that is broken, and names it', { timeout: SLOW }, async () => {
    await writeFile(join(directory, 'database', 'PG_VERSION'), 'nonsense')
    await writeFile(join(directory, 'database', 'global', 'pg_control'), 'nonsense')
    const program = startDev()
    expect(await program.exited).toBe(1)
    expect(program.output()).toContain(
      `The database in ${join(directory, 'database')} cannot be opened.`,
    )
    expect(program.output()).not.toContain('    at ')
  })

  it('refuses a data directory it may not write to', { timeout: SLOW }, async () => {
    await mkdir(directory, { recursive: true })
    await writeFile(join(directory, 'file'), '')
    const program = runCore(['dev', '--port', '0', '--data', join(directory, 'file')])
    expect(await program.exited).toBe(1)
    expect(program.output()).toMatch(/cannot be used as a data directory/)
    await chmod(directory, 0o700)
  })

  it('says what failed without a trace, even if nobody foresaw it', { timeout: SLOW }, async () => {
    await mkdir(join(directory, 'keys.json'), { recursive: true })
    const program = startDev()
    expect(await program.exited).toBe(1)
    expect(program.output()).toMatch(/^Something failed that should not have \(\w+\)\./)
    expect(program.output()).not.toContain('    at ')
  })
})

describe('the command line', () => {
  it.each([
    [['--help'], 0, /Usage: core <command>/],
    [['dev', '--help'], 0, /Usage: core dev/],
    [['start', '--help'], 0, /Usage: core start/],
    [['migrate', '--help'], 0, /Usage: core migrate/],
    [['keys', '--help'], 0, /Usage: core keys/],
    [['rotate', '--help'], 0, /Usage: core rotate/],
    [['instance', '--help'], 0, /Examples:\n {2}core instance create/],
    [['doctor', '--help'], 0, /Usage: core doctor/],
    [['export'], 1, /Name a file with --output/],
    [['import', '--help'], 0, /Usage: core import/],
    [['key', 'list', '--help'], 0, /Usage: core key/],
    [['user', 'dance'], 1, /"dance" is not known after "core user"/],
    [['org', 'delete', 'acme'], 1, /cannot be undone\. Add --yes/],
    [[], 1, /Usage: core <command>/],
    [['dance'], 1, /"dance" is not a command/],
    [['__proto__'], 1, /is not a command/],
    [['dev', '--prot', '1'], 1, /Unknown option '--prot'.*--help/],
    [['dev', 'extra'], 1, /Unexpected argument 'extra'/],
    [['dev', '--port', '70000'], 1, /"70000" is not a port/],
    [['dev', '--set', 'nonsense=1'], 1, /"nonsense" is not a setting\. .*session_token_lifetime/],
    [['dev', '--set', 'session_token_lifetime=x'], 1, /session_token_lifetime is not valid/],
    [['keys', '--data', '/nonexistent'], 1, /There are no keys in \/nonexistent/],
  ])('answers %j with exit code %i', { timeout: SLOW }, async (args, code, text) => {
    const program = runCore(args)
    expect(await program.exited).toBe(code)
    expect(program.output()).toMatch(text)
    expect(program.output()).not.toContain('    at ')
  })
})

describe('core start', () => {
  beforeEach(fillCopy)

  it('makes no instance', { timeout: SLOW }, async () => {
    const program = runCore(['start', '--port', '0', '--data', directory])
    expect(await program.exited).toBe(1)
    expect(program.output()).toContain('Run "core dev" once')
  })

  it(
    'refuses a development instance in production, and serves it otherwise',
    { timeout: SLOW },
    async () => {
      const dev = startDev()
      const port = new URL(await dev.ready).port
      dev.child.kill('SIGTERM')
      await dev.exited

      const refused = runCore(['start', '--port', port, '--data', directory], {
        NODE_ENV: 'production',
      })
      expect(await refused.exited).toBe(1)
      expect(refused.output()).toContain('holds a development instance')

      const started = runCore(['start', '--port', port, '--data', directory])
      expect((await fetch(`${await started.ready}/v1/environment`)).status).toBe(200)
    },
  )
})
