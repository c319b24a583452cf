import { spawn, type ChildProcess } from 'node:child_process'

/** A command that runs beside the server. */
export interface Child {
  /** Exit code, once it has ended. */
  readonly exited: Promise<number>
  /** Asks it to end, and after a while ends it. */
  stop(): Promise<void>
}

const GRACE_MS = 5000

/** Starts a command. It shares the terminal. */
export function startChild(
  command: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Child {
  const [file = '', ...args] = command
  // In a terminal, Ctrl-C reaches the whole foreground group. Elsewhere only we are told, so the child
  // leads a group of its own: its children can then be stopped with it.
  const leadsGroup = !process.stdin.isTTY && process.platform !== 'win32'
  const child = spawn(file, args, {
    stdio: 'inherit',
    env: { ...env },
    detached: leadsGroup,
    shell: process.platform === 'win32',
  })
  const exited = new Promise<number>((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      process.stderr.write(
        error.code === 'ENOENT'
          ? `The command "${file}" was not found. Check its name.\n`
          : `The command "${file}" could not be started (${error.code ?? 'unknown reason'}).\n`,
      )
      resolve(error.code === 'ENOENT' ? 127 : 126)
    })
    child.once('exit', (code, signal) => {
      resolve(code ?? 128 + (signal === 'SIGKILL' ? 9 : signal === 'SIGINT' ? 2 : 15))
    })
  })
  return {
    exited,
    stop: async () => {
      send(child, 'SIGTERM', leadsGroup)
      const timer = setTimeout(() => {
        send(child, 'SIGKILL', leadsGroup)
      }, GRACE_MS)
      await exited
      clearTimeout(timer)
      // Its children may have outlived it.
      if (leadsGroup) send(child, 'SIGKILL', true)
    },
  }
}

function send(child: ChildProcess, signal: NodeJS.Signals, toGroup: boolean): void {
  if (child.pid === undefined) return
  try {
    process.kill(toGroup ? -child.pid : child.pid, signal)
  } catch {
    // It is gone already.
  }
}
