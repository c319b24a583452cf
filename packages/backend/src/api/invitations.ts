import type { Metadata } from '@core/protocol'
import type { Endpoints, PageParams } from './endpoints.ts'
import { type PaginatedResponse, type Raw, type Resource, toList } from './resources.ts'

/** Where an invitation stands. `pending` ones can still be accepted. */
export type InvitationStatus = 'pending' | 'accepted' | 'revoked' | 'expired'
/** An invitation to the application. */
export type Invitation = Resource<InvitationJSON> & Raw<InvitationJSON>

interface InvitationJSON {
  readonly object: 'invitation'
  readonly id: string
  readonly email_address: string
  readonly public_metadata: Metadata | null
  readonly revoked?: boolean
  readonly status: InvitationStatus
  readonly url?: string
  readonly expires_at?: number | null
  readonly created_at: number
  readonly updated_at: number
}

/** Which invitations, in which order. */
export interface InvitationListParams extends PageParams {
  /** Default: all but those that were revoked. */
  readonly status?: InvitationStatus
  /** Part of an address, or an id. */
  readonly query?: string
  /** `created_at`, `email_address` or `expires_at`; a leading `-` reverses. Default: `-created_at`. */
  readonly orderBy?: string
}

/** A person to invite to the application. */
export interface CreateInvitationParams {
  /** Whom to invite. */
  readonly emailAddress: string
  /** Where the link of the invitation leads. */
  readonly redirectUrl?: string
  /** The user's, once they have signed up. */
  readonly publicMetadata?: Metadata
  /** Whether an e-mail is sent. Default: true. */
  readonly notify?: boolean
  /** Whether a person may be invited twice. Default: false. */
  readonly ignoreExisting?: boolean
  /** From 1 to 365. Default: 30. */
  readonly expiresInDays?: number
  /** Which e-mail is sent. Default: `invitation`. */
  readonly templateSlug?: 'invitation' | 'waitlist_invitation'
}

/** Invitations to the application. Every method rejects with a `ClerkAPIResponseError` if the API refuses. */
export interface InvitationsApi {
  /** Lists invitations, all but the revoked ones unless a status is given. */
  getInvitationList(params?: InvitationListParams): Promise<PaginatedResponse<Invitation>>
  /** Invites a person, by e-mail unless `notify` is false. */
  createInvitation(params: CreateInvitationParams): Promise<Invitation>
  /** Invites up to ten people at once. */
  createInvitationBulk(params: readonly CreateInvitationParams[]): Promise<readonly Invitation[]>
  /** Makes the link of an invitation useless. The person can still sign up without it. */
  revokeInvitation(invitationId: string): Promise<Invitation>
}

/** How each method of {@link InvitationsApi} is carried out. */
// oxfmt-ignore
export const INVITATIONS: Endpoints<InvitationsApi> = {
  getInvitationList:    { request: (query) => ({ method: 'GET', path: ['invitations'], query: { ...query, paginated: true } }), read: toList },
  createInvitation:     { request: (body) => ({ method: 'POST', path: ['invitations'], body }) },
  createInvitationBulk: { request: (body) => ({ method: 'POST', path: ['invitations', 'bulk'], body }) },
  revokeInvitation:     { request: (id) => ({ method: 'POST', path: ['invitations', id, 'revoke'] }) },
}
