import { afterEach, beforeEach, expect, it } from 'vitest'

import { createIdentity } from '../identity.ts'
import { fillDirectory, makeDirectory } from '../testing/program.ts'
import { rotate } from './rotate.ts'

let directory: { path: string; remove: () => Promise<void> }
beforeEach(async () => {
  directory = await makeDirectory()
  await fillDirectory(directory.path)
})
afterEach(() => directory.remove())

async function run(...args: readonly string[]): Promise<string> {
  const lines: string[] = []
  const terminal = {
    out: (line: string) => lines.push(line),
    error: () => undefined,
    readInput: async () => '',
    env: {},
  }
  expect(await rotate.run(['--data', directory.path, ...args], terminal)).toBe(0)
  return lines.join('\n')
}

it('puts a new key beside the old one, and says which', async () => {
  const before = await createIdentity({ data: directory.path })
  const { secretKey } = await before.provision('localhost:4000')
  await before.close()
  const said = await run()
  const after = await createIdentity({ data: directory.path })
  const response = await after.fetch(
    new Request('http://localhost:4000/v1/jwks', {
      headers: { authorization: `Bearer ${secretKey}` },
    }),
  )
  const { keys } = (await response.json()) as { keys: { kid: string }[] }
  await after.close()
  expect(keys).toHaveLength(2)
  expect(said).toBe(`Signing with ${keys[1]?.kid} from now on.`)
})

it('asks which instance is meant where there are several, or none', async () => {
  await expect(run()).rejects.toThrow('There is no instance. Run "core dev" once to make one.')
  const identity = await createIdentity({ data: directory.path })
  await identity.addInstance({ type: 'development', frontendApi: 'a.localhost:1' })
  await identity.addInstance({ type: 'development', frontendApi: 'b.localhost:1' })
  await identity.close()
  const which = 'Name one of these instances with --host: a.localhost:1, b.localhost:1.'
  await expect(run()).rejects.toThrow(which)
  await expect(run('--host', 'c.localhost:1')).rejects.toThrow(which)
  expect(await run('--host', 'b.localhost:1')).toContain('Signing with')
})
