import type { AuditAction } from '../audit/actions.ts'
import type { Actor } from '../audit/actor.ts'
import type { Instance } from '../instances/instance.ts'
import type { Services } from '../services.ts'
import type { Params } from './params.ts'

/** One request to the Backend API. */
export interface Call {
  readonly instance: Instance
  /** The key it came with; `null` for a command of whoever runs the server. */
  readonly secretKey: string | null
  readonly path: Readonly<Record<string, string>>
  readonly query: Params
  readonly body: Params
  /** Where it comes from, as far as that can be known: the address of the application's server. */
  readonly address: string | null
  /** Reads the members of a body that is a list, on routes that take one. */
  items(): Promise<readonly Params[]>
  /** Reads the file that was sent, on routes that take one. */
  upload(): Promise<Uint8Array<ArrayBuffer>>
  /** The key that it came with, or whoever runs the server. */
  readonly actor: Actor
  /** Unix milliseconds. One request happens at one time. */
  readonly now: number
}

/** One endpoint of the Backend API. What it returns is the body. */
export interface BackendRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path below `/v1`; `:name` stands for a part. */
  readonly path: string
  /** What the body is, if not an object. */
  readonly takes?: 'file' | 'list'
  /** Instead of 200. With 204 there is no body. */
  readonly status?: 202 | 204
  /** Whether no limit counts it, since it is asked for at every page. GET never is counted. */
  readonly isUncounted?: true
  /** What is written down when it is done: see `audit/recorded.ts`. */
  readonly event?: AuditAction
  readonly handle: (services: Services, call: Call) => Promise<unknown>
}
