/** A child process that a suite starts, waits for, and surely stops. */
import { spawn, type ChildProcess } from 'node:child_process'
import { createServer, type AddressInfo } from 'node:net'

export interface StartOptions {
  readonly cwd: string
  readonly env: NodeJS.Dict<string>
  /** Asked again and again until it holds, or the process ends. */
  readonly isReady: (output: string) => boolean | Promise<boolean>
  readonly timeoutMs?: number
}

export interface Process {
  /** Everything it has printed. */
  readonly output: () => string
  /** Ends it with a signal and waits until it is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>
}

/** Starts a command and waits until it is ready. @throws with its output when it ends or hangs first */
export async function start(
  command: string,
  args: readonly string[],
  { cwd, env, isReady, timeoutMs = 60_000 }: StartOptions,
): Promise<Process> {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')))
  }
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const self: Process = {
    output: () => output,
    async stop(signal = 'SIGTERM') {
      if (hasEnded(child)) return
      child.kill(signal)
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
      await ended
      clearTimeout(timer)
    },
  }

  const deadline = Date.now() + timeoutMs
  while (!(await isReady(output))) {
    if (hasEnded(child) || Date.now() > deadline) {
      await self.stop('SIGKILL')
      throw new Error(`${command} ${args.join(' ')} did not get ready:\n${output}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return self
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

/** Finds a port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Tells whether something answers HTTP at a URL. */
export async function answers(url: string): Promise<boolean> {
  return fetch(url, { redirect: 'manual' }).then(
    async (response) => {
      await response.body?.cancel()
      return response.status < 500
    },
    () => false,
  )
}
