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
  /** Whether each one says how many members it has. Default: false. */
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
  /** What browsers may read. */
  readonly publicMetadata?: Metadata
  /** What only servers read. */
  readonly privateMetadata?: Metadata
}

/** An organization to create. */
export interface CreateOrganizationParams extends OrganizationMetadataParams {
  /** At most 256 characters. */
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
  /** At most 256 characters. */
  readonly name?: string
  /** Lower-case letters, digits and hyphens. */
  readonly slug?: string
  /** 0: as many as come. */
  readonly maxAllowedMemberships?: number
  /** Whether its admins may delete it. */
  readonly adminDeleteEnabled?: boolean
}

/** Which members of an organization, in which order. */
export interface OrganizationMembershipListParams extends PageParams {
  /** Whose members. */
  readonly organizationId: string
  /** Ids of users; a leading `-` excludes. */
  readonly userId?: readonly string[]
  /** Whole addresses. */
  readonly emailAddress?: readonly string[]
  /** Whole numbers, in E.164. */
  readonly phoneNumber?: readonly string[]
  /** Whole usernames. */
  readonly username?: readonly string[]
  /** Whole addresses of wallets. */
  readonly web3Wallet?: readonly string[]
  /** Keys of roles: `org:admin`. */
  readonly role?: readonly string[]
  /** Part of a name, an address or an id. */
  readonly query?: string
  /** Part of an address. */
  readonly emailAddressQuery?: string
  /** Part of a number. */
  readonly phoneNumberQuery?: string
  /** Part of a username. */
  readonly usernameQuery?: string
  /** Part of a first or last name. */
  readonly nameQuery?: string
  /** Unix milliseconds, as all times here. */
  readonly lastActiveAtBefore?: number
  /** Unix milliseconds. */
  readonly lastActiveAtAfter?: number
  /** Unix milliseconds. */
  readonly createdAtBefore?: number
  /** Unix milliseconds. */
  readonly createdAtAfter?: number
  /**
   * A field such as `created_at` or `last_name`; a leading `-` reverses. Default: `-created_at`.
   */
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
  /** Whom to invite. */
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
  /** Lists organizations. */
  getOrganizationList(params?: OrganizationListParams): Promise<PaginatedResponse<Organization>>
  /** Creates an organization. */
  createOrganization(params: CreateOrganizationParams): Promise<Organization>
  /** Fetches one organization, by its id or by its slug. */
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
  /** Sets the logo: JPEG, PNG, GIF, WebP or ICO of at most 10 MB. */
  updateOrganizationLogo(
    organizationId: string,
    params: { readonly file: Blob; readonly uploaderUserId?: string },
  ): Promise<Organization>
  /** Restores the default logo. */
  deleteOrganizationLogo(organizationId: string): Promise<Organization>
  /** Deletes an organization with its memberships and invitations. */
  deleteOrganization(organizationId: string): Promise<DeletedObject>

  /** Lists the members of an organization. */
  getOrganizationMembershipList(
    params: OrganizationMembershipListParams,
  ): Promise<PaginatedResponse<OrganizationMembership>>
  /** Lists the memberships of all organizations. */
  getInstanceOrganizationMembershipList(
    params?: PageParams & { readonly orderBy?: string },
  ): Promise<PaginatedResponse<OrganizationMembership>>
  /** Makes a user a member, without an invitation. */
  createOrganizationMembership(
    params: MemberId & OrganizationMetadataParams & { readonly role: string },
  ): Promise<OrganizationMembership>
  /** Gives a member another role. */
  updateOrganizationMembership(
    params: MemberId & { readonly role: string },
  ): Promise<OrganizationMembership>
  /** Merges into the membership's metadata, at any depth; `null` deletes a member. */
  updateOrganizationMembershipMetadata(
    params: MemberId & OrganizationMetadataParams,
  ): Promise<OrganizationMembership>
  /** Removes a member, and returns the membership that was. */
  deleteOrganizationMembership(params: MemberId): Promise<OrganizationMembership>

  /** Lists the invitations of an organization. */
  getOrganizationInvitationList(
    params: {
      readonly organizationId: string
      readonly status?: readonly OrganizationInvitationStatus[]
    } & PageParams,
  ): Promise<PaginatedResponse<OrganizationInvitation>>
  /** Invites a person by e-mail. */
  createOrganizationInvitation(
    params: OrganizationInvitationParams & { readonly organizationId: string },
  ): Promise<OrganizationInvitation>
  /** Invites up to ten people at once. */
  createOrganizationInvitationBulk(
    organizationId: string,
    params: readonly OrganizationInvitationParams[],
  ): Promise<PaginatedResponse<OrganizationInvitation>>
  /** Fetches one invitation. */
  getOrganizationInvitation(params: InvitationId): Promise<OrganizationInvitation>
  /** Makes the link of an invitation useless. */
  revokeOrganizationInvitation(
    params: InvitationId & { readonly requestingUserId?: string },
  ): Promise<OrganizationInvitation>

  /** Lists the domains of an organization. */
  getOrganizationDomainList(
    params: { readonly organizationId: string } & PageParams,
  ): Promise<PaginatedResponse<OrganizationDomain>>
  /** Adds a domain to an organization. */
  createOrganizationDomain(params: {
    readonly organizationId: string
    readonly name: string
    readonly enrollmentMode: OrganizationEnrollmentMode
    /** Default: true. */
    readonly verified?: boolean
  }): Promise<OrganizationDomain>
  /** Changes what is given of a domain. */
  updateOrganizationDomain(
    params: DomainId & {
      readonly enrollmentMode?: OrganizationEnrollmentMode
      readonly verified?: boolean
    },
  ): Promise<OrganizationDomain>
  /** Removes a domain from an organization. */
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
