import type { EmailAddressJSON, Metadata, UserJSON } from '@core/protocol'
import { toDate, toVerification, type Verification } from './verification.ts'

/** An e-mail address of a user. */
export class EmailAddress {
  readonly id: string
  readonly emailAddress: string
  readonly verification: Verification
  readonly linkedTo: EmailAddressJSON['linked_to']

  constructor(json: EmailAddressJSON) {
    this.id = json.id
    this.emailAddress = json.email_address
    this.verification = toVerification(json.verification)
    this.linkedTo = json.linked_to ?? []
  }

  toString(): string {
    return this.emailAddress
  }
}

/** The signed-in user. A snapshot: a change arrives as a new object. */
export class User {
  readonly id: string
  readonly externalId: string | null
  readonly username: string | null
  readonly firstName: string | null
  readonly lastName: string | null
  readonly imageUrl: string
  readonly hasImage: boolean
  readonly emailAddresses: readonly EmailAddress[]
  readonly primaryEmailAddressId: string | null
  readonly primaryPhoneNumberId: string | null
  readonly primaryWeb3WalletId: string | null
  readonly passwordEnabled: boolean
  readonly totpEnabled: boolean
  readonly backupCodeEnabled: boolean
  readonly twoFactorEnabled: boolean
  readonly deleteSelfEnabled: boolean
  readonly createOrganizationEnabled: boolean
  readonly createOrganizationsLimit: number | null
  /** Written by servers, read by everybody who may see the user. */
  readonly publicMetadata: Metadata
  /** Written by the user's own browser: never base a decision on it. */
  readonly unsafeMetadata: Metadata
  readonly lastSignInAt: Date | null
  readonly legalAcceptedAt: Date | null
  readonly createdAt: Date | null
  readonly updatedAt: Date | null

  constructor(json: UserJSON) {
    this.id = json.id
    this.externalId = json.external_id
    this.username = json.username
    this.firstName = json.first_name
    this.lastName = json.last_name
    this.imageUrl = json.image_url
    this.hasImage = json.has_image
    this.emailAddresses = (json.email_addresses ?? []).map((address) => new EmailAddress(address))
    this.primaryEmailAddressId = json.primary_email_address_id
    this.primaryPhoneNumberId = json.primary_phone_number_id
    this.primaryWeb3WalletId = json.primary_web3_wallet_id
    this.passwordEnabled = json.password_enabled
    this.totpEnabled = json.totp_enabled
    this.backupCodeEnabled = json.backup_code_enabled
    this.twoFactorEnabled = json.two_factor_enabled
    this.deleteSelfEnabled = json.delete_self_enabled
    this.createOrganizationEnabled = json.create_organization_enabled
    this.createOrganizationsLimit = json.create_organizations_limit
    this.publicMetadata = json.public_metadata ?? {}
    this.unsafeMetadata = json.unsafe_metadata ?? {}
    this.lastSignInAt = toDate(json.last_sign_in_at)
    this.legalAcceptedAt = toDate(json.legal_accepted_at)
    this.createdAt = toDate(json.created_at)
    this.updatedAt = toDate(json.updated_at)
  }

  get primaryEmailAddress(): EmailAddress | null {
    return this.emailAddresses.find(({ id }) => id === this.primaryEmailAddressId) ?? null
  }

  get hasVerifiedEmailAddress(): boolean {
    return this.emailAddresses.some(({ verification }) => verification.status === 'verified')
  }

  /** First and last name, or `null` when there is neither. */
  get fullName(): string | null {
    return [this.firstName, this.lastName].filter(Boolean).join(' ') || null
  }
}
