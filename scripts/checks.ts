/** Everything about the code that can be told without running it. */
import { run } from './step.ts'
import { turbo } from './build.ts'

/** Titles say what holds when the check passes. */
export const CHECKS: Readonly<Record<string, () => Promise<unknown>>> = {
  'The code is formatted': () => run('pnpm', ['exec', 'oxfmt', '--check', '.']),
  'Lint has nothing to say': () => run('pnpm', ['exec', 'oxlint', '--deny-warnings']),
  'Types hold everywhere': () => turbo('check'),
  'Nothing is unused': () => run('pnpm', ['exec', 'knip']),
}
