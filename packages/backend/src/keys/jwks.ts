import { errorsOf, type JwkJSON } from '@core/protocol'
import type { TokenReason } from '../errors.ts'
import type { KeySource } from './key-source.ts'
import { type VerificationKey, keyFromJwk } from './verification-key.ts'

/** How long a key set counts as fresh. */
export const FRESH_MS = 300_000
/** How long a key set is used while it cannot be renewed. */
export const STALE_MS = 86_400_000
/** Least time between two fetches that are made because a key id is unknown. */
export const UNKNOWN_KID_COOLDOWN_MS = 10_000
/** Least time between a fetch that failed and the next. */
export const FAILURE_COOLDOWN_MS = 1000
/** How long one fetch may take. */
const TIMEOUT_MS = 5000
/** How long requests that have keys wait for newer ones. */
const PATIENCE_MS = 250
/** Largest key set that is read. */
const MAX_BYTES = 262_144

/** Where a key set is and who may read it. */
export interface JwksOptions {
  readonly url: string
  readonly secretKey: string
  readonly fetch: typeof fetch
  readonly now: () => number
  /** Fetches for every lookup. */
  readonly isUncached: boolean
}

type Failure = Extract<TokenReason, 'jwk-remote-failed-to-load' | 'secret-key-invalid'>

/**
 * Creates the source of an instance's published keys.
 *
 * However many requests wait, one fetch serves them. A set that cannot be renewed stays in use for
 * a day: an outage of the identity server signs nobody out, and holds nobody up. Key ids that the
 * set does not have cause one fetch per cooldown, whatever the traffic.
 */
export function createJwksSource(options: JwksOptions): KeySource {
  let keys: ReadonlyMap<string, VerificationKey> | null = null
  let loadedAt = -Infinity
  let triedAt = -Infinity
  let failure: Failure | null = null
  let loading: Promise<void> | null = null
  let patience: Promise<unknown> = Promise.resolve()

  // A clock that was set back must not freeze what is known until it has caught up.
  const since = (time: number): number => Math.abs(options.now() - time)

  async function load(): Promise<void> {
    const result = await fetchKeys(options)
    triedAt = options.now()
    failure = typeof result === 'string' ? result : null
    if (typeof result !== 'string') {
      keys = result
      loadedAt = triedAt
    }
  }

  function loadOnce(): Promise<void> {
    if (loading === null) {
      loading = load().finally(() => {
        loading = null
      })
      patience = Promise.race([loading, elapse(PATIENCE_MS)])
    }
    return loading
  }

  return {
    get state() {
      if (keys === null || since(loadedAt) > STALE_MS) return 'missing'
      return since(loadedAt) < FRESH_MS ? 'fresh' : 'stale'
    },
    async find(kid) {
      // A set has several keys in a rotation: without its id, the key would have to be guessed.
      if (kid === undefined) return 'jwk-kid-mismatch'
      if (since(loadedAt) > STALE_MS) keys = null
      const isWaiting = failure !== null && since(triedAt) < FAILURE_COOLDOWN_MS
      const isFresh = keys !== null && since(loadedAt) < FRESH_MS
      if (options.isUncached || (!isFresh && !isWaiting)) {
        const loaded = loadOnce()
        if (keys === null || options.isUncached) await loaded
        // A server that hangs must not hold up the requests that have keys, least of all one that
        // failed before: its next answer is not waited for at all.
        else if (failure === null) await patience
      }

      let key = keys?.get(kid)
      const mayAsk = !isWaiting && since(triedAt) >= UNKNOWN_KID_COOLDOWN_MS
      if (key === undefined && keys !== null && mayAsk) {
        await loadOnce()
        key = keys?.get(kid)
      }
      return key ?? failure ?? 'jwk-kid-mismatch'
    },
  }
}

function elapse(ms: number): Promise<unknown> {
  return new Promise((resolve) => {
    AbortSignal.timeout(ms).addEventListener('abort', resolve)
  })
}

async function fetchKeys(
  options: JwksOptions,
): Promise<ReadonlyMap<string, VerificationKey> | Failure> {
  try {
    const response = await options.fetch(options.url, {
      headers: { authorization: `Bearer ${options.secretKey}` },
      // Followed, a redirect would carry the secret key to wherever it points. Left alone, it is an
      // answer like any other that is not good; Workers know no way to make it an error.
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    const body: unknown = JSON.parse(await readText(response))
    if (!response.ok) {
      const isRefused = errorsOf(body).some(({ code }) => code === 'clerk_key_invalid')
      return isRefused ? 'secret-key-invalid' : 'jwk-remote-failed-to-load'
    }
    const keys = await importKeys(body)
    return keys.size === 0 ? 'jwk-remote-failed-to-load' : keys
  } catch {
    return 'jwk-remote-failed-to-load'
  }
}

async function importKeys(body: unknown): Promise<ReadonlyMap<string, VerificationKey>> {
  const found = new Map<string, VerificationKey>()
  const list = (body as { readonly keys?: unknown } | null)?.keys
  for (const jwk of Array.isArray(list) ? (list as readonly (JwkJSON | null)[]) : []) {
    if (typeof jwk?.kid !== 'string' || found.has(jwk.kid)) continue
    const key = await keyFromJwk(jwk)
    if (key !== null) found.set(jwk.kid, key)
  }
  return found
}

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  const reader = response.body?.getReader()
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined }
    if (done || value === undefined) return text + decoder.decode()
    size += value.byteLength
    if (size > MAX_BYTES) {
      await reader?.cancel()
      throw new RangeError('The key set is too large')
    }
    text += decoder.decode(value, { stream: true })
  }
}
