/**
 * A server on loopback that answers what it was told: `PUT` says what `GET` gets. Below `/moved` it
 * redirects to the same path without it.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Loopback {
  readonly origin: string
  /** Requests so far, as `GET /path`. */
  readonly requests: readonly string[]
  close(): Promise<void>
}

/** Starts the server at a random port. What it was not told about is answered as the Backend API would. */
export async function startLoopback(): Promise<Loopback> {
  const answers = new Map<string, string>()
  const requests: string[] = []
  const server = createServer(async (request, response) => {
    const { method = '', url = '' } = request
    requests.push(`${method} ${url}`)
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += chunk
    if (method === 'PUT') answers.set(url, body)
    if (url.includes('/moved/')) {
      response.writeHead(307, { location: url.replace('/moved/', '/') }).end()
      return
    }
    const answer = answers.get(url)
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' })
    response.end(answer ?? '{"errors":[{"code":"resource_not_found","message":"Not found"}]}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
