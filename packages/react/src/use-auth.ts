'use client'

import {
  ClerkRuntimeError,
  type Clerk,
  type GetTokenOptions,
  type SignOut,
  type SignOutCallback,
  type SignOutOptions,
} from '@core/js'
import { useMemo } from 'react'
import { toAuthState, type AuthState } from './auth-state.ts'
import { useClerkContext, useClerkSnapshot } from './clerk-context.ts'

/** Options of {@link useAuth}. */
export interface UseAuthOptions {
  /** Whether a session with tasks left counts as signed out. Default `true`. */
  readonly treatPendingAsSignedOut?: boolean | undefined
}

/** What `useAuth()` returns besides who is signed in. */
export interface AuthActions {
  /**
   * Returns a session token, or one made from a template; `null` when nobody is signed in. Waits for
   * the client to load.
   */
  readonly getToken: (options?: GetTokenOptions) => Promise<string | null>
  /** Signs out. Resolves when done. */
  readonly signOut: SignOut
}

/** Who is signed in, and what they may do. */
export type UseAuthReturn = AuthState & AuthActions

/**
 * Tells who is signed in. Check `isLoaded`, then `isSignedIn`; what is left is certain.
 *
 * @example
 * const { isLoaded, isSignedIn, userId, getToken } = useAuth()
 */
export function useAuth({ treatPendingAsSignedOut = true }: UseAuthOptions = {}): UseAuthReturn {
  const { clerk, initialState } = useClerkContext('useAuth()')
  const snapshot = useClerkSnapshot(clerk)
  const claims = snapshot.client ? snapshot.sessionClaims : initialState?.sessionClaims
  const isUnclear = Boolean(snapshot.session) && !claims

  const actions = useMemo(() => actionsOf(clerk), [clerk])
  return useMemo(
    () => ({
      ...toAuthState(isUnclear ? undefined : claims, { treatPendingAsSignedOut }),
      ...actions,
    }),
    [claims, isUnclear, treatPendingAsSignedOut, actions],
  )
}

function actionsOf(clerk: Clerk): AuthActions {
  return {
    getToken: async (options) => {
      await whenLoaded(clerk)
      return clerk.session?.getToken(options) ?? null
    },
    signOut: async (first?: SignOutCallback | SignOutOptions, second?: SignOutOptions) => {
      await whenLoaded(clerk)
      return typeof first === 'function' ? clerk.signOut(first, second) : clerk.signOut(first)
    },
  }
}

/** Waits until it is known who is signed in. On a server that would be forever. */
async function whenLoaded(clerk: Clerk): Promise<void> {
  if (clerk.loaded) return
  if (typeof window === 'undefined') throw new ClerkRuntimeError('not_loaded')
  await new Promise<void>((resolve) => {
    const stop = clerk.subscribe(() => {
      if (!clerk.loaded) return
      stop()
      resolve()
    })
  })
}
