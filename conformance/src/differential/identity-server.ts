/** The instances' Backend API on a loopback port: keys, refreshes, and answers to handshakes. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

import { INSTANCES, type TestInstance } from './instances.ts'
import { GOOD_TOKEN, JWKS, NOW, tokenOf } from './tokens.ts'

export interface IdentityServer {
  readonly url: string
  close(): Promise<void>
}

interface Answer {
  readonly status: number
  readonly body: object
}

const cookies = (...directives: readonly string[]): Answer => ({
  status: 200,
  body: { object: 'cookies', cookies: directives },
})

const error = (status: number, code: string): Answer => ({
  status,
  body: { errors: [{ code, message: 'No.' }] },
})

const sessionCookies = (token: string, { suffix }: TestInstance): readonly string[] => [
  `__session=${token}; Path=/; Secure; SameSite=Lax`,
  `__session_${suffix}=${token}; Path=/; Secure; SameSite=Lax`,
]

/** What each refresh token is good for. The token is named so. */
export const REFRESHES = {
  renewed: (to: TestInstance) =>
    cookies(
      ...sessionCookies(tokenOf(GOOD_TOKEN, to.host), to),
      `__client_uat=${NOW - 10}; Path=/; Secure`,
    ),
  'renewed-in-the-plain-cookie': (to: TestInstance) =>
    cookies(`__session=${tokenOf(GOOD_TOKEN, to.host)}; Path=/`),
  'renewed-with-a-foreign-cookie': (to: TestInstance) =>
    cookies(...sessionCookies(tokenOf(GOOD_TOKEN, to.host), to), 'theme=dark; Path=/'),
  'expired-again': (to: TestInstance) =>
    cookies(...sessionCookies(tokenOf({ ...GOOD_TOKEN, times: 'expired' }, to.host), to)),
  forged: (to: TestInstance) =>
    cookies(...sessionCookies(tokenOf({ ...GOOD_TOKEN, key: 'foreign' }, to.host), to)),
  'of-another-instance': (to: TestInstance) =>
    cookies(...sessionCookies(tokenOf({ ...GOOD_TOKEN, issuer: 'foreign' }, to.host), to)),
  'of-another-session': (to: TestInstance) =>
    cookies(...sessionCookies(tokenOf({ ...GOOD_TOKEN, claims: 'other session' }, to.host), to)),
  'without-a-session': (to: TestInstance) =>
    cookies(...sessionCookies(tokenOf({ ...GOOD_TOKEN, claims: 'no sid' }, to.host), to)),
  'no-cookies': () => cookies(),
  ended: () => error(401, 'session_revoked'),
  'odd-error': () => error(422, 'two words\tand a tab'),
  'no-error': () => ({ status: 500, body: {} }),
} as const satisfies Record<string, (to: TestInstance) => Answer>

const directives = (...given: readonly string[]): Answer => ({
  status: 200,
  body: { directives: given },
})

/** What is kept under each nonce. The nonce is named so. */
export const NONCES = {
  'signs-in': (to: TestInstance) =>
    directives(
      ...sessionCookies(tokenOf(GOOD_TOKEN, to.host), to),
      `__client_uat=${NOW - 10}; Path=/; Secure`,
    ),
  'signs-in-late': (to: TestInstance) =>
    directives(...sessionCookies(tokenOf({ ...GOOD_TOKEN, times: 'expired' }, to.host), to)),
  forged: (to: TestInstance) =>
    directives(...sessionCookies(tokenOf({ ...GOOD_TOKEN, key: 'foreign' }, to.host), to)),
  'of-another-instance': (to: TestInstance) =>
    directives(...sessionCookies(tokenOf({ ...GOOD_TOKEN, issuer: 'foreign' }, to.host), to)),
  'signs-out': () => directives('__session=; Path=/; Max-Age=0', '__client_uat=0; Path=/'),
  'foreign-cookie': (to: TestInstance) =>
    directives(`__session=${tokenOf(GOOD_TOKEN, to.host)}; Path=/`, 'theme=dark; Path=/'),
  'of-nothing': () => directives(),
  'no-list': () => ({ status: 200, body: {} }),
  gone: () => error(404, 'resource_not_found'),
} as const satisfies Record<string, (to: TestInstance) => Answer>

/** Starts the server on a port of the system's choice. */
export async function startIdentityServer(): Promise<IdentityServer> {
  const server = createServer((request, response) => {
    void answer(request).then((given) => write(response, given))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function answer(request: IncomingMessage): Promise<Answer> {
  const instance = Object.values(INSTANCES).find(
    ({ secretKey }) => request.headers.authorization === `Bearer ${secretKey}`,
  )
  if (instance === undefined) return error(401, 'clerk_key_invalid')
  const url = new URL(request.url ?? '/', 'http://127.0.0.1')
  if (request.method === 'GET' && url.pathname === '/v1/jwks') return { status: 200, body: JWKS }
  if (request.method === 'POST' && /^\/v1\/sessions\/[^/]+\/refresh$/.test(url.pathname)) {
    const body = JSON.parse(await text(request)) as { readonly refresh_token?: unknown }
    return answerOf(REFRESHES, body.refresh_token, instance)
  }
  if (request.method === 'GET' && url.pathname === '/v1/clients/handshake_payload') {
    return answerOf(NONCES, url.searchParams.get('nonce'), instance)
  }
  return error(404, 'resource_not_found')
}

function answerOf(
  answers: Readonly<Record<string, (to: TestInstance) => Answer>>,
  name: unknown,
  instance: TestInstance,
): Answer {
  const found = typeof name === 'string' ? answers[name] : undefined
  return found?.(instance) ?? error(404, 'resource_not_found')
}

function write(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
