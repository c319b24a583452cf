#!/usr/bin/env node
/** The program `core`: finds the command and turns what goes wrong into a sentence and an exit code. */

import type { Command, Terminal } from './commands/arguments.ts'
import { IdentityError } from './error.ts'

interface Entry {
  readonly summary: string
  /** A command is loaded when it is asked for: help need not wait for a database engine. */
  readonly load: () => Promise<Command>
}

const COMMANDS: Readonly<Record<string, Entry>> = {
  dev: {
    summary: 'Start the server for development, and your app beside it',
    load: async () => (await import('./commands/dev.ts')).dev,
  },
  start: {
    summary: 'Start the server with the instances it has',
    load: async () => (await import('./commands/start.ts')).start,
  },
  migrate: {
    summary: 'Bring the schema of a database server up to date',
    load: async () => (await import('./commands/migrate.ts')).migrate,
  },
  keys: {
    summary: 'Print the keys of the development instance',
    load: async () => (await import('./commands/keys.ts')).keys,
  },
  doctor: {
    summary: 'Look for what is wrong, and say what to do',
    load: async () => (await import('./commands/doctor.ts')).doctor,
  },
  instance: {
    summary: 'Create, list, change and delete instances',
    load: async () => (await import('./commands/instance.ts')).instance,
  },
  key: {
    summary: 'Create, list and revoke secret keys',
    load: async () => (await import('./commands/key.ts')).key,
  },
  user: {
    summary: 'Create, find, change and delete users',
    load: async () => (await import('./commands/user.ts')).user,
  },
  org: {
    summary: 'Create, find and delete organizations',
    load: async () => (await import('./commands/org.ts')).org,
  },
  export: {
    summary: 'Write an instance into a file',
    load: async () => (await import('./commands/transfer.ts')).exportCommand,
  },
  import: {
    summary: 'Read an instance from a file',
    load: async () => (await import('./commands/transfer.ts')).importCommand,
  },
  rotate: {
    summary: 'Replace the key that tokens are signed with',
    load: async () => (await import('./commands/rotate.ts')).rotate,
  },
}

const terminal: Terminal = {
  out: (line) => void process.stdout.write(`${line}\n`),
  error: (line) => void process.stderr.write(`${line}\n`),
  readInput: async () => (await import('node:stream/consumers')).text(process.stdin),
  env: process.env,
}

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args
  if (name === undefined || name === '--help' || name === 'help') {
    terminal.out(overview())
    return name === undefined ? 1 : 0
  }
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (entry === undefined) {
    terminal.error(`"${name}" is not a command. Run "core --help" to see what there is.`)
    return 1
  }
  const command = await entry.load()
  const own = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest
  if (own.includes('--help')) {
    terminal.out(command.help)
    return 0
  }
  try {
    return await command.run(rest, terminal)
  } catch (error) {
    terminal.error(error instanceof IdentityError ? error.message : describeUnexpected(error))
    return 1
  }
}

/** What nobody foresaw is a sentence, too. Its trace is for those who ask for it. */
function describeUnexpected(error: unknown): string {
  const level = process.env['LOG_LEVEL']
  const details = error instanceof Error ? (error.stack ?? error.message) : String(error)
  if (level === 'debug' || level === 'trace') return details
  const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
  return `Something failed that should not have${code}. Run it again with LOG_LEVEL=debug to see where.`
}

function overview(): string {
  const lines = Object.entries(COMMANDS).map(
    ([name, { summary }]) => `  ${name.padEnd(10)}${summary}`,
  )
  return [
    'The identity server of Core.',
    '',
    'Usage: core <command> [options]',
    '',
    'Commands:',
    ...lines,
    '',
    'Run "core <command> --help" to see its options.',
  ].join('\n')
}

process.exit(await main(process.argv.slice(2)))
