/**
 * Writes `docs/reference` from the tables of the source: options, reasons, errors. Whoever reads a page
 * reads what the code does; a structure test compares the two.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { ERROR_TEXTS } from '../packages/backend/src/error-texts.ts'
import { ClerkError, type ClerkErrorCode } from '../packages/backend/src/errors.ts'
import {
  type EnvironmentPrefix,
  OPTIONS,
  type ResolvedOptions,
} from '../packages/backend/src/options.ts'
import {
  REFRESH_FAILURES,
  REQUEST_REASONS,
  type ReasonText,
  TOKEN_REASONS,
} from '../packages/backend/src/request/reason-texts.ts'
import { refreshReason } from '../packages/backend/src/request/reasons.ts'
import { type Member, docstringOf, membersOf } from './docstrings.ts'

const root = new URL('..', import.meta.url).pathname
const source = (path: string): string =>
  readFileSync(join(root, 'packages/backend/src', path), 'utf8')

const FRAMEWORKS: { readonly [P in EnvironmentPrefix]: string } = { NEXT_PUBLIC_: 'Next.js' }

const ANSWERS: { readonly [A in ReasonText['answer']]: string } = {
  'signed-out': 'Signed out.',
  handshake: 'Handshake, or signed out where there can be none.',
  thrown: 'Thrown by `verifyToken()` alone.',
}

/** Returns every page: its path from the root of the repository, and its text. */
export function referencePages(): ReadonlyMap<string, string> {
  return new Map([
    ['docs/reference/options.md', page('options.ts', optionsPage())],
    ['docs/reference/reasons.md', page('request/reason-texts.ts', reasonsPage())],
    ['docs/reference/errors.md', page('error-texts.ts', errorsPage())],
  ])
}

/** One option, as its page describes it. */
export interface OptionRow {
  readonly name: keyof ResolvedOptions
  readonly description: string
  readonly deprecated: string | null
  readonly fallback: string
  /** What the docstring says of the default; empty if nothing. */
  readonly statedDefault: string
  /** Variable that the docstring begins with, if it does. */
  readonly statedVariable: string | null
  readonly variable: string | null
}

/** Returns what is known of every option: the table has its facts, the docstring its description. */
export function optionRows(): readonly OptionRow[] {
  const members = new Map(
    membersOf(source('options.ts'), 'export interface ClerkOptions').map(({ name, text }) => [
      name,
      text,
    ]),
  )
  return (Object.keys(OPTIONS) as (keyof ResolvedOptions)[]).map((name) => {
    const { env = null, fallback } = OPTIONS[name]
    const text = members.get(name) ?? ''
    const [, variable = null, rest = ''] = /^(?:`(CLERK_\w+)`\. ?)?([^]*)$/.exec(text) ?? []
    const [, deprecated = null] = /^@deprecated ([^]+)$/.exec(rest) ?? []
    const [, description = '', stated = ''] = /^([^]*?)(?:\bDefault: ([^]+))?$/.exec(rest) ?? []
    return {
      name,
      variable: env,
      statedVariable: variable,
      deprecated,
      description: deprecated === null ? description.trim() : '',
      statedDefault: stated,
      fallback: stated === '' ? toDefault(fallback) : stated.replace(/\.$/, ''),
    }
  })
}

function toDefault(fallback: unknown): string {
  const isNothing = fallback === null || (Array.isArray(fallback) && fallback.length === 0)
  return isNothing ? 'none' : `\`${String(fallback)}\``
}

function optionsPage(): string {
  const rows = optionRows().map(({ name, variable, deprecated, description, fallback }) => {
    const option = OPTIONS[name]
    const facts = deprecated === null ? [`Default: ${fallback}`] : []
    const prefixed = Object.entries(FRAMEWORKS).map(
      ([prefix, framework]) => `${framework} reads \`${prefix}${variable}\` first`,
    )
    const hint = option.isPublic ? ` (${prefixed.join(', ')})` : ''
    if (variable !== null) facts.unshift(`Variable: \`${variable}\`${hint}`)
    facts.push(`Must be: ${option.expected}`)
    const text = deprecated === null ? description : `Deprecated. ${deprecated}`
    return `## \`${name}\`\n\n${text}\n\n${toList(facts)}`
  })
  const intro = docstringOf(source('options.ts'), 'export interface ClerkOptions')
  return ['# Options', intro, ...rows].join('\n\n')
}

