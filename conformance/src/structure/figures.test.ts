import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { root } from './imports.ts'

/** The rows of the first table between the markers of the benchmark. */
function figuresOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  const [, figures = ''] = text.split(
    /<!-- (?:figures: written by `npm run bench`|end of figures) -->/,
  )
  const [table = ''] = figures.trim().split('\n\n')
  return table.split('\n')
}

it('quotes the figures of the last run of the benchmark in the README, and no others', () => {
  const measured = figuresOf('benchmarks/RESULTS.md')
  expect(measured.length).toBeGreaterThan(10)
  expect(figuresOf('README.md')).toEqual(measured)
})
