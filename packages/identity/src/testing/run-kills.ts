/** The full number of kills, on either database: `pnpm --filter @core/identity kills -- --count 200`. */

import { parseArgs } from 'node:util'

import { killRepeatedly } from './kills.ts'
import { createDatabase, startPostgres } from './postgres-program.ts'
import { makeDirectory } from './program.ts'

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '200' },
    database: { type: 'string', multiple: true, default: ['embedded', 'server'] },
  },
})

const say = (line: string): void => void process.stdout.write(`${line}\n`)

let failures = 0
for (const kind of values.database) {
  const directory = await makeDirectory()
  const postgres = kind === 'server' ? await startPostgres() : null
  try {
    const report = await killRepeatedly({
      count: Number(values.count),
      directory: directory.path,
      log: (line) => say(`${kind}: ${line}`),
      ...(postgres === null
        ? {}
        : { databaseUrl: await createDatabase(postgres.url, 'kills', 'template0') }),
    })
    for (const line of report.wrong) say(`${kind}: ${line}`)
    failures += report.wrong.length
  } finally {
    await postgres?.stop()
    await directory.remove()
  }
}
say(failures === 0 ? 'Nothing was lost and nothing is half there.' : `${failures} wrong.`)
process.exitCode = failures === 0 ? 0 : 1
