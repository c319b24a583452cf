import { once } from 'node:events'
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** How a key server answers a request. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** A real key server on a port of its own, whose answer a test can change. */
export interface KeyServer extends AsyncDisposable {
  readonly url: string
  answer: Answer
  /** `Authorization` header of every request so far. */
  readonly requests: readonly (string | undefined)[]
  /** Breaks off everything that has not been answered. */
  hangUp(): void
  /** Ends the server: nothing listens any more. */
  close(): Promise<void>
}

/** Starts a key server. */
export async function startKeyServer(answer: Answer): Promise<KeyServer> {
  const requests: (string | undefined)[] = []
  const server = createServer((request, response) => {
    requests.push(request.headers.authorization)
    keyServer.answer(request, response)
  })
  // Whoever sends a request just as an idle connection is closed gets no answer: an outage of its own.
  server.keepAliveTimeout = 0
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = async (): Promise<void> => {
    if (!server.listening) return
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }
  const keyServer: KeyServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answer,
    requests,
    hangUp: () => server.closeAllConnections(),
    close,
    [Symbol.asyncDispose]: close,
  }
  return keyServer
}

/** Answers with JSON. */
export function sendJson(body: unknown, status = 200): Answer {
  return (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
}
