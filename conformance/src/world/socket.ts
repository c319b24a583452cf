/** A server that a suite runs in its own process, on a loopback port picked at random. */
import { once, type EventEmitter } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { createServer as createFront, type AddressInfo, type Socket as Connection } from 'node:net'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'

import type { Certificate } from './certificate.ts'

export interface Socket {
  /** Name and port: `localhost:1234`. */
  readonly host: string
  close(): Promise<void>
}

type Answer = (request: Request) => Promise<Response>

/**
 * Listens, and answers every request with what a function makes of it.
 *
 * @param certificate to listen to `https` as well, on the same port
 */
export async function listen(
  answer: Answer,
  certificate: Certificate | null = null,
): Promise<Socket> {
  const plain = createServer(listener(answer))
  const secure = certificate && createSecureServer(certificate, listener(answer))
  const server = secure === null ? plain : createFront((socket) => pass(socket, plain, secure))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    host: `localhost:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.close()
      plain.closeAllConnections()
      secure?.closeAllConnections()
    },
  }
}

/** Hands a connection to the server that understands how it begins. */
function pass(socket: Connection, plain: EventEmitter, secure: EventEmitter): void {
  socket.on('error', () => socket.destroy())
  socket.once('data', (first: Buffer) => {
    socket.pause()
    socket.unshift(first)
    const server = first[0] === TLS_HANDSHAKE ? secure : plain
    server.emit('connection', socket)
    process.nextTick(() => socket.resume())
  })
}

/** The first byte of everybody who wants to speak TLS. */
const TLS_HANDSHAKE = 0x16

function listener(answer: Answer): RequestListener {
  return async (incoming, outgoing) => {
    const body = await buffer(incoming)
    const response = await answer(
      new Request(new URL(incoming.url ?? '/', `http://${incoming.headers.host}`), {
        method: incoming.method ?? 'GET',
        headers: new Headers(incoming.headers as Record<string, string>),
        ...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
      }),
    )
    outgoing.statusCode = response.status
    response.headers.forEach((value, name) => outgoing.appendHeader(name, value))
    if (response.body) Readable.fromWeb(response.body as never).pipe(outgoing)
    else outgoing.end()
  }
}
