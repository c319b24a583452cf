/** What reaches a browser: how much of it, and that nothing of it comes from elsewhere. */

import { build, type Metafile, type OutputFile } from 'esbuild'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

let outputs: Metafile['outputs']
let files: readonly OutputFile[]

beforeAll(async () => {
  const result = await build({
    absWorkingDir: root,
    entryPoints: { app: 'src/portal.ts' },
    outdir: 'out',
    write: false,
    metafile: true,
    bundle: true,
    splitting: true,
    format: 'esm',
    minify: true,
    legalComments: 'none',
    target: 'es2022',
    conditions: ['@core/source'],
  })
  outputs = result.metafile.outputs
  files = result.outputFiles
})

describe('the bundle', () => {
  it('brings <SignIn /> to a browser in at most 45 kB, the client included', () => {
    const { bytes, inputs } = loadedFor('src/sign-in/screen.ts')
    expect(inputs).toContain('../js/src/clerk.ts')
    expect(inputs).toContain('src/sign-in/start.tsx')
    expect(bytes).toBeLessThanOrEqual(45_000)
    expect(bytes).toBeGreaterThan(10_000)
  })

  it('keeps the user button and the sign-up out of what <SignIn /> loads', () => {
    const { inputs } = loadedFor('src/sign-in/screen.ts')
    expect(inputs.filter((path) => /floating-ui|user-button|sign-up\//.test(path))).toEqual([])
  })

  it('holds no React', () => {
    const all = Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs))
    expect(
      all.filter((path) => /node_modules\/(react|react-dom|preact\/compat)\//.test(path)),
    ).toEqual([])
  })

  it.each([
    ['an address of a host', /\b(?:https?|wss?):\/\/[a-z0-9[]/i, ['http://www.w3.org/']],
    ['code from text', /\beval\(|new Function\(/, []],
    ['style sheets from elsewhere', /@import|url\(/, []],
    ['anything about the server', /sk_(?:test|live)_|process\.env/, []],
  ])('holds no %s', (_, forbidden, exceptions) => {
    for (const { path, text } of files) {
      const rest = exceptions.reduce((code, exception) => code.replaceAll(exception, ''), text)
      expect([path, forbidden.exec(rest)?.[0]]).toEqual([path, undefined])
    }
  })
})

/** Adds up the entry, a lazily loaded component, and everything that both import at once. */
function loadedFor(screen: string): { readonly bytes: number; readonly inputs: readonly string[] } {
  const entries = Object.keys(outputs).filter((path) =>
    ['src/portal.ts', screen].includes(outputs[path]?.entryPoint ?? ''),
  )
  expect(entries).toHaveLength(2)
  const loaded = new Set<string>()
  const queue = [...entries]
  for (const path of queue) {
    if (loaded.has(path)) continue
    loaded.add(path)
    for (const { path: next, kind } of outputs[path]?.imports ?? []) {
      if (kind === 'import-statement') queue.push(next)
    }
  }
  const bytes = files
    .filter(({ path }) => [...loaded].some((name) => path.endsWith(name)))
    .reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0)
  const inputs = [...loaded].flatMap((path) => Object.keys(outputs[path]?.inputs ?? {}))
  return { bytes, inputs }
}
