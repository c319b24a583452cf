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
  readonly emailAddress?: readonly string[]
  readonly phoneNumber?: readonly string[]
  readonly username?: readonly string[]
  readonly web3Wallet?: readonly string[]
  /** Ids; a leading `-` excludes. */
  readonly userId?: readonly string[]
  readonly externalId?: readonly string[]
  readonly organizationId?: readonly string[]
  /** Part of a name, an address or an id. */
  readonly query?: string
  /** Unix milliseconds, as all times here. */
  readonly lastActiveAtSince?: number
  readonly lastActiveAtBefore?: number
  readonly lastActiveAtAfter?: number
  readonly createdAtBefore?: number
  readonly createdAtAfter?: number
  readonly lastSignInAtBefore?: number
  readonly lastSignInAtAfter?: number
}

/** Which users, in which order. */
export interface UserListParams extends UserFilter, PageParams {
  /** A field; a leading `-` reverses. Default: `-created_at`. */
  readonly orderBy?: string
}

/** The three stores of free-form data that a user has. */
export interface UserMetadataParams {
  readonly publicMetadata?: Metadata
  readonly privateMetadata?: Metadata
  readonly unsafeMetadata?: Metadata
}

interface UserParams extends UserMetadataParams {
  readonly externalId?: string
  readonly firstName?: string | null
  readonly lastName?: string | null
  readonly username?: string | null
  readonly password?: string
  readonly passwordDigest?: string
  readonly passwordHasher?: string
  readonly skipPasswordChecks?: boolean
  readonly skipLegalChecks?: boolean
  readonly legalAcceptedAt?: Date
  readonly totpSecret?: string
  readonly backupCodes?: readonly string[]
  readonly createdAt?: Date
  readonly deleteSelfEnabled?: boolean
  readonly createOrganizationEnabled?: boolean
  readonly createOrganizationsLimit?: number
  /** BCP 47: `de-AT`. */
  readonly locale?: string
}

/** A user to create. */
export interface CreateUserParams extends UserParams {
  /** The first becomes the primary one. All count as verified. */
  readonly emailAddress?: readonly string[]
  readonly phoneNumber?: readonly string[]
  readonly web3Wallet?: readonly string[]
  readonly skipPasswordRequirement?: boolean
}

/** What to change of a user. Metadata that is given replaces what is there. */
export interface UpdateUserParams extends UserParams {
  readonly signOutOfOtherSessions?: boolean
  readonly primaryEmailAddressID?: string
  readonly primaryPhoneNumberID?: string
  readonly primaryWeb3WalletID?: string
  readonly notifyPrimaryEmailAddressChanged?: boolean
  readonly profileImageID?: string
}

/** Users of the instance. Every method rejects with a `ClerkAPIResponseError` if the API refuses. */
export interface UsersApi {
  /** Lists users, and counts all that match. */
  getUserList(params?: UserListParams): Promise<PaginatedResponse<User>>
  getCount(filter?: UserFilter): Promise<number>
  getUser(userId: string): Promise<User>
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
  updateUserProfileImage(userId: string, params: { readonly file: Blob }): Promise<User>
  deleteUserProfileImage(userId: string): Promise<User>
  deleteUser(userId: string): Promise<DeletedObject>
  /** Fetches the tokens of a connected account: `google`, `oauth_google`, `oauth_custom_x`. */
  getUserOauthAccessToken(
    userId: string,
    provider: string,
  ): Promise<PaginatedResponse<OauthAccessToken>>
  disableUserMFA(userId: string): Promise<{ readonly user_id: string }>
  deleteUserTOTP(userId: string): Promise<{ readonly user_id: string }>
  deleteUserBackupCodes(userId: string): Promise<{ readonly user_id: string }>
  deleteUserPasskey(params: {
    readonly userId: string
    readonly passkeyIdentificationId: string
  }): Promise<DeletedObject>
  deleteUserWeb3Wallet(params: {
    readonly userId: string
    readonly web3WalletIdentificationId: string
  }): Promise<DeletedObject>
  deleteUserExternalAccount(params: {
    readonly userId: string
    readonly externalAccountId: string
  }): Promise<DeletedObject>
  verifyPassword(params: {
    readonly userId: string
    readonly password: string
  }): Promise<{ readonly verified: true }>
  verifyTOTP(params: {
    readonly userId: string
    readonly code: string
  }): Promise<{ readonly verified: true; readonly code_type: 'totp' | 'backup_code' }>
  /** Makes a user choose a new password at the next sign-in. */
  setPasswordCompromised(
    userId: string,
    params?: { readonly revokeAllSessions?: boolean },
  ): Promise<User>
  unsetPasswordCompromised(userId: string): Promise<User>
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
  unbanUser(userId: string): Promise<User>
  lockUser(userId: string): Promise<User>
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
