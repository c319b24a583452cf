import type { Metadata } from '@core/protocol'
import { type Endpoints, type PageParams, asIs } from './endpoints.ts'
import { changeWithMetadata } from './metadata.ts'
import { type DeletedObject, type PaginatedResponse, toList, toResource } from './resources.ts'
import type {
  OrganizationInvitation,
  OrganizationInvitationStatus,
  OrganizationMembership,
} from './organization-resources.ts'
import type { EmailAddress, OauthAccessToken, PhoneNumber, User } from './user-resources.ts'

/** Which users. */
export interface UserFilter {
  /** Whole addresses. */
  readonly emailAddress?: readonly string[]
  /** Whole numbers, in E.164. */
  readonly phoneNumber?: readonly string[]
  /** Whole usernames. */
  readonly username?: readonly string[]
  /** Whole addresses of wallets. */
  readonly web3Wallet?: readonly string[]
  /** Ids; a leading `-` excludes. */
  readonly userId?: readonly string[]
  /** Ids of another system; a leading `-` excludes. */
  readonly externalId?: readonly string[]
  /** Ids of organizations they belong to; a leading `-` excludes. */
  readonly organizationId?: readonly string[]
  /** Part of a name, an address or an id. */
  readonly query?: string
  /** Unix milliseconds, as all times here. */
  readonly lastActiveAtSince?: number
  /** Another spelling of `lastActiveAtSince`. */
  readonly last_active_at_since?: number
  /** Unix milliseconds. */
  readonly lastActiveAtBefore?: number
  /** Unix milliseconds. */
  readonly lastActiveAtAfter?: number
  /** Unix milliseconds. */
  readonly createdAtBefore?: number
  /** Unix milliseconds. */
  readonly createdAtAfter?: number
  /** Unix milliseconds. */
  readonly lastSignInAtBefore?: number
  /** Unix milliseconds. */
  readonly lastSignInAtAfter?: number
}

/** Which users, in which order. */
export interface UserListParams extends UserFilter, PageParams {
  /** A field; a leading `-` reverses. Default: `-created_at`. */
  readonly orderBy?: string
}

/** The three stores of free-form data that a user has. */
export interface UserMetadataParams {
  /** What browsers may read. */
  readonly publicMetadata?: Metadata
  /** What only servers read. */
  readonly privateMetadata?: Metadata
  /** What browsers may read and write: believe none of it. */
  readonly unsafeMetadata?: Metadata
}

interface UserParams extends UserMetadataParams {
  /** Id of the user in another system. Unique in the instance. */
  readonly externalId?: string
  /** `null` removes it. */
  readonly firstName?: string | null
  /** `null` removes it. */
  readonly lastName?: string | null
  /** `null` removes it. */
  readonly username?: string | null
  /** In clear text; it is hashed before it is stored. */
  readonly password?: string
  /** A hash from another system, instead of a password. Needs `passwordHasher`. */
  readonly passwordDigest?: string
  /** What made the digest: `bcrypt`, `argon2id`, … */
  readonly passwordHasher?: string
  /** Whether a weak or breached password is taken. Default: false. */
  readonly skipPasswordChecks?: boolean
  /** Whether consent to the legal documents is not asked for. Default: false. */
  readonly skipLegalChecks?: boolean
  /** When the user accepted the legal documents. */
  readonly legalAcceptedAt?: Date
  /** Secret of an authenticator app, in base32. */
  readonly totpSecret?: string
  /** In clear text, or as bcrypt hashes. */
  readonly backupCodes?: readonly string[]
  /** When the user signed up elsewhere. Not in the future. */
  readonly createdAt?: Date
  /** Whether users may delete themselves. */
  readonly deleteSelfEnabled?: boolean
  /** Whether the user may create organizations. */
  readonly createOrganizationEnabled?: boolean
  /** How many. 0: as many as they like. */
  readonly createOrganizationsLimit?: number
  /** BCP 47: `de-AT`. */
  readonly locale?: string
}

