/** Steps of a task: each says what it is doing, how long it took, and shows its output only when it fails. */
import { type ChildProcess, spawn } from 'node:child_process'

export const root: string = new URL('..', import.meta.url).pathname

/** Commands under way. They end with the task: whoever stops it wants nothing to go on. */
const running = new Set<ChildProcess>()
process.on('exit', () => running.forEach((child) => child.kill()))

const isTerminal = process.stdout.isTTY === true && process.env['CI'] === undefined

/** Thrown when a step fails; its output has been shown already. */
export class StepError extends Error {
  override readonly name = 'StepError'
}

/** Runs a task to its end. A step that failed has shown why, so its stack would say nothing more. */
export async function task(work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    console.error(error instanceof StepError ? `\n${error.message}` : error)
    process.exitCode = 1
  }
}

/** Runs `work` under a title, with a mark and the seconds it took. */
export async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now()
  const seconds = (): string => ((performance.now() - startedAt) / 1000).toFixed(1)
  const ticker = isTerminal
    ? setInterval(() => process.stdout.write(`\r… ${title} (${seconds()} s)`), 500)
    : undefined
  if (!isTerminal) console.log(`… ${title}`)
  try {
    const result = await work()
    process.stdout.write(`${isTerminal ? '\r' : ''}✓ ${title} (${seconds()} s)\n`)
    return result
  } catch (error) {
    process.stdout.write(`${isTerminal ? '\r' : ''}✗ ${title} (${seconds()} s)\n`)
    throw error
  } finally {
    clearInterval(ticker)
  }
}

interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** Passes the output on as it comes, instead of keeping it for a failure. */
  readonly isLoud?: boolean
}

/** Runs a command and returns what it printed. @throws StepError when it exits with anything but 0 */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const child = spawn(command, args, {
    cwd: options.cwd ?? root,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  })
  running.add(child)
  const output: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output.push(chunk)
      if (options.isLoud) process.stdout.write(chunk)
    })
  }
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 1))
  }).finally(() => running.delete(child))
  const text = Buffer.concat(output).toString('utf8')
  if (code === 0) return text
  if (!options.isLoud) process.stdout.write(text)
  throw new StepError(`${command} ${args.join(' ')} exited with ${code}`)
}
