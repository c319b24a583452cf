import type { ClerkClient } from './client.ts'
import { type ApiClient, GROUPS } from './api/client.ts'

/**
 * A client that is found when it is used. It can be called (`clerkClient()`), its call can be
 * awaited, and it carries the client's members itself (`clerkClient.users`).
 */
export type LazyClient = ClerkClient & (() => ClerkClient)

/**
 * Creates a client that asks `resolve` for the real one at each call of a method, so that one
 * module-level value serves every request with its own keys.
 */
export function createLazyClient(resolve: () => ClerkClient | Promise<ClerkClient>): LazyClient {
  const groups = Object.entries(GROUPS).map(([group, endpoints]) => [
    group,
    Object.fromEntries(
      Object.keys(endpoints).map((method) => [
        method,
        async (...args: readonly unknown[]) => {
          const client = (await resolve()) as unknown as Methods
          return client[group]?.[method]?.(...args)
        },
      ]),
    ),
  ])
  const members = {
    ...(Object.fromEntries(groups) as ApiClient),
    authenticateRequest: async (...args: Parameters<ClerkClient['authenticateRequest']>) =>
      (await resolve()).authenticateRequest(...args),
  } as ClerkClient
  return Object.assign(() => members, members)
}

type Methods = Readonly<
  Record<string, Readonly<Record<string, (...args: readonly unknown[]) => Promise<unknown>>>>
>
