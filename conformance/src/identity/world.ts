/** An identity server on a loopback port, apps in front of it, and a browser that goes from one to the other. */
import { createAuthenticator, type Authenticator, type Outcome } from '@core/backend/internal'
import type { ClerkOptions } from '@core/backend/internal'
import type { Identity, InstanceKeys } from '@core/identity'

import { openIdentity } from '../world/in-memory.ts'
import { listen } from '../world/socket.ts'

/** Everything that one instance is made of. All of it lives at one time, which tests turn. */
export interface World {
  readonly identity: Identity
  readonly keys: InstanceKeys
  readonly host: string
  now: number
  /** Requests that reached the identity server, newest last: method and path. */
  readonly requests: string[]
  /** Opens an app. Its host is a loopback name, so that the instance trusts it. */
  openApp(origin: string, options?: ClerkOptions): App
  close(): Promise<void>
}

/** An app that authenticates requests. */
export interface App {
  readonly origin: string
  readonly authenticator: Authenticator
}

/** Starts an identity server with one development instance. */
export async function startWorld(): Promise<World> {
  const requests: string[] = []
  let identity: Identity | undefined
  const socket = await listen(async (request) => {
    requests.push(`${request.method} ${new URL(request.url).pathname}`)
    return identity?.fetch(request) ?? new Response(null, { status: 503 })
  })
  const { host } = socket
  const clock = { now: Date.UTC(2030, 0, 1, 12) }
  identity = await openIdentity({ now: () => clock.now })
  const keys = await identity.provision(host)
  const opened = identity
  return {
    identity,
    keys,
    host,
    requests,
    get now() {
      return clock.now
    },
    set now(time) {
      clock.now = time
    },
    openApp: (origin, options = {}) => ({
      origin,
      authenticator: createAuthenticator(
        {
          publishableKey: keys.publishableKey,
          secretKey: keys.secretKey,
          apiUrl: keys.apiUrl,
          ...options,
        },
        {
          env: {},
          sdk: '@core/express@0.0.0',
          now: () => clock.now,
          // Names below localhost are this machine, whether it can look them up or not.
          fetch: (input, init) => fetch(input, init),
        },
      ),
    }),
    close: async () => {
      await socket.close()
      await opened.close()
    },
  }
}

/** What a visit came to. */
export interface Visit {
  readonly outcome: Exclude<Outcome, { type: 'respond' }>
  /** Address that was shown in the end. */
  readonly url: URL
  /** Where the browser was sent on the way. */
  readonly hops: readonly URL[]
}

/** A browser: it keeps the cookies of each host, and goes where it is sent. */
export class Browser {
  readonly #world: World
  readonly #apps: readonly App[]
  readonly cookies: Map<string, Map<string, string>> = new Map()

  constructor(world: World, ...apps: readonly App[]) {
    this.#world = world
    this.#apps = apps
  }

  /** Loads a page and follows redirects to its end. */
  async visit(address: string): Promise<Visit> {
    const hops: URL[] = []
    let url = new URL(address)
    for (;;) {
      const answer = await this.request(url)
      if (!(answer instanceof Response)) return { outcome: answer, url, hops }
      const location = answer.headers.get('location')
      if (location === null) throw new Error(`${url.origin} answered ${answer.status}.`)
      url = new URL(location, url)
      hops.push(url)
      if (hops.length > 10)
        throw new Error(`Sent around in circles: ${hops.map(String).join(' → ')}`)
    }
  }

  /** Sends one request for a page: to an app, which decides, or to the identity server. */
  async request(
    url: URL,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response | Exclude<Outcome, { type: 'respond' }>> {
    const app = this.#apps.find(({ origin }) => origin === url.origin)
    const all = new Headers({ accept: 'text/html', 'sec-fetch-dest': 'document', ...headers })
    const cookie = [...this.jar(url.hostname)].map(([name, value]) => `${name}=${value}`).join('; ')
    if (cookie !== '') all.set('cookie', cookie)
    if (app === undefined) {
      if (url.host !== this.#world.host) throw new Error(`Nobody is at ${url.origin}.`)
      const response = await fetch(url, { headers: all, redirect: 'manual' })
      this.#keep(url, response.headers)
      return response
    }
    all.set('host', url.host)
    const outcome = await app.authenticator.handle(new Request(url, { headers: all }))
    this.#keep(url, outcome.type === 'respond' ? outcome.response.headers : outcome.headers)
    return outcome.type === 'respond' ? outcome.response : outcome
  }

  /** Signs in as a page of an app would, with a ticket of the Backend API. */
  async signIn(app: App, userId: string): Promise<void> {
    const ticket = await app.authenticator.client.signInTokens.createSignInToken({ userId })
    const devBrowser = this.jar(new URL(app.origin).hostname).get('__clerk_db_jwt') ?? ''
    const response = await fetch(
      `${this.#world.keys.apiUrl}/v1/client/sign_ins?__clerk_db_jwt=${devBrowser}`,
      {
        method: 'POST',
        headers: { origin: app.origin },
        body: new URLSearchParams({ strategy: 'ticket', ticket: ticket.token }),
      },
    )
    if (response.status !== 200) throw new Error(await response.text())
    // What the page's script does: the app's server is to ask what has changed.
    const { client } = (await response.json()) as { client: { updated_at: number } }
    this.jar(new URL(app.origin).hostname).set(
      '__client_uat',
      String(Math.floor(client.updated_at / 1000)),
    )
  }

  jar(hostname: string): Map<string, string> {
    const jar = this.cookies.get(hostname) ?? new Map<string, string>()
    this.cookies.set(hostname, jar)
    return jar
  }

  /** The value of the cookie whose name begins so. */
  cookie(hostname: string, prefix: string): string | undefined {
    return [...this.jar(hostname)].find(([name]) => name.startsWith(prefix))?.[1]
  }

  #keep(url: URL, headers: Headers): void {
    for (const line of headers.getSetCookie()) {
      const [pair = ''] = line.split(';')
      const name = pair.slice(0, pair.indexOf('='))
      if (/max-age=0/i.test(line)) this.jar(url.hostname).delete(name)
      else if (name !== '__clerk_redirect_count') {
        this.jar(url.hostname).set(name, pair.slice(name.length + 1))
      }
    }
  }
}
