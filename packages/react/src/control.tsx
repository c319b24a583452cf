'use client'

/** Components that show or hide others. They hide, they do not secure: the code is in the page. */

import type { RedirectToOptions } from '@core/js'
import type { AuthorizationParams, Has } from '@core/protocol'
import { useEffect, type ReactNode } from 'react'
import { useClerkContext, useClerkSnapshot } from './clerk-context.ts'
import { useAuth } from './use-auth.ts'

/** What is shown, and to whom. */
export interface ControlProps {
  readonly children?: ReactNode
  /** Whether a session with tasks left counts as signed out. Default `true`. */
  readonly treatPendingAsSignedOut?: boolean | undefined
}

/** Shows its children while somebody is signed in. */
export function SignedIn({ children, treatPendingAsSignedOut }: ControlProps): ReactNode {
  const { isSignedIn } = useAuth({ treatPendingAsSignedOut })
  return isSignedIn ? children : null
}

/** Shows its children while it is known that nobody is signed in. */
export function SignedOut({ children, treatPendingAsSignedOut }: ControlProps): ReactNode {
  const { isSignedIn } = useAuth({ treatPendingAsSignedOut })
  return isSignedIn === false ? children : null
}

/** A condition in words of `has()`, or a function that is handed it. */
export type Condition = AuthorizationParams | ((has: Has) => boolean)

/** What is shown, and under which condition. */
export interface ShowProps extends ControlProps {
  readonly when: 'signed-in' | 'signed-out' | Condition
  /** Shown in place of the children. */
  readonly fallback?: ReactNode
}

/**
 * Shows its children when a condition holds, else the fallback; nothing while that is not known.
 *
 * @example
 * <Show when={{ role: 'org:admin' }} fallback={<p>Ask an administrator.</p>}>
 *   <Settings />
 * </Show>
 */
export function Show(props: ShowProps): ReactNode {
  const { when, children, fallback = null, treatPendingAsSignedOut } = props
  const { isLoaded, isSignedIn, has } = useAuth({ treatPendingAsSignedOut })
  if (!isLoaded) return null
  return holds(when, isSignedIn, has) ? children : fallback
}

function holds(when: ShowProps['when'], isSignedIn: boolean, has: Has): boolean {
  if (when === 'signed-out') return !isSignedIn
  if (!isSignedIn || when === 'signed-in') return isSignedIn
  return typeof when === 'function' ? when(has) : has(when)
}

/** At most one of the conditions; none asks for a signed-in user. */
export type ProtectProps = Omit<ShowProps, 'when'> &
  (
    | (AuthorizationParams & { readonly condition?: undefined })
    | ({ readonly condition: (has: Has) => boolean } & {
        readonly [K in keyof AuthorizationParams]?: undefined
      })
  )

/**
 * Shows its children to somebody who is signed in and meets the condition, else the fallback. A
 * condition that is named but `undefined` denies: it was meant to ask for something.
 */
export function Protect(props: ProtectProps): ReactNode {
  const { children, fallback, treatPendingAsSignedOut, ...asked } = props
  return (
    <Show
      when={Object.keys(asked).length > 0 ? (has) => meets(asked, has) : 'signed-in'}
      fallback={fallback}
      treatPendingAsSignedOut={treatPendingAsSignedOut}
    >
      {children}
    </Show>
  )
}

/** JavaScript callers may name both kinds of conditions, whatever the types say: both must hold. */
function meets({ condition, ...params }: Omit<ProtectProps, keyof ShowProps>, has: Has): boolean {
  if (condition === undefined) return has(params)
  if (typeof condition !== 'function') return false
  const isAsked = Object.values(params).some((value) => value !== undefined)
  return condition(has) && (!isAsked || has(params))
}

/** Shows its children once the browser client has loaded. */
export function ClerkLoaded({ children }: { readonly children?: ReactNode }): ReactNode {
  const { clerk } = useClerkContext('<ClerkLoaded>')
  return useClerkSnapshot(clerk).client ? children : null
}

/** Shows its children until the browser client has loaded. */
export function ClerkLoading({ children }: { readonly children?: ReactNode }): ReactNode {
  const { clerk } = useClerkContext('<ClerkLoading>')
  return useClerkSnapshot(clerk).client ? null : children
}

/** Goes to the sign-in page, and back here afterwards. */
export function RedirectToSignIn(options: RedirectToOptions): null {
  useRedirect('<RedirectToSignIn>', 'redirectToSignIn', options)
  return null
}

/** Goes to the sign-up page, and back here afterwards. */
export function RedirectToSignUp(options: RedirectToOptions): null {
  useRedirect('<RedirectToSignUp>', 'redirectToSignUp', options)
  return null
}

function useRedirect(
  caller: string,
  redirect: 'redirectToSignIn' | 'redirectToSignUp',
  options: RedirectToOptions,
): void {
  const { clerk } = useClerkContext(caller)
  const isLoaded = useClerkSnapshot(clerk).client !== undefined
  useEffect(() => {
    if (!isLoaded) return
    // Somebody who is signed in with another session chooses among them first.
    const hasOthers = !clerk.session && (clerk.client?.signedInSessions.length ?? 0) > 0
    void (hasOthers ? clerk.redirectToAfterSignOut() : clerk[redirect](options))
    // oxlint-disable-next-line react/exhaustive-deps -- leaving happens once, with the first options
  }, [clerk, isLoaded, redirect])
}
