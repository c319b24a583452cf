/** What the screens read of organizations, as the Frontend API writes it. */

import type { Session, User } from '@core/js'
import type { Person } from '../parts/person.ts'
import { initialsOf } from '../parts/person.ts'

export interface OrganizationJSON {
  readonly id: string
  readonly name: string
  readonly slug: string | null
  readonly image_url: string
  readonly has_image: boolean
  readonly admin_delete_enabled?: boolean
}

export interface PublicUserJSON {
  readonly user_id: string
  readonly first_name: string | null
  readonly last_name: string | null
  readonly identifier: string
  readonly image_url: string
  readonly has_image: boolean
}

export interface MembershipJSON {
  readonly id: string
  readonly organization: OrganizationJSON
  readonly public_user_data?: PublicUserJSON
  readonly role: string
  readonly role_name?: string
  readonly permissions: readonly string[]
}

export interface InvitationJSON {
  readonly id: string
  readonly email_address: string
  readonly role_name?: string
  readonly role: string
}

export interface RequestJSON {
  readonly id: string
  readonly public_user_data: PublicUserJSON
}

/** An invitation or a suggestion, as the one it is made to sees it. */
export interface OfferJSON {
  readonly id: string
  readonly status: string
  readonly public_organization_data: OrganizationJSON
}

export interface RoleJSON {
  readonly id: string
  readonly key: string
  readonly name: string
}

export interface DomainJSON {
  readonly id: string
  readonly name: string
  readonly enrollment_mode: string
  readonly affiliation_verification: { readonly status: string } | null
}

/** Lists where a user is a member. The client hands these over as they came. */
export function membershipsOf(user: User | null | undefined): readonly MembershipJSON[] {
  const { organizationMemberships } = (user ?? {}) as {
    readonly organizationMemberships?: readonly MembershipJSON[]
  }
  return organizationMemberships ?? []
}

/** Finds the membership that a session acts with. */
export function activeMembershipOf(
  session: Session | null | undefined,
): MembershipJSON | undefined {
  return membershipsOf(session?.user).find(
    ({ organization }) => organization.id === session?.lastActiveOrganizationId,
  )
}

/** Puts an organization where a person could be. */
export function toOrganizationPerson(organization: OrganizationJSON, detail?: string): Person {
  return {
    name: organization.name,
    detail: detail ?? null,
    initials: initialsOf(organization.name),
    imageUrl: organization.has_image ? organization.image_url : null,
    isOrganization: true,
  }
}

/** Puts a member into words. */
export function toMemberPerson(data: PublicUserJSON): Person {
  const fullName = [data.first_name, data.last_name].filter(Boolean).join(' ')
  const name = fullName || data.identifier
  return {
    name,
    detail: name === data.identifier ? null : data.identifier,
    initials: initialsOf(name),
    imageUrl: data.has_image ? data.image_url : null,
  }
}
