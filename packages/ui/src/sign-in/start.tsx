import type { EnvironmentJSON } from '@core/protocol'
import type { JSX } from 'preact'
import { useHost } from '../host.ts'
import { useInstance } from '../instance.tsx'
import { SubmitButton } from '../parts/button.tsx'
import { DormantPassword } from '../parts/dormant-password.tsx'
import { Field } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { Step } from '../parts/step.tsx'
import { format } from '../text/format.ts'
import type { SignInFlow } from './flow.ts'
import type { SignInProps } from './props.ts'

type IdentifierKind = 'emailAddress' | 'username' | 'either'

/** Asks who it is. */
export function StartStep(props: {
  readonly flow: SignInFlow
  readonly initialValues: SignInProps['initialValues']
}): JSX.Element {
  const { text } = useHost()
  const { environment } = useInstance()
  const { flow, initialValues } = props
  const kind = identifierKindOf(environment)
  const application = environment.display_config.application_name
  const { start } = text.signIn

  return (
    <Step
      title={application ? format(start.title, { application }) : start.title__unnamed}
      subtitle={start.subtitle}
    >
      <Form
        task={flow.task}
        onSubmit={({ identifier = '', password }) => flow.enterIdentifier(identifier, password)}
      >
        <Field
          name="identifier"
          kind={kind === 'either' ? 'identifier' : kind}
          label={text.field[`identifier__${kind}`]}
          type={kind === 'emailAddress' ? 'email' : 'text'}
          autocomplete="username"
          initialValue={
            flow.attempt.identifier ?? initialValues?.emailAddress ?? initialValues?.username
          }
        />
        {environment.user_settings.attributes['password']?.enabled === true && <DormantPassword />}
        <SubmitButton isBusy={flow.task.isBusy}>{text.continue}</SubmitButton>
      </Form>
    </Step>
  )
}

/** Which kinds of name an instance signs people in by. */
function identifierKindOf(environment: EnvironmentJSON): IdentifierKind {
  const { attributes } = environment.user_settings
  const isUsed = (name: string): boolean => attributes[name]?.used_for_first_factor === true
  if (!isUsed('username')) return 'emailAddress'
  return isUsed('email_address') ? 'either' : 'username'
}
