/** Finds what a package's entry exports: each name, where it is declared, and what is written above it. */
import { readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

import { type Comment, type Node, type Program, parseSync } from 'oxc-parser'

import { root } from './imports.ts'

/** Something public, and whether it says what it is. */
export interface Documented {
  /** `User`, or `User.id` for a member. */
  readonly name: string
  /** Where it is declared, from the repository's root: `packages/backend/src/index.ts:12`. */
  readonly place: string
  /** Text of the docstring directly above it; `null` if there is none. */
  readonly docstring: string | null
}

/** A way into a package. */
export interface Entry {
  /** What is imported: `@core/nextjs/server`. */
  readonly specifier: string
  /** Its source, from the repository's root. */
  readonly source: string
}

/** Returns the entries of a package, as its manifest has them. One can have a source per condition. */
export function entriesOf(name: string): readonly Entry[] {
  const folder = join('packages', name)
  const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as {
    readonly name: string
    readonly exports: Readonly<Record<string, unknown>>
  }
  return Object.entries(manifest.exports).flatMap(([path, target]) =>
    sourcesOf(target).map((source) => ({
      specifier: join(manifest.name, path),
      source: join(folder, source),
    })),
  )
}

/** Source files among the conditions of an export, however deep. */
function sourcesOf(target: unknown): readonly string[] {
  if (typeof target === 'string') return /^\.\/src\/.*\.tsx?$/.test(target) ? [target] : []
  return typeof target === 'object' && target !== null
    ? [...new Set(Object.values(target).flatMap(sourcesOf))]
    : []
}

interface Module {
  readonly path: string
  readonly code: string
  readonly program: Program
  readonly comments: readonly Comment[]
}

const modules = new Map<string, Module>()

function load(path: string): Module {
  const known = modules.get(path)
  if (known) return known
  const code = readFileSync(join(root, path), 'utf8')
  const { program, comments, errors } = parseSync(path, code)
  if (errors.length > 0) throw new Error(`${path} does not parse: ${errors[0]?.message}`)
  const module = { path, code, program, comments }
  modules.set(path, module)
  return module
}

/**
 * Returns every export of an entry that is declared in its own package, and every member of the
 * interfaces and classes among them. What comes from another package is described there.
 */
export function exportsOf(entry: string): readonly Documented[] {
  const module = load(entry)
  return module.program.body.flatMap((statement): readonly Documented[] => {
    if (statement.type !== 'ExportNamedDeclaration') return []
    if (statement.declaration) return describe(module, statement, statement.declaration)
    const from = statement.source?.value
    return statement.specifiers.flatMap((specifier) => {
      const { local, exported } = specifier
      if (local.type !== 'Identifier' || exported.type !== 'Identifier') return []
      if (from === undefined) return find(module, local.name)
      return from.startsWith('.') ? find(load(resolveFrom(entry, from)), local.name) : []
    })
  })
}

/** Returns what stands at the head of a file; empty if that is code. */
export function introductionOf(path: string): string {
  const { code, comments } = load(path)
  const [first] = comments
  return first !== undefined && code.slice(0, first.start).trim() === '' ? first.value.slice(1) : ''
}

function resolveFrom(path: string, specifier: string): string {
  return relative(root, resolve(root, dirname(path), specifier))
}

/** Finds the declaration of a name, through as many files as it takes. */
function find(module: Module, name: string): readonly Documented[] {
  for (const statement of module.program.body) {
    if (statement.type === 'ImportDeclaration') {
      const isImported = statement.specifiers.some(({ local }) => local.name === name)
      if (!isImported) continue
      const from = statement.source.value
      return from.startsWith('.') ? find(load(resolveFrom(module.path, from)), name) : []
    }
    if (statement.type === 'ExportNamedDeclaration') {
      if (statement.declaration && namesOf(statement.declaration).includes(name)) {
        return describe(module, statement, statement.declaration)
      }
      const specifier = statement.specifiers.find(
        ({ exported }) => exported.type === 'Identifier' && exported.name === name,
      )
      const from = statement.source?.value
      if (specifier?.local.type !== 'Identifier' || from === undefined) continue
      return from.startsWith('.')
        ? find(load(resolveFrom(module.path, from)), specifier.local.name)
        : []
    } else if (namesOf(statement).includes(name)) {
      return describe(module, statement, statement)
    }
  }
  throw new Error(`${module.path} does not declare ${name}`)
}

function namesOf(declaration: Node): readonly string[] {
  switch (declaration.type) {
    case 'VariableDeclaration':
      return declaration.declarations.flatMap(({ id }) => (id.type === 'Identifier' ? id.name : []))
    case 'FunctionDeclaration':
    case 'TSDeclareFunction':
    case 'ClassDeclaration':
    case 'TSInterfaceDeclaration':
    case 'TSTypeAliasDeclaration':
      return declaration.id ? [declaration.id.name] : []
    default:
      return []
  }
}

function describe(module: Module, statement: Node, declaration: Node): readonly Documented[] {
  const [name = ''] = namesOf(declaration)
  const members = membersOf(declaration).map((member) => ({
    name: `${name}.${memberName(member)}`,
    ...documentationOf(module, member),
  }))
  return [{ name, ...documentationOf(module, statement) }, ...members]
}

// A word to the linter may stand between the two.
const BESIDES = /^\s*(?:\/\/[^\n]*\s*)?$/

function documentationOf(
  { path, code, comments }: Module,
  { start }: Node,
): Omit<Documented, 'name'> {
  const above = comments.find(
    (comment) =>
      comment.type === 'Block' &&
      comment.value.startsWith('*') &&
      comment.end <= start &&
      BESIDES.test(code.slice(comment.end, start)),
  )
  const line = code.slice(0, start).split('\n').length
  return { place: `${path}:${line}`, docstring: above?.value.slice(1).trim() ?? null }
}

/** Members that a user of the package can reach. A name in quotes is the wire's, which says what it is. */
function membersOf(declaration: Node): readonly Node[] {
  const members =
    declaration.type === 'TSInterfaceDeclaration' || declaration.type === 'ClassDeclaration'
      ? declaration.body.body
      : []
  return members.filter(
    (member) =>
      memberName(member) !== null &&
      !('accessibility' in member && member.accessibility === 'private') &&
      // What a constructor takes is what its class says.
      !(member.type === 'MethodDefinition' && member.kind === 'constructor'),
  )
}

function memberName(member: Node): string | null {
  return 'key' in member && member.key?.type === 'Identifier' ? member.key.name : null
}
