/** What a message can have that no Web `Request` can stand for, and what is said about it. */
const MESSAGES = {
  'method-not-representable': 'The request method cannot be represented as a Web Request.',
  'target-not-representable': 'The request target is not a plain, canonical path.',
  'host-invalid': 'The Host header is not a host name with an optional port.',
  'request-not-representable': 'The request cannot be represented as a Web Request.',
} as const

/** Why a `node:http` message was refused. */
export type NodeRequestErrorCode = keyof typeof MESSAGES

/** Refuses a request that cannot be represented as a Web `Request`. Answered with 400. */
export class NodeRequestError extends Error {
  override readonly name = 'NodeRequestError'
  readonly code: NodeRequestErrorCode
  readonly status = 400

  constructor(code: NodeRequestErrorCode, options?: ErrorOptions) {
    super(MESSAGES[code], options)
    this.code = code
  }

  /** What the client is told: the status and one line of text, nothing of the request. */
  toResponse(): Response {
    return new Response(`${this.message}\n`, {
      status: this.status,
      headers: {
        'cache-control': 'no-store',
        'content-type': 'text/plain; charset=utf-8',
        'x-content-type-options': 'nosniff',
      },
    })
  }
}
