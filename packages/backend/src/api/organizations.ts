import type { Metadata } from '@core/protocol'
import type { Endpoints, PageParams } from './endpoints.ts'
import { changeWithMetadata } from './metadata.ts'
import type {
  Organization,
  OrganizationDomain,
  OrganizationEnrollmentMode,
  OrganizationInvitation,
  OrganizationInvitationStatus,
  OrganizationMembership,
} from './organization-resources.ts'
import { type DeletedObject, type PaginatedResponse, toList } from './resources.ts'

/** Which organizations, in which order. */
export interface OrganizationListParams extends PageParams {
  readonly includeMembersCount?: boolean
  /** An id, or part of a name or a slug. */
  readonly query?: string
  /** Ids; a leading `-` excludes. */
  readonly organizationId?: readonly string[]
  /** Ids of members; a leading `-` excludes. */
  readonly userId?: readonly string[]
  /** `name`, `created_at` or `members_count`; a leading `-` reverses. Default: `-created_at`. */
  readonly orderBy?: string
}

/** The two stores of free-form data that an organization and a membership have. */
export interface OrganizationMetadataParams {
  readonly publicMetadata?: Metadata
  readonly privateMetadata?: Metadata
}

/** An organization to create. */
export interface CreateOrganizationParams extends OrganizationMetadataParams {
  readonly name: string
  /** Lower-case letters, digits and hyphens. Default: made of the name. */
  readonly slug?: string
  /** Id of the user who becomes its first member, with the creator's role. */
  readonly createdBy?: string
  /** 0: as many as come. */
  readonly maxAllowedMemberships?: number
}

/** What to change of an organization. Metadata that is given replaces what is there. */
export interface UpdateOrganizationParams extends OrganizationMetadataParams {
  readonly name?: string
  readonly slug?: string
  readonly maxAllowedMemberships?: number
  readonly adminDeleteEnabled?: boolean
}

/** Which members of an organization, in which order. */
export interface OrganizationMembershipListParams extends PageParams {
  readonly organizationId: string
  readonly userId?: readonly string[]
  readonly emailAddress?: readonly string[]
  readonly phoneNumber?: readonly string[]
  readonly username?: readonly string[]
  readonly web3Wallet?: readonly string[]
  /** Keys of roles: `org:admin`. */
  readonly role?: readonly string[]
  readonly query?: string
  readonly emailAddressQuery?: string
  readonly phoneNumberQuery?: string
  readonly usernameQuery?: string
  readonly nameQuery?: string
  /** Unix milliseconds, as all times here. */
  readonly lastActiveAtBefore?: number
  readonly lastActiveAtAfter?: number
  readonly createdAtBefore?: number
  readonly createdAtAfter?: number
  readonly orderBy?: string
}

interface MemberId {
  readonly organizationId: string
  readonly userId: string
}

interface InvitationId {
  readonly organizationId: string
  readonly invitationId: string
}

interface DomainId {
  readonly organizationId: string
  readonly domainId: string
}

/** A person to invite to an organization. Their membership gets the metadata. */
export interface OrganizationInvitationParams extends OrganizationMetadataParams {
  readonly emailAddress: string
  /** Key of the role: `org:member`. */
  readonly role: string
  /** Id of the member who invites. */
  readonly inviterUserId?: string
  /** Where the link of the invitation leads. */
  readonly redirectUrl?: string
  /** From 1 to 365. Default: 30. */
  readonly expiresInDays?: number
}

/** Organizations. Every method rejects with a `ClerkAPIResponseError` if the API refuses. */
export interface OrganizationsApi {
  getOrganizationList(params?: OrganizationListParams): Promise<PaginatedResponse<Organization>>
  createOrganization(params: CreateOrganizationParams): Promise<Organization>
  getOrganization(
    params: ({ readonly organizationId: string } | { readonly slug: string }) & {
      readonly includeMembersCount?: boolean
    },
  ): Promise<Organization>
  /**
   * Changes what is given of an organization.
   *
   * The API keeps metadata apart from the rest. Where both are given there are two requests, the
   * metadata last: if that one is refused, the rest has been changed already.
   */
  updateOrganization(
    organizationId: string,
    params: UpdateOrganizationParams,
  ): Promise<Organization>
  /** Merges into the organization's metadata, at any depth; `null` deletes a member. */
  updateOrganizationMetadata(
    organizationId: string,
    params: OrganizationMetadataParams,
  ): Promise<Organization>
  /** Replaces each store that is given. */
  replaceOrganizationMetadata(
    organizationId: string,
    params: OrganizationMetadataParams,
  ): Promise<Organization>
  updateOrganizationLogo(
    organizationId: string,
    params: { readonly file: Blob; readonly uploaderUserId?: string },
  ): Promise<Organization>
  deleteOrganizationLogo(organizationId: string): Promise<Organization>
  /** Deletes an organization with its memberships and invitations. */
  deleteOrganization(organizationId: string): Promise<DeletedObject>

  getOrganizationMembershipList(
    params: OrganizationMembershipListParams,
  ): Promise<PaginatedResponse<OrganizationMembership>>
  /** Lists the memberships of all organizations. */
  getInstanceOrganizationMembershipList(
    params?: PageParams & { readonly orderBy?: string },
  ): Promise<PaginatedResponse<OrganizationMembership>>
  createOrganizationMembership(
    params: MemberId & OrganizationMetadataParams & { readonly role: string },
  ): Promise<OrganizationMembership>
  updateOrganizationMembership(
    params: MemberId & { readonly role: string },
  ): Promise<OrganizationMembership>
  /** Merges into the membership's metadata, at any depth; `null` deletes a member. */
  updateOrganizationMembershipMetadata(
    params: MemberId & OrganizationMetadataParams,
  ): Promise<OrganizationMembership>
  /** Removes a member, and returns the membership that was. */
  deleteOrganizationMembership(params: MemberId): Promise<OrganizationMembership>

