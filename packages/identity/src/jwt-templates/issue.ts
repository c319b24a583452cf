/** Tokens for other services: the claims of a template, filled in for a session. */

import { randomBytes } from 'node:crypto'

import { TOKEN_CATEGORIES, type TokenJSON } from '@core/protocol'
import { eq } from 'drizzle-orm'
import { SignJWT } from 'jose'

import { ApiError } from '../http/errors.ts'
import type { Instance } from '../instances/instance.ts'
import { findMemberships, type Membership } from '../organizations/membership.ts'
import { toPublicOrganizationJson } from '../organizations/organization.ts'
import { organizationMemberships } from '../organizations/tables.ts'
import type { Services } from '../services.ts'
import type { Session } from '../sessions/session.ts'
import { toSeconds } from '../time.ts'
import { findUser, primaryEmailAddress, toPictureJson, type User } from '../users/user.ts'
import { renderClaims, type Subject } from './render.ts'
import { importTemplateKey } from './signing-key.ts'
import { findTemplate } from './template.ts'

/**
 * Issues a token of a template for a live session.
 *
 * @param origin origin of the page that asks; `null` for servers
 * @param lifetime seconds, instead of the template's
 * @throws {ApiError} `resource_not_found` if there is no template by that name
 */
export async function issueTemplateToken(
  services: Services,
  instance: Instance,
  session: Session,
  name: string,
  { origin, lifetime }: { readonly origin: string | null; readonly lifetime?: number | null },
): Promise<TokenJSON> {
  const { database } = services
  const template = await findTemplate(database, instance.id, name)
  const user = await findUser(database, instance.id, session.userId)
  if (template === null || user === null) throw new ApiError('resource_not_found')
  const issuedAt = toSeconds(services.now())
  const memberships = instance.settings.organizations
    ? await findMemberships(
        database,
        instance.id,
        { where: eq(organizationMemberships.userId, user.id) },
        services.now(),
      )
    : []
  const payload = {
    ...renderClaims(template.claims, subjectOf(instance, session, user, memberships)),
    // Last: nothing that a template says takes the place of these.
    iss: instance.origin,
    sub: user.id,
    iat: issuedAt,
    nbf: issuedAt - template.allowedClockSkew,
    exp: issuedAt + (lifetime ?? template.lifetime),
    jti: randomBytes(10).toString('hex'),
    ...(origin === null ? {} : { azp: origin }),
  }
  const header = { typ: 'JWT', cat: TOKEN_CATEGORIES.template }
  const { signingAlgorithm: algorithm, signingKey: text } = template
  if (algorithm === null || text === null) {
    const signer = await services.signerOf(instance.id)
    return { object: 'token', jwt: await signer.sign(payload, header) }
  }
  const jwt = await new SignJWT(payload)
    .setProtectedHeader({ ...header, alg: algorithm })
    .sign(await importTemplateKey({ algorithm, text }))
  return { object: 'token', jwt }
}

function subjectOf(
  instance: Instance,
  session: Session,
  user: User,
  memberships: readonly Membership[],
): Subject {
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
