import type { SignUp } from '@core/js'
import { FIELDS, type FieldName } from './fields.ts'

/** What the sign-up component shows. */
export type Step =
  | { readonly name: 'start' }
  | { readonly name: 'missing'; readonly fields: readonly FieldName[] }
  | { readonly name: 'code' }
  | { readonly name: 'address' }
  | { readonly name: 'closed' }
  | { readonly name: 'unsupported' }

/** What follows from an answer of the server. */
export type Move =
  | { readonly type: 'finish'; readonly sessionId: string }
  | { readonly type: 'send-code' }
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
  if (attempt.missingFields.length > 0) {
    const fields = FIELDS.filter(({ parameter }) => attempt.missingFields.includes(parameter))
    return fields.length === attempt.missingFields.length
      ? { type: 'show', step: { name: 'missing', fields: fields.map(({ name }) => name) } }
      : UNSUPPORTED
  }
  return attempt.unverifiedFields.includes('email_address') ? { type: 'send-code' } : UNSUPPORTED
}

/** Decides where a page that was loaded again picks up: at the code that was sent, as long as it is valid. */
export function resumeStep(attempt: Attempt | undefined, now: number): Step {
  if (attempt?.status === 'missing_requirements' && attempt.missingFields.length === 0) {
    const { status, strategy, expireAt } = attempt.verifications.emailAddress
    const isSent = status === 'unverified' && strategy === 'email_code'
    if (isSent && Number(expireAt) > now) return { name: 'code' }
  }
  return { name: 'start' }
}
