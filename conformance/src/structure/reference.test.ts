/** The pages in `docs/reference` say what the tables of the source say, and leave nothing out. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { ERROR_TEXTS } from '../../../packages/backend/src/error-texts.ts'
import { OPTIONS } from '../../../packages/backend/src/options.ts'
import { wantsHandshake } from '../../../packages/backend/src/request/decide.ts'
import {
  REFRESH_FAILURES,
  REQUEST_REASONS,
  TOKEN_REASONS,
} from '../../../packages/backend/src/request/reason-texts.ts'
import { refreshReason } from '../../../packages/backend/src/request/reasons.ts'
import { type OptionRow, optionRows, referencePages } from '../../../scripts/reference.ts'
import { root } from './imports.ts'

const REASONS = { ...REQUEST_REASONS, ...TOKEN_REASONS }

/** Words, from a capital to a full stop. */
const SENTENCES = /^[A-Z`].{5,}[.)]$/

describe('docs/reference', () => {
  it.each([...referencePages()])('has %s as `pnpm reference` writes it', (path, text) => {
    const file = join(root, path)
    expect(existsSync(file) ? readFileSync(file, 'utf8') : null).toBe(text)
  })

  it('is reached from the README and from the recipes', () => {
    const recipes = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')
    const readme = readFileSync(join(root, 'README.md'), 'utf8')
    for (const path of referencePages().keys()) expect(readme).toContain(`(${path})`)
    expect(recipes).toContain('pnpm reference')
  })
})

describe('an option', () => {
  it.each(optionRows())('is described: $name', ({ description, deprecated }) => {
    expect(deprecated ?? description).toMatch(SENTENCES)
  })

  it.each(optionRows())('names the variable of the table: $name', (row) => {
    expect(row.statedVariable).toBe(row.variable)
  })

  const stated = optionRows().filter(
    ({ name, deprecated }) => deprecated === null && isPlain(OPTIONS[name].fallback),
  )

  it.each<OptionRow>(stated)('states the default of the table: $name', (row) => {
    const [stated] = row.statedDefault.replaceAll('`', '').split(/[.:]/)
    expect(stated).toBe(String(OPTIONS[row.name].fallback))
  })
})

function isPlain(fallback: unknown): boolean {
  return fallback !== null && typeof fallback !== 'object'
}

describe('a reason', () => {
  const texts = Object.entries({ ...REASONS, ...REFRESH_FAILURES })

  it.each(texts)('has a meaning and a remedy: %s', (_, { meaning, remedy }) => {
    expect(meaning).toMatch(SENTENCES)
    expect(remedy).toMatch(SENTENCES)
  })

  it.each(Object.entries(REASONS))('is answered as the decision table says: %s', (reason, row) => {
    expect(row.answer === 'handshake').toBe(wantsHandshake(reason as keyof typeof REASONS))
  })

  it('of a refresh leads to a handshake', () => {
    const failures = Object.keys(REFRESH_FAILURES)
    expect(failures.filter((failure) => !wantsHandshake(refreshReason(failure)))).toEqual([])
  })
})

describe('an error', () => {
  it.each(Object.entries(ERROR_TEXTS))('has a meaning and a remedy: %s', (_, row) => {
    expect(row.meaning).toMatch(SENTENCES)
    expect(row.remedy).toMatch(SENTENCES)
  })
})
