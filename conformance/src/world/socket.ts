/** A server that a suite runs in its own process, on a loopback port picked at random. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'

export interface Socket {
  /** Name and port: `localhost:1234`. */
  readonly host: string
  close(): Promise<void>
}

/** Listens, and answers every request with what a function makes of it. */
export async function listen(answer: (request: Request) => Promise<Response>): Promise<Socket> {
  const server = createServer(async (incoming, outgoing) => {
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
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    host: `localhost:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
