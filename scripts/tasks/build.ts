import { build, install } from '../build.ts'

await install()
await build()
