import { install, turbo } from '../build.ts'
import { run, step, task } from '../step.ts'

await task(async () => {
  await install()
  await step('Building packages', () => turbo('build', ['@core/express', '@core/identity']))
  await run('pnpm', ['--filter', 'benchmarks', 'bench', ...process.argv.slice(2)], { isLoud: true })
})
