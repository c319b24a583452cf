#!/usr/bin/env node
/** The program `core` as a process: its terminal is this one, and its exit code ends it. */

import { runProgram } from './commands/program.ts'

process.exit(
  await runProgram(process.argv.slice(2), {
    out: (line) => void process.stdout.write(`${line}\n`),
    error: (line) => void process.stderr.write(`${line}\n`),
    readInput: async () => (await import('node:stream/consumers')).text(process.stdin),
    env: process.env,
    ownsProcess: true,
  }),
)
