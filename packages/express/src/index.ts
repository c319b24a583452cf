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
  type SignedInAuthObject,
  type SignedOutAuthObject,
  type TokenReason,
  TokenVerificationError,
  type User,
  type VerifyTokenOptions,
  createClerkClient,
  isClerkAPIResponseError,
  verifyToken,
} from '@core/backend'
export { clerkClient } from './clerk-client.ts'
export {
  type ClerkMiddlewareOptions,
  type ClerkMiddlewareOptionsOrCallback,
  clerkMiddleware,
} from './clerk-middleware.ts'
export { type GetAuthOptions, type RequestAuth, getAuth } from './request-auth.ts'
export { requireAuth } from './require-auth.ts'
export { buildSignInUrl, buildSignUpUrl } from './sign-in-url.ts'
