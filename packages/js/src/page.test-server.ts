/** A page for tests: a clock that moves by hand, a Frontend API in memory, a client on top. */

import type { InstanceType } from '@core/protocol'
import { Clerk, type ClerkConstructorOptions } from './clerk.ts'
import { FakeIdentity } from './fake-identity.test-server.ts'

interface Timer {
  readonly at: number
  readonly callback: () => void
}

export class Clock {
  time = Date.UTC(2030, 0, 1)
  readonly #timers = new Set<Timer>()

  now = (): number => this.time

  setTimeout = (callback: () => void, delayMs: number): Timer => {
    const timer = { at: this.time + delayMs, callback }
    this.#timers.add(timer)
    return timer
  }

  clearTimeout = (timer: unknown): void => {
    this.#timers.delete(timer as Timer)
  }

  /** Lets time pass, running what comes due in order. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms
    await settle()
    for (;;) {
      const due = [...this.#timers].filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0]
      if (!due) break
      this.#timers.delete(due)
      this.time = Math.max(this.time, due.at)
      due.callback()
      await settle()
    }
    this.time = end
    await settle()
  }
}

/** Lets everything that waits for nothing but promises happen. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
}

export interface Page {
  readonly clerk: Clerk
  readonly clock: Clock
  readonly identity: FakeIdentity
  /** Addresses the page was left for. */
  readonly left: string[]
  readonly warnings: string[]
  /** Opens a further client of the same browser. */
  open(options?: ClerkConstructorOptions): Clerk
  /** Loads a client while time passes. */
  loadOver(ms: number, clerk?: Clerk): Promise<void>
}

const opened: Clerk[] = []

/** Opens a page; `closePages()` ends it. */
export function openPage(options: ClerkConstructorOptions = {}, instanceType?: InstanceType): Page {
  const clock = new Clock()
  const identity = new FakeIdentity(clock.now, instanceType)
  const left: string[] = []
  const warnings: string[] = []
  const open = (more: ClerkConstructorOptions = {}): Clerk => {
    const clerk = new Clerk(identity.publishableKey, {
      now: clock.now,
      setTimeout: clock.setTimeout,
      clearTimeout: clock.clearTimeout,
      fetch: identity.fetch,
      assign: (url) => left.push(url),
      warn: (message) => warnings.push(message),
      ...options,
      ...more,
    })
    opened.push(clerk)
    return clerk
  }
  const clerk = open()
  const loadOver = async (ms: number, loaded: Clerk = clerk): Promise<void> => {
    const count = identity.requests.length
    const loading = loaded.load()
    while (identity.requests.length === count) await settle()
    await clock.advance(ms)
    await loading
  }
  return { clerk, clock, identity, left, warnings, open, loadOver }
}

/** Closes every page and empties the cookie jar. */
export function closePages(): void {
  for (const clerk of opened.splice(0)) clerk.dispose()
  for (const pair of document.cookie.split('; ')) {
    document.cookie = `${pair.split('=')[0]}=; Max-Age=-1; Path=/`
  }
}

/** Puts the page at an address. */
export function visit(url: string): void {
  const { happyDOM } = window as unknown as { happyDOM: { setURL(url: string): void } }
  happyDOM.setURL(url)
}

/** Reads a cookie of the page. */
export function cookie(name: string): string | undefined {
  const pair = document.cookie.split('; ').find((each) => each.startsWith(`${name}=`))
  return pair?.slice(name.length + 1)
}
