import type { Actor } from '../audit/actor.ts'
import type { Instance } from '../instances/instance.ts'
import type { ArrivedClient, ArrivedSession } from './arrived.ts'
import type { Params } from './params.ts'

/** Who a browser says it is. */
export interface Browser {
  /** A cookie makes a browser known; to development instances a query parameter does, if there is one. */
  readonly kind: 'cookie' | 'dev_browser'
  /** Hash of its token, if the token is known here. */
  readonly tokenHash: string | null
}

/** One request to the Frontend API: what is known about it, and what its answer will carry. */
export interface Visit {
  readonly instance: Instance
  readonly browser: Browser
  /** The browser's client when the request arrived. What changes it locks it and reads it anew. */
  readonly client: ArrivedClient | null
  /** The session of the client that the path names, when the request arrived. */
  readonly session: ArrivedSession | null
  /** Origin of the page that asks, if the browser named one. It has been checked. */
  readonly origin: string | null
  /** Where it comes from, as far as that can be known: the address of the browser. */
  readonly address: string | null
  /** What the browser calls itself, as far as it is worth keeping. */
  readonly userAgent: string | null
  /** The query, repeats joined. */
  readonly query: Params
  /** The body. Empty for GET. */
  readonly body: Params
  /** Reads the file that was sent, on routes that take one. Their body has no parameters. */
  upload(): Promise<Uint8Array<ArrayBuffer>>
  /** Variable parts of the path. */
  readonly path: Readonly<Record<string, string>>
  /** Whether it comes from a test of the application: the checks for robots let it pass. */
  readonly isTest: boolean
  /** Unix milliseconds. One request happens at one time. */
  readonly now: number
  /** The client of the browser; set once it gets one. */
  clientId: string | null
  /** Whether the answer brings the browser its first token. */
  hasNewToken: boolean
  /** Who is known to act; set once a session is known that acts. */
  actor: Actor
  setCookie(cookie: string): void
}
