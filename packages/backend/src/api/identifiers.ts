import type { Endpoints } from './endpoints.ts'
import type { DeletedObject } from './resources.ts'
import type { EmailAddress, PhoneNumber } from './user-resources.ts'

interface IdentifierParams {
  /** Whether it counts as verified without a code. Default: false. */
  readonly verified?: boolean
  /** Whether it becomes the user's primary one. Default: false, but for the first. */
  readonly primary?: boolean
}

/** E-mail addresses of users. Every method rejects with a `ClerkAPIResponseError` if the API refuses. */
export interface EmailAddressesApi {
  /** Fetches one address. */
  getEmailAddress(emailAddressId: string): Promise<EmailAddress>
  /** Adds an address to a user. */
  createEmailAddress(
    params: IdentifierParams & { readonly userId: string; readonly emailAddress: string },
  ): Promise<EmailAddress>
  /** Makes an address verified, or the primary one. */
  updateEmailAddress(emailAddressId: string, params: IdentifierParams): Promise<EmailAddress>
  /** Takes an address from its user. */
  deleteEmailAddress(emailAddressId: string): Promise<DeletedObject>
}

interface PhoneNumberParams extends IdentifierParams {
  /** Whether it only serves as a second factor. */
  readonly reservedForSecondFactor?: boolean
}

/** Phone numbers of users. Every method rejects with a `ClerkAPIResponseError` if the API refuses. */
export interface PhoneNumbersApi {
  /** Fetches one number. */
  getPhoneNumber(phoneNumberId: string): Promise<PhoneNumber>
  /** Adds a number to a user. */
  createPhoneNumber(
    params: PhoneNumberParams & {
      readonly userId: string
      /** In E.164: `+4930123456`. */
      readonly phoneNumber: string
    },
  ): Promise<PhoneNumber>
  /** Makes a number verified, the primary one, or a second factor only. */
  updatePhoneNumber(phoneNumberId: string, params: PhoneNumberParams): Promise<PhoneNumber>
  /** Takes a number from its user. */
  deletePhoneNumber(phoneNumberId: string): Promise<DeletedObject>
}

/** How each method of {@link EmailAddressesApi} is carried out. */
// oxfmt-ignore
export const EMAIL_ADDRESSES: Endpoints<EmailAddressesApi> = {
  getEmailAddress:    { request: (id) => ({ method: 'GET', path: ['email_addresses', id] }) },
  createEmailAddress: { request: (body) => ({ method: 'POST', path: ['email_addresses'], body }) },
  updateEmailAddress: { request: (id, body) => ({ method: 'PATCH', path: ['email_addresses', id], body }) },
  deleteEmailAddress: { request: (id) => ({ method: 'DELETE', path: ['email_addresses', id] }) },
}

/** How each method of {@link PhoneNumbersApi} is carried out. */
// oxfmt-ignore
export const PHONE_NUMBERS: Endpoints<PhoneNumbersApi> = {
  getPhoneNumber:    { request: (id) => ({ method: 'GET', path: ['phone_numbers', id] }) },
  createPhoneNumber: { request: (body) => ({ method: 'POST', path: ['phone_numbers'], body }) },
  updatePhoneNumber: { request: (id, body) => ({ method: 'PATCH', path: ['phone_numbers', id], body }) },
  deletePhoneNumber: { request: (id) => ({ method: 'DELETE', path: ['phone_numbers', id] }) },
}
