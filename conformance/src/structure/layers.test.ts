/** The shape of ARCHITECTURE.md, as a test: who may import whom, and who must run anywhere. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { cyclesOf, root, sourcesOf } from './imports.ts'

/** For each package: the packages it may import, and whether it must run without Node. */
const LAYERS: Readonly<
  Record<string, { readonly mayImport: readonly string[]; readonly isPortable: boolean }>
> = {
  protocol: { mayImport: [], isPortable: true },
  backend: { mayImport: ['protocol'], isPortable: true },
  node: { mayImport: ['backend', 'protocol'], isPortable: false },
  express: { mayImport: ['backend', 'node', 'protocol'], isPortable: false },
  js: { mayImport: ['protocol'], isPortable: true },
  ui: { mayImport: ['js', 'protocol'], isPortable: true },
  react: { mayImport: ['js', 'protocol', 'ui'], isPortable: true },
  nextjs: { mayImport: ['backend', 'protocol', 'react'], isPortable: false },
  identity: { mayImport: ['protocol', 'ui'], isPortable: false },
}

const packages = Object.keys(LAYERS)
const coreImport = /^@core\/([a-z]+)/

describe('layers', () => {
  it('names every package there is', () => {
    const folders = readdirSync(join(root, 'packages'), { withFileTypes: true })
    expect(
      folders
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(packages.toSorted())
  })

  it('allows no two packages to depend on each other, however indirectly', () => {
    const reach = (name: string, trail: readonly string[]): string[] =>
      trail.includes(name)
        ? [[...trail, name].join(' → ')]
        : (LAYERS[name]?.mayImport ?? []).flatMap((next) => reach(next, [...trail, name]))
    expect(packages.flatMap((name) => reach(name, []))).toEqual([])
  })

  it.each(packages)('lets %s import only the layers below it, in types too', (name) => {
    const allowed = new Set([...(LAYERS[name]?.mayImport ?? []), name])
    const wrong = sourcesOf(`packages/${name}/src`).flatMap(({ path, imports }) =>
      imports
        .filter((specifier) => {
          const other = coreImport.exec(specifier)?.[1]
          return other !== undefined && !allowed.has(other)
        })
        .map((specifier) => `${path} imports ${specifier}`),
    )
    expect(wrong).toEqual([])
  })

  it.each(packages)('keeps the imports of %s inside its own folder and free of cycles', (name) => {
    const files = sourcesOf(`packages/${name}/src`)
    expect(files.length).toBeGreaterThan(0)
    const outside = files.flatMap(({ path, imports }) =>
      imports.filter(
        (s) => s.startsWith('.') && !join(path, '..', s).startsWith(`packages/${name}/src`),
      ),
    )
    expect(outside).toEqual([])
    expect(cyclesOf(files).map((cycle) => cycle.join(' → '))).toEqual([])
  })

  it.each(packages.filter((name) => LAYERS[name]?.isPortable))('keeps Node out of %s', (name) => {
    const wrong = sourcesOf(`packages/${name}/src`).flatMap(({ path, imports }) =>
      imports.filter((s) => s.startsWith('node:')).map((s) => `${path} imports ${s}`),
    )
    expect(wrong).toEqual([])
  })

  it('has no file or folder that is a bag', () => {
    const bag = /(?:^|\/)(?:utils?|helpers?|common|misc|types?|constants?|shared)(?:\.tsx?$|\/)/
    const files = packages.flatMap((name) => sourcesOf(`packages/${name}/src`, { tests: true }))
    expect(files.map(({ path }) => path).filter((path) => bag.test(path))).toEqual([])
  })

  it('lets a demo app import only what a user could install', () => {
    const wrong = sourcesOf('apps', { tests: true }).flatMap(({ path, imports }) => {
      const app = path.split('/').slice(0, 2).join('/')
      return imports
        .filter((s) =>
          s.startsWith('.') ? !join(path, '..', s).startsWith(app) : /\/(?:internal|src)\b/.test(s),
        )
        .map((s) => `${path} imports ${s}`)
    })
    expect(wrong).toEqual([])
  })
})