function reasonsPage(): string {
  return [
    '# Reasons',
    'Why a request is not signed in: `state.reason`, also in the response header `x-clerk-auth-reason`.',
    'A handshake sends the browser to the identity server and back. It takes a page load by GET; other requests are signed out for the same reason.',
    '## Of a request',
    ...Object.entries(REQUEST_REASONS).map(([reason, text]) => reasonSection(reason, text)),
    '## Of a session that was not refreshed',
    'The token is over, and a new one could not be had without the browser. All are answered by a handshake, or signed out where there can be none.',
    ...Object.entries(REFRESH_FAILURES).map(([failure, text]) =>
      reasonSection(refreshReason(failure), text),
    ),
    '## Of a token',
    'Also the `reason` of a [`TokenVerificationError`](errors.md#tokenverificationerror).',
    ...Object.entries(TOKEN_REASONS).map(([reason, text]) => reasonSection(reason, text)),
  ].join('\n\n')
}

function reasonSection(
  reason: string,
  {
    answer,
    meaning,
    remedy,
  }: Omit<ReasonText, 'answer'> & { readonly answer?: ReasonText['answer'] },
): string {
  const facts = [
    ...(answer === undefined ? [] : [`Answer: ${ANSWERS[answer]}`]),
    `What to do: ${remedy}`,
  ]
  return `### \`${reason}\`\n\n${meaning}\n\n${toList(facts)}`
}

function errorsPage(): string {
  const codes = Object.entries(ERROR_TEXTS).map(([code, { meaning, remedy }]) => {
    const { status } = new ClerkError(code as ClerkErrorCode, '')
    return `### \`${code}\`\n\n${meaning}\n\n${toList([`Status: ${status}`, `What to do: ${remedy}`])}`
  })
  return [
    '# Errors',
    'A visitor who cannot be trusted is never an error: that is a state with a [reason](reasons.md). No message holds a token, a cookie, a key or an address.',
    '## `ClerkError`',
    docstringOf(source('errors.ts'), 'export class ClerkError'),
    toFields(membersOf(source('errors.ts'), 'export class ClerkError')),
    ...codes,
    '## `TokenVerificationError`',
    docstringOf(source('errors.ts'), 'export class TokenVerificationError'),
    toFields(membersOf(source('errors.ts'), 'export class TokenVerificationError')),
    '## `ClerkAPIResponseError`',
    docstringOf(source('api/errors.ts'), 'export class ClerkAPIResponseError'),
    toFields(membersOf(source('api/errors.ts'), 'export class ClerkAPIResponseError')),
    'Each of its `errors` has:',
    toFields(membersOf(source('api/errors.ts'), 'export interface ClerkAPIError')),
  ].join('\n\n')
}

function toFields(members: readonly Member[]): string {
  return toList(
    members.map(({ name, text, type }) => {
      if (text === '') throw new Error(`The member ${name} of an error has no docstring`)
      // A type that goes on over more lines says nothing in one.
      return `\`${name}\`${type.endsWith('{') ? '' : ` (\`${type}\`)`}: ${text}`
    }),
  )
}

function toList(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n')
}

function page(path: string, text: string): string {
  const note = `<!-- Written by \`pnpm reference\` from packages/backend/src/${path}. -->`
  return `${note}\n\n${text.replaceAll(/\{@link (\w+)\}/g, '`$1`')}\n`
}

if (import.meta.main) {
  for (const [path, text] of referencePages()) {
    writeFileSync(join(root, path), text)
    console.log(path)
  }
}
