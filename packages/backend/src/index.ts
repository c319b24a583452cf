export { ClerkAPIResponseError, type ClerkAPIError, isClerkAPIResponseError } from './api/errors.ts'
export type { ApiClient, JwksApi } from './api/client.ts'
export type { PageParams } from './api/endpoints.ts'
export type { SessionListParams, SessionsApi } from './api/sessions.ts'
export type {
  CreateUserParams,
  UpdateUserParams,
  UserFilter,
  UserListParams,
  UserMetadataParams,
  UsersApi,
} from './api/users.ts'
export type {
  DeletedObject,
  EmailAddress,
  Jwks,
  OauthAccessToken,
  PaginatedResponse,
  Session,
  Token,
  User,
} from './api/resources.ts'
export type {
  AuthObject,
  GetToken,
  GetTokenOptions,
  SignedInAuthObject,
  SignedOutAuthObject,
  ToAuthOptions,
} from './auth/auth-object.ts'
export {
  type AuthenticateRequestOptions,
  type ClerkClient,
  type VerifiedClaims,
  type VerifyTokenOptions,
  createClerkClient,
  verifyToken,
} from './client.ts'
export {
  ClerkError,
  type ClerkErrorCode,
  type TokenCarrier,
  type TokenReason,
  TokenVerificationError,
} from './errors.ts'
export type { ClerkOptions } from './options.ts'
export type {
  RefreshFailure,
  RefreshReason,
  RefreshRefusal,
  RequestReason,
  StateReason,
} from './request/reasons.ts'
export type {
  HandshakeState,
  PendingState,
  RequestState,
  SignedInState,
  SignedOutState,
} from './request/state.ts'
