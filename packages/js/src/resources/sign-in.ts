import type { FactorJSON, PublicUserDataJSON, SignInJSON, SignInStatus } from '@core/protocol'
import type { FrontendApi } from '../frontend-api.ts'
import { toCamelCase, type CamelCased } from '../names.ts'
import { Attempt } from './attempt.ts'
import { toVerification, type Verification } from './verification.ts'

/** A way to prove who one is. `safeIdentifier` is what may be shown of the address used. */
export type SignInFactor = CamelCased<FactorJSON>

/** What may be shown of a user before anything is proved. */
export type SignInUserData = Partial<
  CamelCased<Pick<PublicUserDataJSON, 'first_name' | 'last_name' | 'image_url' | 'has_image'>>
>

/** What a sign-in begins with. */
export interface SignInCreateParams {
  readonly identifier?: string
  readonly password?: string
  readonly strategy?: string
  readonly ticket?: string
  readonly transfer?: boolean
  readonly redirectUrl?: string
  readonly actionCompleteRedirectUrl?: string
}

/** Which factor of a sign-in to prove, and where its code or link goes. */
export interface PrepareFactorParams {
  readonly strategy: string
  readonly emailAddressId?: string
  readonly redirectUrl?: string
}

/** What proves a factor of a sign-in. */
export interface AttemptFactorParams {
  readonly strategy: string
  readonly code?: string
  readonly password?: string
}

/** The new password of a sign-in that has proved who it is. */
export interface ResetPasswordParams {
  readonly password: string
  readonly signOutOfOtherSessions?: boolean
}

/** A sign-in in progress. */
export class SignIn extends Attempt<SignInJSON> {
  constructor(json: SignInJSON | null, api: FrontendApi) {
    super('/client/sign_ins', json, api)
  }

  /** `null` before the first `create()`. */
  get status(): SignInStatus | null {
    return this.json?.status ?? null
  }

  get identifier(): string | null {
    return this.json?.identifier ?? null
  }

  get supportedIdentifiers(): readonly string[] {
    return this.json?.supported_identifiers ?? []
  }

  get supportedFirstFactors(): readonly SignInFactor[] | null {
    return this.json?.supported_first_factors?.map(toCamelCase) ?? null
  }

  get supportedSecondFactors(): readonly SignInFactor[] | null {
    return this.json?.supported_second_factors?.map(toCamelCase) ?? null
  }

  get firstFactorVerification(): Verification {
    return toVerification(this.json?.first_factor_verification ?? null)
  }

  get secondFactorVerification(): Verification {
    return toVerification(this.json?.second_factor_verification ?? null)
  }

  /** Session to hand to `setActive()` once the status is `complete`. */
  get createdSessionId(): string | null {
    return this.json?.created_session_id ?? null
  }

  /** What may be shown of the user whose identifier was entered. */
  get userData(): SignInUserData {
    return toCamelCase(this.json?.user_data ?? {})
  }

  /** Starts a new attempt, in place of any other in this browser. */
  create(params: SignInCreateParams): Promise<this> {
    return this.start(params)
  }

  /** Sends what a first factor needs: a code, a link. */
  prepareFirstFactor(params: PrepareFactorParams): Promise<this> {
    return this.step('/prepare_first_factor', params)
  }

  attemptFirstFactor(params: AttemptFactorParams): Promise<this> {
    return this.step('/attempt_first_factor', params)
  }

  prepareSecondFactor(params: PrepareFactorParams): Promise<this> {
    return this.step('/prepare_second_factor', params)
  }

  attemptSecondFactor(params: AttemptFactorParams): Promise<this> {
    return this.step('/attempt_second_factor', params)
  }

  /** Sets a new password once a reset code was accepted. */
  resetPassword(params: ResetPasswordParams): Promise<this> {
    return this.step('/reset_password', params)
  }
}
