import { invitationStatusAt } from './status.ts'
import type { invitations } from './tables.ts'

/** An invitation into the application, as it is stored. */
export type ApplicationInvitation = typeof invitations.$inferSelect

/**
 * Writes an invitation for the application's servers.
 *
 * @param url where its ticket leads; known only to whoever creates it, for it is not kept
 */
export function toInvitationJson(
  invitation: ApplicationInvitation,
  now: number,
  url: string | null = null,
): object {
  return {
    object: 'invitation',
    id: invitation.id,
    email_address: invitation.emailAddress,
    public_metadata: invitation.publicMetadata,
    revoked: invitation.status === 'revoked',
    status: invitationStatusAt(invitation, now),
    ...(url === null ? {} : { url }),
    expires_at: invitation.expireAt,
    created_at: invitation.createdAt,
    updated_at: invitation.updatedAt,
  }
}
