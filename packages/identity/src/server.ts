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

/** How a socket is served. */
export interface ListenOptions {
  /**
   * Whether `Request` and `Response` of the whole program may be replaced by lighter ones, which saves a
   * quarter of the time that a small answer takes. For programs that are nothing but this server.
   */
  readonly replacesGlobals?: boolean
}

/**
 * Listens on the loopback addresses of this machine. A development server is nobody else's business.
 *
 * @param port 0 picks a free one
 * @throws {IdentityError} `port-taken`
 */
export async function listenOnLoopback(
  port: number,
  fetch: Fetch,
  options: ListenOptions = {},
): Promise<Listener> {
  const first = await listen(port, '127.0.0.1', fetch, options)
  const taken = (first.address() as AddressInfo).port
  const servers = [first]
  try {
    servers.push(await listen(taken, '::1', fetch, options))
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
export async function listenOnAll(
  port: number,
  fetch: Fetch,
  options: ListenOptions = {},
): Promise<Listener> {
  const server = await listen(port, undefined, fetch, options)
  return { port: (server.address() as AddressInfo).port, close: () => close(server) }
}

/**
 * How long an idle connection stays open: longer than a proxy keeps one (60 seconds, mostly), or it would send
 * requests into connections that are being closed.
 */
const KEEP_ALIVE_MS = 75_000

function listen(
  port: number,
  hostname: string | undefined,
  fetch: Fetch,
  { replacesGlobals = false }: ListenOptions,
): Promise<Server> {
  const server = createAdaptorServer({
    fetch: (request, bindings) => fetch(request, readConnection(bindings)),
    overrideGlobalObjects: replacesGlobals,
  }) as Server
  server.keepAliveTimeout = KEEP_ALIVE_MS
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
