import { install, turbo } from '../build.ts'
import { root, run, step } from '../step.ts'

await install()
await step('Building packages', () => turbo('build', ['./packages/backend']))
await run('pnpm', ['--filter', 'benchmarks', 'bench', ...process.argv.slice(2)], {
  cwd: root,
  isLoud: true,
})
