/** An identity server of a suite's own: its data in a temporary folder, its port picked at random. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv, promisify } from 'node:util'

import { root } from '../structure/imports.ts'
import { answers, freePort, start, type Process } from './process.ts'

const CLI = join(root, 'packages/identity/dist/cli.js')

export interface Mail {
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly code?: string
}

export interface IdentityServer {
  readonly url: string
  /** The variables an app needs: keys and addresses. */
  readonly env: NodeJS.Dict<string>
  /** Starts it again on the same port and data. */
  restart(): Promise<void>
  /** Ends it without a chance to tidy up. */
  kill(): Promise<void>
  /** The newest mail to an address, once there is one. */
  mailTo(address: string): Promise<Mail>
  dispose(): Promise<void>
}

/** Starts an identity server. `settings` are instance settings: `{ session_token_lifetime: '8' }`. */
export async function startIdentity(
  settings: Readonly<Record<string, string>> = {},
): Promise<IdentityServer> {
  const data = await mkdtemp(join(tmpdir(), 'core-'))
  const port = await freePort()
  const url = `http://localhost:${port}`
  const flags = Object.entries(settings).flatMap(([name, value]) => ['--set', `${name}=${value}`])

  const launch = (): Promise<Process> =>
    start(process.execPath, [CLI, 'dev', '--port', String(port), '--data', data, ...flags], {
      cwd: root,
      env: {},
      isReady: () => answers(`${url}/health`),
    })

  let server = await launch()
  const keys = await promisify(execFile)(process.execPath, [CLI, 'keys', '--data', data])
  const env = parseEnv(keys.stdout)

  return {
    url,
    env,
    async restart() {
      await server.stop()
      server = await launch()
    },
    kill: () => server.stop('SIGKILL'),
    async mailTo(address) {
      const deadline = Date.now() + 10_000
      for (;;) {
        const response = await fetch(`${url}/dev/outbox?to=${encodeURIComponent(address)}`, {
          headers: { accept: 'application/json' },
        })
        const { data: mails } = (await response.json()) as { data: Mail[] }
        if (mails[0] !== undefined) return mails[0]
        if (Date.now() > deadline) throw new Error(`No mail to ${address} within 10 s`)
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    },
    async dispose() {
      await server.stop()
      await rm(data, { recursive: true, force: true })
    },
  }
}
