import { appendHeaders } from '@core/node'
import { createAuthenticator, protect } from '@core/backend/internal'
import type { Request, RequestHandler, Response } from 'express'
import {
  type ClerkMiddlewareOptionsOrCallback,
  authenticateWith,
  refuseMessage,
} from './clerk-middleware.ts'
import { requireAuthenticated } from './request-auth.ts'
import { SDK } from './sdk.ts'

/**
 * Lets signed-in visitors pass and redirects all others to the sign-in page, programs too. Without a
 * `signInUrl` (`CLERK_SIGN_IN_URL`) that is the Account Portal.
 *
 * Authenticates the request itself where `clerkMiddleware()` has not done so. While nobody can find
 * out who is asking, it answers 503 instead of sending anyone to sign in again.
 *
 * For APIs, answer by yourself: `if (!getAuth(req).userId) return res.sendStatus(401)`.
 *
 * @throws {TypeError} if it is registered without being called.
 *
 * @example
 * app.get('/dashboard', requireAuth(), (req, res) => res.send(`Hello ${getAuth(req).userId}`))
 */
export function requireAuth(options?: ClerkMiddlewareOptionsOrCallback): RequestHandler {
  refuseMessage(options, 'requireAuth')
  // Not checked here: where `clerkMiddleware()` runs first, these options are never needed.
  const authenticate = authenticateWith(
    createAuthenticator<Request>(options, { env: process.env, sdk: SDK }),
  )

  return (req, res, next) =>
    authenticate(req, res, (error?: unknown) => {
      if (error !== undefined) return next(error)
      if (admit(req, res)) next()
    })
}

/** Answers visitors who are not signed in; returns whether the request may go on. */
function admit(req: Request, res: Response): boolean {
  const { auth, state, redirects } = requireAuthenticated(req, 'requireAuth')

  const outcome = protect(auth, {
    // Whoever asks is redirected: programs that were written for this have always been.
    kind: 'document',
    reason: state.reason,
    signInUrl: () => redirects.redirectToSignIn(),
  })
  switch (outcome.type) {
    case 'allow':
      return true
    case 'redirect':
      res.redirect(302, outcome.url)
      return false
    case 'not-found':
      res.sendStatus(404)
      return false
    case 'unavailable':
      appendHeaders(res, new Headers({ 'cache-control': 'no-store' }))
      res.set('Retry-After', String(outcome.retryAfterSeconds)).sendStatus(503)
      return false
  }
}
