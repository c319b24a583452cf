import type { ComponentChildren, JSX } from 'preact'
import { useUniqueId } from '../host.ts'
import { FieldError } from './field.tsx'
import { useFormTask } from './form.tsx'

/** A checkbox whose whole line can be clicked. */
export function Checkbox(props: {
  readonly name: string
  readonly label: ComponentChildren
  readonly isChecked?: boolean
  readonly isRequired?: boolean
}): JSX.Element {
  const { problem, clear } = useFormTask()
  const id = useUniqueId()
  const { name } = props
  const error = problem?.fields[name]
  return (
    <div class="core-formField">
      <label class="core-formFieldCheckbox">
        <input
          type="checkbox"
          name={name}
          data-kind={name}
          defaultChecked={props.isChecked ?? false}
          required={props.isRequired ?? false}
          aria-invalid={error === undefined ? undefined : 'true'}
          aria-describedby={error === undefined ? undefined : id}
          onChange={() => clear(name)}
        />
        {props.label}
      </label>
      <FieldError id={id}>{error}</FieldError>
    </div>
  )
}
