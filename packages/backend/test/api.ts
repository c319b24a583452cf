import { createAuthenticator } from '../src/authenticator.ts'
import type { ClerkClient } from '../src/client.ts'
import { CONTEXT } from './authenticate.ts'
import { createIssuer } from './issuer.ts'

const { publishableKey, secretKey } = await createIssuer()

/** One request that a client sent. */
export interface Call {
  /** `GET /v1/users?limit=1` */
  readonly line: string
  readonly url: URL
  readonly body: unknown
  readonly headers: Headers
  readonly signal: AbortSignal | null | undefined
}

/** A client whose requests are noted and answered. */
export function clientWith(answer: (request: Request) => unknown = () => ({})): {
  readonly client: ClerkClient
  readonly calls: Call[]
} {
  const calls: Call[] = []
  const send: typeof fetch = async (input, init) => {
    const request = new Request(input, init)
    const url = new URL(request.url)
    const text = await request.clone().text()
    calls.push({
      line: `${request.method} ${url.pathname}${url.search}`,
      url,
      body: /^[{[]/.test(text) ? JSON.parse(text) : text,
      headers: request.headers,
      signal: init?.signal,
    })
    const body = answer(request)
    return body instanceof Response ? body : Response.json(body)
  }
  const options = { publishableKey, secretKey }
  return { client: createAuthenticator(options, { ...CONTEXT, fetch: send }).client, calls }
}
