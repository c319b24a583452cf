import type { JSX } from 'preact'
import { useHost } from '../host.ts'
import { CodeForm } from '../parts/code-form.tsx'
import { Identity } from '../parts/identity.tsx'
import { Step } from '../parts/step.tsx'
import type { SignUpFlow } from './flow.ts'

/** Where a mail went, with a way to another address. */
export function SentTo({ flow }: { readonly flow: SignUpFlow }): JSX.Element {
  const { text } = useHost()
  return (
    <Identity
      lead={text.sentTo}
      value={flow.attempt.emailAddress ?? ''}
      label={text.field.emailAddress}
      onChange={() => flow.show({ name: 'address' })}
    />
  )
}

/** Asks for the code that proves the address. */
export function CodeStep({ flow }: { readonly flow: SignUpFlow }): JSX.Element {
  const { text } = useHost()
  return (
    <Step title={text.signUp.code.title} subtitle={<SentTo flow={flow} />}>
      <CodeForm task={flow.task} onSubmit={flow.enterCode} onResend={flow.resend} />
    </Step>
  )
}
