'use client'

import type { Clerk, ClerkSnapshot } from '@core/js'
import { createContext, useContext, useSyncExternalStore, type Context } from 'react'
import type { InitialState } from './auth-state.ts'

/** What a provider hands down. */
export interface ClerkContextValue {
  readonly clerk: Clerk
  readonly initialState: InitialState | undefined
}

export const ClerkContext: Context<ClerkContextValue | null> =
  createContext<ClerkContextValue | null>(null)

/** What is known on a server, and in a browser while it takes over a server's markup. */
const NOTHING: ClerkSnapshot = {
  status: 'loading',
  client: undefined,
  session: undefined,
  user: undefined,
  sessionClaims: undefined,
}

/** Returns the provider's client and initial state. `caller` is named when there is no provider. */
export function useClerkContext(caller: string): ClerkContextValue {
  const value = useContext(ClerkContext)
  if (value === null) {
    throw new TypeError(
      `${caller} needs to know who is signed in. Wrap the application in <ClerkProvider>.`,
    )
  }
  return value
}

/** Returns what the browser client knows; renders again when that changes. */
export function useClerkSnapshot(clerk: Clerk): ClerkSnapshot {
  return useSyncExternalStore(clerk.subscribe, clerk.getSnapshot, () => NOTHING)
}
