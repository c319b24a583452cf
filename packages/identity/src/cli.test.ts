import { chmod, cp, mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { parseEnv } from 'node:util'

import { createPublishableKey } from '@core/protocol'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { createIdentity } from './identity.ts'
import { listenOnLoopback } from './server.ts'
import { fillDirectory, makeDirectory, runCore, stopPrograms } from './testing/program.ts'
import { answerOf } from './testing/terminal.ts'

/** For cases that start a server in a process of its own, or open a database on the disk. */
const SLOW = 120_000

// An empty database, of which cases get copies.
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

const devWith = (...args: string[]) => ['dev', '--port', '0', '--data', directory, ...args]
const startDev = (...args: string[]) => runCore(devWith(...args))

describe('the command beside core dev', () => {
  // Nothing here is about what is in the directory, so that one after the other may use it.
  let shared: Awaited<ReturnType<typeof makeDirectory>>
  beforeAll(async () => {
    shared = await makeDirectory()
    await fillDirectory(shared.path)
  })
  afterAll(() => shared.remove())
  beforeEach(() => {
    directory = shared.path
  })

  it(
    'gets the keys of the instance, made at the host that was named, and ends it with its exit code',
    { timeout: SLOW },
    async () => {
      const script = `
      const { CLERK_API_URL, CLERK_PUBLISHABLE_KEY, CLERK_SECRET_KEY, NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY } = process.env
      const response = await fetch(CLERK_API_URL + '/v1/users/count', { headers: { authorization: 'Bearer ' + CLERK_SECRET_KEY } })
      console.log('child', response.status, CLERK_API_URL, CLERK_PUBLISHABLE_KEY === NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY)
      process.exit(7)`
      const command = ['--', process.execPath, '--input-type=module', '-e', script]
      const program = startDev('--host', '127.0.0.1', ...command)
      const url = await program.ready
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
      expect(await program.exited).toBe(7)
      expect(program.output()).toContain(`child 200 ${url} true`)
      expect((await readdir(directory)).filter((name) => name.startsWith('lock'))).toEqual([])
    },
  )

  it('is stopped with it', { timeout: SLOW }, async () => {
    const script = `console.log('pid', process.pid); setInterval(() => {}, 1000)`
    const program = startDev('--', process.execPath, '-e', script)
    await program.ready
    await expect.poll(() => program.output(), { timeout: 20_000 }).toMatch(/pid \d+/)
    const pid = Number(/pid (\d+)/.exec(program.output())?.[1])
    program.child.kill('SIGTERM')
    expect(await program.exited).toBe(0)
    expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  })

  it('ends it when it cannot be found, and it says so', { timeout: SLOW }, async () => {
    const program = startDev('--', 'no-such-command-here')
    expect(await program.exited).toBe(127)
    expect(program.output()).toContain('The command "no-such-command-here" was not found.')
  })
})

describe('core dev', () => {
  beforeEach(fillCopy)

  it(
    'keeps secret key, signing key and users when it starts again, and answers "core keys" meanwhile',
    { timeout: SLOW },
    async () => {
      const first = startDev('--set', 'application_name=Acme')
      const url = await first.ready
      const port = new URL(url).port
      const keys = await answerOf(['keys', '--data', directory])
      expect(keys.code).toBe(0)
      const env = parseEnv(keys.output)
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
    'lets "core user" act through it, and nobody else at the database it holds',
    { timeout: SLOW },
    async () => {
      const server = startDev()
      const url = await server.ready
      const create = ['user', 'create', '--email', 'ada@example.com', '--data', directory]
      const created = await answerOf(create)
      expect(created.code).toBe(0)
      expect(created.output).toMatch(/^user_\w+ {2}ada@example\.com/)
      const keys = JSON.parse(await readFile(join(directory, 'keys.json'), 'utf8')) as {
        secretKey: string
      }
      const headers = { authorization: `Bearer ${keys.secretKey}` }
      const count = await (await fetch(`${url}/v1/users/count`, { headers })).json()
      expect(count).toMatchObject({ total_count: 1 })
      const again = await answerOf(create)
      expect(again.code).toBe(1)
      expect(again.output).toMatch(/\(form_identifier_exists, email_address\)$/m)
      for (const other of [['instance', 'list', '--data', directory], devWith()]) {
        const refused = await answerOf(other)
        expect(refused.code).toBe(1)
        expect(refused.output).toContain(
          `is in use by another identity server (process ${server.child.pid}). Stop it first`,
        )
      }
      expect((await fetch(`${url}/health`)).status).toBe(200)
    },
  )

  it('refuses a port that is taken', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    const { port } = server.address() as AddressInfo
    expect(await answerOf(['dev', '--port', String(port), '--data', directory])).toEqual({
      code: 1,
      output: `Port ${port} is already in use. Stop what listens there, or choose another port with --port.\n`,
    })
    await new Promise((resolve) => {
      server.close(resolve)
    })
  })

  it('refuses a data directory that is broken, and names it', { timeout: SLOW }, async () => {
    await writeFile(join(directory, 'database', 'PG_VERSION'), 'nonsense')
    await writeFile(join(directory, 'database', 'global', 'pg_control'), 'nonsense')
    const { code, output } = await answerOf(devWith())
    expect(code).toBe(1)
    expect(output).toContain(`The database in ${join(directory, 'database')} cannot be opened.`)
    expect(output).not.toContain('    at ')
  })

  it('says what failed without a trace, even if nobody foresaw it', { timeout: SLOW }, async () => {
    await mkdir(join(directory, 'keys.json'), { recursive: true })
    const { code, output } = await answerOf(devWith())
    expect(code).toBe(1)
    expect(output).toMatch(/^Something failed that should not have \(\w+\)\./)
    expect(output).not.toContain('    at ')
    // What it had opened is free again.
    expect((await readdir(directory)).filter((name) => name.startsWith('lock'))).toEqual([])
  })
})

it('refuses a data directory it may not write to', async () => {
  await mkdir(directory, { recursive: true })
  await writeFile(join(directory, 'file'), '')
  const { code, output } = await answerOf(['dev', '--port', '0', '--data', join(directory, 'file')])
  expect(code).toBe(1)
  expect(output).toMatch(/cannot be used as a data directory/)
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
    [['dev', '--host', 'example.com'], 1, /Write --host localhost or --host 127\.0\.0\.1/],
    [['dev', '--set', 'nonsense=1'], 1, /"nonsense" is not a setting\. .*session_token_lifetime/],
    [['dev', '--set', 'session_token_lifetime=x'], 1, /session_token_lifetime is not valid/],
    [['keys', '--data', '/nonexistent'], 1, /There are no keys in \/nonexistent/],
  ])('answers %j with exit code %i', async (args, code, text) => {
    const answer = await answerOf(args)
    expect(answer.code).toBe(code)
    expect(answer.output).toMatch(text)
    expect(answer.output).not.toContain('    at ')
  })

  it('ends its process with what it answered, on the output and with the code', async () => {
    const program = runCore(['dance'])
    expect(await program.exited).toBe(1)
    expect(program.output()).toBe((await answerOf(['dance'])).output)
  })
})

