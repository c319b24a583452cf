import { afterEach, beforeEach, expect, inject, it } from 'vitest'

import { createTestDatabase } from '../testing/database.ts'
import { killRepeatedly } from '../testing/kills.ts'
import { fillDirectory, makeDirectory, stopPrograms } from '../testing/program.ts'

/** All 200 of both databases: `pnpm --filter @core/identity kills`. */
const COUNT = 5

let directory: { path: string; remove: () => Promise<void> }
beforeEach(async () => {
  directory = await makeDirectory()
})
afterEach(async () => {
  await stopPrograms()
  await directory.remove()
})

it(
  'loses nothing that it confirmed, leaves nothing half done and signs nobody out, however often it is killed',
  { timeout: 300_000 },
  async () => {
    const isEmbedded = inject('postgresUrl') === undefined
    if (isEmbedded) await fillDirectory(directory.path)
    const report = await killRepeatedly({
      count: COUNT,
      directory: directory.path,
      ...(isEmbedded ? {} : { databaseUrl: await createTestDatabase() }),
    })
    expect(report.wrong).toEqual([])
    expect(report.confirmed.users.size).toBeGreaterThan(0)
  },
)
