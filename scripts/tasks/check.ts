import { build, install } from '../build.ts'
import { CHECKS } from '../checks.ts'
import { step, task } from '../step.ts'

await task(async () => {
  await install()
  await build()
})
// One failing check does not hide the others.
for (const [title, check] of Object.entries(CHECKS)) await task(() => step(title, check))
