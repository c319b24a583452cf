/** The socket in front of the app. */

import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

import { createAdaptorServer, type Http2Bindings, type HttpBindings } from '@hono/node-server'

import type { Connection, Fetch } from './app.ts'
import { IdentityError } from './error.ts'

/** A socket that listens. */
export interface Listener {
  readonly port: number
  /** Stops accepting, lets requests under way finish, and closes what is idle. */
  close(): Promise<void>
}

/**
 * Listens on the loopback addresses of this machine. A development server is nobody else's business.
 *
 * @param port 0 picks a free one
 * @throws {IdentityError} `port-taken`
 */
export async function listenOnLoopback(port: number, fetch: Fetch): Promise<Listener> {
  const first = await listen(port, '127.0.0.1', fetch)
  const taken = (first.address() as AddressInfo).port
  const servers = [first]
  try {
    servers.push(await listen(taken, '::1', fetch))
  } catch (error) {
    // A machine without IPv6 has nothing to listen on; a stranger on that address would get our visitors.
    if (error instanceof IdentityError) {
      await Promise.all(servers.map(close))
      throw error
    }
  }
  return { port: taken, close: async () => void (await Promise.all(servers.map(close))) }
}

/**
 * Listens on every address of this machine.
 *
 * @throws {IdentityError} `port-taken`
 */
export async function listenOnAll(port: number, fetch: Fetch): Promise<Listener> {
  const server = await listen(port, undefined, fetch)
  return { port: (server.address() as AddressInfo).port, close: () => close(server) }
}

function listen(port: number, hostname: string | undefined, fetch: Fetch): Promise<Server> {
  const server = createAdaptorServer({
    fetch: (request, bindings) => fetch(request, readConnection(bindings)),
    overrideGlobalObjects: false,
  }) as Server
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EADDRINUSE' && cause.code !== 'EACCES') return reject(cause)
      const reason = cause.code === 'EACCES' ? 'may not be used by you' : 'is already in use'
      return reject(
        new IdentityError(
          'port-taken',
          `Port ${port} ${reason}. Stop what listens there, or choose another port with --port.`,
          { cause },
        ),
      )
    })
    server.listen({ port, ...(hostname === undefined ? {} : { host: hostname }) }, () => {
      resolve(server)
    })
  })
}

function readConnection({ incoming }: Http2Bindings | HttpBindings): Connection {
  const peer = incoming.socket.remoteAddress
  return peer === undefined ? {} : { peer }
}

/** How long requests under way may take to finish: longer than anything is allowed to take. */
const DRAIN_MS = 20_000

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // A connection that a browser keeps open becomes idle when its request is answered.
    const sweep = setInterval(() => {
      server.closeIdleConnections()
    }, 50)
    const limit = setTimeout(() => {
      server.closeAllConnections()
    }, DRAIN_MS)
    server.close(() => {
      clearInterval(sweep)
      clearTimeout(limit)
      resolve()
    })
    server.closeIdleConnections()
  })
}
