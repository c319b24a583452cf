import type { Metadata, SignUpJSON, SignUpStatus } from '@core/protocol'
import type { FrontendApi } from '../frontend-api.ts'
import { Attempt } from './attempt.ts'
import {
  toSignUpVerification,
  toVerification,
  type SignUpVerification,
  type Verification,
} from './verification.ts'

/** What a person says of themselves when they sign up. */
export interface SignUpParams {
  readonly emailAddress?: string
  readonly phoneNumber?: string
  readonly username?: string
  readonly password?: string
  readonly firstName?: string
  readonly lastName?: string
  readonly unsafeMetadata?: Metadata
  readonly legalAccepted?: boolean
  readonly strategy?: string
  readonly ticket?: string
  readonly transfer?: boolean
  readonly redirectUrl?: string
  readonly actionCompleteRedirectUrl?: string
}

/** Which identifier of a sign-up to prove, and how. */
export interface PrepareVerificationParams {
  readonly strategy: string
  readonly redirectUrl?: string
}

/** What proves an identifier of a sign-up. */
export interface AttemptVerificationParams {
  readonly strategy: string
  readonly code?: string
}

/** A sign-up in progress. */
export class SignUp extends Attempt<SignUpJSON> {
  constructor(json: SignUpJSON | null, api: FrontendApi) {
    super('/client/sign_ups', json, api)
  }

  /** `null` before the first `create()`. */
  get status(): SignUpStatus | null {
    return this.json?.status ?? null
  }

  get requiredFields(): readonly string[] {
    return this.json?.required_fields ?? []
  }

  get optionalFields(): readonly string[] {
    return this.json?.optional_fields ?? []
  }

  get missingFields(): readonly string[] {
    return this.json?.missing_fields ?? []
  }

  get unverifiedFields(): readonly string[] {
    return this.json?.unverified_fields ?? []
  }

  get username(): string | null {
    return this.json?.username ?? null
  }

  get firstName(): string | null {
    return this.json?.first_name ?? null
  }

  get lastName(): string | null {
    return this.json?.last_name ?? null
  }

  get emailAddress(): string | null {
    return this.json?.email_address ?? null
  }

  get phoneNumber(): string | null {
    return this.json?.phone_number ?? null
  }

  get hasPassword(): boolean {
    return this.json?.has_password ?? false
  }

  get unsafeMetadata(): Metadata {
    return this.json?.unsafe_metadata ?? {}
  }

  get verifications(): {
    readonly emailAddress: SignUpVerification
    readonly phoneNumber: SignUpVerification
    readonly externalAccount: Verification
  } {
    const json = this.json?.verifications
    return {
      emailAddress: toSignUpVerification(json?.email_address ?? null),
      phoneNumber: toSignUpVerification(json?.phone_number ?? null),
      externalAccount: toVerification(json?.external_account ?? null),
    }
  }

  /** Session to hand to `setActive()` once the status is `complete`. */
  get createdSessionId(): string | null {
    return this.json?.created_session_id ?? null
  }

  get createdUserId(): string | null {
    return this.json?.created_user_id ?? null
  }

  /** Starts a new attempt, in place of any other in this browser. */
  create(params: SignUpParams): Promise<this> {
    return this.start(params)
  }

  /** Adds what is missing. A changed address has to be verified again. */
  update(params: SignUpParams): Promise<this> {
    return this.step('', params, 'PATCH')
  }

  prepareVerification(params: PrepareVerificationParams): Promise<this> {
    return this.step('/prepare_verification', params)
  }

  attemptVerification(params: AttemptVerificationParams): Promise<this> {
    return this.step('/attempt_verification', params)
  }

  /** Sends a code to the e-mail address, unless another strategy is asked for. */
  prepareEmailAddressVerification(params?: Partial<PrepareVerificationParams>): Promise<this> {
    return this.prepareVerification({ strategy: 'email_code', ...params })
  }

  attemptEmailAddressVerification(params: { readonly code: string }): Promise<this> {
    return this.attemptVerification({ strategy: 'email_code', ...params })
  }
}
