import type { EmailAddressJSON, Metadata, UserJSON } from '@core/protocol'
import { toCamelCase } from '../names.ts'
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
  declare readonly id: string
  declare readonly externalId: string | null
  declare readonly username: string | null
  declare readonly firstName: string | null
  declare readonly lastName: string | null
  declare readonly imageUrl: string
  declare readonly hasImage: boolean
  readonly emailAddresses: readonly EmailAddress[]
  declare readonly primaryEmailAddressId: string | null
  declare readonly primaryPhoneNumberId: string | null
  declare readonly primaryWeb3WalletId: string | null
  declare readonly passwordEnabled: boolean
  declare readonly totpEnabled: boolean
  declare readonly backupCodeEnabled: boolean
  declare readonly twoFactorEnabled: boolean
  declare readonly deleteSelfEnabled: boolean
  declare readonly createOrganizationEnabled: boolean
  declare readonly createOrganizationsLimit: number | null
  /** Written by servers, read by everybody who may see the user. */
  readonly publicMetadata: Metadata
  /** Written by the user's own browser: never base a decision on it. */
  readonly unsafeMetadata: Metadata
  readonly lastSignInAt: Date | null
  readonly legalAcceptedAt: Date | null
  readonly createdAt: Date | null
  readonly updatedAt: Date | null

  constructor(json: UserJSON) {
    // Most members are the wire's own, and naming each a second time would be a tenth of this bundle.
    Object.assign(this, toCamelCase(json))
    this.emailAddresses = (json.email_addresses ?? []).map((address) => new EmailAddress(address))
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
