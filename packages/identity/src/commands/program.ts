/** The program `core`: finds the command and turns what goes wrong into a sentence and an exit code. */

import { IdentityError } from '../error.ts'
import type { Command, Terminal } from './arguments.ts'
import { isNodeTooOld } from './node-version.ts'

interface Entry {
  readonly summary: string
  /** A command is loaded when it is asked for: help need not wait for a database engine. */
  readonly load: () => Promise<Command>
}

const COMMANDS: Readonly<Record<string, Entry>> = {
  dev: {
    summary: 'Start the server for development, and your app beside it',
    load: async () => (await import('./dev.ts')).dev,
  },
  start: {
    summary: 'Start the server with the instances it has',
    load: async () => (await import('./start.ts')).start,
  },
  migrate: {
    summary: 'Bring the schema of a database server up to date',
    load: async () => (await import('./migrate.ts')).migrate,
  },
  keys: {
    summary: 'Print the keys of the development instance',
    load: async () => (await import('./keys.ts')).keys,
  },
  doctor: {
    summary: 'Look for what is wrong, and say what to do',
    load: async () => (await import('./doctor.ts')).doctor,
  },
  audit: {
    summary: 'List what was done, and by whom',
    load: async () => (await import('./audit.ts')).audit,
  },
  instance: {
    summary: 'Create, list, change and delete instances',
    load: async () => (await import('./instance.ts')).instance,
  },
  key: {
    summary: 'Create, list and revoke secret keys',
    load: async () => (await import('./key.ts')).key,
  },
  user: {
    summary: 'Create, find, change and delete users',
    load: async () => (await import('./user.ts')).user,
  },
  org: {
    summary: 'Create, find and delete organizations',
    load: async () => (await import('./org.ts')).org,
  },
  export: {
    summary: 'Write an instance into a file',
    load: async () => (await import('./transfer.ts')).exportCommand,
  },
  import: {
    summary: 'Read an instance from a file',
    load: async () => (await import('./transfer.ts')).importCommand,
  },
  rotate: {
    summary: 'Replace the key that tokens are signed with',
    load: async () => (await import('./rotate.ts')).rotate,
  },
}

/** Runs the command that the arguments name, and resolves to the exit code. */
export async function runProgram(args: readonly string[], terminal: Terminal): Promise<number> {
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
  const { nodeVersion = process.version } = terminal
  if (isNodeTooOld(nodeVersion)) {
    terminal.error(`Node ${nodeVersion} is too old. Install Node 20.19 or newer.`)
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
    terminal.error(
      error instanceof IdentityError ? error.message : describeUnexpected(error, terminal),
    )
    return 1
  }
}

/** What nobody foresaw is a sentence, too. Its trace is for those who ask for it. */
function describeUnexpected(error: unknown, { env }: Terminal): string {
  const level = env['LOG_LEVEL']
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
