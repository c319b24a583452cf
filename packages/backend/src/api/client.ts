/** The Backend API as methods, made from tables of endpoints. */

import { CLIENTS, type ClientsApi } from './clients.ts'
import { type Callable, type Endpoints, createGroup } from './endpoints.ts'
import {
  EMAIL_ADDRESSES,
  PHONE_NUMBERS,
  type EmailAddressesApi,
  type PhoneNumbersApi,
} from './identifiers.ts'
import {
  DOMAINS,
  INSTANCE,
  JWKS,
  REDIRECT_URLS,
  type DomainsApi,
  type InstanceApi,
  type JwksApi,
  type RedirectUrlsApi,
} from './instance.ts'
import { INVITATIONS, type InvitationsApi } from './invitations.ts'
import { JWT_TEMPLATES, type JwtTemplatesApi } from './jwt-templates.ts'
import {
  ORGANIZATION_PERMISSIONS,
  ORGANIZATION_ROLES,
  type OrganizationPermissionsApi,
  type OrganizationRolesApi,
} from './organization-access.ts'
import { ORGANIZATIONS, type OrganizationsApi } from './organizations.ts'
import type { ApiCaller } from './request.ts'
import {
  ALLOWLIST_IDENTIFIERS,
  BLOCKLIST_IDENTIFIERS,
  type AllowlistIdentifiersApi,
  type BlocklistIdentifiersApi,
} from './restrictions.ts'
import { SESSIONS, type SessionsApi } from './sessions.ts'
import {
  ACTOR_TOKENS,
  SIGN_IN_TOKENS,
  TESTING_TOKENS,
  type ActorTokensApi,
  type SignInTokensApi,
  type TestingTokensApi,
} from './tickets.ts'
import { USERS, type UsersApi } from './users.ts'

/** Groups of methods. A new resource is a new member here and in {@link GROUPS}. */
interface Groups {
  readonly users: UsersApi
  readonly emailAddresses: EmailAddressesApi
  readonly phoneNumbers: PhoneNumbersApi
  readonly sessions: SessionsApi
  readonly clients: ClientsApi
  readonly organizations: OrganizationsApi
  readonly organizationRoles: OrganizationRolesApi
  readonly organizationPermissions: OrganizationPermissionsApi
  readonly invitations: InvitationsApi
  readonly allowlistIdentifiers: AllowlistIdentifiersApi
  readonly blocklistIdentifiers: BlocklistIdentifiersApi
  readonly jwtTemplates: JwtTemplatesApi
  readonly signInTokens: SignInTokensApi
  readonly actorTokens: ActorTokensApi
  readonly testingTokens: TestingTokensApi
  readonly instance: InstanceApi
  readonly domains: DomainsApi
  readonly redirectUrls: RedirectUrlsApi
  readonly jwks: JwksApi
}

/**
 * The Backend API, as methods.
 *
 * Every method takes `{ signal }` behind its parameters, and rejects with a `ClerkAPIResponseError` if
 * the API refuses or cannot be reached, with a `ClerkError` (`resource-id-invalid`) before there is a
 * request if an id cannot be one.
 */
export type ApiClient = { readonly [G in keyof Groups]: Callable<Groups[G]> }

/** Every method of the client, by group. */
export const GROUPS: { readonly [G in keyof Groups]: Endpoints<Groups[G]> } = {
  users: USERS,
  emailAddresses: EMAIL_ADDRESSES,
  phoneNumbers: PHONE_NUMBERS,
  sessions: SESSIONS,
  clients: CLIENTS,
  organizations: ORGANIZATIONS,
  organizationRoles: ORGANIZATION_ROLES,
  organizationPermissions: ORGANIZATION_PERMISSIONS,
  invitations: INVITATIONS,
  allowlistIdentifiers: ALLOWLIST_IDENTIFIERS,
  blocklistIdentifiers: BLOCKLIST_IDENTIFIERS,
  jwtTemplates: JWT_TEMPLATES,
  signInTokens: SIGN_IN_TOKENS,
  actorTokens: ACTOR_TOKENS,
  testingTokens: TESTING_TOKENS,
  instance: INSTANCE,
  domains: DOMAINS,
  redirectUrls: REDIRECT_URLS,
  jwks: JWKS,
}

/** Makes the methods of the Backend API out of the table. */
export function createApiClient(api: ApiCaller): ApiClient {
  const groups = Object.entries(GROUPS).map(([name, endpoints]) => [
    name,
    createGroup(endpoints as Endpoints<unknown>, api),
  ])
  return Object.fromEntries(groups) as ApiClient
}
