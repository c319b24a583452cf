// Bundles the client as one ES module for pages without a bundler.
import { readFile } from 'node:fs/promises'
import { build } from 'esbuild'

await build({
  ...JSON.parse(await readFile(new URL('bundle.json', import.meta.url), 'utf8')),
  entryPoints: ['dist/index.js'],
  outfile: 'dist/core.browser.js',
  sourcemap: true,
})
