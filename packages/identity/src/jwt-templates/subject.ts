import type { ActorClaim } from '@core/protocol'
import { eq } from 'drizzle-orm'

import type { Queryable } from '../database/database.ts'
import type { Instance } from '../instances/instance.ts'
import { findMemberships, type Membership } from '../organizations/membership.ts'
import { toPublicOrganizationJson } from '../organizations/organization.ts'
import { organizationMemberships } from '../organizations/tables.ts'
import { primaryEmailAddress, toPictureJson, type User } from '../users/user.ts'
import type { Subject } from './render.ts'

/** Reads what short codes can name, for a session that acts in an organization or in none. */
export async function readSubject(
  db: Queryable,
  instance: Instance,
  session: {
    readonly lastActiveOrganizationId: string | null
    readonly actor: ActorClaim | null
  },
  user: User,
  now: number,
): Promise<Subject> {
  const memberships = instance.settings.organizations
    ? await findMemberships(
        db,
        instance.id,
        { where: eq(organizationMemberships.userId, user.id) },
        now,
      )
    : []
  const active = memberships.find(
    ({ organizationId }) => organizationId === session.lastActiveOrganizationId,
  )
  const picture = toPictureJson(user, instance)
  return {
    user: {
      id: user.id,
      firstName: user.firstName,
      lastName: user.lastName,
      username: user.username,
      externalId: user.externalId,
      primaryEmailAddress: primaryEmailAddress(user)?.emailAddress ?? null,
      hasVerifiedEmailAddress: user.emailAddresses.some(({ verifiedAt }) => verifiedAt !== null),
      imageUrl: picture.image_url,
      hasImage: picture.has_image,
      hasTwoFactors: false,
      createdAt: user.createdAt,
      updatedAt: user.updatedAt,
      lastSignInAt: user.lastSignInAt,
      publicMetadata: user.publicMetadata,
      unsafeMetadata: user.unsafeMetadata,
      organizations: Object.fromEntries(
        memberships.map(({ organizationId, role }) => [organizationId, role.key]),
      ),
    },
    organization: active === undefined ? null : organizationOf(instance, active),
    session: { actor: session.actor },
  }
}

function organizationOf(instance: Instance, membership: Membership): Subject['organization'] {
  const { organization } = membership
  const { image_url: imageUrl, has_image: hasImage } = toPublicOrganizationJson(
    organization,
    instance,
  )
  return {
    id: organization.id,
    name: organization.name,
    slug: organization.slug,
    role: membership.role.key,
    permissions: membership.permissions,
    imageUrl,
    hasImage,
    publicMetadata: organization.publicMetadata,
    membershipPublicMetadata: membership.publicMetadata,
  }
}
