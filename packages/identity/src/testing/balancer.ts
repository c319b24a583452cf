/** A load balancer: sends requests to processes in turn, and past those that are gone. */

import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { AddressInfo } from 'node:net'

/** The balancer. */
export interface Balancer {
  readonly port: number
  close(): Promise<void>
}

/**
 * Opens a balancer.
 *
 * @param ports of the processes there are at the moment
 */
export async function openBalancer(ports: () => readonly number[]): Promise<Balancer> {
  // A connection for each request: on one that was kept, a process that is gone cannot be told from one
  // that died of this request.
  const agent = new Agent({ keepAlive: false })
  let turn = 0
  const server = createServer((received, response) => {
    void forward(received, response).catch(() => response.destroy())
  })
  const forward = async (received: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(received)
    const all = ports()
    for (let attempt = 0; attempt < all.length; attempt++) {
      const port = all[turn++ % all.length]
      if (port === undefined) break
      const answer = await ask(agent, port, received, body)
      if (answer !== null) {
        response.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
        return void answer.pipe(response)
      }
    }
    response.writeHead(502).end()
    return undefined
  }
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
        agent.destroy()
      }),
  }
}

/**
 * Asks a process. `null` if it cannot have done anything: then another may be asked.
 *
 * @throws when it is gone before its answer: what it did is not known
 */
function ask(
  agent: Agent,
  port: number,
  { method = 'GET', url = '/', rawHeaders }: IncomingMessage,
  body: Buffer,
): Promise<IncomingMessage | null> {
  return new Promise((resolve, reject) => {
    const headers = toPairs(rawHeaders)
    const outgoing = request({ agent, host: '127.0.0.1', port, method, path: url, headers })
    outgoing.once('response', resolve)
    outgoing.once('error', (error: NodeJS.ErrnoException) => {
      const isHarmless = error.code === 'ECONNREFUSED' || method === 'GET'
      if (isHarmless) resolve(null)
      else reject(error)
    })
    outgoing.end(body)
  })
}

/** Headers with their lengths as they came: the body has not changed. */
function toPairs(raw: readonly string[]): Record<string, string> {
  const pairs: Record<string, string> = {}
  for (let i = 0; i < raw.length; i += 2) {
    const [name = '', value = ''] = [raw[i], raw[i + 1]]
    if (!/^(?:connection|transfer-encoding|keep-alive)$/i.test(name)) pairs[name] = value
  }
  return pairs
}
