/** Prints how many milliseconds Express takes to import, and `@core/express` after it. */
import { performance } from 'node:perf_hooks'

const times: number[] = []
for (const name of ['express', '@core/express']) {
  const start = performance.now()
  await import(name)
  times.push(performance.now() - start)
}
console.log(JSON.stringify(times))
