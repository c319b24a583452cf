import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { testArchive } from '../testing/archive.ts'
import { makeDirectory } from '../testing/program.ts'
import { lockDirectory } from './lock.ts'
import { openEmbeddedDatabase } from './embedded.ts'

let directory: string
let remove: () => Promise<void>
beforeEach(async () => {
  const made = await makeDirectory()
  directory = made.path
  remove = made.remove
})
afterEach(() => remove())

it(
  'makes the database anew that was half made when its server was killed',
  { timeout: 120_000 },
  async () => {
    // It is made under this name and gets its own when it is whole.
    const draft = join(directory, 'database.draft')
    await mkdir(draft)
    await writeFile(join(draft, 'PG_VERSION'), '18\n')
    await mkdir(join(directory, 'database'))
    await (await openEmbeddedDatabase(directory, await testArchive())).close()
    expect(await readdir(directory)).toEqual(['database'])
  },
)

describe('the lock of a data directory', () => {
  it('is held by one, and free once it is given back', async () => {
    const unlock = await lockDirectory(directory)
    await expect(lockDirectory(directory)).rejects.toMatchObject({ code: 'data-in-use' })
    await unlock()
    await (
      await lockDirectory(directory)
    )()
  })

  it('goes to one of many that try at once', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, () => lockDirectory(directory)),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  it.each([
    ['a process that is gone', { pid: 2 ** 22 + 1, startedAt: '1' }],
    ['another process that has the number now', { pid: process.pid, startedAt: '1' }],
    ['nobody, because it was half written', '{"pi'],
  ])('left behind by %s does not count', async (_whose, content) => {
    const text = typeof content === 'string' ? content : JSON.stringify(content)
    await writeFile(join(directory, 'lock.3'), text)
    const unlock = await lockDirectory(directory)
    await expect(lockDirectory(directory)).rejects.toMatchObject({ code: 'data-in-use' })
    await unlock()
  })
})
