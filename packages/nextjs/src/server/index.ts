export {
  type AuthObject,
  type ClerkAPIError,
  ClerkAPIResponseError,
  type ClerkClient,
  ClerkError,
  type ClerkErrorCode,
  type ClerkOptions,
  type GetToken,
  type GetTokenOptions,
  type RequestState,
  type Session,
  type SignedInAuthObject,
  type SignedOutAuthObject,
  type ReverificationError,
  type TokenReason,
  TokenVerificationError,
  type User,
  type VerifyTokenOptions,
  createClerkClient,
  isClerkAPIResponseError,
  reverificationError,
  reverificationErrorResponse,
  verifyToken,
} from '@core/backend'
export { auth } from './auth.ts'
export type {
  AuthFunction,
  AuthOptions,
  AuthProtect,
  AuthRedirects,
  ProtectCheck,
  ProtectParams,
  ProtectUrls,
  RedirectFunction,
  RedirectOptions,
} from './auth-function.ts'
export { clerkClient } from './clerk-client.ts'
export {
  type ClerkMiddlewareAuth,
  type ClerkMiddlewareHandler,
  type ClerkMiddlewareOptions,
  type ClerkMiddlewareOptionsCallback,
  clerkMiddleware,
} from './clerk-middleware.ts'
export { currentUser } from './current-user.ts'
export { redirectToSignIn } from './redirect-to-sign-in.ts'
export { type RouteMatcher, createRouteMatcher } from './route-matcher.ts'
