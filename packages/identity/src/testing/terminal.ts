/** The program `core` within the process of the tests: for what ends by itself. Starting a process takes seconds. */

import { runProgram } from '../commands/program.ts'

/** What the program said, and how it ended. */
export interface Answered {
  readonly code: number
  /** Everything that it wrote, to be read by people or by programs. */
  readonly output: string
}

/** Runs the program to its end. What it is to know of its process is given: nothing comes from ours. */
export async function answerOf(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  nodeVersion: string = process.version,
): Promise<Answered> {
  let output = ''
  const write = (line: string): void => {
    output += `${line}\n`
  }
  const code = await runProgram(args, {
    out: write,
    error: write,
    readInput: async () => '',
    env,
    nodeVersion,
  })
  return { code, output }
}
