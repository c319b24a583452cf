export { ClerkAPIResponseError, type ClerkAPIError, isClerkAPIResponseError } from './api/errors.ts'
export type { ApiClient } from './api/client.ts'
export type { Client, ClientsApi } from './api/clients.ts'
export type { Callable, PageParams } from './api/endpoints.ts'
export type { EmailAddressesApi, PhoneNumbersApi } from './api/identifiers.ts'
export type {
  Domain,
  DomainsApi,
  Instance,
  InstanceApi,
  InstanceRestrictions,
  Jwks,
  JwksApi,
  OrganizationSettings,
  RedirectUrl,
  RedirectUrlsApi,
} from './api/instance.ts'
export type {
  CreateInvitationParams,
  Invitation,
  InvitationListParams,
  InvitationStatus,
  InvitationsApi,
} from './api/invitations.ts'
export type { CreateJwtTemplateParams, JwtTemplate, JwtTemplatesApi } from './api/jwt-templates.ts'
export type { OrganizationPermissionsApi, OrganizationRolesApi } from './api/organization-access.ts'
export type {
  Organization,
  OrganizationDomain,
  OrganizationEnrollmentMode,
  OrganizationInvitation,
  OrganizationInvitationStatus,
  OrganizationMembership,
  OrganizationPermission,
  OrganizationRole,
} from './api/organization-resources.ts'
export type {
  CreateOrganizationParams,
  OrganizationInvitationParams,
  OrganizationListParams,
  OrganizationMembershipListParams,
  OrganizationMetadataParams,
  OrganizationsApi,
  UpdateOrganizationParams,
} from './api/organizations.ts'
export type { CallOptions } from './api/request.ts'
export type { DeletedObject, PaginatedResponse } from './api/resources.ts'
export type {
  AllowlistIdentifier,
  AllowlistIdentifiersApi,
  BlocklistIdentifier,
  BlocklistIdentifiersApi,
} from './api/restrictions.ts'
export type {
  Cookies,
  RefreshSessionParams,
  Session,
  SessionListParams,
  SessionsApi,
  Token,
} from './api/sessions.ts'
export type {
  ActorToken,
  ActorTokensApi,
  SignInToken,
  SignInTokensApi,
  TestingToken,
  TestingTokensApi,
} from './api/tickets.ts'
export type { EmailAddress, OauthAccessToken, PhoneNumber, User } from './api/user-resources.ts'
export type {
  CreateUserParams,
  UpdateUserParams,
  UserFilter,
  UserListParams,
  UserMetadataParams,
  UsersApi,
} from './api/users.ts'
export type {
  AuthObject,
  GetToken,
  GetTokenOptions,
  SignedInAuthObject,
  SignedOutAuthObject,
  ToAuthOptions,
} from './auth/auth-object.ts'
export {
  type ReverificationError,
  reverificationError,
  reverificationErrorResponse,
} from './auth/reverification.ts'
export { type ClerkClient, createClerkClient } from './client.ts'
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
export {
  type AuthenticateRequestOptions,
  type VerifiedClaims,
  type VerifyTokenOptions,
  authenticateRequest,
  verifyToken,
} from './standalone.ts'
