/** JSON shapes of the resources on the wire. All `*_at` members are Unix milliseconds. */

import type { ActorClaim, FactorVerificationAge } from './claims.ts'

/** Free-form data an application keeps on a resource. */
export type Metadata = Readonly<Record<string, unknown>>

/** Answer to a deletion. */
export interface DeletedObjectJSON {
  readonly object: string
  readonly id?: string
  readonly slug?: string
  readonly deleted: true
}

/** A page of a list. */
export interface PaginatedJSON<T> {
  readonly data: readonly T[]
  readonly total_count: number
}

/** A signed token. */
export interface TokenJSON {
  readonly object: 'token'
  readonly jwt: string
}

/** How far something is proved. */
export type VerificationStatus = 'unverified' | 'verified' | 'transferable' | 'failed' | 'expired'

/** The state of proving something: an address, a password, an external account. */
export interface VerificationJSON {
  readonly object: string
  readonly status: VerificationStatus
  readonly strategy: string | null
  readonly attempts: number | null
  readonly expire_at: number | null
  readonly verified_at_client?: string | null
  readonly external_verification_redirect_url?: string | null
  readonly nonce?: string | null
  readonly message?: string | null
  readonly error?: unknown
}

/** A verification of a sign-up, which also says what comes next. */
export interface SignUpVerificationJSON extends VerificationJSON {
  readonly next_action: 'needs_prepare' | 'needs_attempt' | ''
  readonly supported_strategies: readonly string[]
}

/** An e-mail address of a user. */
export interface EmailAddressJSON {
  readonly object: 'email_address'
  readonly id: string
  readonly email_address: string
  readonly reserved: boolean
  readonly verification: VerificationJSON | null
  readonly linked_to: readonly { readonly id: string; readonly type: string }[]
  readonly matches_sso_connection?: boolean
  readonly created_at: number
  readonly updated_at: number
}

/** A user, as both APIs show it. `private_metadata` is on the Backend API only. */
export interface UserJSON {
  readonly object: 'user'
  readonly id: string
  readonly external_id: string | null
  readonly username: string | null
  readonly first_name: string | null
  readonly last_name: string | null
  readonly image_url: string
  readonly has_image: boolean
  readonly profile_image_id?: string | null
  readonly primary_email_address_id: string | null
  readonly primary_phone_number_id: string | null
  readonly primary_web3_wallet_id: string | null
  readonly email_addresses: readonly EmailAddressJSON[]
  readonly phone_numbers: readonly unknown[]
  readonly web3_wallets: readonly unknown[]
  readonly external_accounts: readonly unknown[]
  readonly enterprise_accounts: readonly unknown[]
  readonly saml_accounts: readonly unknown[]
  readonly passkeys: readonly unknown[]
  readonly organization_memberships?: readonly unknown[]
  readonly password_enabled: boolean
  readonly totp_enabled: boolean
  readonly backup_code_enabled: boolean
  readonly two_factor_enabled: boolean
  readonly public_metadata: Metadata
  readonly private_metadata?: Metadata
  readonly unsafe_metadata: Metadata
  readonly last_sign_in_at: number | null
  readonly last_active_at: number | null
  readonly banned: boolean
  readonly locked: boolean
  readonly delete_self_enabled: boolean
  readonly create_organization_enabled: boolean
  readonly create_organizations_limit: number | null
  readonly legal_accepted_at: number | null
  readonly created_at: number
  readonly updated_at: number
}

/** What became of a session. Only `active` and `pending` ones have tokens. */
export type SessionStatus =
  | 'active'
  | 'pending'
  | 'ended'
  | 'expired'
  | 'removed'
  | 'replaced'
  | 'revoked'
  | 'abandoned'

/** What others may see of a user. */
export interface PublicUserDataJSON {
  readonly user_id: string
  readonly first_name: string | null
  readonly last_name: string | null
  readonly image_url: string
  readonly has_image: boolean
  readonly identifier: string
  readonly username: string | null
}

interface CommonSessionJSON {
  readonly object: 'session'
  readonly id: string
  readonly status: SessionStatus
  readonly expire_at: number
  readonly abandon_at: number
  readonly last_active_at: number
  readonly last_active_organization_id: string | null
  readonly actor: ActorClaim | null
  readonly created_at: number
  readonly updated_at: number
}

/** A session, as the browser sees it. */
export interface ClientSessionJSON extends CommonSessionJSON {
  readonly last_active_token: TokenJSON | null
  readonly tasks: readonly { readonly key: string }[] | null
  readonly factor_verification_age: FactorVerificationAge | null
  readonly user: UserJSON
  readonly public_user_data: PublicUserDataJSON
}

/** A session, as the Backend API shows it. */
export interface SessionJSON extends CommonSessionJSON {
  readonly client_id: string
  readonly user_id: string
}

/** A way to prove who one is. */
export interface FactorJSON {
  readonly strategy: string
  readonly email_address_id?: string
  readonly safe_identifier?: string
  readonly primary?: boolean
}

