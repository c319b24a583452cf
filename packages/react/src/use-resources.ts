'use client'

import type { Clerk, Session, SignIn, SignUp, User } from '@core/js'
import { useClerkContext, useClerkSnapshot } from './clerk-context.ts'

interface Loading {
  readonly isLoaded: false
  readonly isSignedIn: undefined
}

interface Nobody {
  readonly isLoaded: true
  readonly isSignedIn: false
}

interface Somebody {
  readonly isLoaded: true
  readonly isSignedIn: true
}

/** The user, once it is known. */
export type UseUserReturn =
  | (Loading & { readonly user: undefined })
  | (Nobody & { readonly user: null })
  | (Somebody & { readonly user: User })

/** The active session, once it is known. */
export type UseSessionReturn =
  | (Loading & { readonly session: undefined })
  | (Nobody & { readonly session: null })
  | (Somebody & { readonly session: Session })

interface NotThere {
  readonly isLoaded: false
  readonly setActive: undefined
}

interface There {
  readonly isLoaded: true
  readonly setActive: Clerk['setActive']
}

/** The sessions of this browser, once they are known. */
export type UseSessionListReturn =
  | (NotThere & { readonly sessions: undefined })
  | (There & { readonly sessions: readonly Session[] })

/** The sign-in under way, once the client is there. */
export type UseSignInReturn =
  | (NotThere & { readonly signIn: undefined })
  | (There & { readonly signIn: SignIn })

/** The sign-up under way, once the client is there. */
export type UseSignUpReturn =
  | (NotThere & { readonly signUp: undefined })
  | (There & { readonly signUp: SignUp })

/** Returns the browser client: navigation, dialogs, sign-out and more. */
export function useClerk(): Clerk {
  return useClerkContext('useClerk()').clerk
}

/** Returns the signed-in user. */
export function useUser(): UseUserReturn {
  const { clerk, initialState } = useClerkContext('useUser()')
  const { client, user } = useClerkSnapshot(clerk)
  if (user) return { isLoaded: true, isSignedIn: true, user }
  return isKnownToBeNobody(client, initialState)
    ? { isLoaded: true, isSignedIn: false, user: null }
    : { isLoaded: false, isSignedIn: undefined, user: undefined }
}

/** Returns the active session. */
export function useSession(): UseSessionReturn {
  const { clerk, initialState } = useClerkContext('useSession()')
  const { client, session } = useClerkSnapshot(clerk)
  if (session) return { isLoaded: true, isSignedIn: true, session }
  return isKnownToBeNobody(client, initialState)
    ? { isLoaded: true, isSignedIn: false, session: null }
    : { isLoaded: false, isSignedIn: undefined, session: undefined }
}

/** Returns all sessions of this browser. */
export function useSessionList(): UseSessionListReturn {
  const { clerk } = useClerkContext('useSessionList()')
  const { client } = useClerkSnapshot(clerk)
  return client
    ? { isLoaded: true, sessions: client.sessions, setActive: clerk.setActive }
    : { isLoaded: false, sessions: undefined, setActive: undefined }
}

/** Returns the sign-in in progress, for pages that draw their own form. */
export function useSignIn(): UseSignInReturn {
  const { clerk } = useClerkContext('useSignIn()')
  const { client } = useClerkSnapshot(clerk)
  return client
    ? { isLoaded: true, signIn: client.signIn, setActive: clerk.setActive }
    : { isLoaded: false, signIn: undefined, setActive: undefined }
}

/** Returns the sign-up in progress, for pages that draw their own form. */
export function useSignUp(): UseSignUpReturn {
  const { clerk } = useClerkContext('useSignUp()')
  const { client } = useClerkSnapshot(clerk)
  return client
    ? { isLoaded: true, signUp: client.signUp, setActive: clerk.setActive }
    : { isLoaded: false, signUp: undefined, setActive: undefined }
}

/** The client's word counts as soon as there is one, the server's until then. */
function isKnownToBeNobody(
  client: Clerk['client'],
  initialState: { readonly sessionClaims: unknown } | undefined,
): boolean {
  return client !== undefined || initialState?.sessionClaims === null
}
