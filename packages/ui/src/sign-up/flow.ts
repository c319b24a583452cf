import type { SignUp } from '@core/js'
import { useState } from 'preact/hooks'
import { useCompletion } from '../completion.ts'
import { useHost } from '../host.ts'
import { useInstance } from '../instance.tsx'
import type { Values } from '../parts/form.tsx'
import { hasCode } from '../problem.ts'
import { useTask, type Task } from '../task.ts'
import type { SignUpProps } from './props.ts'
import { decideMove, resumeStep, type Step } from './step.ts'

/** State and actions of a sign-up. */
export interface SignUpFlow {
  readonly step: Step
  readonly attempt: SignUp
  readonly task: Task
  readonly isLeaving: boolean
  /** Shows a step and forgets what went wrong in the one before. */
  show(step: Step): void
  /** Starts an attempt with what the person filled in. */
  create(values: Values): Promise<void>
  /** Adds what was missing, or another address. */
  update(values: Values): Promise<void>
  enterCode(code: string): Promise<void>
  /** Sends the code again. Resolves to whether it was sent. */
  resendCode(): Promise<boolean>
}

/** Runs a sign-up: every action asks the server, and the answer decides the next step. */
export function useSignUp(props: SignUpProps): SignUpFlow {
  const { clerk, now } = useHost()
  const { client, environment } = useInstance()
  const task = useTask()
  const completion = useCompletion('signUp', props)
  const [attempt, setAttempt] = useState(client.signUp)
  const isOpen = environment.user_settings.sign_up.mode === 'public'
  const [step, setStep] = useState<Step>(() =>
    isOpen ? resumeStep(client.signUp, now()) : { name: 'closed' },
  )

  async function follow(answer: SignUp): Promise<void> {
    task.ensureMounted()
    setAttempt(answer)
    const move = decideMove(answer)
    if (move.type === 'finish') await completion.finish(move.sessionId)
    else if (move.type === 'show') setStep(move.step)
    else await sendCode(answer)
  }

  async function sendCode(current: SignUp): Promise<void> {
    const answer = await current.prepareEmailAddressVerification({ strategy: 'email_code' })
    task.ensureMounted()
    setAttempt(answer)
    setStep({ name: 'code' })
  }

  /** Sees to the refusals that lead elsewhere, and shows the others where they happened. */
  async function attend(action: () => Promise<void>): Promise<void> {
    try {
      await action()
    } catch (error) {
      task.ensureMounted()
      if (hasCode(error, ['session_exists'])) return completion.resume(error)
      if (hasCode(error, ['sign_up_mode_restricted', 'sign_up_restricted_waitlist'])) {
        return setStep({ name: 'closed' })
      }
      throw error
    }
  }

  return {
    step,
    attempt,
    task,
    isLeaving: completion.isLeaving,
    show(next) {
      task.report(null)
      setStep(next)
    },
    create: (values) =>
      attend(async () => {
        const { unsafeMetadata } = props
        const extras = unsafeMetadata === undefined ? {} : { unsafeMetadata }
        const { signUp } = clerk.client ?? client
        await follow(await signUp.create({ ...filledIn(values), ...extras }))
      }),
    update: (values) => attend(async () => follow(await attempt.update(filledIn(values)))),
    enterCode: (code) =>
      attend(async () => follow(await attempt.attemptEmailAddressVerification({ code }))),
    resendCode: () => task.run(() => attend(() => sendCode(attempt))),
  }
}

// An optional field that stays empty is not sent: empty is not a name.
function filledIn(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''))
}