/** What a sign-in waits for. */
export type SignInStatus =
  | 'needs_identifier'
  | 'needs_first_factor'
  | 'needs_second_factor'
  | 'needs_client_trust'
  | 'needs_new_password'
  | 'complete'

/** A sign-in in progress. */
export interface SignInJSON {
  readonly object: 'sign_in'
  readonly id: string
  readonly status: SignInStatus
  readonly supported_identifiers: readonly string[]
  readonly identifier: string | null
  readonly user_data: Pick<
    PublicUserDataJSON,
    'first_name' | 'last_name' | 'image_url' | 'has_image'
  > | null
  readonly supported_first_factors: readonly FactorJSON[] | null
  readonly supported_second_factors: readonly FactorJSON[] | null
  readonly first_factor_verification: VerificationJSON | null
  readonly second_factor_verification: VerificationJSON | null
  readonly created_session_id: string | null
  readonly abandon_at: number
}

/** What a sign-up waits for. */
export type SignUpStatus = 'missing_requirements' | 'complete' | 'abandoned'

/** A sign-up in progress. */
export interface SignUpJSON {
  readonly object: 'sign_up'
  readonly id: string
  readonly status: SignUpStatus
  readonly required_fields: readonly string[]
  readonly optional_fields: readonly string[]
  readonly missing_fields: readonly string[]
  readonly unverified_fields: readonly string[]
  readonly username: string | null
  readonly first_name: string | null
  readonly last_name: string | null
  readonly email_address: string | null
  readonly phone_number: string | null
  readonly web3_wallet: string | null
  readonly external_account_strategy: string | null
  readonly external_account: unknown
  readonly has_password: boolean
  readonly unsafe_metadata: Metadata
  readonly created_session_id: string | null
  readonly created_user_id: string | null
  readonly abandon_at: number
  readonly legal_accepted_at: number | null
  readonly locale: string | null
  readonly verifications: {
    readonly email_address: SignUpVerificationJSON | null
    readonly phone_number: SignUpVerificationJSON | null
    readonly web3_wallet: SignUpVerificationJSON | null
    readonly external_account: VerificationJSON | null
  }
}

/** One browser: the sessions that were started in it and the attempts in progress. */
export interface ClientJSON {
  readonly object: 'client'
  readonly id: string
  readonly sessions: readonly ClientSessionJSON[]
  readonly sign_in: SignInJSON | null
  readonly sign_up: SignUpJSON | null
  readonly last_active_session_id: string | null
  readonly last_authentication_strategy: string | null
  readonly cookie_expires_at: number | null
  readonly captcha_bypass: boolean
  readonly created_at: number
  readonly updated_at: number
}

/** Success of the Frontend API: the resource, and the browser's client after the change. */
export interface EnvelopeJSON<T> {
  readonly response: T
  readonly client: ClientJSON | null
}

/** One kind of data a user may have, and what it is used for. */
export interface AttributeJSON {
  readonly enabled: boolean
  readonly required: boolean
  readonly used_for_first_factor: boolean
  readonly first_factors: readonly string[]
  readonly used_for_second_factor: boolean
  readonly second_factors: readonly string[]
  readonly verifications: readonly string[]
  readonly verify_at_sign_up: boolean
}

/** Settings of an instance that its browser clients need. The members we read, of a larger document. */
export interface EnvironmentJSON {
  readonly object: 'environment'
  readonly id: string
  readonly maintenance_mode: boolean
  readonly auth_config: {
    readonly object: 'auth_config'
    readonly id: string
    readonly single_session_mode: boolean
    readonly claimed_at: number | null
    readonly reverification: boolean
  }
  readonly display_config: {
    readonly object: 'display_config'
    readonly id: string
    readonly instance_environment_type: 'development' | 'production'
    readonly application_name: string
    readonly preferred_sign_in_strategy: 'password' | 'otp'
    readonly logo_image_url: string
    readonly home_url: string
    readonly sign_in_url: string
    readonly sign_up_url: string
    readonly after_sign_in_url: string
    readonly after_sign_up_url: string
    readonly after_sign_out_one_url: string
    readonly after_sign_out_all_url: string
    readonly terms_url: string
    readonly privacy_policy_url: string
    readonly [member: string]: unknown
  }
  readonly user_settings: {
    readonly attributes: Readonly<Record<string, AttributeJSON>>
    readonly sign_up: {
      readonly mode: 'public' | 'restricted' | 'waitlist'
      readonly [member: string]: unknown
    }
    readonly password_settings: {
      readonly min_length: number
      readonly max_length: number
      readonly [member: string]: unknown
    }
    readonly [member: string]: unknown
  }
  readonly organization_settings: { readonly enabled: boolean; readonly [member: string]: unknown }
  readonly [section: string]: unknown
}

/** Public signing keys of an instance (RFC 7517). */
export interface JwksJSON {
  readonly keys: readonly JwkJSON[]
}

/** A public key, as a JSON Web Key (RFC 7517). */
export interface JwkJSON {
  readonly use?: string
  readonly kty: string
  readonly kid: string
  readonly alg: string
  readonly [member: string]: unknown
}
