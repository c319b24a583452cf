/** Two real processes on one database server behind a load balancer, in the place of a server in memory. */

import { fork } from 'node:child_process'
import { request as ask, type IncomingHttpHeaders } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

import type { Identity, Mail } from '../index.ts'
import type { Hooks } from './assembly.ts'
import { openBalancer } from './balancer.ts'
import { openChannel } from './channel.ts'
import { COMPILED } from './program.ts'

const ENTRY = fileURLToPath(new URL('server-process.ts', import.meta.url))
const CLOCK = 'x-test-now'
const PEER = 'x-test-peer'
const PROCESSES = 2

let shared:
  | Promise<{ readonly balancerPort: number; readonly channels: readonly Channel[] }>
  | undefined
let hooks: Hooks | null = null

type Channel = ReturnType<typeof openChannel>

/** Speaks to the processes of this worker, which are started once. The hooks are those of the latest call. */
export async function openProcesses(
  databaseUrl: () => Promise<string>,
  own: Hooks,
): Promise<Identity> {
  hooks = own
  shared ??= databaseUrl().then((url) => startProcesses(url, own.secret))
  const { balancerPort, channels } = await shared
  let turn = 0
  const call = (name: string, ...args: readonly unknown[]): Promise<unknown> =>
    (channels[turn++ % PROCESSES] as Channel)(name, own.now(), ...args)
  return {
    fetch: (request, { peer } = {}) =>
      forward(balancerPort, request, {
        [CLOCK]: String(own.now()),
        ...(peer === undefined ? {} : { [PEER]: peer }),
      }),
    addInstance: (input) => call('addInstance', input) as ReturnType<Identity['addInstance']>,
    provision: (...args) => call('provision', ...args) as ReturnType<Identity['provision']>,
    rotateSigningKey: (host) => call('rotateSigningKey', host) as Promise<string>,
    listInstances: () => call('listInstances') as ReturnType<Identity['listInstances']>,
    metrics: async () => new Response(null, { status: 404 }),
    close: async () => undefined,
  }
}

async function startProcesses(databaseUrl: string, secret: string) {
  const started = await Promise.all(
    Array.from({ length: PROCESSES }, () => start(databaseUrl, secret)),
  )
  const { port: balancerPort } = await openBalancer(() => started.map(({ port }) => port))
  return { balancerPort, channels: started.map(({ channel }) => channel) }
}

function start(databaseUrl: string, secret: string): Promise<{ port: number; channel: Channel }> {
  const child = fork(ENTRY, [databaseUrl, secret], {
    execArgv: ['--conditions=@core/source', '--disable-warning=ExperimentalWarning'],
    serialization: 'advanced',
    env: { ...process.env, NODE_COMPILE_CACHE: COMPILED },
  })
  return new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error('A process of the server ended.')))
    const channel = openChannel(child, {
      ready: (port: number) => resolve({ port, channel }),
      send: (mail: Mail) => hooks?.send(mail),
      duringVerify: async () => void (await hooks?.duringVerify()),
    })
  })
}

/** Sends a request over the wire, to the host that it names. */
async function forward(
  port: number,
  request: Request,
  circumstances: Readonly<Record<string, string>>,
): Promise<Response> {
  const { host, pathname, search } = new URL(request.url)
  const body = Buffer.from(await request.arrayBuffer())
  return new Promise((resolve, reject) => {
    const outgoing = ask({
      host: '127.0.0.1',
      port,
      method: request.method,
      path: pathname + search,
      headers: {
        host,
        ...Object.fromEntries(request.headers),
        // Node would leave it out of a DELETE.
        ...(body.length > 0 ? { 'content-length': body.length } : {}),
        ...circumstances,
      },
    })
    outgoing.once('error', reject)
    outgoing.once('response', async (answer) => {
      const status = answer.statusCode ?? 502
      const content = await buffer(answer)
      const hasBody = ![204, 304].includes(status)
      resolve(
        new Response(hasBody ? new Uint8Array(content) : null, {
          status,
          headers: toHeaders(answer.headers),
        }),
      )
    })
    outgoing.end(body.length > 0 ? body : undefined)
  })
}

function toHeaders(received: IncomingHttpHeaders): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(received)) {
    for (const one of [value ?? []].flat()) headers.append(name, one)
  }
  return headers
}
