'use client'

import { Clerk, type ClerkOptions } from '@core/js'
import { useContext, useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import type { InitialState } from './auth-state.ts'
import { ClerkContext } from './clerk-context.ts'

/** Props of `ClerkProvider`. Only `initialState`, `appearance` and the router functions may change later. */
export interface ClerkProviderProps extends ClerkOptions {
  readonly children?: ReactNode
  /** Key of the instance: `pk_test_…` or `pk_live_…`. */
  readonly publishableKey: string
  /** What the server found out about the request. Feeds every hook until the client has loaded. */
  readonly initialState?: InitialState | undefined
  /** A client to use in place of an own one. */
  readonly Clerk?: Clerk | undefined
}

/**
 * Gives every hook and component below it the session and the user. One per application, around all
 * of it.
 *
 * @throws {ClerkRuntimeError} `publishable_key_invalid`
 *
 * @example
 * <ClerkProvider publishableKey="pk_test_…">
 *   <App />
 * </ClerkProvider>
 */
export function ClerkProvider(props: ClerkProviderProps): ReactNode {
  const { children, publishableKey, initialState, Clerk: given, ...options } = props
  if (useContext(ClerkContext) !== null) {
    throw new TypeError('There is a <ClerkProvider> above this one already. Remove one of the two.')
  }
  const [clerk] = useState(() => given ?? clientOf(publishableKey))

  const latest = useRef(options)
  useEffect(() => {
    latest.current = options
  })
  useEffect(() => {
    // A server that refuses to serve this page is the developer's to know: it says why.
    clerk.load(withLatestRouter(latest)).catch((error: unknown) => globalThis.reportError?.(error))
  }, [clerk])

  const { appearance } = options
  const shownAppearance = useRef(appearance)
  useEffect(() => {
    if (shownAppearance.current === appearance) return
    shownAppearance.current = appearance
    clerk.setAppearance(appearance)
  }, [clerk, appearance])

  const value = useMemo(() => ({ clerk, initialState }), [clerk, initialState])
  return <ClerkContext.Provider value={value}>{children}</ClerkContext.Provider>
}

// A provider may be mounted again, by a development server or an error boundary; the page keeps its
// client. On a server every request has its own.
const clients = new Map<string, Clerk>()

function clientOf(publishableKey: string): Clerk {
  const known = clients.get(publishableKey)
  if (known) return known
  const clerk = new Clerk(publishableKey, { loadUi: () => import('@core/ui') })
  if (typeof window !== 'undefined') clients.set(publishableKey, clerk)
  return clerk
}

/** Hands the client functions that always call what the newest render brought. */
function withLatestRouter(latest: { readonly current: ClerkOptions }): ClerkOptions {
  const { routerPush, routerReplace, ...options } = latest.current
  return {
    ...options,
    routerPush: routerPush && ((to) => latest.current.routerPush?.(to)),
    routerReplace: routerReplace && ((to) => latest.current.routerReplace?.(to)),
  }
}
