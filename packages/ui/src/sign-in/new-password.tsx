import type { JSX } from 'preact'
import { useHost } from '../host.ts'
import { SubmitButton } from '../parts/button.tsx'
import { Checkbox } from '../parts/checkbox.tsx'
import { Form } from '../parts/form.tsx'
import { NewPasswordField } from '../parts/new-password-field.tsx'
import { Step } from '../parts/step.tsx'
import type { SignInFlow } from './flow.ts'
import { SignInIdentity } from './password.tsx'

/** Asks for a new password after a reset code was accepted. */
export function NewPasswordStep({ flow }: { readonly flow: SignInFlow }): JSX.Element {
  const { text } = useHost()
  const words = text.signIn.newPassword
  return (
    <Step title={words.title} subtitle={<SignInIdentity flow={flow} />}>
      <Form
        task={flow.task}
        onSubmit={({ password = '', signOutOfOtherSessions }) =>
          flow.setNewPassword(password, signOutOfOtherSessions === 'true')
        }
      >
        <NewPasswordField label={text.field.newPassword} kind="newPassword" />
        <Checkbox
          name="signOutOfOtherSessions"
          label={text.field.signOutOfOtherSessions}
          isChecked
        />
        <SubmitButton isBusy={flow.task.isBusy}>{words.submit}</SubmitButton>
      </Form>
    </Step>
  )
}
