import type { SessionClaims } from '@core/protocol'

/** How long a proof is remembered at most, so that a withdrawn key stops working. */
const MAX_AGE_MS = 300_000

/** Most tokens that are remembered. At about 2 kB each. */
const MAX_TOKENS = 5000

const encoder = new TextEncoder()
const decoder = new TextDecoder()

interface Entry {
  readonly token: string
  readonly claims: SessionClaims
  readonly until: number
}

/**
 * Remembers which tokens one verifier has proved. One instance belongs to one verifier, so that no
 * token proved with one key is believed under another; the whole token is compared. Only the proof is
 * remembered: time, audience and party are checked on each call.
 */
export class VerifiedTokens {
  readonly #entries = new Map<string, Entry>()

  /** Returns the claims of a token that was proved before and has not expired. */
  get(token: string, now: number): SessionClaims | undefined {
    const entry = this.#entries.get(keyOf(token))
    if (entry?.token !== token) return undefined
    if (now < entry.until) return entry.claims
    this.#entries.delete(keyOf(token))
    return undefined
  }

  /** Remembers a token whose signature and unchanging claims hold. */
  add(token: string, claims: SessionClaims, now: number): void {
    if (this.#entries.size >= MAX_TOKENS) this.#makeRoom(now)
    // A slice of a header would keep the whole header in memory.
    const own = decoder.decode(encoder.encode(token))
    this.#entries.set(keyOf(own), {
      token: own,
      claims,
      until: Math.min(claims.exp * 1000, now + MAX_AGE_MS),
    })
  }

  get size(): number {
    return this.#entries.size
  }

  /** Forgets what has expired; if that is too little, the older half, so that this stays rare. */
  #makeRoom(now: number): void {
    for (const [key, entry] of this.#entries) {
      if (now >= entry.until) this.#entries.delete(key)
    }
    if (this.#entries.size <= MAX_TOKENS / 2) return
    for (const key of this.#entries.keys()) {
      if (this.#entries.size <= MAX_TOKENS / 2) return
      this.#entries.delete(key)
    }
  }
}

/** The end of the signature: it finds a token as well as the whole does, and is quicker to look up. */
function keyOf(token: string): string {
  return token.slice(-32)
}
