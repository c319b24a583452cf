/**
 * Installs, builds and runs the identity server and the demo apps, until Ctrl-C.
 * `npm run demo -- express` runs one app.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parseEnv } from 'node:util'

import { APPS } from '../apps.ts'
import { build, install } from '../build.ts'
import { whenOrphaned } from '../orphan.mjs'
import { root, run, step } from '../step.ts'

const IDENTITY = { port: 4000, url: 'http://localhost:4000' }
const CLI = join(root, 'packages/identity/dist/cli.js')
const DATA = join(root, '.core')
const USER = { email: 'demo+clerk_test@example.com', password: 'demo-password' }

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !Object.hasOwn(APPS, name))
if (unknown.length > 0) {
  console.error(
    `There is no demo app "${unknown.join('", "')}". There are: ${Object.keys(APPS).join(', ')}.`,
  )
  process.exit(2)
}
const names = wanted.length > 0 ? wanted : Object.keys(APPS)
const apps = Object.entries(APPS).filter(([name]) => names.includes(name))

const children: ChildProcess[] = []
let isStopping = false
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => void stop(signal === 'SIGINT' ? 130 : 143))
}
whenOrphaned(() => void stop(143))

try {
  await refuseTakenPorts()
  await install()
  await build(names)

  await step('Starting the identity server', async () => {
    launch('identity', [CLI, 'dev', '--port', String(IDENTITY.port), '--data', DATA], root, {})
    await untilItAnswers(`${IDENTITY.url}/health`)
  })
  const env = await readKeys()
  await step('Making a user to sign in with', () => createUser(env))
  for (const [name, app] of apps) {
    await step(`Starting ${app.title}`, async () => {
      launch(name, app.command, join(root, 'apps', name), {
        ...env,
        PORT: String(app.port),
        NODE_ENV: 'production',
      })
      await untilItAnswers(`http://localhost:${app.port}/api/me`)
    })
  }
  console.log(summary())
} catch (error) {
  if (!isStopping) {
    console.error(`\n${error instanceof Error ? error.message : String(error)}`)
    await stop(1)
  }
}

function launch(
  name: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.Dict<string>,
): void {
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output.push(chunk.toString('utf8'))
      if (output.length > 200) output.shift()
    })
  }
  child.on('exit', (code, signal) => {
    if (isStopping) return
    console.error(
      `\n${name} stopped by itself (${signal ?? `exit code ${code}`}):\n${output.join('')}`,
    )
    void stop(1)
  })
  children.push(child)
}

/** Ends the apps before the server they talk to, waits for each, and exits. */
async function stop(code: number): Promise<void> {
  if (isStopping) return
  isStopping = true
  if (children.length > 0) console.log('\nStopping …')
  for (const child of children.toReversed()) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    await Promise.race([
      ended,
      wait(8_000, undefined, { ref: false }).then(() => child.kill('SIGKILL')),
    ])
  }
  process.exit(code)
}

async function refuseTakenPorts(): Promise<void> {
  const ports = [IDENTITY.port, ...apps.map(([, app]) => app.port)]
  const taken = (
    await Promise.all(ports.map(async (port) => ((await isTaken(port)) ? [port] : [])))
  ).flat()
  if (taken.length === 0) return
  throw new Error(
    `${taken.length === 1 ? 'Port' : 'Ports'} ${taken.join(', ')} ${taken.length === 1 ? 'is' : 'are'} taken. ` +
      'Stop what listens there (another demo, perhaps) and try again.',
  )
}

function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: 'localhost' })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

async function untilItAnswers(url: string): Promise<void> {
  const deadline = Date.now() + 60_000
  while (Date.now() < deadline && !isStopping) {
    const status = await fetch(url, { redirect: 'manual' }).then(
      ({ status }) => status,
      () => 0,
    )
    if (status > 0 && status < 500) return
    await wait(100)
  }
  throw new Error(`${url} did not answer within a minute.`)
}

async function readKeys(): Promise<NodeJS.Dict<string>> {
  return parseEnv(await run(process.execPath, [CLI, 'keys', '--data', DATA]))
}

async function createUser(env: NodeJS.Dict<string>): Promise<void> {
  const response = await fetch(`${IDENTITY.url}/v1/users`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${env['CLERK_SECRET_KEY'] ?? ''}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      email_address: [USER.email],
      password: USER.password,
      first_name: 'Demo',
      last_name: 'User',
      skip_password_checks: true,
    }),
  })
  const text = await response.text()
  // A second run finds the user of the first.
  if (response.ok || text.includes('form_identifier_exists')) return
  throw new Error(`The identity server refused to make the demo user: ${response.status} ${text}`)
}

function summary(): string {
  const rows = [
    ...apps.map(([, app]) => [app.title, `http://localhost:${app.port}`]),
    ['Identity server', IDENTITY.url],
    ['Mail that was sent', `${IDENTITY.url}/dev/outbox`],
  ]
  const width = Math.max(...rows.map(([title = '']) => title.length))
  return [
    '',
    ...rows.map(([title = '', url]) => `  ${title.padEnd(width)}  ${url}`),
    '',
    `  Sign in as ${USER.email} with the password ${USER.password},`,
    '  or sign up with any address: its code is in the outbox.',
    '',
    '  Press Ctrl-C to stop.',
    '',
  ].join('\n')
}
