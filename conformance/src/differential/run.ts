/** The comparison at full size: `pnpm --filter conformance differential -- --count 100000 --seed 7`. */
import { parseArgs } from 'node:util'

import { run } from './compare.ts'
import { describeReport, reproduce } from './report.ts'

const { values } = parseArgs({
  args: process.argv.slice(2).filter((arg) => arg !== '--'),
  options: {
    count: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
  },
})

const report = await run(Number(values.seed), Number(values.count))
for (const example of report.examples) console.log(`${reproduce(example)}\n`)
console.log(describeReport(report))
for (const { id } of report.dead) console.log(`The rule ${id} explains nothing any more.`)
process.exitCode = report.open > 0 || report.dead.length > 0 ? 1 : 0
