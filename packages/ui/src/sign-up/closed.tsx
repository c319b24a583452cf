import type { JSX } from 'preact'
import { useClerk, useHost } from '../host.ts'
import { useInstance } from '../instance.tsx'
import { Alert } from '../parts/alert.tsx'
import { Step } from '../parts/step.tsx'
import { summaryOf } from '../problem.ts'
import type { SignUpFlow } from './flow.ts'

/** Says that nobody may sign up by themselves, and what they can do instead. */
export function ClosedStep(props: {
  readonly flow: SignUpFlow
  readonly waitlistUrl: string | undefined
}): JSX.Element {
  const { text } = useHost()
  const clerk = useClerk()
  const { environment } = useInstance()
  const { flow, waitlistUrl } = props
  const words = text.signUp.closed

  return (
    <Step title={words.title} subtitle={words.subtitle}>
      <Alert>{summaryOf(flow.task.problem)}</Alert>
      {environment.user_settings.sign_up.mode === 'waitlist' && (
        <button
          class="core-formButtonPrimary"
          type="button"
          onClick={() => {
            if (waitlistUrl) void clerk.navigate(waitlistUrl)
            else flow.show({ name: 'closed' })
          }}
        >
          {words.waitlist}
        </button>
      )}
    </Step>
  )
}
