/** One instance on a loopback port, and one version of `@clerk/backend` that speaks to it. */
import { randomUUID } from 'node:crypto'

import * as newest from '@clerk/backend'
import type { ClerkClient } from '@clerk/backend'
import * as first from 'clerk-backend-1'
import type { InstanceKeys } from '@core/identity'

import { openIdentity } from '../../world/in-memory.ts'
import { listen } from '../../world/socket.ts'
import { Page } from '../page.ts'

/** What every version exports, in the words of the newest: a case says which of them it needs. */
interface Sdk {
  readonly createClerkClient: typeof newest.createClerkClient
  readonly verifyToken: typeof newest.verifyToken
}

/** The versions that are tried, by their first number. */
export const SDKS = {
  1: first as unknown as Sdk,
  3: newest,
} as const

export type Version = keyof typeof SDKS

/** Something a client can do, tried with every version that has it. */
export interface Case {
  readonly title: string
  /** The first version whose client has the methods. Left out: all have. */
  readonly since?: Version
  readonly run: (world: World) => Promise<void>
}

export interface World {
  readonly version: Version
  readonly keys: InstanceKeys
  readonly sdk: Sdk
  /** Counts which of its methods are called. */
  readonly client: ClerkClient
  /** `group.method` of every call so far. */
  readonly called: ReadonlySet<string>
  /** Sends a request with the secret key, where a version has no method for it. */
  ask<T>(method: string, path: string, body?: object): Promise<T>
  /** How far the server's clock is behind, so that what it signs is over already. */
  behindMs: number
  /** Makes a user with an address of their own. */
  createUser(): Promise<newest.User>
  /** Signs a user in as a page of the app would. */
  signIn(userId: string): Promise<SignedIn>
  close(): Promise<void>
}

export interface SignedIn {
  readonly sessionId: string
  readonly clientId: string
  /** Session token. */
  readonly jwt: string
  /** What makes the browser known to a development instance. */
  readonly devBrowser: string
}

/** Starts a server with one development instance, for one version of the SDK. */
export async function startWorld(version: Version): Promise<World> {
  const clock = { behindMs: 0 }
  const identity = await openIdentity({
    now: () => Date.now() - clock.behindMs,
    accountless: { host: 'localhost:4000' },
  })
  const socket = await listen(identity.fetch)
  // The clients want a dot in the name of a host.
  const keys = await identity.provision(socket.host.replace('localhost', '127.0.0.1'), {
    organization_domains: true,
  })
  const sdk = SDKS[version]
  const called = new Set<string>()
  const client = recorded(
    sdk.createClerkClient({
      secretKey: keys.secretKey,
      publishableKey: keys.publishableKey,
      apiUrl: keys.apiUrl,
      telemetry: { disabled: true },
    }),
    called,
  )
  return {
    version,
    keys,
    sdk,
    client,
    called,
    get behindMs() {
      return clock.behindMs
    },
    set behindMs(value) {
      clock.behindMs = value
    },
    ask: async <T>(method: string, path: string, body?: object) => {
      const response = await fetch(`${keys.apiUrl}/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${keys.secretKey}`,
          'content-type': 'application/json',
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      if (!response.ok) throw new Error(`${path} answered ${response.status}.`)
      return (await response.json()) as T
    },
    createUser: () =>
      client.users.createUser({
        emailAddress: [`ada.${randomUUID()}@example.com`],
        // Hashing one takes longer than all the rest.
        skipPasswordRequirement: true,
      }),
    signIn: async (userId) => {
      const { token } = await client.signInTokens.createSignInToken({
        userId,
        expiresInSeconds: 60,
      })
      const page = await Page.open(keys)
      const { body } = await page.post('/client/sign_ins', { strategy: 'ticket', ticket: token })
      const { id: clientId, sessions } = body.client as ClientState
      const session = sessions[0]
      if (session === undefined) throw new Error('The ticket signed nobody in.')
      return {
        sessionId: session.id,
        clientId,
        jwt: session.last_active_token.jwt,
        devBrowser: page.devBrowser,
      }
    },
    close: async () => {
      await socket.close()
      await identity.close()
    },
  }
}

interface ClientState {
  readonly id: string
  readonly sessions: readonly {
    readonly id: string
    readonly last_active_token: { readonly jwt: string }
  }[]
}

/** Every method of a client that asks the server for something, as `group.method`. */
export function methodsOf(client: ClerkClient): string[] {
  return Object.entries(client).flatMap(([group, api]: [string, unknown]) =>
    typeof api !== 'object' || api === null || group === 'telemetry'
      ? []
      : Object.getOwnPropertyNames(Object.getPrototypeOf(api))
          .filter((name) => name !== 'constructor')
          .map((name) => `${group}.${name}`),
  )
}

/** The same client, which notes whose methods are called. */
function recorded(client: ClerkClient, called: Set<string>): ClerkClient {
  const watch = (group: string, api: object): object =>
    new Proxy(api, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name)
        if (typeof member !== 'function') return member
        return (...args: readonly unknown[]): unknown => {
          called.add(`${group}.${String(name)}`)
          return Reflect.apply(member, target, args)
        }
      },
    })
  const groups = new Map<PropertyKey, object>()
  return new Proxy(client, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'object' || member === null) return member
      const group = groups.get(name) ?? watch(String(name), member)
      groups.set(name, group)
      return group
    },
  })
}
