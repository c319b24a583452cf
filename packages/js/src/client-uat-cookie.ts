/** `__client_uat`: tells servers when somebody last signed in or out in this browser. */

import { COOKIES, type PublishableKey } from '@core/protocol'
import type { CookieJar } from './cookie-jar.ts'
import type { Client } from './resources/client.ts'

export class ClientUatCookie {
  readonly #cookies: CookieJar
  readonly #isOurs: boolean
  #seen: string | undefined

  constructor(cookies: CookieJar, key: PublishableKey) {
    this.#cookies = cookies
    // In production the identity server writes it, for the whole domain. In development it belongs to
    // this host alone, like the handshake's, so that there are never two of it.
    this.#isOurs = key.instanceType === 'development'
  }

  /** Tells whether another tab or the server has written it since this tab last looked. */
  hasChanged(): boolean {
    return this.#cookies.get(COOKIES.clientUat) !== this.#seen
  }

  /** Tells whether somebody has signed in since a client was as it is. */
  isNewerThan(client: Client): boolean {
    // Another instance's plain cookie says nothing about this one.
    const seconds = Number(this.#cookies.getSuffixed(COOKIES.clientUat) ?? 0)
    return client.updatedAt !== null && seconds > Math.floor(Number(client.updatedAt) / 1000)
  }

  /** Writes what a client says. What it means for this tab may have to be `settled` later. */
  write(client: Client | undefined, { isSettled }: { readonly isSettled: boolean }): void {
    const isSignedIn = client !== undefined && client.signedInSessions.length > 0
    const seconds = isSignedIn ? Math.floor(Number(client.updatedAt) / 1000) : 0
    if (this.#isOurs && this.#cookies.get(COOKIES.clientUat) !== String(seconds)) {
      this.#cookies.set(COOKIES.clientUat, String(seconds), 'Strict')
    }
    this.#seen = isSettled ? this.#cookies.get(COOKIES.clientUat) : undefined
  }
}
