import { availableParallelism } from 'node:os'

import { hash, verify } from '@node-rs/argon2'

import { ApiError } from '../http/errors.ts'
import { checkForeign, isForeign } from './foreign/hashers.ts'

/**
 * Hashes and checks passwords with argon2id, a bounded number at a time. What came from elsewhere is checked
 * with the hash that it was made by.
 */
export interface PasswordHasher {
  /** @throws {ApiError} `service_busy` when too many wait already */
  hash(password: string): Promise<string>
  /**
   * Tells whether a password belongs to a digest. Without a digest it takes as long and says no, so
   * that nobody learns from the time whether an account exists.
   *
   * @throws {ApiError} `service_busy`
   */
  verify(digest: string | null, password: string): Promise<boolean>
  /** Tells how much there is to do. */
  queueUse?(): QueueUse
}

/** How busy a hasher is. */
export interface QueueUse {
  readonly running: number
  readonly waiting: number
}

/** How much argon2id costs. OWASP's first recommendation: 19 MiB, two passes, one lane. */
export interface PasswordCost {
  readonly memoryCost: number
  readonly timeCost: number
  readonly parallelism: number
}

const RECOMMENDED: PasswordCost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/**
 * Creates a hasher. Hashing is meant to be expensive: without a bound on the queue, a flood of
 * sign-ins would take the memory of the machine and the time of everybody who waits.
 */
export function createPasswordHasher(
  options: {
    readonly cost?: PasswordCost
    readonly concurrency?: number
    readonly maxQueued?: number
  } = {},
): PasswordHasher {
  const cost = options.cost ?? RECOMMENDED
  const concurrency = options.concurrency ?? Math.min(availableParallelism(), 4)
  const maxQueued = options.maxQueued ?? 64
  const waiting: (() => void)[] = []
  let running = 0
  let dummy: Promise<string> | null = null

  const run = async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= concurrency) {
      if (waiting.length >= maxQueued) throw new ApiError('service_busy', { retryAfter: 1 })
      await new Promise<void>((resolve) => {
        waiting.push(resolve)
      })
    } else {
      running++
    }
    try {
      return await work()
    } finally {
      // The place goes to the next in line without being given up in between.
      const next = waiting.shift()
      if (next === undefined) running--
      else next()
    }
  }

  return {
    queueUse: () => ({ running, waiting: waiting.length }),
    hash: (password) => run(() => hash(normalize(password), cost)),
    verify: async (digest, password) => {
      if (digest !== null) {
        return run(() =>
          isForeign(digest)
            ? checkForeign(digest, password)
            : verify(digest, normalize(password)).catch(() => false),
        )
      }
      dummy ??= hash('a password nobody has', cost)
      const decoy = await dummy
      await run(() => verify(decoy, normalize(password)))
      return false
    },
  }
}

/** Two keyboards may write one letter with different code points. */
function normalize(password: string): string {
  return password.normalize('NFKC')
}
