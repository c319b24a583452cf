import type { SignUp } from '@core/js'
import { linkStatusOf, type Arrival, type LinkStatus } from '../arrival.ts'
import { FIELDS, type FieldName } from './fields.ts'

/** What the sign-up component shows. */
export type Step =
  | { readonly name: 'start' }
  | { readonly name: 'arriving' }
  | { readonly name: 'invited' }
  | { readonly name: 'missing'; readonly fields: readonly FieldName[] }
  | { readonly name: 'code' }
  | { readonly name: 'link' }
  | { readonly name: 'link-opened'; readonly status: LinkStatus }
  | { readonly name: 'address' }
  | { readonly name: 'closed' }
  | { readonly name: 'unsupported' }

/** What follows from an answer of the server. */
export type Move =
  | { readonly type: 'finish'; readonly sessionId: string }
  | { readonly type: 'send' }
  /** The address has an account, and whoever reads its mail is its owner. */
  | { readonly type: 'transfer' }
  | { readonly type: 'show'; readonly step: Step }

/** The facts of an attempt that decide what comes next. */
export type Attempt = Pick<
  SignUp,
  | 'status'
  | 'missingFields'
  | 'unverifiedFields'
  | 'emailAddress'
  | 'createdSessionId'
  | 'verifications'
>

const UNSUPPORTED: Move = { type: 'show', step: { name: 'unsupported' } }

/** Decides what comes after an answer. Total: what this component cannot ask for ends at `unsupported`. */
export function decideMove(attempt: Attempt): Move {
  if (attempt.status === 'complete') {
    return attempt.createdSessionId === null
      ? UNSUPPORTED
      : { type: 'finish', sessionId: attempt.createdSessionId }
  }
  if (attempt.status === null || attempt.status === 'abandoned') {
    return { type: 'show', step: { name: 'start' } }
  }
  if (attempt.verifications.emailAddress.status === 'transferable') return { type: 'transfer' }
  if (attempt.missingFields.length > 0) {
    const fields = FIELDS.filter(({ parameter }) => attempt.missingFields.includes(parameter))
    return fields.length === attempt.missingFields.length
      ? { type: 'show', step: { name: 'missing', fields: fields.map(({ name }) => name) } }
      : UNSUPPORTED
  }
  return attempt.unverifiedFields.includes('email_address') ? { type: 'send' } : UNSUPPORTED
}

/** Decides where a page begins that was opened by a link, or by hand. */
export function openingStep(
  arrival: Arrival,
  attempt: Attempt | undefined,
  { isOpen, now }: { readonly isOpen: boolean; readonly now: number },
): Step {
  if (arrival.ticket !== null || arrival.sessionId !== null) return { name: 'arriving' }
  const status = linkStatusOf(arrival)
  if (status === 'verified' && attempt?.verifications.emailAddress.status === 'verified') {
    const move = decideMove(attempt)
    if (move.type === 'show') return move.step
  }
  if (status !== null) return { name: 'link-opened', status }
  if (isInvited(attempt)) return { name: 'invited' }
  return isOpen ? resumeStep(attempt, now) : { name: 'closed' }
}

/** The step that waits for what a mail brings. */
export function mailStep(strategy: string | null): Step {
  return strategy === 'email_link' ? { name: 'link' } : { name: 'code' }
}

/** Tells whether somebody signs up by an invitation, which has proven the address already. */
function isInvited(attempt: Attempt | undefined): boolean {
  return (
    attempt?.status === 'missing_requirements' &&
    attempt.verifications.emailAddress.strategy === 'ticket'
  )
}

/** Decides where a page that was loaded again picks up: at the code or link that was sent, as long as it is valid. */
export function resumeStep(attempt: Attempt | undefined, now: number): Step {
  if (attempt?.status === 'missing_requirements' && attempt.missingFields.length === 0) {
    const { status, strategy, expireAt } = attempt.verifications.emailAddress
    if (status === 'unverified' && strategy && Number(expireAt) > now) return mailStep(strategy)
  }
  return { name: 'start' }
}
