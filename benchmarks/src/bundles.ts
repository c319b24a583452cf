/** What an app ships: minified and compressed bytes of the parts that run in front of every request. */
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

import { build } from 'esbuild'

import { OURS, PEER } from './contestants.ts'
import { type Findings, exactly, toDigits } from './figures.ts'

const root = join(import.meta.dirname, '../..')

interface Bundle {
  readonly name: string
  readonly code: string
  readonly budgetInKb: number | null
}

const BUNDLES: readonly Bundle[] = [
  {
    name: `authenticateRequest of ${OURS}`,
    code: `export { authenticateRequest } from '@core/backend'`,
    budgetInKb: 14,
  },
  {
    name: `createClerkClient of ${OURS}`,
    code: `export { createClerkClient } from '@core/backend'`,
    budgetInKb: null,
  },
  {
    name: 'clerkMiddleware of @core/nextjs, without Next.js',
    code: `export { clerkMiddleware, createRouteMatcher } from '${root}/packages/nextjs/src/server/index.ts'`,
    budgetInKb: 16,
  },
  {
    name: `createClerkClient of ${PEER}`,
    code: `export { createClerkClient } from '@clerk/backend'`,
    budgetInKb: null,
  },
]

export async function measureBundles(): Promise<Findings> {
  const sizes = await Promise.all(
    BUNDLES.map(async (bundle) => ({ ...bundle, ...(await measure(bundle.code)) })),
  )
  return {
    figures: sizes
      .filter(({ budgetInKb }) => budgetInKb !== null)
      .map(({ name, zipped, budgetInKb }) => ({
        what: `bundle: ${name}`,
        value: exactly(zipped / 1000),
        unit: 'kB',
        budget: { atMost: budgetInKb ?? 0 },
      })),
    tables: [
      {
        title: 'Bundles',
        columns: ['bundle', 'minified, kB', 'with gzip, kB'],
        rows: sizes.map(({ name, plain, zipped }) => [
          name,
          toDigits(plain / 1000),
          toDigits(zipped / 1000),
        ]),
      },
    ],
  }
}

async function measure(code: string): Promise<{ plain: number; zipped: number }> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    platform: 'browser',
    conditions: ['@core/source', 'worker', 'edge-light'],
    external: ['next', 'next/*', 'react', 'react-dom', 'node:*'],
    format: 'esm',
    target: 'es2022',
    legalComments: 'none',
    write: false,
    logLevel: 'silent',
  })
  const contents = outputFiles[0]?.contents ?? new Uint8Array()
  return { plain: contents.length, zipped: gzipSync(contents, { level: 9 }).length }
}
