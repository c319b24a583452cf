import type { SignIn, SignInFactor } from '@core/js'
import { linkStatusOf, type Arrival, type LinkStatus } from '../arrival.ts'

/** What the sign-in component shows. */
export type Step =
  | { readonly name: 'start' }
  | { readonly name: 'arriving' }
  | { readonly name: 'password' }
  | { readonly name: 'code'; readonly factor: SignInFactor }
  | { readonly name: 'link'; readonly factor: SignInFactor }
  | { readonly name: 'link-opened'; readonly status: LinkStatus }
  | { readonly name: 'methods' }
  | { readonly name: 'new-password' }
  | { readonly name: 'unsupported' }

/** What follows from an answer of the server. */
export type Move =
  | { readonly type: 'finish'; readonly sessionId: string }
  | { readonly type: 'send'; readonly factor: SignInFactor }
  | { readonly type: 'show'; readonly step: Step }

/** The facts of an attempt that decide what comes next. */
export type Attempt = Pick<
  SignIn,
  'status' | 'identifier' | 'supportedFirstFactors' | 'firstFactorVerification' | 'createdSessionId'
>

export type Preference = 'password' | 'otp'

const START: Move = { type: 'show', step: { name: 'start' } }
const UNSUPPORTED: Move = { type: 'show', step: { name: 'unsupported' } }

/** Decides what comes after an answer. Total: what this component cannot do ends at `unsupported`. */
export function decideMove(attempt: Attempt, preference: Preference): Move {
  switch (attempt.status) {
    case 'complete':
      return attempt.createdSessionId === null
        ? UNSUPPORTED
        : { type: 'finish', sessionId: attempt.createdSessionId }
    case 'needs_new_password':
      return { type: 'show', step: { name: 'new-password' } }
    case 'needs_first_factor':
      return firstFactorMove(attempt, preference)
    case 'needs_identifier':
    case null:
      return START
    default:
      return UNSUPPORTED
  }
}

function firstFactorMove(attempt: Attempt, preference: Preference): Move {
  const [first] = methodsOf(attempt).toSorted(
    (a, b) => Number(isPreferred(b, preference)) - Number(isPreferred(a, preference)),
  )
  if (first === undefined) return UNSUPPORTED
  return first.strategy === 'password'
    ? { type: 'show', step: { name: 'password' } }
    : { type: 'send', factor: first }
}

function isPreferred(factor: SignInFactor, preference: Preference): boolean {
  return (factor.strategy === 'password') === (preference === 'password')
}

/** Ways to sign in that this component offers: mails to the typed address before mails to others, links before codes. */
export function methodsOf(attempt: Attempt): readonly SignInFactor[] {
  const factors = attempt.supportedFirstFactors ?? []
  const mails = ['email_link', 'email_code'].flatMap((strategy) =>
    factors.filter((factor) => factor.strategy === strategy),
  )
  return [
    ...factors.filter((factor) => factor.strategy === 'password').slice(0, 1),
    ...mails.toSorted((a, b) => Number(isTyped(b, attempt)) - Number(isTyped(a, attempt))),
  ]
}

export function isLink(factor: SignInFactor): boolean {
  return factor.strategy === 'email_link'
}

/** The step that waits for what a mail brings. */
export function mailStep(factor: SignInFactor): Step {
  return { name: isLink(factor) ? 'link' : 'code', factor }
}

/** The factor behind "Forgot password?", where the account has one. */
export function resetFactorOf(attempt: Attempt): SignInFactor | undefined {
  const factors = (attempt.supportedFirstFactors ?? []).filter(isReset)
  return factors.find((factor) => isTyped(factor, attempt)) ?? factors[0]
}

export function isReset(factor: SignInFactor): boolean {
  return factor.strategy === 'reset_password_email_code'
}

function isTyped(factor: SignInFactor, attempt: Attempt): boolean {
  return factor.safeIdentifier === attempt.identifier
}

/** Decides where a page begins that was opened by a link, or by hand. */
export function openingStep(arrival: Arrival, attempt: Attempt | undefined, now: number): Step {
  if (arrival.ticket !== null || arrival.sessionId !== null) return { name: 'arriving' }
  const status = linkStatusOf(arrival)
  return status === null ? resumeStep(attempt, now) : { name: 'link-opened', status }
}

/**
 * Decides where a page that was loaded again picks up: at the code or link that was sent, as long as it is valid. A phone that had to
 * open its mail program in between reloads the page.
 */
export function resumeStep(attempt: Attempt | undefined, now: number): Step {
  if (attempt?.status === 'needs_new_password') return { name: 'new-password' }
  if (attempt?.status === 'needs_first_factor') {
    const { status, strategy, expireAt } = attempt.firstFactorVerification
    const factor = (attempt.supportedFirstFactors ?? []).find((item) => item.strategy === strategy)
    const isSent = status === 'unverified' && /email_(?:code|link)$/.test(strategy ?? '')
    if (isSent && factor !== undefined && Number(expireAt) > now) return mailStep(factor)
  }
  return { name: 'start' }
}
