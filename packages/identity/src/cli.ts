#!/usr/bin/env node
/** The program `core` as a process: its terminal is this one, and its exit code ends it. */

import { runProgram } from './commands/program.ts'

// Whoever reads the output may have read enough: `core audit | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})

process.exit(
  await runProgram(process.argv.slice(2), {
    out: (line) => void process.stdout.write(`${line}\n`),
    error: (line) => void process.stderr.write(`${line}\n`),
    readInput: async () => (await import('node:stream/consumers')).text(process.stdin),
    env: process.env,
    ownsProcess: true,
  }),
)
