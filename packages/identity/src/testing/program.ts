/** The program `core` as a process of its own, for tests. */

import { spawn, type ChildProcess } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { openEmbeddedDatabase } from '../database/embedded.ts'
import { testArchive } from './archive.ts'

/** How the program is run: from its sources, or as it is installed. */
const SOURCE: readonly string[] = [
  '--conditions=@core/source',
  '--disable-warning=ExperimentalWarning',
  fileURLToPath(new URL('../cli.ts', import.meta.url)),
]
/** Where the sources are kept compiled: a program would spend half of its start on that. */
export const COMPILED: string = fileURLToPath(
  new URL('../../node_modules/.cache/compiled', import.meta.url),
)
export const BUILT: readonly string[] = [
  fileURLToPath(new URL('../../dist/cli.js', import.meta.url)),
]

/** A running or ended program. */
export interface Program {
  readonly child: ChildProcess
  /** What it has written so far. */
  output(): string
  /** Resolves with the address once the server is ready; rejects if it ends before. */
  readonly ready: Promise<string>
  /** Resolves with the exit code, or the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals | null>
}

const running = new Set<ChildProcess>()

/** Starts the program. */
export function runCore(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  entry: readonly string[] = SOURCE,
): Program {
  const child = spawn(process.execPath, [...entry, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'] ?? '',
      ...(entry === SOURCE ? { NODE_COMPILE_CACHE: COMPILED } : {}),
      ...env,
    },
  })
  running.add(child)
  let text = ''
  const events = new EventEmitter()
  const ready = once(events, 'ready').then(([url]) => url as string)
  // Not every test waits for it.
  ready.catch(() => undefined)
  const read = (chunk: Buffer): void => {
    text += chunk.toString()
    const url = /Identity server ready on (\S+)/.exec(text)?.[1]
    if (url !== undefined) events.emit('ready', url)
  }
  child.stdout?.on('data', read)
  child.stderr?.on('data', read)
  const exited = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('close', (code, signal) => {
      running.delete(child)
      // Nobody waits any more once it has been ready.
      events.once('error', () => undefined)
      events.emit('error', new Error(`The program ended (${code ?? signal}): ${text}`))
      resolve(code ?? signal)
    })
  })
  return { child, output: () => text, ready, exited }
}

/** Ends what a test left running. */
export async function stopPrograms(): Promise<void> {
  await Promise.all(
    [...running].map((child) => {
      const closed = new Promise((resolve) => {
        child.once('close', resolve)
      })
      child.kill('SIGKILL')
      return closed
    }),
  )
}

/** Makes a data directory with an empty database in it: making one from nothing takes seconds. */
export async function fillDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 })
  await (await openEmbeddedDatabase(path, await testArchive())).close()
}

/** Makes a directory for one test, and the function that removes it. */
export async function makeDirectory(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'core-identity-test-'))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}
