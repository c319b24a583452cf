import { parseArgs, type ParseArgsConfig } from 'node:util'

import { IdentityError } from '../error.ts'

/** Where a command writes and what it knows of its process. */
export interface Terminal {
  readonly out: (line: string) => void
  readonly error: (line: string) => void
  /** Reads standard input to its end. */
  readonly readInput: () => Promise<string>
  readonly env: Readonly<Record<string, string | undefined>>
  /** Whether the process is nothing but this program. Default: false. */
  readonly ownsProcess?: boolean
  /** Which Node runs the program. Default: the one that does. */
  readonly nodeVersion?: string
}

/** One command of the program. Resolves to the exit code. */
export interface Command {
  readonly help: string
  run(args: readonly string[], terminal: Terminal): Promise<number>
}

/**
 * Parses the arguments of a command.
 *
 * @throws {IdentityError} `invalid-option`
 */
export function parseArguments<const T extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: T,
) {
  return explainFailure(() =>
    parseArgs({ args: [...args], options, allowPositionals: false, strict: true }),
  )
}

/**
 * Tells what is wrong with arguments as a sentence.
 *
 * @throws {IdentityError} `invalid-option`
 */
export function explainFailure<T>(parse: () => T): T {
  try {
    return parse()
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('. ')[0] : 'Unknown option'
    throw new IdentityError(
      'invalid-option',
      `${reason}. Run the command with --help to see what there is.`,
      { cause },
    )
  }
}

/**
 * Reads a port.
 *
 * @throws {IdentityError} `invalid-option`
 */
export function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (port >= 0 && port <= 65_535) return port
  throw new IdentityError(
    'invalid-option',
    `"${text}" is not a port. Write a number from 0 to 65535; 0 picks a free one.`,
  )
}
