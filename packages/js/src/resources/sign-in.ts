import type { FactorJSON, SignInJSON, SignInStatus } from '@core/protocol'
import { ClerkRuntimeError } from '../errors.ts'
import type { FrontendApi } from '../frontend-api.ts'
import { toVerification, type Verification } from './verification.ts'

/** A way to prove who one is. */
export interface SignInFactor {
  readonly strategy: string
  readonly emailAddressId?: string
  /** What may be shown of the address that a code goes to. */
  readonly safeIdentifier?: string
  readonly primary?: boolean
}

export interface SignInCreateParams {
  readonly identifier?: string
  readonly password?: string
  readonly strategy?: string
  readonly ticket?: string
  readonly transfer?: boolean
  readonly redirectUrl?: string
  readonly actionCompleteRedirectUrl?: string
}

export interface PrepareFactorParams {
  readonly strategy: string
  readonly emailAddressId?: string
  readonly redirectUrl?: string
}

export interface AttemptFactorParams {
  readonly strategy: string
  readonly code?: string
  readonly password?: string
}

export interface ResetPasswordParams {
  readonly password: string
  readonly signOutOfOtherSessions?: boolean
}

/**
 * A sign-in in progress. Every action resolves to this same object with its new state, and the
 * store holds a new one, so that both `await signIn.create()` and hooks see the change.
 */
export class SignIn {
  readonly #api: FrontendApi
  #json: SignInJSON | null

  constructor(json: SignInJSON | null, api: FrontendApi) {
    this.#json = json
    this.#api = api
  }

  get id(): string | undefined {
    return this.#json?.id
  }

  /** `null` before the first `create()`. */
  get status(): SignInStatus | null {
    return this.#json?.status ?? null
  }

  get identifier(): string | null {
    return this.#json?.identifier ?? null
  }

  get supportedIdentifiers(): readonly string[] {
    return this.#json?.supported_identifiers ?? []
  }

  get supportedFirstFactors(): readonly SignInFactor[] | null {
    return toFactors(this.#json?.supported_first_factors)
  }

  get supportedSecondFactors(): readonly SignInFactor[] | null {
    return toFactors(this.#json?.supported_second_factors)
  }

  get firstFactorVerification(): Verification {
    return toVerification(this.#json?.first_factor_verification ?? null)
  }

  get secondFactorVerification(): Verification {
    return toVerification(this.#json?.second_factor_verification ?? null)
  }

  /** Session to hand to `setActive()` once the status is `complete`. */
  get createdSessionId(): string | null {
    return this.#json?.created_session_id ?? null
  }

  /** What may be shown of the user whose identifier was entered. */
  get userData(): {
    readonly firstName?: string
    readonly lastName?: string
    readonly imageUrl?: string
    readonly hasImage?: boolean
  } {
    const data = this.#json?.user_data
    return {
      ...(data?.first_name && { firstName: data.first_name }),
      ...(data?.last_name && { lastName: data.last_name }),
      ...(data && { imageUrl: data.image_url, hasImage: data.has_image }),
    }
  }

  /** Starts a new attempt, in place of any other in this browser. */
  async create(params: SignInCreateParams): Promise<this> {
    return this.#post('/client/sign_ins', params)
  }

  /** Sends what a first factor needs: a code, a link. */
  async prepareFirstFactor(params: PrepareFactorParams): Promise<this> {
    return this.#act('prepare_first_factor', params)
  }

  async attemptFirstFactor(params: AttemptFactorParams): Promise<this> {
    return this.#act('attempt_first_factor', params)
  }

  async prepareSecondFactor(params: PrepareFactorParams): Promise<this> {
    return this.#act('prepare_second_factor', params)
  }

  async attemptSecondFactor(params: AttemptFactorParams): Promise<this> {
    return this.#act('attempt_second_factor', params)
  }

  /** Sets a new password once a reset code was accepted. */
  async resetPassword(params: ResetPasswordParams): Promise<this> {
    return this.#act('reset_password', params)
  }

  /** Reads the attempt again. */
  async reload(): Promise<this> {
    this.#json = await this.#api.request<SignInJSON>(this.#path(), { appliesClient: true })
    return this
  }

  async #act(action: string, params: object): Promise<this> {
    return this.#post(`${this.#path()}/${action}`, params)
  }

  async #post(path: string, params: object): Promise<this> {
    this.#json = await this.#api.request<SignInJSON>(path, { method: 'POST', body: params })
    return this
  }

  #path(): string {
    if (this.id === undefined) throw new ClerkRuntimeError('no_attempt')
    return `/client/sign_ins/${encodeURIComponent(this.id)}`
  }
}

function toFactors(json: readonly FactorJSON[] | null | undefined): readonly SignInFactor[] | null {
  return (
    json?.map((factor) => ({
      strategy: factor.strategy,
      ...(factor.email_address_id !== undefined && { emailAddressId: factor.email_address_id }),
      ...(factor.safe_identifier !== undefined && { safeIdentifier: factor.safe_identifier }),
      ...(factor.primary !== undefined && { primary: factor.primary }),
    })) ?? null
  )
}
