#!/usr/bin/env node
/** The program `core`: finds the command and turns what goes wrong into a sentence and an exit code. */

import type { Command, Terminal } from './commands/arguments.ts'
import { dev } from './commands/dev.ts'
import { keys } from './commands/keys.ts'
import { start } from './commands/start.ts'
import { IdentityError } from './error.ts'

const COMMANDS: Readonly<Record<string, Command>> = { dev, start, keys }

const terminal: Terminal = {
  out: (line) => void process.stdout.write(`${line}\n`),
  error: (line) => void process.stderr.write(`${line}\n`),
  env: process.env,
}

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args
  if (name === undefined || name === '--help' || name === 'help') {
    terminal.out(overview())
    return name === undefined ? 1 : 0
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (command === undefined) {
    terminal.error(`"${name}" is not a command. Run "core --help" to see what there is.`)
    return 1
  }
  const own = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest
  if (own.includes('--help')) {
    terminal.out(command.help)
    return 0
  }
  try {
    return await command.run(rest, terminal)
  } catch (error) {
    if (!(error instanceof IdentityError)) throw error
    terminal.error(error.message)
    return 1
  }
}

function overview(): string {
  const lines = Object.entries(COMMANDS).map(
    ([name, { summary }]) => `  ${name.padEnd(8)}${summary}`,
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
