/** The runtimes that npm installed as binaries, each in a package per platform. */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/**
 * Finds the binary of a runtime. Its package names one optional dependency per platform, of which the
 * package manager installed the one that fits: no install script is needed, and no table of platforms.
 *
 * @throws naming the platform, if there is none for it.
 */
export function findBinary(name: string): string {
  const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`)
  const { optionalDependencies, version } = JSON.parse(readFileSync(manifest, 'utf8')) as {
    readonly optionalDependencies: Readonly<Record<string, string>>
    readonly version: string
  }
  const modules = join(dirname(manifest), '..')
  for (const platform of Object.keys(optionalDependencies)) {
    for (const file of [`bin/${name}`, `bin/${name}.exe`, name, `${name}.exe`]) {
      const path = join(modules, platform, file)
      if (existsSync(path)) return path
    }
  }
  throw new Error(`${name} ${version} has no binary for ${process.platform} ${process.arch}`)
}
