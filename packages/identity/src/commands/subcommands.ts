/** Commands that do several things with one kind of thing: `core user ban`, `core key list`. */

import { parseArgs, type ParseArgsConfig } from 'node:util'

import { IdentityError } from '../error.ts'
import { explainFailure, type Command, type Terminal } from './arguments.ts'

/** What was written on the command line, parsed. */
export interface Arguments {
  /** The text of an option, `undefined` if it was left out. */
  text(name: string): string | undefined
  /** All texts of an option that may be given several times. */
  texts(name: string): readonly string[]
  flag(name: string): boolean
  /** The one thing that is meant, as the usage line names it. */
  readonly subject: string
  readonly terminal: Terminal
}

type Options = NonNullable<ParseArgsConfig['options']>

/** One thing that a command does. */
export interface Subcommand {
  /** What follows its name: `<user> [--yes]`. A leading `<word>` must be given, `[word]` may be. */
  readonly usage: string
  readonly summary: string
  readonly options?: Options
  /** What it does cannot be undone, so that it wants `--yes`. */
  readonly isDestructive?: boolean
  run(args: Arguments): Promise<number>
}

/** Options that every subcommand takes. */
const COMMON: Options = {
  data: { type: 'string', default: '.core' },
  instance: { type: 'string' },
  json: { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
}

const COMMON_HELP = `Options of all:
  --instance <id|host>  Which instance, where there are several.
  --json                Answer in JSON, for programs.
  --data <directory>    Where the data is kept if there is no database server. (default: .core)
  --help                Show this text.

Environment:
  DATABASE_URL          Database server: postgres://user:password@host:5432/database
  CORE_SECRET           What private keys are encrypted under. (default: kept in the data directory)`

/** Makes a command of a table of subcommands. */
export function createGroup(
  name: string,
  description: string,
  subcommands: Readonly<Record<string, Subcommand>>,
  examples: readonly string[],
): Command {
  const lines = Object.entries(subcommands).map(
    ([word, { usage, summary }]) => `  ${[word, usage].join(' ').trimEnd()}\n      ${summary}`,
  )
  const help = [
    description,
    `Usage: core ${name} <what> [options]`,
    lines.join('\n'),
    COMMON_HELP,
    ['Examples:', ...examples.map((example) => `  ${example}`)].join('\n'),
  ].join('\n\n')
  return {
    help,
    run: async ([word, ...rest], terminal) => {
      const known = Object.keys(subcommands).join(', ')
      if (word === undefined || !Object.hasOwn(subcommands, word)) {
        const fact = word === undefined ? 'Something is missing' : `"${word}" is not known`
        throw new IdentityError(
          'invalid-option',
          `${fact} after "core ${name}". Write one of: ${known}. Run "core ${name} --help" for examples.`,
        )
      }
      const subcommand = subcommands[word]
      if (subcommand === undefined) throw new Error(`There is no subcommand ${word}.`)
      const args = parse(`core ${name} ${word}`, subcommand, rest, terminal)
      if (subcommand.isDestructive === true && !args.flag('yes')) {
        throw new IdentityError(
          'invalid-option',
          `"core ${name} ${word}" cannot be undone. Add --yes if you mean it.`,
        )
      }
      return subcommand.run(args)
    },
  }
}

function parse(
  name: string,
  { usage, options }: Subcommand,
  args: readonly string[],
  terminal: Terminal,
): Arguments {
  const { values, positionals } = explainFailure(() =>
    parseArgs({
      args: [...args],
      options: { ...COMMON, ...options },
      allowPositionals: true,
      strict: true,
    }),
  )
  const [, isRequired, isOptional] = /^(?:(<\w+>)|(\[\w+\]))?/.exec(usage) ?? []
  const max = isRequired === undefined && isOptional === undefined ? 0 : 1
  const isMissing = isRequired !== undefined && positionals.length === 0
  if (isMissing || positionals.length > max) {
    throw new IdentityError('invalid-option', `Write it like this: ${name} ${usage}`.trimEnd())
  }
  return {
    text: (option) => {
      const value = values[option]
      return typeof value === 'string' ? value : undefined
    },
    texts: (option) => {
      const value = values[option]
      return Array.isArray(value) ? value.filter((it) => typeof it === 'string') : []
    },
    flag: (option) => values[option] === true,
    subject: positionals[0] ?? '',
    terminal,
  }
}

/** Writes a table for people, its columns as wide as what they hold. */
export function printTable(
  { out }: Terminal,
  rows: readonly (readonly string[])[],
  nothing: string,
): void {
  if (rows.length === 0) return out(nothing)
  const widths = (rows[0] ?? []).map((_, i) =>
    Math.max(...rows.map((row) => (row[i] ?? '').length)),
  )
  for (const row of rows) {
    out(
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
  }
}

/** A time as tables show it. */
export function writeTime(time: number): string {
  return new Date(time).toISOString().slice(0, 16).replace('T', ' ')
}
