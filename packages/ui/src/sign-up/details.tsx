import type { JSX } from 'preact'
import { useHost } from '../host.ts'
import { useInstance } from '../instance.tsx'
import { SubmitButton } from '../parts/button.tsx'
import { Field } from '../parts/field.tsx'
import { Form, type Values } from '../parts/form.tsx'
import { NewPasswordField } from '../parts/new-password-field.tsx'
import { Step } from '../parts/step.tsx'
import { fieldsOf, type FieldName, type SignUpField } from './fields.ts'
import type { SignUpFlow } from './flow.ts'
import type { SignUpProps } from './props.ts'

interface DetailsStepProps {
  readonly words: { readonly title: string; readonly subtitle: string }
  readonly flow: SignUpFlow
  /** Fields to ask for, all of them required. Default: what the instance asks everybody. */
  readonly only?: readonly FieldName[]
  readonly initialValues: SignUpProps['initialValues']
  readonly onSubmit: (values: Values) => Promise<void>
}

/** Asks for what an account consists of. */
export function DetailsStep(props: DetailsStepProps): JSX.Element {
  const { text } = useHost()
  const { environment } = useInstance()
  const { words, flow, only, onSubmit } = props
  const fields = fieldsOf(environment, only)
  const names = fields.filter(isName)

  return (
    <Step title={words.title} subtitle={words.subtitle}>
      <Form task={flow.task} onSubmit={onSubmit}>
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
  const { name, type, autocomplete, isRequired } = field
  if (name === 'password') {
    return <NewPasswordField label={text.field.password} isRequired={isRequired} />
  }
  return (
    <Field
      name={name}
      label={text.field[name]}
      type={type}
      autocomplete={autocomplete}
      isRequired={isRequired}
      initialValue={flow.attempt[name] ?? initialValues?.[name]}
    />
  )
}

function isName({ name }: SignUpField): boolean {
  return name === 'firstName' || name === 'lastName'
}
