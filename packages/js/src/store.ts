/** The one thing that hooks and listeners observe. */

import type { SessionClaims } from '@core/protocol'
import type { Client } from './resources/client.ts'
import type { Session } from './resources/session.ts'
import type { User } from './resources/user.ts'

/**
 * How far the client is.
 *
 * - `loading`: nothing is known yet.
 * - `ready`: the identity server has answered.
 * - `degraded`: it has not, but the cookies of this browser tell enough to go on.
 * - `error`: it has not, and nothing can be said. Tries go on.
 */
export type ClerkStatus = 'loading' | 'ready' | 'degraded' | 'error'

/** What is known at one moment. Never changed; a change arrives as a new object. */
export interface ClerkSnapshot {
  readonly status: ClerkStatus
  /** `undefined` until loaded. */
  readonly client: Client | undefined
  /** `undefined` until loaded, `null` when nobody is signed in. */
  readonly session: Session | null | undefined
  readonly user: User | null | undefined
  /** Claims of the newest session token, as they are: not verified. */
  readonly sessionClaims: SessionClaims | null | undefined
}

export class Store {
  readonly #listeners = new Set<() => void>()
  /** What is true. */
  current: ClerkSnapshot = {
    status: 'loading',
    client: undefined,
    session: undefined,
    user: undefined,
    sessionClaims: undefined,
  }
  /** What has been told. The same while held. */
  published: ClerkSnapshot = this.current
  #holds = 0

  update(change: Partial<ClerkSnapshot>): void {
    const next = { ...this.current, ...change }
    const keys = Object.keys(next) as (keyof ClerkSnapshot)[]
    if (keys.every((key) => next[key] === this.current[key])) return
    this.current = next
    this.#publish()
  }

  /** Keeps changes from being told until the returned function is called. */
  hold(): () => void {
    this.#holds++
    return () => {
      this.#holds--
      this.#publish()
    }
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #publish(): void {
    if (this.#holds > 0 || this.published === this.current) return
    this.published = this.current
    for (const listener of this.#listeners) listener()
  }
}
