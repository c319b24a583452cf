import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { type Loopback, startLoopback } from './loopback.ts'
import { RUNTIMES } from './runtimes.ts'
import { CHECKS, type Report } from './smoke.ts'

// Here every runtime has a binary, so one that cannot run is a failure.
const mustRun = process.platform === 'linux' && process.arch === 'x64'

let folder: string
let loopback: Loopback

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'core-runtimes-'))
  loopback = await startLoopback()
  // A module of any runtime would not be found, and would fail the build.
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'smoke.ts')],
    bundle: true,
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['@core/source'],
    format: 'esm',
    target: 'es2022',
    write: false,
    logLevel: 'silent',
  })
  await writeFile(join(folder, 'smoke.mjs'), outputFiles[0]?.contents ?? '')
})

afterAll(async () => {
  await loopback?.close()
  await rm(folder, { recursive: true, force: true })
})

describe('The portable packages hold what they promise on', () => {
  it.each(RUNTIMES.map((runtime, at) => ({ ...runtime, at })))(
    '$title',
    { timeout: 90_000 },
    async ({ title, at, says, obstacle, run }) => {
      const path = `/${at}`
      const reason = obstacle()
      if (reason !== null && !mustRun) {
        console.warn(`Not tried on ${title}: ${reason}`)
        return
      }
      const output = await run({
        folder,
        name: `runtime-${at}`,
        module: 'smoke.mjs',
        expression: `run(${JSON.stringify(loopback.origin + path)})`,
      })
      const report = JSON.parse(output) as Report
      expect(report).toEqual({
        runtime: expect.stringMatching(says),
        passed: Object.keys(CHECKS).length,
        failed: [],
      })
      expect(loopback.requests.filter((line) => line === `GET ${path}/v1/jwks`)).toHaveLength(1)
    },
  )
})
