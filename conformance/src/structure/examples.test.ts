/** Every `@example` compiles, for somebody who imports what the package exports. */
import { spawn } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { entriesOf, exportsOf, introductionOf } from './exports.ts'
import { root } from './imports.ts'

/** What examples leave to their reader: a name, and what stands for it. */
const SCENERY: Readonly<Record<string, string>> = {
  App: 'declare function App(): null',
  Clerk: `import { Clerk } from '@core/js'`,
  Settings: 'declare function Settings(): null',
  app: `declare const app: import('express').Express`,
  children: `declare const children: import('react').ReactNode`,
  publishableKey: 'declare const publishableKey: string',
  request: 'declare const request: Request',
  secretKey: 'declare const secretKey: string',
  token: 'declare const token: string',
  userId: 'declare const userId: string',
  welcome: 'declare function welcome(userId: string): Promise<void>',
}

const TIMEOUT_MS = 100_000
const MEMORY_KB = 12_000_000

const names = await readdir(join(root, 'packages'))

/** Returns the examples of a package as modules, by the name of what they show. */
function examplesOf(name: string): ReadonlyMap<string, string> {
  const specifiers = new Map<string, string>()
  const snippets = new Map<string, string>()
  const collect = (title: string, docstring: string): void => {
    const text = docstring.replaceAll(/^\s*\* ?/gm, '')
    const found = text.split(/^@/m).filter((part) => /^example\s/.test(part))
    for (const [index, part] of found.entries()) {
      snippets.set(`${title}-${index + 1}`, part.replace(/^example\s/, ''))
    }
  }
  for (const { specifier, source } of entriesOf(name)) {
    collect(source.replaceAll(/\W/g, '-'), introductionOf(source))
    for (const { name, docstring } of exportsOf(source)) {
      if (!specifiers.has(name)) specifiers.set(name, specifier)
      collect(name, docstring ?? '')
    }
  }
  return new Map([...snippets].map(([title, code]) => [title, toModule(code, specifiers)]))
}

function toModule(code: string, specifiers: ReadonlyMap<string, string>): string {
  const isMissing = (name: string): boolean =>
    /^\w+$/.test(name) &&
    new RegExp(`(?<![\\w.'"/-])${name}\\b`).test(code) &&
    !DECLARATIONS.some((form) => new RegExp(form.replaceAll('NAME', name)).test(code))
  const imports = [...specifiers]
    .filter(([name]) => isMissing(name))
    .map(([name, specifier]) => `import { ${name} } from '${specifier}'`)
  const scenery = Object.entries(SCENERY)
    .filter(([name]) => isMissing(name) && !specifiers.has(name))
    .map(([, line]) => line)
  return [...imports, ...scenery, code, 'export {}'].join('\n')
}

/** How an example makes a name its own: as a constant, or as a parameter. */
const DECLARATIONS: readonly string[] = [
  String.raw`\bconst (?:\{[^}]*\bNAME\b[^}]*\}|NAME\b)`,
  String.raw`\((?:\w+, )*NAME(?:, \w+)*\) =>`,
  String.raw`\bNAME: [A-Z]`,
]

/** Type-checks modules as if they stood in a package, and returns what is wrong with them. */
async function complaintsOf(name: string, modules: ReadonlyMap<string, string>): Promise<string> {
  const folder = await mkdtemp(join(root, 'packages', name, '.examples-'))
  try {
    const files = [...modules].map(([title, code]) => [`${title}.tsx`, code] as const)
    for (const [file, code] of files) await writeFile(join(folder, file), code)
    const config = {
      extends: '../tsconfig.json',
      compilerOptions: {
        customConditions: ['@core/source'],
        declaration: false,
        declarationMap: false,
        jsx: 'react-jsx',
        // Taste of this repository, which nobody has to share.
        noPropertyAccessFromIndexSignature: false,
        noUnusedLocals: false,
        noUnusedParameters: false,
      },
      include: [],
      files: files.map(([file]) => file),
    }
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config))
    const output = await check(folder)
    // Whether the packages themselves compile is asked elsewhere.
    const lines = output.split('\n').filter((line) => /^(?!\.\.\/).*error TS/.test(line))
    return lines.join('\n')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Runs the compiler, which must not take all the memory or all the time there is. */
async function check(cwd: string): Promise<string> {
  const tsc = join(root, 'conformance/node_modules/typescript/bin/tsc')
  const limited = `ulimit -v ${MEMORY_KB} 2>/dev/null; exec "$@"`
  const args = [process.execPath, tsc, '-p', '.', '--pretty', 'false']
  const child =
    process.platform === 'win32'
      ? spawn(process.execPath, args.slice(1), { cwd })
      : spawn('sh', ['-c', limited, 'sh', ...args], { cwd, detached: true })
  const { pid } = child
  const timer = setTimeout(() => {
    // The compiler is a child of its launcher: end both.
    if (pid !== undefined) process.kill(process.platform === 'win32' ? pid : -pid)
  }, TIMEOUT_MS)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  }).finally(() => clearTimeout(timer))
  if (code !== 0 && !/error TS/.test(output)) throw new Error(`tsc exited with ${code}: ${output}`)
  return output
}

const packages = names
  .map((name) => [name, examplesOf(name)] as const)
  .filter(([, examples]) => examples.size > 0)

describe('the examples in docstrings', () => {
  it('are there', () => {
    expect(packages.map(([name]) => name)).toEqual(
      expect.arrayContaining(['backend', 'express', 'js', 'nextjs', 'react', 'ui']),
    )
  })

  it.each(packages)(
    'of %s compile',
    async (name, examples) => {
      expect(await complaintsOf(name, examples)).toBe('')
    },
    TIMEOUT_MS + 5_000,
  )
})
