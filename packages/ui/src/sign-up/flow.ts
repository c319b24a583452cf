import type { SignUp } from '@core/js'
import { useEffect, useState } from 'preact/hooks'
import { useArrival } from '../arrival.ts'
import { useCompletion, type Completion } from '../completion.ts'
import { useHost } from '../host.ts'
import { useInstance } from '../instance.tsx'
import { addressStrategyOf, mailRequest } from '../mail-request.ts'
import type { Values } from '../parts/form.tsx'
import type { LinkState } from '../parts/link-wait.tsx'
import { pageHref } from '../page-link.tsx'
import { hasCode } from '../problem.ts'
import { useTask, type Task } from '../task.ts'
import type { SignUpProps } from './props.ts'
import { decideMove, mailStep, openingStep, type Step } from './step.ts'

/** State and actions of a sign-up. */
export interface SignUpFlow {
  readonly step: Step
  readonly attempt: SignUp
  readonly task: Task
  readonly completion: Completion
  /** Shows a step and forgets what went wrong in the one before. */
  show(step: Step): void
  /** From another address back to the mail that was sent. */
  back(): void
  /** Starts an attempt with what the person filled in. */
  create(values: Values): Promise<void>
  /** Adds what was missing, or another address. */
  update(values: Values): Promise<void>
  enterCode(code: string): Promise<void>
  /** Sends the code or the link again. Resolves to whether it was sent. */
  resend(): Promise<boolean>
  /** Finds out whether the link was opened, and goes on if so. */
  look(): Promise<LinkState>
}

/** Runs a sign-up: every action asks the server, and the answer decides the next step. */
export function useSignUp(props: SignUpProps): SignUpFlow {
  const { clerk, now } = useHost()
  const { client, environment } = useInstance()
  const task = useTask()
  const completion = useCompletion('signUp', props)
  const [attempt, setAttempt] = useState(client.signUp)
  const isOpen = environment.user_settings.sign_up.mode === 'public'
  const arrival = useArrival()
  const [step, setStep] = useState<Step>(() =>
    openingStep(arrival, client.signUp, { isOpen, now: now() }),
  )
  const { unsafeMetadata } = props
  const extras = unsafeMetadata === undefined ? {} : { unsafeMetadata }

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
      else if (status === 'sign_in') await signInWithTicket()
      else if (ticket !== null && !completion.isSignedIn) {
        const { signUp } = clerk.client ?? client
        const answer = await signUp.create({ strategy: 'ticket', ticket, ...extras })
        if (answer.status === 'complete') return await follow(answer)
        task.ensureMounted()
        setAttempt(answer)
        setStep({ name: 'invited' })
      }
    } catch (error) {
      task.ensureMounted()
      if (hasCode(error, ['form_identifier_exists'])) return signInWithTicket()
      setStep(isOpen ? { name: 'start' } : { name: 'closed' })
      throw error
    }
  }

  function signInWithTicket(): Promise<void> {
    return clerk.navigate(pageHref(clerk, 'SignIn', props.signInUrl, props, arrival.ticket))
  }

  async function follow(answer: SignUp): Promise<void> {
    task.ensureMounted()
    setAttempt(answer)
    const move = decideMove(answer)
    if (move.type === 'finish') await completion.finish(move.sessionId)
    else if (move.type === 'show') setStep(move.step)
    else if (move.type === 'send') await send(answer)
    else await signIn()
  }

  /** Signs in whoever has proven that they own an address which has an account. */
  async function signIn(): Promise<void> {
    const answer = await (clerk.client ?? client).signIn.create({ transfer: true })
    task.ensureMounted()
    if (answer.status === 'complete') await completion.finish(answer.createdSessionId)
    else setStep({ name: 'unsupported' })
  }

  async function send(current: SignUp): Promise<void> {
    const strategy = addressStrategyOf(environment)
    const answer = await current.prepareEmailAddressVerification(mailRequest(strategy))
    task.ensureMounted()
    setAttempt(answer)
    setStep(mailStep(strategy))
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
    completion,
    show(next) {
      task.report(null)
      setStep(next)
    },
    back() {
      task.report(null)
      setStep(mailStep(attempt.verifications.emailAddress.strategy))
    },
    create: (values) =>
      attend(async () => {
        const { signUp } = clerk.client ?? client
        await follow(await signUp.create({ ...filledIn(values), ...extras }))
      }),
    update: (values) => attend(async () => follow(await attempt.update(filledIn(values)))),
    enterCode: (code) =>
      attend(async () => {
        try {
          await follow(await attempt.attemptEmailAddressVerification({ code }))
        } catch (error) {
          const { emailAddress } = (clerk.client ?? client).signUp.verifications
          if (emailAddress.status !== 'transferable') throw error
          await signIn()
        }
      }),
    resend: () => task.run(() => attend(() => send(attempt))),
    async look() {
      const answer = await attempt.reload()
      task.ensureMounted()
      const { status } = answer.verifications.emailAddress
      if (answer.status === 'missing_requirements' && status === 'unverified') return 'waiting'
      if (status === 'expired') return 'expired'
      await attend(() => follow(answer))
      return 'settled'
    },
  }
}

// An optional field that stays empty is not sent: empty is not a name.
function filledIn(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''))
}
