/** Installing and building the workspace: the steps that every task begins with. */
import { cp, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

import { root, run, step } from './step.ts'

const TURBO = ['exec', 'turbo', 'run', '--output-logs=errors-only', '--no-update-notifier']

/** Installs the locked dependencies. */
export async function install(): Promise<void> {
  await step('Installing dependencies', () =>
    run('pnpm', ['install', '--frozen-lockfile', '--prefer-offline']),
  )
}

/** Builds the packages, hands them to the apps, then builds the apps: all, or the ones named. */
export async function build(apps: readonly string[] = ['*']): Promise<void> {
  await step('Building packages', () => turbo('build', ['./packages/*']))
  await syncInjected()
  const filters = apps.map((app) => `./apps/${app}`)
  await step('Building demo apps', () => turbo('build', filters))
}

/** Runs a task of the workspace's packages through turbo. */
export async function turbo(task: string, filters: readonly string[] = []): Promise<void> {
  await run('pnpm', [...TURBO, task, ...filters.map((filter) => `--filter=${filter}`)], {
    env: { TURBO_TELEMETRY_DISABLED: '1' },
  })
}

/**
 * Copies each package's build into the places where it is installed as an injected dependency.
 * pnpm does so after a package's build script, but not when turbo takes the build from its cache.
 */
export async function syncInjected(): Promise<void> {
  const store = join(root, 'node_modules', '.pnpm')
  for (const entry of await readdir(store)) {
    const name = /^@core\+([a-z]+)@file\+packages/.exec(entry)?.[1]
    if (name === undefined) continue
    const from = join(root, 'packages', name)
    const to = join(store, entry, 'node_modules', '@core', name)
    if ((await stat(to).catch(() => null)) === null) continue
    for (const folder of ['dist', 'src']) {
      if (await isSame(join(from, folder), join(to, folder))) continue
      await rm(join(to, folder), { recursive: true, force: true })
      await mkdir(join(to, folder), { recursive: true })
      await cp(join(from, folder), join(to, folder), { recursive: true, preserveTimestamps: true })
    }
  }
}

async function isSame(a: string, b: string): Promise<boolean> {
  const [left, right] = await Promise.all([fingerprint(a), fingerprint(b)])
  return left !== null && left === right
}

async function fingerprint(folder: string): Promise<string | null> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => null)
  if (files === null) return null
  const rows = await Promise.all(
    files
      .filter((file) => file.isFile())
      .map(async (file) => {
        const path = join(file.parentPath, file.name)
        const content = await readFile(path)
        return `${path.slice(folder.length)} ${content.length} ${Buffer.from(
          await crypto.subtle.digest('SHA-256', content),
        ).toString('base64')}`
      }),
  )
  return rows.toSorted().join('\n')
}
