import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { fillDirectory, makeDirectory, runCore, stopPrograms } from '../testing/program.ts'
import { lockDirectory } from './lock.ts'
import { openEmbeddedDatabase } from './embedded.ts'

let directory: string
let remove: () => Promise<void>
beforeEach(async () => {
  const made = await makeDirectory()
  directory = made.path
  remove = made.remove
})
afterEach(async () => {
  await stopPrograms()
  await remove()
})

describe('a server that is killed in the middle of writing', () => {
  const ROUNDS = 4

  it('starts again at once, with everything it had confirmed', { timeout: 240_000 }, async () => {
    await fillDirectory(directory)
    const confirmed = new Set<string>()
    let secretKey = ''
    for (let round = 0; round <= ROUNDS; round++) {
      const program = runCore(['dev', '--port', '0', '--data', directory])
      const url = await program.ready
      if (round === 0) {
        const keys = runCore(['keys', '--data', directory])
        await keys.exited
        secretKey = /CLERK_SECRET_KEY=(\S+)/.exec(keys.output())?.[1] ?? ''
      }
      const headers = {
        authorization: `Bearer ${secretKey}`,
        'content-type': 'application/json',
      }
      const listed = await fetch(`${url}/v1/users?limit=500`, { headers })
      expect(listed.status).toBe(200)
      const users = (await listed.json()) as { email_addresses: { email_address: string }[] }[]
      const present = new Set(
        users.map(({ email_addresses: [address] }) => address?.email_address ?? 'half a user'),
      )
      for (const address of confirmed) expect(present).toContain(address)
      expect(present).not.toContain('half a user')
      if (round === ROUNDS) break

      // Several writers at once, until the process is gone.
      const before = confirmed.size
      const write = async (writer: number): Promise<void> => {
        for (let i = 0; ; i++) {
          const address = `r${round}w${writer}n${i}@example.com`
          const response = await fetch(`${url}/v1/users`, {
            method: 'POST',
            headers,
            body: JSON.stringify({
              email_address: [address],
              skip_password_requirement: true,
              public_metadata: { filler: 'x'.repeat(2000) },
            }),
          })
          if (response.status === 200) confirmed.add(address)
          if (confirmed.size >= before + 10 + round * 7) program.child.kill('SIGKILL')
        }
      }
      await Promise.allSettled([0, 1, 2].map(write))
      expect(await program.exited).toBe('SIGKILL')
      expect(confirmed.size).toBeGreaterThan(before)
    }
  })
})

it(
  'makes the database anew that was half made when its server was killed',
  { timeout: 120_000 },
  async () => {
    // It is made under this name and gets its own when it is whole.
    const draft = join(directory, 'database.draft')
    await mkdir(draft)
    await writeFile(join(draft, 'PG_VERSION'), '18\n')
    await mkdir(join(directory, 'database'))
    await (await openEmbeddedDatabase(directory)).close()
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
