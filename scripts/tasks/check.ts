import { build, install } from '../build.ts'
import { CHECKS } from '../checks.ts'
import { step } from '../step.ts'

await install()
await build()
for (const [title, check] of Object.entries(CHECKS)) {
  await step(title, check).catch((error: unknown) => {
    console.error(String(error))
    process.exitCode = 1
  })
}
