/** Everything about the code that can be told without running it. */
import { turbo } from './build.ts'
import { checkExports, checkImports } from './packages.ts'
import { run } from './step.ts'

/** Titles say what holds when the check passes. */
export const CHECKS: Readonly<Record<string, () => Promise<unknown>>> = {
  'The code is formatted': () => run('pnpm', ['exec', 'oxfmt', '--check', '.']),
  'Lint has nothing to say': () => run('pnpm', ['exec', 'oxlint', '--deny-warnings']),
  'Types hold everywhere': () => turbo('check'),
  'Packages ship what they export': checkExports,
  'Packages import on the Node of this machine': checkImports,
  'Nothing is unused': () => run('pnpm', ['exec', 'knip']),
}
