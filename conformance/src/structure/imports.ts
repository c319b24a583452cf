/** Reads which modules a source file names: imports, re-exports, dynamic imports, types included. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

import { parseSync } from 'oxc-parser'

export const root: string = fileURLToPath(new URL('../../..', import.meta.url))

export interface SourceFile {
  /** Path from the repository's root. */
  readonly path: string
  readonly imports: readonly string[]
}

/** Reads every TypeScript file below a folder of the repository, without tests unless asked. */
export function sourcesOf(
  folder: string,
  options: { readonly tests?: boolean } = {},
): SourceFile[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => !/(?:^|\/)(?:node_modules|dist|\.next)\//.test(path))
    .filter((path) => options.tests === true || !/\.test(?:-[a-z]+)?\.tsx?$/.test(path))
    .map((path) => ({ path, imports: importsOf(path) }))
}

function importsOf(path: string): string[] {
  const code = readFileSync(join(root, path), 'utf8')
  const { module, errors } = parseSync(path, code)
  if (errors.length > 0) throw new Error(`${path} does not parse: ${errors[0]?.message}`)
  const dynamic = module.dynamicImports
    .map(({ moduleRequest }) => code.slice(moduleRequest.start, moduleRequest.end))
    .flatMap((text) => /^['"](.+)['"]$/.exec(text)?.[1] ?? [])
  const inTypes = [...code.matchAll(/\bimport\(['"]([^'"]+)['"]\)/g)].map((match) => match[1] ?? '')
  return [
    ...new Set([
      ...module.staticImports.map((entry) => entry.moduleRequest.value),
      ...module.staticExports.flatMap((statement) =>
        statement.entries.flatMap((entry) => entry.moduleRequest?.value ?? []),
      ),
      ...dynamic,
      ...inTypes,
    ]),
  ]
}

/** Finds the cycles among files that import each other by relative path. Each is a chain of paths. */
export function cyclesOf(files: readonly SourceFile[]): string[][] {
  const graph = new Map(files.map((file) => [file.path, relativeImports(file)]))
  const done = new Set<string>()
  const cycles: string[][] = []
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path)
    if (start !== -1) {
      cycles.push([...trail.slice(start), path])
      return
    }
    if (done.has(path)) return
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path])
    done.add(path)
  }
  for (const path of graph.keys()) visit(path, [])
  return cycles
}

function relativeImports({ path, imports }: SourceFile): string[] {
  return imports
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => relative(root, resolve(root, dirname(path), specifier)))
}
