/** `core dev` beside an app that uses `@clerk/backend` from npm, whose newest refuses keys of a host without a dot. */
import { fileURLToPath } from 'node:url'

import { afterEach, beforeEach, expect, it } from 'vitest'

import {
  fillDirectory,
  makeDirectory,
  runCore,
  stopPrograms,
} from '../../../../packages/identity/src/testing/program.ts'

const APP = fileURLToPath(new URL('app.ts', import.meta.url))

let directory: Awaited<ReturnType<typeof makeDirectory>>
beforeEach(async () => {
  directory = await makeDirectory()
  await fillDirectory(directory.path)
})
afterEach(async () => {
  await stopPrograms()
  await directory.remove()
})

it('gives an app keys that every version of the published SDK takes', async () => {
  const dev = ['dev', '--host', '127.0.0.1', '--port', '0', '--data', directory.path]
  const program = runCore(dev.concat('--', process.execPath, APP))
  const code = await program.exited
  expect(program.output()).toMatch(/(?:signed in\n){2}$/)
  expect(code).toBe(0)
}, 60_000)
