import type { JSX } from 'preact'
import { useHost } from '../host.ts'
import { LinkButton, SubmitButton } from '../parts/button.tsx'
import { Field } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { Identity } from '../parts/identity.tsx'
import { Step } from '../parts/step.tsx'
import type { SignInFlow } from './flow.ts'
import { resetFactorOf } from './step.ts'

/** Asks for the password. */
export function PasswordStep({ flow }: { readonly flow: SignInFlow }): JSX.Element {
  const { text } = useHost()
  const words = text.signIn.password
  const reset = resetFactorOf(flow.attempt)

  return (
    <Step title={words.title} subtitle={<SignInIdentity flow={flow} />}>
      <Form task={flow.task} onSubmit={({ password = '' }) => flow.enterPassword(password)}>
        <Field
          name="password"
          label={text.field.password}
          type="password"
          autocomplete="current-password"
        />
        <SubmitButton isBusy={flow.task.isBusy}>{text.continue}</SubmitButton>
        <div class="core-actions">
          <LinkButton onClick={() => flow.show({ name: 'methods' })}>
            {words.otherMethod}
          </LinkButton>
          {reset !== undefined && (
            <LinkButton onClick={() => void flow.send(reset)}>{words.forgot}</LinkButton>
          )}
        </div>
      </Form>
    </Step>
  )
}

/** Who is signing in, with a way back to the first step. */
export function SignInIdentity({ flow }: { readonly flow: SignInFlow }): JSX.Element {
  const { text } = useHost()
  const value = flow.attempt.identifier ?? ''
  const kind = value.includes('@') ? 'emailAddress' : 'username'
  return (
    <Identity
      value={value}
      label={text.field[kind]}
      onChange={() => flow.show({ name: 'start' })}
    />
  )
}
