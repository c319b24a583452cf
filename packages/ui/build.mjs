// Bundles the Account Portal: files that the identity server serves from /assets/.

import { build } from 'esbuild'
import { rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('.', import.meta.url))

await rm(new URL('dist/portal', import.meta.url), { recursive: true, force: true })
await build({
  absWorkingDir: root,
  entryPoints: ['src/portal.ts'],
  outdir: 'dist/portal',
  bundle: true,
  format: 'esm',
  platform: 'browser',
  target: ['es2022'],
  // Each component is a file of its own. Chunks are imported relative to the entry, wherever that is served.
  splitting: true,
  chunkNames: 'portal-[name]-[hash]',
  conditions: ['@core/source'],
  minify: true,
  legalComments: 'none',
})
