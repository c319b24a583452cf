import type { SignInFactor } from '@core/js'
import type { JSX } from 'preact'
import { useHost } from '../host.ts'
import { LinkButton } from '../parts/button.tsx'
import { CodeForm } from '../parts/code-form.tsx'
import { Identity } from '../parts/identity.tsx'
import { Step } from '../parts/step.tsx'
import type { SignInFlow } from './flow.ts'
import { isReset } from './step.ts'

/** Where a mail went, with a way back to the first step. */
export function SentTo({
  flow,
  factor,
}: {
  readonly flow: SignInFlow
  readonly factor: SignInFactor
}): JSX.Element {
  const { text } = useHost()
  return (
    <Identity
      lead={text.sentTo}
      value={factor.safeIdentifier ?? flow.attempt.identifier ?? ''}
      label={text.field.emailAddress}
      onChange={() => flow.show({ name: 'start' })}
    />
  )
}

/** Asks for the code that was sent, to sign in or to reset the password. */
export function CodeStep(props: {
  readonly flow: SignInFlow
  readonly factor: SignInFactor
}): JSX.Element {
  const { text } = useHost()
  const { flow, factor } = props
  const words = text.signIn.code

  return (
    <Step
      title={isReset(factor) ? words.title__reset : words.title}
      subtitle={<SentTo flow={flow} factor={factor} />}
    >
      <CodeForm
        task={flow.task}
        onSubmit={(code) => flow.enterCode(factor, code)}
        onResend={() => flow.send(factor)}
      >
        <LinkButton onClick={() => flow.show({ name: 'methods' })}>{words.otherMethod}</LinkButton>
      </CodeForm>
    </Step>
  )
}