it('ends well when whoever reads its output has read enough', { timeout: SLOW }, async () => {
  await fillCopy()
  // Closed before the first line is written; the program still has its database to close then.
  const program = runCore(['instance', 'list', '--data', directory])
  program.child.stdout?.destroy()
  expect(await program.exited).toBe(0)
  expect(program.output()).toBe('')
})

it('says which Node it needs, whatever it is asked', async () => {
  expect(await answerOf(['user', 'list'], {}, 'v18.19.0')).toEqual({
    code: 1,
    output: 'Node v18.19.0 is too old. Install Node 20.19 or newer.\n',
  })
})

describe('core start', () => {
  it('makes no instance', { timeout: SLOW }, async () => {
    const { code, output } = await answerOf(['start', '--port', '0', '--data', template.path])
    expect(code).toBe(1)
    expect(output).toContain('Run "core dev" once')
  })

  it(
    'refuses a development instance in production, and serves it otherwise',
    { timeout: SLOW },
    async () => {
      await fillCopy()
      // A port that is free.
      const { port, close } = await listenOnLoopback(0, async () => new Response())
      await close()
      const identity = await createIdentity({ data: directory })
      await identity.provision(`localhost:${port}`)
      await identity.close()

      const start = ['start', '--port', String(port), '--data', directory]
      const refused = await answerOf(start, { NODE_ENV: 'production' })
      expect(refused.code).toBe(1)
      expect(refused.output).toContain('holds a development instance')

      expect((await fetch(`${await runCore(start).ready}/v1/environment`)).status).toBe(200)
    },
  )
})
