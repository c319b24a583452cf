import {
  type AuthObject,
  type ForwardedState,
  type ProtectCheck,
  type ProtectParams,
  type ProtectUrls,
  type RedirectOptions,
  type RequestKind,
  type SignedInAuthObject,
  protect,
} from '@core/backend/internal'
import { notFound, redirect } from 'next/navigation'

/** Sends the visitor to the sign-in or sign-up page; nothing after it runs. */
export type RedirectFunction = (options?: RedirectOptions) => never

/** What `auth()` adds to the Auth object. */
export interface AuthRedirects {
  readonly redirectToSignIn: RedirectFunction
  readonly redirectToSignUp: RedirectFunction
}

/** How pending sessions are seen. */
export interface AuthOptions {
  /** Whether a session with open tasks counts as signed out. Default: `true`. */
  readonly treatPendingAsSignedOut?: boolean | undefined
}

/**
 * Lets only those pass who are signed in and meet every condition, and returns their Auth object.
 * The `await` alone stops all others: a page that is loaded goes to sign in, every other request gets
 * 404, and so does whoever is signed in without the rights.
 */
export interface AuthProtect {
  <P extends string>(params?: ProtectParams<P>, options?: ProtectUrls): Promise<SignedInAuthObject>
}

/** Returns who is asking; `auth.protect()` lets nobody else pass. */
export interface AuthFunction {
  (options?: AuthOptions): Promise<AuthObject & AuthRedirects>
  readonly protect: AuthProtect
}

/** Where an {@link AuthFunction} works. */
export interface AuthSurroundings {
  readonly read: (caller: string) => Promise<ForwardedState>
  readonly kindOf: (state: ForwardedState) => RequestKind
  /** Sends a visitor who is not signed in to this address. */
  readonly leave: (state: ForwardedState, url: string) => never
  /** Answers 503 in the way of the surroundings. */
  readonly unavailable: (state: ForwardedState, retryAfterSeconds: number) => never
}

/** Creates `auth`, for the middleware or for the server behind it. */
export function createAuthFunction({
  read,
  kindOf,
  leave,
  unavailable,
}: AuthSurroundings): AuthFunction {
  const auth = async (options?: AuthOptions): Promise<AuthObject & AuthRedirects> => {
    const current = await read('auth')
    const { auth, state, redirects } = current
    const seen = options === undefined ? auth : (state.toAuth(options) ?? auth)
    return {
      ...seen,
      redirectToSignIn: (to) => leave(current, redirects.redirectToSignIn(to)),
      redirectToSignUp: (to) => leave(current, redirects.redirectToSignUp(to)),
    }
  }

  const protectRequest = async (
    params?: ProtectParams,
    options?: ProtectUrls,
  ): Promise<SignedInAuthObject> => {
    const current = await read('auth.protect')
    const outcome = protect(current.auth, {
      kind: kindOf(current),
      params,
      options,
      reason: current.state.reason,
      signInUrl: () => current.redirects.redirectToSignIn(),
    })
    switch (outcome.type) {
      case 'allow':
        return outcome.auth
      case 'redirect':
        return current.auth.userId === null ? leave(current, outcome.url) : redirect(outcome.url)
      case 'not-found':
        return notFound()
      case 'unavailable':
        return unavailable(current, outcome.retryAfterSeconds)
    }
  }

  return Object.assign(auth, { protect: protectRequest as AuthProtect })
}

export type { ProtectCheck, ProtectParams, ProtectUrls, RedirectOptions }
