import type { ComponentChildren, JSX } from 'preact'
import { useHost } from '../host.ts'
import { useInstance } from '../instance.tsx'
import { SubmitButton } from '../parts/button.tsx'
import { Field } from '../parts/field.tsx'
import { Form, type Values } from '../parts/form.tsx'
import { NewPasswordField } from '../parts/new-password-field.tsx'
import { Step } from '../parts/step.tsx'
import { format } from '../text/format.ts'
import type { SignUpField } from './fields.ts'
import type { SignUpFlow } from './flow.ts'
import { LegalConsent } from './legal-consent.tsx'
import type { SignUpProps } from './props.ts'

interface DetailsStepProps {
  readonly title: string
  readonly subtitle: ComponentChildren
  readonly flow: SignUpFlow
  readonly fields: readonly SignUpField[]
  readonly initialValues: SignUpProps['initialValues']
  readonly onSubmit: (values: Values) => Promise<void>
}

/** Asks for what an account consists of. */
export function DetailsStep(props: DetailsStepProps): JSX.Element {
  const { text } = useHost()
  const { flow, fields } = props
  const names = fields.filter(isName)

  return (
    <Step title={props.title} subtitle={props.subtitle}>
      <Form task={flow.task} onSubmit={props.onSubmit}>
        {names.length > 0 && (
          <div class="core-formRow">
            {names.map((field) => (
              <DetailField key={field.name} field={field} {...props} />
            ))}
          </div>
        )}
        {fields
          .filter((field) => !isName(field))
          .map((field) => (
            <DetailField key={field.name} field={field} {...props} />
          ))}
        <SubmitButton isBusy={flow.task.isBusy}>{text.continue}</SubmitButton>
      </Form>
    </Step>
  )
}

function DetailField({
  field,
  flow,
  initialValues,
}: DetailsStepProps & { readonly field: SignUpField }): JSX.Element {
  const { text } = useHost()
  const { environment } = useInstance()
  const { name, type, autocomplete, isRequired } = field
  if (name === 'password') {
    return <NewPasswordField label={text.field.password} isRequired={isRequired} />
  }
  if (name === 'legalAccepted' || type === 'checkbox') return <LegalConsent name={name} />
  const { min_length: min, max_length: max } = environment.user_settings['username_settings'] as {
    readonly min_length: number
    readonly max_length: number
  }
  return (
    <Field
      name={name}
      label={text.field[name]}
      type={type}
      autocomplete={autocomplete}
      isRequired={isRequired}
      initialValue={flow.attempt[name] ?? initialValues?.[name]}
      hint={name === 'username' ? format(text.hint.username, { min, max }) : undefined}
    />
  )
}

function isName({ name }: SignUpField): boolean {
  return name === 'firstName' || name === 'lastName'
}
