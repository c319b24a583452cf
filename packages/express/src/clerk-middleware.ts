import {
  type Authenticator,
  type AuthenticatorOptions,
  createAuthenticator,
} from '@core/backend/internal'
import { authenticateMessage } from '@core/node'
import type { Request, RequestHandler } from 'express'
import { attachAuth, authenticatedOf } from './request-auth.ts'
import { SDK } from './sdk.ts'

/** Options of {@link clerkMiddleware}. What is left out comes from the environment (`CLERK_*`). */
export type ClerkMiddlewareOptions = AuthenticatorOptions

/** Options, or a function that chooses them for each request. */
export type ClerkMiddlewareOptionsOrCallback =
  | ClerkMiddlewareOptions
  | ((req: Request) => ClerkMiddlewareOptions | Promise<ClerkMiddlewareOptions>)

/**
 * Authenticates every request that passes and answers the ones the identity server must see first.
 * Protects nothing by itself. A request that was authenticated before is not authenticated again.
 *
 * @throws {TypeError} if it is registered without being called.
 * @throws {ClerkError} `options-invalid`, naming everything that is missing or wrong. Options that a
 *   function chooses are checked with each request instead.
 *
 * @example
 * app.use(clerkMiddleware())
 * app.get('/me', (req, res) => res.json({ userId: getAuth(req).userId }))
 */
export function clerkMiddleware(options?: ClerkMiddlewareOptionsOrCallback): RequestHandler {
  refuseMessage(options, 'clerkMiddleware')
  const authenticator = createAuthenticator<Request>(options, { env: process.env, sdk: SDK })
  authenticator.assertConfigured()
  return authenticateWith(authenticator)
}

/** Authenticates the requests that nothing before has authenticated. */
export function authenticateWith(authenticator: Authenticator<Request>): RequestHandler {
  return async (req, res, next) => {
    try {
      if (authenticatedOf(req) === undefined) {
        const handle = (request: globalThis.Request) => authenticator.handle(request, req)
        const authenticated = await authenticateMessage({ handle }, req, res)
        if (authenticated === null) return
        attachAuth(req, authenticated)
      }
      next()
    } catch (error) {
      next(error)
    }
  }
}

/** `app.use(middleware)` instead of `app.use(middleware())` would leave every request unanswered. */
export function refuseMessage(options: unknown, name: string): void {
  // No class of `node:http`: a module that imports it loads all of Node's `fetch` at start.
  if (typeof options !== 'object' || options === null || !('httpVersion' in options)) return
  throw new TypeError(`Call ${name}: app.use(${name}()), not app.use(${name}).`)
}
