/** Checks of the packages as they will be published: what `pnpm pack` would ship, not the sources. */
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { root, run, StepError } from './step.ts'

/** Packages that plain Node can import; the others need their framework's bundler or a browser. */
const IMPORTABLE = ['protocol', 'backend', 'node', 'express', 'js', 'react', 'identity']

/** The Node that the machine itself has: the oldest that published packages must run on, in CI. */
const ownNode = process.env['CORE_OWN_NODE'] ?? process.execPath

/** Makes sure that every file an export names is built and would be shipped. @throws StepError naming those that are not */
export async function checkExports(): Promise<void> {
  const faults: string[] = []
  for (const name of await readdir(join(root, 'packages'))) {
    const folder = join(root, 'packages', name)
    const {
      exports,
      bin = {},
      files,
    } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
      exports: unknown
      bin?: Record<string, string>
      files: string[]
    }
    for (const target of [...targetsOf(exports), ...Object.values(bin)]) {
      const isShipped = target === './package.json' || files.includes(target.split('/')[1] ?? '')
      if (!isShipped) faults.push(`@core/${name} does not ship ${target}`)
      if (!existsSync(join(folder, target))) faults.push(`@core/${name} has no ${target}`)
    }
  }
  if (faults.length > 0) throw new StepError(faults.join('\n'))
}

/** Imports the packages on the machine's own Node, as an application would. */
export async function checkImports(): Promise<void> {
  for (const name of IMPORTABLE) {
    const code = `const names = Object.keys(await import('@core/${name}')); if (names.length === 0) process.exit(1)`
    await run(ownNode, ['--input-type=module', '--eval', code], {
      cwd: join(root, 'packages', name),
    })
  }
}

function targetsOf(exports: unknown): string[] {
  if (typeof exports === 'string') return [exports]
  return typeof exports === 'object' && exports !== null
    ? Object.values(exports).flatMap(targetsOf)
    : []
}
