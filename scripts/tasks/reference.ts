import { install } from '../build.ts'
import { run, step, task } from '../step.ts'

await task(async () => {
  await install()
  await step('Writing docs/reference', () =>
    run('node', ['--conditions=@core/source', 'scripts/reference.ts'], { isLoud: true }),
  )
})
