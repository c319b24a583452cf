/** What users of a package can see says what it is: the docstrings of everything that is exported. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { type Documented, exportsOf } from './exports.ts'
import { root } from './imports.ts'

/** Entries that applications import, from the manifests: `./internal` is for adapters alone. */
function entriesOf(name: string): readonly string[] {
  const { exports } = JSON.parse(
    readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'),
  ) as { readonly exports: Readonly<Record<string, unknown>> }
  return Object.entries(exports)
    .filter(([path]) => path !== './internal')
    .flatMap(([, target]) => sourcesOf(target))
    .map((source) => join('packages', name, source))
}

/** Source files among the conditions of an export, however deep. */
function sourcesOf(target: unknown): readonly string[] {
  if (typeof target === 'string') return /^\.\/src\/.*\.tsx?$/.test(target) ? [target] : []
  return typeof target === 'object' && target !== null
    ? [...new Set(Object.values(target).flatMap(sourcesOf))]
    : []
}

const packages = readdirSync(join(root, 'packages'))
const entries = packages.flatMap(entriesOf)

const without = (documented: readonly Documented[]): readonly string[] => [
  ...new Set(
    documented
      .filter(({ docstring }) => docstring === null)
      .map(({ name, place }) => `${name} (${place})`),
  ),
]

describe('docstrings', () => {
  it('are asked of every package', () => {
    const missing = packages.filter(
      (name) => !entries.some((entry) => entry.startsWith(`packages/${name}/`)),
    )
    expect(missing).toEqual([])
  })

  it.each(entries)('stand above everything that %s exports', (entry) => {
    const names = exportsOf(entry).filter(({ name }) => !name.includes('.'))
    expect(names.length).toBeGreaterThan(0)
    expect(without(names)).toEqual([])
  })

  it.each(entriesOf('backend'))('stand above every member of what %s exports', (entry) => {
    const members = exportsOf(entry).filter(({ name }) => name.includes('.'))
    expect(members.length).toBeGreaterThan(0)
    expect(without(members)).toEqual([])
  })
})
