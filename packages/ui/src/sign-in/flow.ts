import type { SignIn, SignInFactor } from '@core/js'
import { useEffect, useState } from 'preact/hooks'
import { useArrival } from '../arrival.ts'
import { useCompletion, type Completion } from '../completion.ts'
import { useHost } from '../host.ts'
import { useInstance } from '../instance.tsx'
import { mailRequest } from '../mail-request.ts'
import type { LinkState } from '../parts/link-wait.tsx'
import { pageHref } from '../page-link.tsx'
import { hasCode } from '../problem.ts'
import { useTask, type Task } from '../task.ts'
import type { SignInProps } from './props.ts'
import { decideMove, mailStep, openingStep, type Step } from './step.ts'

/** A password that a manager filled in ahead may be wrong or useless: the attempt goes on without it. */
const GO_ON_WITHOUT_PASSWORD = [
  'form_password_incorrect',
  'form_password_pwned',
  'strategy_for_user_invalid',
]

/** A leaked password signs nobody in any more: another method is needed. */
const NEEDS_OTHER_METHOD = ['form_password_pwned', 'form_password_compromised']

/** State and actions of a sign-in. */
export interface SignInFlow {
  readonly step: Step
  readonly attempt: SignIn
  readonly task: Task
  readonly completion: Completion
  /** Shows a step and forgets what went wrong in the one before. */
  show(step: Step): void
  /** @param password what a password manager filled in ahead, or nothing */
  enterIdentifier(identifier: string, password?: string): Promise<void>
  enterPassword(password: string): Promise<void>
  enterCode(factor: SignInFactor, code: string): Promise<void>
  setNewPassword(password: string, signOutOfOtherSessions: boolean): Promise<void>
  /** Sends a code or a link and shows what to do with it. Resolves to whether it was sent. */
  send(factor: SignInFactor): Promise<boolean>
  /** Finds out whether the link was opened, and goes on if so. */
  look(): Promise<LinkState>
}

/** Runs a sign-in: every action asks the server, and the answer decides the next step. */
export function useSignIn(props: SignInProps): SignInFlow {
  const { clerk, now } = useHost()
  const { client, environment } = useInstance()
  const task = useTask()
  const completion = useCompletion('signIn', props)
  const [attempt, setAttempt] = useState(client.signIn)
  const arrival = useArrival()
  const [step, setStep] = useState<Step>(() => openingStep(arrival, client.signIn, now()))

  useEffect(() => {
    if (step.name === 'arriving') void task.run(() => attend(arrive))
    // oxlint-disable-next-line react/exhaustive-deps -- a link is followed once
  }, [])

  async function arrive(): Promise<void> {
    const { ticket, status, sessionId } = arrival
    try {
      if (sessionId !== null) await completion.finish(sessionId)
      // Accepted already, by whoever is signed in here.
      else if (status === 'complete') await completion.resume(null)
      else if (status === 'sign_up') await signUpWithTicket()
      else if (ticket !== null && !completion.isSignedIn) {
        const { signIn } = clerk.client ?? client
        await follow(await signIn.create({ strategy: 'ticket', ticket }))
      }
    } catch (error) {
      task.ensureMounted()
      if (hasCode(error, ['invitation_account_not_exists'])) return signUpWithTicket()
      setStep({ name: 'start' })
      throw error
    }
  }

  function signUpWithTicket(): Promise<void> {
    return clerk.navigate(pageHref(clerk, 'SignUp', props.signUpUrl, props, arrival.ticket))
  }

  async function follow(answer: SignIn): Promise<void> {
    task.ensureMounted()
    setAttempt(answer)
    const move = decideMove(answer, environment.display_config.preferred_sign_in_strategy)
    if (move.type === 'finish') await completion.finish(move.sessionId)
    else if (move.type === 'show') setStep(move.step)
    else await prepare(answer, move.factor)
  }

  async function prepare(current: SignIn, factor: SignInFactor): Promise<void> {
    const { strategy, emailAddressId } = factor
    const answer = await current.prepareFirstFactor({
      ...mailRequest(strategy),
      ...(emailAddressId !== undefined && { emailAddressId }),
    })
    task.ensureMounted()
    setAttempt(answer)
    setStep(mailStep(factor))
  }

  async function create(identifier: string, password: string): Promise<void> {
    const { signIn } = clerk.client ?? client
    if (password === '') return follow(await signIn.create({ identifier }))
    try {
      await follow(await signIn.create({ identifier, password }))
    } catch (error) {
      if (!hasCode(error, GO_ON_WITHOUT_PASSWORD)) throw error
      await follow(await signIn.create({ identifier }))
      // The password did not work, and the person may not even know that it was sent.
      if (!hasCode(error, ['strategy_for_user_invalid'])) throw error
    }
  }

  /** Sees to the refusals that lead to another step, and shows the others where they happened. */
  async function attend(action: () => Promise<void>): Promise<void> {
    try {
      await action()
    } catch (error) {
      task.ensureMounted()
      if (hasCode(error, ['session_exists', 'identifier_already_signed_in'])) {
        return completion.resume(error)
      }
      if (hasCode(error, NEEDS_OTHER_METHOD)) setStep({ name: 'methods' })
      if (hasCode(error, ['user_locked'])) setStep({ name: 'start' })
      throw error
    }
  }

  return {
    step,
    attempt,
    task,
    completion,
    show(next) {
      task.report(null)
      setStep(next)
    },
    enterIdentifier: (identifier, password = '') => attend(() => create(identifier, password)),
    enterPassword: (password) =>
      attend(async () =>
        follow(await attempt.attemptFirstFactor({ strategy: 'password', password })),
      ),
    enterCode: ({ strategy }, code) =>
      attend(async () => follow(await attempt.attemptFirstFactor({ strategy, code }))),
    setNewPassword: (password, signOutOfOtherSessions) =>
      attend(async () => follow(await attempt.resetPassword({ password, signOutOfOtherSessions }))),
    send: (factor) => task.run(() => attend(() => prepare(attempt, factor))),
    async look() {
      const answer = await attempt.reload()
      task.ensureMounted()
      if (answer.status !== 'needs_first_factor') {
        await attend(() => follow(answer))
        return 'settled'
      }
      return answer.firstFactorVerification.status === 'expired' ? 'expired' : 'waiting'
    },
  }
}
