import type { EmailAddressJSON, Metadata, UserJSON, VerificationJSON } from '@core/protocol'
import type { Raw, Resource } from './resources.ts'

/** A user, with private metadata. Times are Unix milliseconds. */
export type User = Resource<BackendUserJSON> & UserGetters & Raw<BackendUserJSON>
/** An e-mail address of a user. */
export type EmailAddress = Resource<EmailAddressJSON> & Raw<EmailAddressJSON>
/** A phone number of a user. */
export type PhoneNumber = Resource<PhoneNumberJSON> & Raw<PhoneNumberJSON>
/** A token of a connected account, such as Google's. */
export type OauthAccessToken = Resource<OauthAccessTokenJSON> & Raw<OauthAccessTokenJSON>

type Web3Wallet = Resource<Web3WalletJSON> & Raw<Web3WalletJSON>
type ExternalAccount = Resource<ExternalAccountJSON> &
  Raw<ExternalAccountJSON> & {
    /** Id of the person at the provider. */
    readonly externalId: string
  }

/** What users have beyond the members of their JSON. None of it appears in `JSON.stringify()`. */
interface UserGetters {
  readonly emailAddresses: readonly EmailAddress[]
  readonly phoneNumbers: readonly PhoneNumber[]
  readonly web3Wallets: readonly Web3Wallet[]
  readonly externalAccounts: readonly ExternalAccount[]
  readonly fullName: string | null
  readonly primaryEmailAddress: EmailAddress | null
  readonly primaryPhoneNumber: PhoneNumber | null
  readonly primaryWeb3Wallet: Web3Wallet | null
}

/** A user, with what the Frontend API does not show. */
interface BackendUserJSON extends UserJSON {
  readonly phone_numbers: readonly PhoneNumberJSON[]
  readonly web3_wallets: readonly Web3WalletJSON[]
  readonly external_accounts: readonly ExternalAccountJSON[]
  readonly locale?: string | null
  readonly lockout_expires_in_seconds?: number | null
  readonly verification_attempts_remaining?: number | null
}

interface PhoneNumberJSON {
  readonly object: 'phone_number'
  readonly id: string
  /** In E.164: `+4930123456`. */
  readonly phone_number: string
  readonly reserved_for_second_factor: boolean
  readonly default_second_factor: boolean
  readonly reserved: boolean
  readonly verification: VerificationJSON | null
  readonly linked_to: readonly { readonly id: string; readonly type: string }[]
  readonly created_at: number
  readonly updated_at: number
}

interface Web3WalletJSON {
  readonly object: 'web3_wallet'
  readonly id: string
  readonly web3_wallet: string
  readonly verification: VerificationJSON | null
}

interface ExternalAccountJSON {
  readonly object: 'external_account' | 'google_account' | 'facebook_account'
  readonly id: string
  readonly provider: string
  readonly identification_id: string
  readonly provider_user_id: string
  /** Separated by spaces. */
  readonly approved_scopes: string
  readonly email_address: string
  readonly first_name: string
  readonly last_name: string
  readonly image_url?: string
  readonly username: string | null
  readonly phone_number?: string | null
  readonly public_metadata: Metadata
  readonly label: string | null
  readonly verification: VerificationJSON | null
  readonly external_account_id?: string
}

/** A token of a connected account. */
interface OauthAccessTokenJSON {
  readonly object: 'oauth_access_token'
  readonly external_account_id: string
  readonly provider: string
  readonly token: string
  readonly public_metadata: Metadata
  readonly label: string | null
  readonly scopes?: readonly string[]
  readonly token_secret?: string
  readonly expires_at?: number
  readonly id_token?: string
}
