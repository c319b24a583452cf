import type { RedirectOptions } from '@core/backend/internal'
import type { Request } from 'express'
import { requireAuthenticated } from './request-auth.ts'

/**
 * Returns the address of the sign-in page for this request: `signInUrl` (`CLERK_SIGN_IN_URL`), else
 * that of the Account Portal. The visitor comes back to `returnBackUrl`, by default this very page.
 *
 * @throws {TypeError} if `clerkMiddleware()` has not run before.
 *
 * @example
 * app.get('/sign-in', (req, res) => res.redirect(buildSignInUrl(req, { returnBackUrl: '/' })))
 */
export function buildSignInUrl(req: Request, options?: RedirectOptions): string {
  return requireAuthenticated(req, 'buildSignInUrl').redirects.redirectToSignIn(options)
}

/**
 * Returns the address of the sign-up page for this request: `signUpUrl` (`CLERK_SIGN_UP_URL`), else
 * that of the Account Portal. The visitor comes back to `returnBackUrl`, by default this very page.
 *
 * @throws {TypeError} if `clerkMiddleware()` has not run before.
 */
export function buildSignUpUrl(req: Request, options?: RedirectOptions): string {
  return requireAuthenticated(req, 'buildSignUpUrl').redirects.redirectToSignUp(options)
}
