import type { JSX } from 'preact'
import { useHost } from '../host.ts'
import { useInstance } from '../instance.tsx'
import { format } from '../text/format.ts'
import { Field } from './field.tsx'

/** A field for a password that is being chosen, with the instance's minimum length. */
export function NewPasswordField(props: {
  readonly label: string
  /** Default: `password`. */
  readonly name?: string
  readonly kind?: string
  readonly isRequired?: boolean
}): JSX.Element {
  const { text } = useHost()
  const { environment } = useInstance()
  const min = minLengthOf(environment.user_settings.password_settings.min_length)
  return (
    <Field
      name={props.name ?? 'password'}
      kind={props.kind ?? 'newPassword'}
      label={props.label}
      type="password"
      autocomplete="new-password"
      isRequired={props.isRequired ?? true}
      minLength={min}
      hint={format(text.hint.passwordLength, { min })}
    />
  )
}

// The protocol's floor, whatever the settings say.
function minLengthOf(setting: number): number {
  return Math.max(8, setting)
}