  getOrganizationInvitationList(
    params: {
      readonly organizationId: string
      readonly status?: readonly OrganizationInvitationStatus[]
    } & PageParams,
  ): Promise<PaginatedResponse<OrganizationInvitation>>
  createOrganizationInvitation(
    params: OrganizationInvitationParams & { readonly organizationId: string },
  ): Promise<OrganizationInvitation>
  /** Invites up to ten people at once. */
  createOrganizationInvitationBulk(
    organizationId: string,
    params: readonly OrganizationInvitationParams[],
  ): Promise<PaginatedResponse<OrganizationInvitation>>
  getOrganizationInvitation(params: InvitationId): Promise<OrganizationInvitation>
  revokeOrganizationInvitation(
    params: InvitationId & { readonly requestingUserId?: string },
  ): Promise<OrganizationInvitation>

  getOrganizationDomainList(
    params: { readonly organizationId: string } & PageParams,
  ): Promise<PaginatedResponse<OrganizationDomain>>
  createOrganizationDomain(params: {
    readonly organizationId: string
    readonly name: string
    readonly enrollmentMode: OrganizationEnrollmentMode
    /** Default: true. */
    readonly verified?: boolean
  }): Promise<OrganizationDomain>
  updateOrganizationDomain(
    params: DomainId & {
      readonly enrollmentMode?: OrganizationEnrollmentMode
      readonly verified?: boolean
    },
  ): Promise<OrganizationDomain>
  deleteOrganizationDomain(params: DomainId): Promise<DeletedObject>
}

/** How each method of {@link OrganizationsApi} is carried out. */
// oxfmt-ignore
export const ORGANIZATIONS: Endpoints<OrganizationsApi> = {
  getOrganizationList:        { request: (query) => ({ method: 'GET', path: ['organizations'], query }), read: toList },
  createOrganization:         { request: (body) => ({ method: 'POST', path: ['organizations'], body }) },
  getOrganization:            { request: ({ includeMembersCount, ...which }) => ({ method: 'GET', path: ['organizations', 'organizationId' in which ? which.organizationId : which.slug], query: { includeMembersCount } }) },
  updateOrganization:          { run: (api, id, params) => changeWithMetadata(api, ['organizations', id], params) },
  updateOrganizationMetadata:  { request: (id, body) => ({ method: 'PATCH', path: ['organizations', id, 'metadata'], body }) },
  replaceOrganizationMetadata: { request: (id, body) => ({ method: 'PUT', path: ['organizations', id, 'metadata'], body }) },
  updateOrganizationLogo:      { request: (id, { file, ...body }) => ({ method: 'PUT', path: ['organizations', id, 'logo'], file, body }) },
  deleteOrganizationLogo:      { request: (id) => ({ method: 'DELETE', path: ['organizations', id, 'logo'] }) },
  deleteOrganization:          { request: (id) => ({ method: 'DELETE', path: ['organizations', id] }) },

  getOrganizationMembershipList:         { request: ({ organizationId, ...query }) => ({ method: 'GET', path: ['organizations', organizationId, 'memberships'], query }), read: toList },
  getInstanceOrganizationMembershipList: { request: (query) => ({ method: 'GET', path: ['organization_memberships'], query }), read: toList },
  createOrganizationMembership:          { request: ({ organizationId, ...body }) => ({ method: 'POST', path: ['organizations', organizationId, 'memberships'], body }) },
  updateOrganizationMembership:          { request: ({ organizationId, userId, ...body }) => ({ method: 'PATCH', path: ['organizations', organizationId, 'memberships', userId], body }) },
  updateOrganizationMembershipMetadata:  { request: ({ organizationId, userId, ...body }) => ({ method: 'PATCH', path: ['organizations', organizationId, 'memberships', userId, 'metadata'], body }) },
  deleteOrganizationMembership:          { request: ({ organizationId, userId }) => ({ method: 'DELETE', path: ['organizations', organizationId, 'memberships', userId] }) },

  getOrganizationInvitationList:    { request: ({ organizationId, ...query }) => ({ method: 'GET', path: ['organizations', organizationId, 'invitations'], query }), read: toList },
  createOrganizationInvitation:     { request: ({ organizationId, ...body }) => ({ method: 'POST', path: ['organizations', organizationId, 'invitations'], body }) },
  createOrganizationInvitationBulk: { request: (id, body) => ({ method: 'POST', path: ['organizations', id, 'invitations', 'bulk'], body }), read: toList },
  getOrganizationInvitation:        { request: ({ organizationId, invitationId }) => ({ method: 'GET', path: ['organizations', organizationId, 'invitations', invitationId] }) },
  revokeOrganizationInvitation:     { request: ({ organizationId, invitationId, ...body }) => ({ method: 'POST', path: ['organizations', organizationId, 'invitations', invitationId, 'revoke'], body }) },

  getOrganizationDomainList: { request: ({ organizationId, ...query }) => ({ method: 'GET', path: ['organizations', organizationId, 'domains'], query }), read: toList },
  createOrganizationDomain:  { request: ({ organizationId, verified = true, ...body }) => ({ method: 'POST', path: ['organizations', organizationId, 'domains'], body: { ...body, verified } }) },
  updateOrganizationDomain:  { request: ({ organizationId, domainId, ...body }) => ({ method: 'PATCH', path: ['organizations', organizationId, 'domains', domainId], body }) },
  deleteOrganizationDomain:  { request: ({ organizationId, domainId }) => ({ method: 'DELETE', path: ['organizations', organizationId, 'domains', domainId] }) },
}
