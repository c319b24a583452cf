import type { JSX } from 'preact'
import { useHost } from '../host.ts'
import { LinkButton, SubmitButton } from '../parts/button.tsx'
import { Field } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { Step } from '../parts/step.tsx'
import type { SignUpFlow } from './flow.ts'

/** Corrects the address that the code goes to, without asking for everything again. */
export function AddressStep({ flow }: { readonly flow: SignUpFlow }): JSX.Element {
  const { text } = useHost()
  const words = text.signUp.address
  return (
    <Step title={words.title} subtitle={words.subtitle}>
      <Form task={flow.task} onSubmit={flow.update}>
        <Field
          name="emailAddress"
          label={text.field.emailAddress}
          type="email"
          autocomplete="email"
          initialValue={flow.attempt.emailAddress ?? undefined}
        />
        <SubmitButton isBusy={flow.task.isBusy}>{text.continue}</SubmitButton>
        <div class="core-actions">
          <LinkButton onClick={flow.back}>{text.back}</LinkButton>
          <LinkButton onClick={() => flow.show({ name: 'start' })}>{words.startOver}</LinkButton>
        </div>
      </Form>
    </Step>
  )
}
