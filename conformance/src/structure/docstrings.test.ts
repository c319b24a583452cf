/** What users of a package can see says what it is: the docstrings of everything that is exported. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { type Documented, entriesOf, exportsOf } from './exports.ts'
import { root } from './imports.ts'

const packages = readdirSync(join(root, 'packages'))

/** What applications import: `./internal` is for adapters alone. */
const publicEntriesOf = (name: string): readonly string[] =>
  entriesOf(name)
    .filter(({ specifier }) => !specifier.endsWith('/internal'))
    .map(({ source }) => source)

const entries = packages.flatMap(publicEntriesOf)

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

  it.each(publicEntriesOf('backend'))('stand above every member of what %s exports', (entry) => {
    const members = exportsOf(entry).filter(({ name }) => name.includes('.'))
    expect(members.length).toBeGreaterThan(0)
    expect(without(members)).toEqual([])
  })
})