/** A user to create. */
export interface CreateUserParams extends UserParams {
  /** The first becomes the primary one. All count as verified. */
  readonly emailAddress?: readonly string[]
  /** One for each address. `reserved`: nobody else can have it, but its user has yet to verify it. */
  readonly emailAddressIdentificationStatus?: readonly ('verified' | 'reserved')[]
  /** One for each number, in the same way. */
  readonly phoneNumberIdentificationStatus?: readonly ('verified' | 'reserved')[]
  /** In E.164. The first becomes the primary one. All count as verified. */
  readonly phoneNumber?: readonly string[]
  /** Addresses of wallets. The first becomes the primary one. */
  readonly web3Wallet?: readonly string[]
  /** Whether the user cannot sign in, for good. Default: false. */
  readonly banned?: boolean
  /** Whether the user cannot sign in for a while. Default: false. */
  readonly locked?: boolean
  /** Whether a user needs no password where the instance asks for one. Default: false. */
  readonly skipPasswordRequirement?: boolean
}

/** What to change of a user. Metadata that is given replaces what is there. */
export interface UpdateUserParams extends UserParams {
  /** Whether a new password ends all sessions. Default: false. */
  readonly signOutOfOtherSessions?: boolean
  /** Id of a verified address of the user. */
  readonly primaryEmailAddressID?: string
  /** Id of a verified number of the user. */
  readonly primaryPhoneNumberID?: string
  /** Id of a verified wallet of the user. */
  readonly primaryWeb3WalletID?: string
  /** Whether the old address hears of the new one. Default: false. */
  readonly notifyPrimaryEmailAddressChanged?: boolean
  /** Id of an image that was uploaded before. */
  readonly profileImageID?: string
}

