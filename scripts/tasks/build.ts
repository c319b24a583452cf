import { build, install } from '../build.ts'
import { task } from '../step.ts'

await task(async () => {
  await install()
  await build()
})
