export { contrastOf, readableOn } from './color.ts'
export { COLORS, THEME_PROPERTIES, themeProperties, type ColorName } from './theme.ts'
export {
  TOKEN_CATEGORIES,
  type ActorClaim,
  type CommonSessionClaims,
  type CustomJwtSessionClaims,
  type FactorVerificationAge,
  type SessionClaims,
  type SessionClaimsV1,
  type SessionClaimsV2,
} from './claims.ts'
export { COOKIES, cookieSuffix, suffixedCookie, type SuffixableCookie } from './cookies.ts'
export { errorsOf, type ApiErrorBody, type ApiErrorJSON, type ApiErrorMeta } from './errors.ts'
export {
  isAuthorized,
  withOrgPrefix,
  type AuthorizationFacts,
  type AuthorizationParams,
  type ClerkAuthorization,
  type Has,
  type OrganizationPermissionKey,
  type OrganizationRoleKey,
  type ReverificationConfig,
  type ReverificationLevel,
  type ReverificationPreset,
} from './has.ts'
export { DEV_BROWSER_HEADER, HEADERS, INTERNAL_HEADER_PREFIX } from './headers.ts'
export { accountPortalOrigin, isLoopbackHost, originOfHost } from './hosts.ts'
export {
  createPublishableKey,
  instanceTypeOfSecretKey,
  parsePublishableKey,
  type InstanceType,
  type PublishableKey,
} from './keys.ts'
export { API_VERSION, HANDSHAKE_PATH, QUERY } from './query.ts'
export type {
  AttributeJSON,
  ClientJSON,
  ClientSessionJSON,
  DeletedObjectJSON,
  EmailAddressJSON,
  EnvelopeJSON,
  EnvironmentJSON,
  FactorJSON,
  JwkJSON,
  JwksJSON,
  Metadata,
  PaginatedJSON,
  PublicUserDataJSON,
  SessionJSON,
  SessionStatus,
  SignInJSON,
  SignInStatus,
  SignUpJSON,
  SignUpStatus,
  SignUpVerificationJSON,
  TokenJSON,
  UserJSON,
  VerificationJSON,
  VerificationStatus,
} from './resources.ts'
