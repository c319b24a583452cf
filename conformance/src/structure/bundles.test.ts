/** What runs in front of every request, as a bundler ships it: which code, how much of it, and nothing else. */
import { gzipSync } from 'node:zlib'

import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'

import { root } from './imports.ts'

interface Case {
  readonly name: string
  readonly code: string
  /** What the design allows, minified and compressed. */
  readonly budget: number
  /** What is not exceeded today. Lower it with every byte that goes; do not raise it for comfort. */
  readonly ceiling: number
  /** Modules that a platform or a framework provides. */
  readonly external: readonly string[]
}

const CASES: readonly Case[] = [
  {
    name: 'authenticateRequest',
    code: `export { authenticateRequest } from './packages/backend/src/index.ts'`,
    budget: 14_000,
    ceiling: 25_000,
    external: [],
  },
  {
    name: 'the middleware of Next.js without Next.js',
    code: `export { clerkMiddleware, createRouteMatcher } from './packages/nextjs/src/server/index.ts'`,
    budget: 16_000,
    ceiling: 29_500,
    external: ['next/headers', 'next/navigation', 'next/server', 'node:async_hooks'],
  },
]

// What lies beneath the methods of the Backend API, and refreshes sessions as well.
const CALLER = new Set(['errors', 'request', 'retry', 'session-token'])
const API_FILE = /^packages\/backend\/src\/api\/(.+)\.ts$/

// `eval` and its like are forbidden by the content security policies of edge platforms; no file
// speaks to a server that the options do not name.
const FORBIDDEN = ['eval(', 'new Function', 'api.clerk.com', 'telemetry', 'process.binding']

describe.each(CASES)('a bundle of $name', async ({ name, code, budget, ceiling, external }) => {
  const { text, files, externals } = await bundle(code, external)
  const size = gzipSync(text, { level: 9 }).length
  const profile = files
    .slice(0, 15)
    .map(({ path, bytes }) => `  ${String(bytes).padStart(5)}  ${path}`)
    .join('\n')
  const summary = `${name}: ${size} bytes of a budget of ${budget} (${sign(size - budget)})`
  process.stdout.write(`${summary}\n${profile}\n`)

  it('has no method of the Backend API', () => {
    const groups = files.flatMap(({ path }) => API_FILE.exec(path)?.[1] ?? [])
    expect(groups.filter((file) => !CALLER.has(file))).toEqual([])
  })

  it('imports nothing that a Web runtime does not have', () => {
    expect(externals).toEqual(external)
  })

  it.each(FORBIDDEN)('does not hold %j', (forbidden) => {
    expect(text.toLowerCase().includes(forbidden.toLowerCase())).toBe(false)
  })

  it(`is not larger than it was, ${ceiling} bytes compressed, while the budget of ${budget} is not met`, () => {
    expect(size, `${summary}\n${profile}`).toBeLessThanOrEqual(ceiling)
  })
})

interface File {
  readonly path: string
  readonly bytes: number
}

async function bundle(
  contents: string,
  external: readonly string[],
): Promise<{ text: string; files: File[]; externals: string[] }> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    stdin: { contents, resolveDir: root, loader: 'ts' },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    conditions: ['@core/source', 'worker', 'edge-light'],
    external: [...external],
    legalComments: 'none',
    metafile: true,
    write: false,
    logLevel: 'silent',
  })
  const output = Object.values(metafile.outputs)[0]
  return {
    text: outputFiles[0]?.text ?? '',
    files: Object.entries(output?.inputs ?? {})
      .map(([path, { bytesInOutput }]) => ({
        path: path.replace(/^.*\bnode_modules\//, ''),
        bytes: bytesInOutput,
      }))
      .filter(({ bytes }) => bytes > 0)
      .toSorted((a, b) => b.bytes - a.bytes),
    externals: [...new Set((output?.imports ?? []).map(({ path }) => path))].toSorted(),
  }
}

function sign(bytes: number): string {
  return bytes > 0 ? `${bytes} too many` : `${-bytes} left`
}
