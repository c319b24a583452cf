/** The first contact with the identity server, and further ones until it succeeds. */

import type { ClientJSON, EnvironmentJSON, PublishableKey } from '@core/protocol'
import type { Platform } from './platform.ts'
import type { SessionKeeper } from './session-keeper.ts'
import type { ClerkStatus } from './store.ts'
import { isOutage } from './tokens.ts'

export interface BootContext {
  readonly platform: Platform
  readonly key: PublishableKey
  readonly keeper: SessionKeeper
  readonly onEnvironment: (environment: EnvironmentJSON) => void
  readonly onStatus: (status: ClerkStatus) => void
}

/** How long a page waits for a server that does not answer. */
const PATIENCE_MS = 7_000
const FIRST_RETRY_MS = 2_000
const LAST_RETRY_MS = 30_000

export class Boot {
  readonly #context: BootContext
  #hasEnvironment = false
  #hasClient = false
  #retryMs = FIRST_RETRY_MS
  #timer: unknown
  #running: Promise<void> | undefined

  constructor(context: BootContext) {
    this.#context = context
  }

  /**
   * Resolves once it is known how the page goes on, at the latest after seven seconds.
   *
   * @throws {ClerkAPIResponseError} when the server refuses to serve this page at all
   */
  async start(): Promise<void> {
    const { platform } = this.#context
    let patience: unknown
    const impatient = new Promise<void>((resolve) => {
      patience = platform.setTimeout(() => {
        this.#goOnWithout()
        // Whatever hangs may go on hanging; further tries do not wait for it.
        this.#running = undefined
        this.#retryLater()
        resolve()
      }, PATIENCE_MS)
    })
    try {
      await Promise.race([this.#run(), impatient])
    } finally {
      platform.clearTimeout(patience)
    }
  }

  /** Tries again at once what has failed so far, if anything has. */
  retry(): void {
    this.#context.platform.clearTimeout(this.#timer)
    this.#run().catch(() => undefined)
  }

  stop(): void {
    this.#context.platform.clearTimeout(this.#timer)
  }

  #run(): Promise<void> {
    this.#running ??= this.#try().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async #try(): Promise<void> {
    const { onStatus } = this.#context
    const [environment, client] = await Promise.allSettled([
      this.#hasEnvironment || this.#fetchEnvironment(),
      this.#hasClient || this.#fetchClient(),
    ])
    if (client.status === 'fulfilled' && environment.status === 'fulfilled') {
      return onStatus('ready')
    }
    const failure = [client, environment].find((result) => result.status === 'rejected')
    if (client.status === 'fulfilled') onStatus('degraded')
    else this.#goOnWithout()
    if (failure && !isOutage(failure.reason)) {
      if (client.status === 'rejected') onStatus('error')
      throw failure.reason
    }
    this.#retryLater()
  }

  #retryLater(): void {
    this.#timer = this.#context.platform.setTimeout(() => this.retry(), this.#retryMs)
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS)
  }

  #goOnWithout(): void {
    const { keeper, onStatus } = this.#context
    if (this.#hasClient) return onStatus('degraded')
    onStatus(keeper.applyCookie() ? 'degraded' : 'error')
  }

  async #fetchEnvironment(): Promise<void> {
    const { key, keeper, onEnvironment } = this.#context
    // A development instance learns the page's origin from this, hence the verb.
    const method = key.instanceType === 'development' ? 'PATCH' : 'GET'
    onEnvironment(await keeper.api.request<EnvironmentJSON>('/environment', { method }))
    this.#hasEnvironment = true
  }

  async #fetchClient(): Promise<void> {
    const { keeper } = this.#context
    const json = await keeper.api.request<ClientJSON | null>('/client', {
      handlesUnauthenticated: true,
    })
    keeper.apply(json, { activates: true })
    this.#hasClient = true
  }
}
