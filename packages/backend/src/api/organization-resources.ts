import type { Metadata, PublicUserDataJSON } from '@core/protocol'
import type { Raw, Resource } from './resources.ts'

/** An organization, with its private metadata. */
export type Organization = Resource<OrganizationJSON> & Raw<OrganizationJSON>
/** One user's place in one organization. */
export type OrganizationMembership = Resource<OrganizationMembershipJSON> &
  Raw<OrganizationMembershipJSON>
/** An invitation to an organization. */
export type OrganizationInvitation = Resource<OrganizationInvitationJSON> &
  Raw<OrganizationInvitationJSON>
/** What a member of an organization can be, and may do. */
export type OrganizationRole = Resource<RoleJSON> & Raw<RoleJSON>
/** What a role may allow: `org:feature:action`. */
export type OrganizationPermission = Resource<PermissionJSON> & Raw<PermissionJSON>

/** Where an invitation to an organization stands. `pending` ones can still be accepted. */
export type OrganizationInvitationStatus = 'pending' | 'accepted' | 'revoked' | 'expired'

/** What happens to people who have an address of a domain. */
export type OrganizationEnrollmentMode =
  | 'manual_invitation'
  | 'automatic_invitation'
  | 'automatic_suggestion'

/** A domain of an organization. The Backend API client hands it on as the API spells it. */
export interface OrganizationDomain {
  /** Kind of resource. */
  readonly object: 'organization_domain'
  /** Id: `orgdmn_…`. */
  readonly id: string
  /** The domain: `example.com`. */
  readonly name: string
  /** Id of the organization. */
  readonly organization_id: string
  /** What happens to people who have an address of the domain. */
  readonly enrollment_mode: OrganizationEnrollmentMode
  /** How far it is proved that the domain is theirs; `null` if nobody has begun. */
  readonly verification: {
    readonly status: 'unverified' | 'verified'
    readonly strategy: string
    readonly attempts: number | null
    readonly expire_at: number | null
  } | null
  /** Address that proved it. */
  readonly affiliation_email_address: string | null
  /** Invitations that wait to be accepted. */
  readonly total_pending_invitations: number
  /** Suggestions that wait to be accepted. */
  readonly total_pending_suggestions: number
  /** Unix milliseconds. */
  readonly created_at: number
  /** Unix milliseconds. */
  readonly updated_at: number
}

interface OrganizationJSON {
  readonly object: 'organization'
  readonly id: string
  readonly name: string
  readonly slug: string
  readonly image_url?: string
  readonly has_image: boolean
  /** Only where `includeMembersCount` asked for it. */
  readonly members_count?: number
  readonly pending_invitations_count?: number
  /** 0: as many as come. */
  readonly max_allowed_memberships: number
  readonly admin_delete_enabled: boolean
  readonly public_metadata: Metadata
  readonly private_metadata?: Metadata
  readonly created_by?: string
  readonly created_at: number
  readonly updated_at: number
}

interface OrganizationMembershipJSON {
  readonly object: 'organization_membership'
  readonly id: string
  /** Key of the role: `org:admin`. */
  readonly role: string
  readonly role_name?: string
  readonly permissions: readonly string[]
  readonly public_metadata: Metadata
  readonly private_metadata?: Metadata
  readonly organization: OrganizationJSON
  readonly public_user_data: PublicUserDataJSON
  readonly created_at: number
  readonly updated_at: number
}

interface OrganizationInvitationJSON {
  readonly object: 'organization_invitation'
  readonly id: string
  readonly email_address: string
  readonly role: string
  readonly role_name: string
  readonly organization_id: string
  readonly inviter_id?: string | null
  readonly status: OrganizationInvitationStatus
  readonly public_metadata: Metadata
  readonly private_metadata: Metadata
  readonly url: string | null
  readonly expires_at: number | null
  /** On lists beyond one organization. */
  readonly public_organization_data?: {
    readonly id: string
    readonly name: string
    readonly slug: string
    readonly image_url: string
    readonly has_image: boolean
  }
  readonly created_at: number
  readonly updated_at: number
}

interface RoleJSON {
  readonly object: 'role'
  readonly id: string
  /** `org:` and a name in lower case. */
  readonly key: string
  readonly name: string
  readonly description: string | null
  readonly permissions: readonly PermissionJSON[]
  readonly is_creator_eligible: boolean
  readonly created_at: number
  readonly updated_at: number
}

interface PermissionJSON {
  readonly object: 'permission'
  readonly id: string
  /** `org:feature:action`. */
  readonly key: string
  readonly name: string
  readonly description: string | null
  readonly created_at: number
  readonly updated_at: number
}
