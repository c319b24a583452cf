import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { createPublishableKey } from '@core/protocol'
import { build, type BuildOptions } from 'esbuild'
import { beforeAll, describe, expect, it } from 'vitest'
import * as entry from './index.ts'
import { VERSION } from './version.ts'

const BUDGET_BYTES = 12_000

describe('the bundle', () => {
  let code: string

  beforeAll(async () => {
    const options = await readFile(new URL('../bundle.json', import.meta.url), 'utf8')
    const { outputFiles } = await build({
      ...(JSON.parse(options) as BuildOptions),
      entryPoints: [fileURLToPath(new URL('index.ts', import.meta.url))],
      conditions: ['@core/source'],
      write: false,
    })
    code = outputFiles[0]?.text ?? ''
  })

  it(`has at most ${BUDGET_BYTES} bytes, minified and compressed`, () => {
    expect(code.length).toBeGreaterThan(10_000)
    expect(gzipSync(code).byteLength).toBeLessThanOrEqual(BUDGET_BYTES)
  })

  it('names no host: every address comes from the publishable key', () => {
    expect(code.match(/(?:https?:|wss?:)?\/\/[\w-]+\.\w+/g)).toBeNull()
  })

  it.each(['eval(', 'new Function', 'innerHTML', 'createElement', 'document.write', 'style='])(
    'has no %s, so that a strict content security policy holds',
    (text) => {
      expect(code).not.toContain(text)
    },
  )

  it('needs nothing but what is in it', () => {
    expect(/\bimport\s*[({"]|\brequire\(/.test(code)).toBe(false)
  })
})

describe('the module', () => {
  it('tells servers the version that is published', async () => {
    const text = await readFile(new URL('../package.json', import.meta.url), 'utf8')
    expect(VERSION).toBe((JSON.parse(text) as { version: string }).version)
  })

  it('exports these names', () => {
    expect(Object.keys(entry).toSorted()).toEqual([
      'Clerk',
      'ClerkAPIResponseError',
      'ClerkRuntimeError',
      'authorizationFactsOf',
      'isClerkAPIResponseError',
      'isClerkRuntimeError',
      'organizationOf',
    ])
  })

  it('needs no page to be imported, nor to make a client', () => {
    expect('window' in globalThis).toBe(false)
    const clerk = new entry.Clerk(createPublishableKey('production', 'clerk.example.com'))
    expect(clerk.getSnapshot()).toMatchObject({ status: 'loading', client: undefined })
    expect(clerk.buildSignInUrl()).toBe('https://accounts.example.com/sign-in')
  })

  it('has methods that can be taken off the client', () => {
    const clerk = new entry.Clerk(createPublishableKey('production', 'clerk.example.com'))
    const { buildSignUpUrl, getSnapshot } = clerk
    expect(buildSignUpUrl()).toBe('https://accounts.example.com/sign-up')
    expect(getSnapshot()).toBe(clerk.getSnapshot())
    const onPrototype = Object.entries(Object.getOwnPropertyDescriptors(entry.Clerk.prototype))
      .filter(([name, { value }]) => name !== 'constructor' && typeof value === 'function')
      .map(([name]) => name)
    expect(onPrototype).toEqual([])
  })
})
