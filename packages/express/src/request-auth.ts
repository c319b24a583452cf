import type { AuthObject } from '@core/backend'
import type { Authenticated } from '@core/node'
import type { Request } from 'express'

/** How pending sessions are seen. */
export interface GetAuthOptions {
  /** Whether a session with open tasks counts as signed out. Default: `true`. */
  readonly treatPendingAsSignedOut?: boolean
}

/** What `req.auth` is: the Auth object itself, and a function that returns it. */
export type RequestAuth = AuthObject & ((options?: GetAuthOptions) => AuthObject)

// Other middleware may write `req.auth`. What is under this symbol only this package can have put there.
const AUTHENTICATED: unique symbol = Symbol('@core/express')

interface AuthenticatedRequest {
  [AUTHENTICATED]?: Authenticated
}

/** Keeps what was found out about a request, and shows it as `req.auth`. */
export function attachAuth(req: Request, authenticated: Authenticated): void {
  const holder: AuthenticatedRequest = req as AuthenticatedRequest
  holder[AUTHENTICATED] = authenticated
  req.auth = Object.assign(
    (options?: GetAuthOptions) => readAuth(authenticated, options),
    authenticated.auth,
  )
}

/** Returns what was found out about a request, or `undefined` before the middleware has run. */
export function authenticatedOf(req: Request): Authenticated | undefined {
  return (req as AuthenticatedRequest)[AUTHENTICATED]
}

/**
 * Returns the Auth object of a request: who is asking, and what they may do.
 *
 * Reads what `clerkMiddleware()` has found out, never what other middleware has put on the request.
 *
 * @throws {TypeError} if `clerkMiddleware()` has not run before.
 *
 * @example
 * app.get('/me', (req, res) => res.json({ userId: getAuth(req).userId }))
 */
export function getAuth(req: Request, options?: GetAuthOptions): AuthObject {
  return readAuth(requireAuthenticated(req, 'getAuth'), options)
}

/** Returns what was found out about a request, for the function of this name. */
export function requireAuthenticated(req: Request, caller: string): Authenticated {
  const authenticated = authenticatedOf(req)
  if (authenticated !== undefined) return authenticated
  throw new TypeError(
    `${caller}() needs clerkMiddleware(). Register it before the route: app.use(clerkMiddleware()).`,
  )
}

function readAuth({ auth, state }: Authenticated, options?: GetAuthOptions): AuthObject {
  return options === undefined ? auth : (state.toAuth(options) ?? auth)
}

declare global {
  namespace Express {
    interface Request {
      /** Who is asking. Set by `clerkMiddleware()`; `getAuth(req)` reads the same. */
      auth: RequestAuth
    }
  }
}
