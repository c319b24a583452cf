/**
 * What the client needs of the world around it. Nothing else in this package reads the clock, the
 * network or the page; a test hands in its own.
 */
export interface Platform {
  /** Unix milliseconds. */
  readonly now: () => number
  readonly fetch: typeof fetch
  readonly setTimeout: (callback: () => void, delayMs: number) => unknown
  readonly clearTimeout: (timer: unknown) => void
  /** The page, or `undefined` outside a browser. */
  readonly window: (Window & typeof globalThis) | undefined
  /** Leaves the page for another. */
  readonly assign: (url: string) => void
  /** Tells the developer, not the person in front of the screen. */
  readonly warn: (message: string) => void
}

/** Takes what is not given from the browser, at the time of the call and never on import. */
export function createPlatform(given: Partial<Platform> = {}): Platform {
  const page = 'window' in given ? given.window : globalThis.window
  return {
    now: () => Date.now(),
    fetch: (input, init) => globalThis.fetch(input, init),
    setTimeout: (callback, delayMs) => globalThis.setTimeout(callback, delayMs),
    clearTimeout: (timer) => globalThis.clearTimeout(timer as number),
    assign: (url) => page?.location.assign(url),
    // oxlint-disable-next-line no-console -- the developer's console is where this belongs
    warn: (message) => console.warn(message),
    ...given,
    window: page,
  }
}