/** Users of the instance. Every method rejects with a `ClerkAPIResponseError` if the API refuses. */
export interface UsersApi {
  /** Lists users, and counts all that match. */
  getUserList(params?: UserListParams): Promise<PaginatedResponse<User>>
  /** Counts the users that match. */
  getCount(filter?: UserFilter): Promise<number>
  /** Fetches one user. */
  getUser(userId: string): Promise<User>
  /** Creates a user. Identifiers that are given count as verified. */
  createUser(params: CreateUserParams): Promise<User>
  /**
   * Changes what is given of a user.
   *
   * The API keeps metadata apart from the rest of a user. Where both are given there are two requests,
   * the metadata last: if that one is refused, the rest has been changed already.
   */
  updateUser(userId: string, params: UpdateUserParams): Promise<User>
  /** Merges into the user's metadata, at any depth; `null` deletes a member. */
  updateUserMetadata(userId: string, params: UserMetadataParams): Promise<User>
  /** Replaces each store that is given. */
  replaceUserMetadata(userId: string, params: UserMetadataParams): Promise<User>
  /** Sets the picture: JPEG, PNG, GIF, WebP or ICO of at most 10 MB. */
  updateUserProfileImage(userId: string, params: { readonly file: Blob }): Promise<User>
  /** Restores the default picture. */
  deleteUserProfileImage(userId: string): Promise<User>
  /** Deletes a user with all sessions and memberships. Nothing brings them back. */
  deleteUser(userId: string): Promise<DeletedObject>
  /** Fetches the tokens of a connected account: `google`, `oauth_google`, `oauth_custom_x`. */
  getUserOauthAccessToken(
    userId: string,
    provider: string,
  ): Promise<PaginatedResponse<OauthAccessToken>>
  /** Takes all second factors from a user. */
  disableUserMFA(userId: string): Promise<{ readonly user_id: string }>
  /** Takes the authenticator app from a user. */
  deleteUserTOTP(userId: string): Promise<{ readonly user_id: string }>
  /** Makes the backup codes of a user useless. */
  deleteUserBackupCodes(userId: string): Promise<{ readonly user_id: string }>
  /** Takes a passkey from a user. */
  deleteUserPasskey(params: {
    readonly userId: string
    readonly passkeyIdentificationId: string
  }): Promise<DeletedObject>
  /** Takes a wallet from a user. */
  deleteUserWeb3Wallet(params: {
    readonly userId: string
    readonly web3WalletIdentificationId: string
  }): Promise<DeletedObject>
  /** Disconnects an account from a user. */
  deleteUserExternalAccount(params: {
    readonly userId: string
    readonly externalAccountId: string
  }): Promise<DeletedObject>
  /** Checks a password. A wrong one rejects with `incorrect_password` (422). */
  verifyPassword(params: {
    readonly userId: string
    readonly password: string
  }): Promise<{ readonly verified: true }>
  /** Checks a code of an authenticator app, or uses up a backup code. A wrong one rejects (422). */
  verifyTOTP(params: {
    readonly userId: string
    readonly code: string
  }): Promise<{ readonly verified: true; readonly code_type: 'totp' | 'backup_code' }>
  /** Makes a user choose a new password at the next sign-in. */
  setPasswordCompromised(
    userId: string,
    params?: { readonly revokeAllSessions?: boolean },
  ): Promise<User>
  /** Lets a user keep the password after all. */
  unsetPasswordCompromised(userId: string): Promise<User>
  /** Takes the password from a user, who signs in by other means then. */
  removePassword(
    userId: string,
    params?: { readonly signOutOfOtherSessions?: boolean },
  ): Promise<User>
  /** Gives a user this address instead of all others; it counts as verified. */
  replaceUserEmailAddress(
    userId: string,
    params: { readonly emailAddress: string },
  ): Promise<EmailAddress>
  /** Gives a user this number instead of all others; it counts as verified. */
  replaceUserPhoneNumber(
    userId: string,
    params: { readonly phoneNumber: string },
  ): Promise<PhoneNumber>
  /** Lists the organizations a user belongs to, as memberships. */
  getOrganizationMembershipList(
    params: { readonly userId: string } & PageParams,
  ): Promise<PaginatedResponse<OrganizationMembership>>
  /** Lists the organizations a user is invited to. */
  getOrganizationInvitationList(
    params: {
      readonly userId: string
      readonly status?: OrganizationInvitationStatus
    } & PageParams,
  ): Promise<PaginatedResponse<OrganizationInvitation>>
  /** Ends all sessions of a user and keeps them from signing in. */
  banUser(userId: string): Promise<User>
  /** Lets a user sign in again. */
  unbanUser(userId: string): Promise<User>
  /** Keeps a user from signing in for a while; sessions go on. */
  lockUser(userId: string): Promise<User>
  /** Lets a locked user sign in again at once. */
  unlockUser(userId: string): Promise<User>
}

