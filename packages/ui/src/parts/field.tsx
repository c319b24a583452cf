import type { ComponentChildren, JSX } from 'preact'
import { useState } from 'preact/hooks'
import { useHost, useUniqueId } from '../host.ts'
import { EyeIcon, EyeOffIcon } from './icons.tsx'
import { useFormTask } from './form.tsx'

export interface FieldProps {
  readonly name: string
  readonly label: string
  /** Key of the message when it is left empty; default: the name. */
  readonly kind?: string
  readonly type?: 'text' | 'email' | 'password'
  readonly autocomplete: string
  readonly isRequired?: boolean
  readonly initialValue?: string | undefined
  readonly minLength?: number | undefined
  readonly hint?: string | undefined
  /** Stands right of the label: "Forgot password?". */
  readonly action?: ComponentChildren
}

/** A labelled input with its hint and its error. */
export function Field(props: FieldProps): JSX.Element {
  const { text } = useHost()
  const { problem, clear } = useFormTask()
  const id = useUniqueId()
  const [isRevealed, setRevealed] = useState(false)
  const { name, type = 'text', isRequired = true } = props
  const error = problem?.fields[name]

  return (
    <div class="core-formField">
      <div class="core-formFieldLabelRow">
        <label class="core-formFieldLabel" for={id}>
          {props.label}
        </label>
        {!isRequired && <span class="core-formFieldOptional">{text.optional}</span>}
      </div>
      <div class="core-formFieldInputGroup">
        <input
          class="core-formFieldInput"
          id={id}
          name={name}
          data-kind={props.kind ?? name}
          // The types know one element per kind of input; the attributes used here are common to all.
          type={(isRevealed ? 'text' : type) as 'text'}
          autocomplete={props.autocomplete as 'username'}
          autocapitalize={props.autocomplete.endsWith('-name') ? 'words' : 'none'}
          spellcheck={false}
          required={isRequired}
          minLength={props.minLength}
          defaultValue={props.initialValue}
          aria-invalid={error === undefined ? undefined : 'true'}
          aria-describedby={describedBy(id, error, props.hint)}
          onInput={() => clear(name)}
        />
        {type === 'password' && (
          <button
            class="core-formFieldInputShowPasswordButton"
            type="button"
            aria-label={isRevealed ? text.hidePassword : text.showPassword}
            aria-controls={id}
            onClick={() => setRevealed(!isRevealed)}
          >
            {isRevealed ? <EyeOffIcon /> : <EyeIcon />}
          </button>
        )}
      </div>
      <FieldError id={`${id}-error`}>{error}</FieldError>
      {props.hint !== undefined && (
        <div class="core-formFieldHintText" id={`${id}-hint`}>
          {props.hint}
        </div>
      )}
      {props.action}
    </div>
  )
}

/** The error of one field, announced when it appears while the focus stays. */
export function FieldError(props: {
  readonly id: string
  readonly children?: ComponentChildren
}): JSX.Element {
  return (
    <div class="core-formFieldErrorText" id={props.id} aria-live="polite">
      {props.children}
    </div>
  )
}

function describedBy(id: string, error: string | undefined, hint: string | undefined) {
  if (error !== undefined) return `${id}-error`
  return hint === undefined ? undefined : `${id}-hint`
}
