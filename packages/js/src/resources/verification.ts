import type { SignUpVerificationJSON, VerificationJSON, VerificationStatus } from '@core/protocol'

/** The state of proving something: an address, a password, an external account. */
export interface Verification {
  /** `null` as long as nothing was asked to be proved. */
  readonly status: VerificationStatus | null
  readonly strategy: string | null
  readonly attempts: number | null
  readonly expireAt: Date | null
  /** Id of the client that proved it; equal to one's own id when it was this browser. */
  readonly verifiedAtClient: string | null
  /** Where the person has to go to prove it. */
  readonly externalVerificationRedirectURL: URL | null
  readonly error: unknown
}

/** A verification of a sign-up, which also says what comes next. */
export interface SignUpVerification extends Verification {
  readonly nextAction: SignUpVerificationJSON['next_action']
  readonly supportedStrategies: readonly string[]
}

export function toVerification(json: VerificationJSON | null): Verification {
  const url = json?.external_verification_redirect_url
  return {
    status: json?.status ?? null,
    strategy: json?.strategy ?? null,
    attempts: json?.attempts ?? null,
    expireAt: toDate(json?.expire_at),
    verifiedAtClient: json?.verified_at_client ?? null,
    externalVerificationRedirectURL: url ? new URL(url) : null,
    error: json?.error ?? null,
  }
}

export function toSignUpVerification(json: SignUpVerificationJSON | null): SignUpVerification {
  return {
    ...toVerification(json),
    nextAction: json?.next_action ?? '',
    supportedStrategies: json?.supported_strategies ?? [],
  }
}

/** Reads Unix milliseconds; nothing where there are none. */
export function toDate(ms: number | null | undefined): Date | null {
  return ms ? new Date(ms) : null
}