/** How each method of {@link UsersApi} is carried out. */
// oxfmt-ignore
export const USERS: Endpoints<UsersApi> = {
  getUserList: {
    async run(api, params) {
      const { limit: _limit, offset: _offset, orderBy: _orderBy, ...filter } = params ?? {}
      const [page, count] = await Promise.all([
        api({ method: 'GET', path: ['users'], query: params }),
        api({ method: 'GET', path: ['users', 'count'], query: filter }),
      ])
      return { data: toResource(page), totalCount: totalOf(count) }
    },
  },
  getCount:                  { request: (query) => ({ method: 'GET', path: ['users', 'count'], query }), read: totalOf },
  getUser:                   { request: (id) => ({ method: 'GET', path: ['users', id] }) },
  createUser:                { request: (body) => ({ method: 'POST', path: ['users'], body }) },
  updateUser:                { run: (api, id, params) => changeWithMetadata(api, ['users', id], params) },
  updateUserMetadata:        { request: (id, body) => ({ method: 'PATCH', path: ['users', id, 'metadata'], body }) },
  replaceUserMetadata:       { request: (id, body) => ({ method: 'PUT', path: ['users', id, 'metadata'], body }) },
  updateUserProfileImage:    { request: (id, { file }) => ({ method: 'POST', path: ['users', id, 'profile_image'], file }) },
  deleteUserProfileImage:    { request: (id) => ({ method: 'DELETE', path: ['users', id, 'profile_image'] }) },
  deleteUser:                { request: (id) => ({ method: 'DELETE', path: ['users', id] }) },
  getUserOauthAccessToken:   { request: (id, provider) => ({ method: 'GET', path: ['users', id, 'oauth_access_tokens', toStrategy(provider)], query: { paginated: true } }), read: toList },
  disableUserMFA:            { request: (id) => ({ method: 'DELETE', path: ['users', id, 'mfa'] }), read: asIs },
  deleteUserTOTP:            { request: (id) => ({ method: 'DELETE', path: ['users', id, 'totp'] }), read: asIs },
  deleteUserBackupCodes:     { request: (id) => ({ method: 'DELETE', path: ['users', id, 'backup_code'] }), read: asIs },
  deleteUserPasskey:         { request: ({ userId, passkeyIdentificationId }) => ({ method: 'DELETE', path: ['users', userId, 'passkeys', passkeyIdentificationId] }) },
  deleteUserWeb3Wallet:      { request: ({ userId, web3WalletIdentificationId }) => ({ method: 'DELETE', path: ['users', userId, 'web3_wallets', web3WalletIdentificationId] }) },
  deleteUserExternalAccount: { request: ({ userId, externalAccountId }) => ({ method: 'DELETE', path: ['users', userId, 'external_accounts', externalAccountId] }) },
  verifyPassword:            { request: ({ userId, password }) => ({ method: 'POST', path: ['users', userId, 'verify_password'], body: { password } }), read: asIs },
  verifyTOTP:                { request: ({ userId, code }) => ({ method: 'POST', path: ['users', userId, 'verify_totp'], body: { code } }), read: asIs },
  setPasswordCompromised:    { request: (id, body) => ({ method: 'POST', path: ['users', id, 'password', 'set_compromised'], body }) },
  unsetPasswordCompromised:  { request: (id) => ({ method: 'POST', path: ['users', id, 'password', 'unset_compromised'] }) },
  removePassword:            { request: (id, body) => ({ method: 'POST', path: ['users', id, 'remove_password'], body }) },
  replaceUserEmailAddress:   { request: (id, body) => ({ method: 'PUT', path: ['users', id, 'email_address'], body }) },
  replaceUserPhoneNumber:    { request: (id, body) => ({ method: 'PUT', path: ['users', id, 'phone_number'], body }) },
  getOrganizationMembershipList: { request: ({ userId, ...query }) => ({ method: 'GET', path: ['users', userId, 'organization_memberships'], query }), read: toList },
  getOrganizationInvitationList: { request: ({ userId, ...query }) => ({ method: 'GET', path: ['users', userId, 'organization_invitations'], query }), read: toList },
  banUser:                   { request: (id) => ({ method: 'POST', path: ['users', id, 'ban'] }) },
  unbanUser:                 { request: (id) => ({ method: 'POST', path: ['users', id, 'unban'] }) },
  lockUser:                  { request: (id) => ({ method: 'POST', path: ['users', id, 'lock'] }) },
  unlockUser:                { request: (id) => ({ method: 'POST', path: ['users', id, 'unlock'] }) },
}

function toStrategy(provider: string): string {
  // What is no id must not become one: the prefix alone would pass, and so would `oauth_null`.
  const isText = typeof provider === 'string' && provider.trim() !== ''
  return !isText || provider.startsWith('oauth_') ? provider : `oauth_${provider}`
}

function totalOf(json: unknown): number {
  return (json as { readonly total_count?: number } | undefined)?.total_count ?? 0
}
