/** What `core doctor` looks at: one row per question, each with a remedy where the answer is not good. */

import type { Instance } from '../instances/instance.ts'
import type { Services } from '../services.ts'

/** An answer. A warning is worth a look; a problem keeps the server from working, or from being safe. */
export interface Finding {
  readonly verdict: 'ok' | 'warning' | 'problem'
  /** What was found, as a sentence. */
  readonly fact: string
  /** What to do about it; absent where nothing is wrong. */
  readonly remedy?: string
}

/** The surroundings of a server. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Data directory. Of no use where there is a database server. */
  readonly directory: string
  readonly nodeVersion: string
  /** Unix milliseconds. */
  readonly now: number
}

/** A question about the surroundings. */
export interface Check {
  readonly name: string
  run(surroundings: Surroundings): Promise<Finding>
}

/** A question that needs the database. */
export interface DatabaseCheck {
  readonly name: string
  run(
    services: Services,
    instances: readonly Instance[],
    surroundings: Surroundings,
  ): Promise<Finding>
}

export const ok = (fact: string): Finding => ({ verdict: 'ok', fact })
export const warning = (fact: string, remedy: string): Finding => ({
  verdict: 'warning',
  fact,
  remedy,
})
export const problem = (fact: string, remedy: string): Finding => ({
  verdict: 'problem',
  fact,
  remedy,
})
