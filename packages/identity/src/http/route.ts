import type { AuditAction } from '../audit/actions.ts'
import type { Need } from '../sessions/needs.ts'
import type { Services } from '../services.ts'
import type { Visit } from './visit.ts'

/** One endpoint of the Frontend API. */
export interface FrontendRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path below `/v1`; `:name` stands for a part. */
  readonly path: string
  /**
   * How the answer is wrapped. `envelope`: the resource beside the browser's client; `resource`: an
   * envelope whose client is left out; `bare`: as it is.
   */
  readonly reply: 'envelope' | 'resource' | 'bare'
  /** What the body is, if not a form. */
  readonly takes?: 'file'
  /** What it takes besides being signed in. Checked before anything else is done. */
  readonly needs?: Need
  /** What is written down when it is done: see `audit/recorded.ts`. */
  readonly event?: AuditAction
  /** Decides and acts. What it returns is the resource. */
  readonly handle: (services: Services, visit: Visit) => Promise<unknown>
}
