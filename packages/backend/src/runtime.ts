import type { Environment } from './options.ts'

/** What the surroundings provide. Nothing here reads the clock, the environment or the network otherwise. */
export interface Runtime {
  readonly env: Environment
  /** Unix milliseconds. */
  readonly now: () => number
  readonly fetch: typeof fetch
  /** Tells a developer something that needs no error. */
  readonly warn: (message: string) => void
  readonly userAgent: string
}

/** Completes a runtime with what this process offers. */
export function createRuntime(given: Partial<Runtime> = {}): Runtime {
  return {
    env: given.env ?? processEnvironment(),
    now: given.now ?? Date.now,
    // Looked up at each call: frameworks and test tools replace the global.
    fetch: given.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    // oxlint-disable-next-line eslint/no-console -- the place every default warning ends in
    warn: given.warn ?? ((message) => console.warn(message)),
    userAgent: given.userAgent ?? '@core/backend',
  }
}

function processEnvironment(): Environment {
  const { process } = globalThis as { process?: { env?: Environment } }
  return process?.env ?? {}
}
