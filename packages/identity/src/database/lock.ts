/**
 * Keeps a second process away from a data directory. The embedded database has one writer.
 *
 * A lock is a file `lock.<generation>` that names its process. A process that died (even by `kill -9`)
 * leaves its file behind; the next one sees that nobody with that id and that start time lives, and
 * takes the next generation. Creating a generation is exclusive, so of two that try one wins.
 */

import { execFileSync } from 'node:child_process'
import { link, readFile, readdir, unlink, writeFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { IdentityError } from '../error.ts'

interface Holder {
  readonly pid: number
  /** Start time of the process, as the system tells it: a reused id is another process. */
  readonly startedAt: string | null
}

/**
 * Takes the lock of a directory and returns the function that gives it back.
 *
 * @throws {IdentityError} `data-in-use`
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const self: Holder = { pid: process.pid, startedAt: startTimeOf(process.pid) }
  // The content is written before the name exists, so that nobody reads half a lock.
  const draft = join(directory, `lock-draft-${process.pid}`)
  await writeFile(draft, JSON.stringify(self), { mode: 0o600 })
  try {
    for (;;) {
      const generations = await listGenerations(directory)
      for (const generation of generations) await refuseIfHeld(directory, generation)
      const mine = (generations.at(-1) ?? 0) + 1
      if (!(await linkExclusively(draft, pathOf(directory, mine)))) continue
      // Somebody may have begun with a shorter list while older locks were cleared away.
      for (const other of await listGenerations(directory)) {
        if (other === mine) continue
        await refuseIfHeld(directory, other, () => unlink(pathOf(directory, mine)))
        await unlink(pathOf(directory, other)).catch(ignoreMissing)
      }
      return () => unlink(pathOf(directory, mine)).catch(ignoreMissing)
    }
  } finally {
    await unlink(draft).catch(ignoreMissing)
  }
}

function pathOf(directory: string, generation: number): string {
  return join(directory, `lock.${generation}`)
}

async function listGenerations(directory: string): Promise<number[]> {
  const names = await readdir(directory)
  return names
    .flatMap((name) => /^lock\.(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .toSorted((a, b) => a - b)
}

async function refuseIfHeld(
  directory: string,
  generation: number,
  beforeRefusal?: () => Promise<void>,
): Promise<void> {
  const holder = await readHolder(pathOf(directory, generation))
  if (holder === null || !isAlive(holder)) return
  await beforeRefusal?.()
  throw new IdentityError(
    'data-in-use',
    `${directory} is in use by another identity server (process ${holder.pid}). Stop it first, or choose another directory with --data.`,
  )
}

async function readHolder(path: string): Promise<Holder | null> {
  try {
    const holder: unknown = JSON.parse(await readFile(path, 'utf8'))
    if (typeof holder !== 'object' || holder === null || !('pid' in holder)) return null
    const startedAt = 'startedAt' in holder ? holder.startedAt : null
    return typeof holder.pid === 'number'
      ? { pid: holder.pid, startedAt: typeof startedAt === 'string' ? startedAt : null }
      : null
  } catch {
    return null
  }
}

function isAlive({ pid, startedAt }: Holder): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: it lives, but belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
  return startedAt === null || startTimeOf(pid) === startedAt
}

function startTimeOf(pid: number): string | null {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      // The command's name may hold spaces and brackets; the fields begin after its last bracket.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      // A zombie holds nothing any more.
      return fields[0] === 'Z' ? 'ended' : (fields[19] ?? null)
    }
    if (process.platform === 'win32') return null
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim()
  } catch {
    return null
  }
}

async function linkExclusively(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
}
