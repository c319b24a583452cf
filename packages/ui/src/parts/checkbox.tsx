import type { JSX } from 'preact'

/** A checkbox whose whole line can be clicked. */
export function Checkbox(props: {
  readonly name: string
  readonly label: string
  readonly isChecked?: boolean
}): JSX.Element {
  return (
    <label class="core-formFieldCheckbox">
      <input type="checkbox" name={props.name} defaultChecked={props.isChecked ?? false} />
      {props.label}
    </label>
  )
}
