/** `__client_uat`: tells servers when somebody last signed in or out in this browser. */

import { COOKIES, type PublishableKey } from '@core/protocol'
import type { CookieJar } from './cookie-jar.ts'
import type { Platform } from './platform.ts'
import type { Client } from './resources/client.ts'

export class ClientUatCookie {
  readonly #cookies: CookieJar
  readonly #platform: Platform
  readonly #isOurs: boolean
  #seen: string | undefined

  constructor(cookies: CookieJar, platform: Platform, key: PublishableKey) {
    this.#cookies = cookies
    this.#platform = platform
    // In production the identity server writes it, with the domain that only it can set.
    this.#isOurs = key.instanceType === 'development'
  }

  /** Tells whether another tab or the server has written it since this tab last looked. */
  hasChanged(): boolean {
    return this.#cookies.get(COOKIES.clientUat) !== this.#seen
  }

  write(client: Client | undefined): void {
    const isSignedIn = client !== undefined && client.signedInSessions.length > 0
    const seconds = isSignedIn ? Math.floor(Number(client.updatedAt) / 1000) : 0
    if (this.#isOurs && this.#cookies.get(COOKIES.clientUat) !== String(seconds)) {
      this.#cookies.set(COOKIES.clientUat, String(seconds), {
        sameSite: 'Strict',
        domain: this.#registrableDomain(),
      })
    }
    this.#seen = this.#cookies.get(COOKIES.clientUat)
  }

  /** The widest domain this page may set cookies for, found by trying. None for local hosts. */
  #registrableDomain(): string | undefined {
    const labels = this.#platform.window?.location.hostname.split('.') ?? []
    if (/^\d+$|\]$/.test(labels.at(-1) ?? '')) return undefined
    for (let count = 2; count <= labels.length; count++) {
      const domain = labels.slice(-count).join('.')
      if (this.#cookies.accepts(domain)) return domain
    }
    return undefined
  }
}
