/** What adapters build on. Not for applications: it changes with any release. */

export {
  type AuthObject,
  type SignedInAuthObject,
  type SignedOutAuthObject,
  type ToAuthOptions,
  createSignedInAuth,
  createSignedOutAuth,
} from './auth/auth-object.ts'
export {
  type ProtectCheck,
  type ProtectContext,
  type ProtectOutcome,
  type ProtectParams,
  type ProtectUrls,
  protect,
} from './auth/protect.ts'
export {
  type CreateRedirectOptions,
  type RedirectContext,
  type RedirectOptions,
  type Redirects,
  createRedirect,
  createRedirects,
} from './auth/redirects.ts'
export { type RequestKind, type RequestKindFacts, requestKind } from './auth/request-kind.ts'
export {
  type Authenticator,
  type AuthenticatorContext,
  type AuthenticatorOptions,
  type AuthenticatorOptionsOrCallback,
  type ContinueOutcome,
  type Outcome,
  type RequestAuthenticator,
  type RespondOutcome,
  createAuthenticator,
  createRequestAuthenticator,
  toErrorResponse,
} from './authenticator.ts'
export { type BrowserOptions, resolveBrowserOptions } from './browser-options.ts'
export { type ClerkClient, clientOf } from './client.ts'
export {
  type EnvelopePurpose,
  type OpenOptions,
  type SealOptions,
  openEnvelope,
  sealEnvelope,
} from './envelope/envelope.ts'
export {
  type ForwardedState,
  openRequestState,
  sealRequestState,
} from './envelope/request-state.ts'
export { ClerkError, type ClerkErrorCode, isIdentityUnknown } from './errors.ts'
export type { Setup } from './instance.ts'
export { type LazyClient, createLazyClient } from './lazy-client.ts'
export { type HeaderTarget, mergeHeaders } from './merge-headers.ts'
export type { ClerkOptions, Environment, EnvironmentPrefix, ResolvedOptions } from './options.ts'
export {
  type RouteMatcher,
  type RouteMatcherContext,
  type RoutePattern,
  type RouteTarget,
  createRouteMatcher,
  isCanonicalPath,
} from './paths/route-matcher.ts'
export { wantsHandshake } from './request/decide.ts'
export type { StateReason } from './request/reasons.ts'
export { type RequestState, debugRequestState } from './request/state.ts'
