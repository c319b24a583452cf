import type { JSX } from 'preact'
import { useUniqueId } from '../host.ts'

interface Option {
  readonly key: string
  readonly name: string
}

interface SelectProps<T extends Option> {
  readonly options: readonly T[]
  readonly value: string
  readonly label: string
  /** Shows the label; else only screen readers get to know it. */
  readonly isLabelled?: boolean
  readonly isBusy?: boolean
  readonly onChange: (option: T) => void
}

/** Chooses one of several things. */
export function Select<T extends Option>(props: SelectProps<T>): JSX.Element {
  const id = useUniqueId()
  const { options, value, label, isLabelled = false } = props
  return (
    <div class="core-formField">
      <label class={isLabelled ? 'core-formFieldLabel' : 'core-hidden'} for={id}>
        {label}
      </label>
      <select
        class={`core-formFieldInput core-select${isLabelled ? '' : ' core-inlineSelect'}`}
        id={id}
        value={value}
        disabled={props.isBusy}
        onChange={(event) => {
          const option = options.find(({ key }) => key === event.currentTarget.value)
          if (option !== undefined) props.onChange(option)
        }}
      >
        {options.map(({ key, name }) => (
          <option key={key} value={key}>
            {name}
          </option>
        ))}
      </select>
    </div>
  )
}
