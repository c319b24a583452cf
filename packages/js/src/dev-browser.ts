/**
 * The identity of this browser at a development instance, whose cookie would be a third-party one:
 * a token that travels in the query instead.
 */

import { COOKIES, originOfHost, type PublishableKey } from '@core/protocol'
import type { CookieJar } from './cookie-jar.ts'
import { ClerkAPIResponseError, ClerkRuntimeError } from './errors.ts'
import type { Platform } from './platform.ts'

export interface DevBrowserContext {
  readonly platform: Platform
  readonly key: PublishableKey
  readonly cookies: CookieJar
}

export class DevBrowser {
  readonly #context: DevBrowserContext
  #token: string | undefined
  #pending: Promise<string> | undefined

  constructor(context: DevBrowserContext) {
    this.#context = context
  }

  /** The token, if there is one already. */
  get current(): string | undefined {
    return this.#token ?? this.#context.cookies.get(COOKIES.devBrowser)
  }

  /** Returns the token, asking the identity server for one where there is none. */
  async token(): Promise<string> {
    return this.current ?? this.renew()
  }

  /** Takes over a token that the page was opened with or that an answer carried. */
  replace(token: string | null | undefined): void {
    // It ends in a cookie, and an address can say anything: what could be an attribute is refused.
    if (!token || token === this.#token || !/^[\w.~-]+$/.test(token)) return
    this.#token = token
    this.#context.cookies.set(COOKIES.devBrowser, token)
  }

  /** Gets a new token; concurrent calls share one. */
  renew(): Promise<string> {
    this.#pending ??= this.#create().finally(() => {
      this.#pending = undefined
    })
    return this.#pending
  }

  async #create(): Promise<string> {
    const { platform, key } = this.#context
    let response: Response
    try {
      response = await platform.fetch(`${originOfHost(key.frontendApi)}/v1/dev_browser`, {
        method: 'POST',
        credentials: 'omit',
      })
    } catch (cause) {
      throw new ClerkRuntimeError('network_error', { cause })
    }
    const body: unknown = await response.json().catch(() => null)
    const id = typeof body === 'object' && body !== null && 'id' in body ? body.id : undefined
    if (!response.ok || typeof id !== 'string') throw new ClerkAPIResponseError(response.status, [])
    this.replace(id)
    return id
  }
}
