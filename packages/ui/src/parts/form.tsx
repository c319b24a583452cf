import { createContext, type ComponentChildren, type JSX } from 'preact'
import { useContext, useEffect, useRef } from 'preact/hooks'
import { useHost } from '../host.ts'
import type { Problem } from '../problem.ts'
import type { Task } from '../task.ts'
import type { Text } from '../text/en.ts'
import { format } from '../text/format.ts'
import { Alert } from './alert.tsx'
import { useFormId, useTitleId } from './step.tsx'

/** Values of a form by field name. */
export type Values = Readonly<Record<string, string>>

const FormContext = createContext<Task | null>(null)

/** Reads the task of the form that a field stands in. */
export function useFormTask(): Task {
  const task = useContext(FormContext)
  if (task === null) throw new TypeError('A field was rendered outside a form.')
  return task
}

interface FormProps {
  readonly task: Task
  /** Names of fields whose values the caller keeps: no inputs, but errors may be about them. */
  readonly fields?: readonly string[] | undefined
  readonly onSubmit: (values: Values) => Promise<void>
  readonly children: ComponentChildren
}

/**
 * A real form: it submits on Enter, checks its fields in words instead of browser bubbles, and moves the focus to the first field
 * at fault. Values are read from the DOM at submit, since password managers fill inputs in ways that fire no event.
 */
export function Form({ task, fields, onSubmit, children }: FormProps): JSX.Element {
  const { text } = useHost()
  const id = useFormId()
  const titleId = useTitleId()
  const ref = useRef<HTMLFormElement>(null)

  useEffect(() => {
    if (task.problem !== null && !task.isBusy) {
      ref.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
    }
  }, [task.problem, task.isBusy])

  function submit(event: Event): void {
    event.preventDefault()
    const form = ref.current
    if (form === null || task.isBusy) return
    const problem = check(inputsOf(form), text)
    if (problem !== null) return task.report(problem)
    const values = valuesOf(inputsOf(form))
    void task.run(() => onSubmit(values), [...Object.keys(values), ...(fields ?? [])])
  }

  return (
    <form
      ref={ref}
      class="core-form"
      method="post"
      noValidate
      id={id}
      aria-labelledby={titleId}
      onSubmit={submit}
    >
      <Alert>{task.problem?.form}</Alert>
      <output class="core-hidden">{task.isBusy ? text.working : null}</output>
      <FormContext.Provider value={task}>{children}</FormContext.Provider>
    </form>
  )
}

function inputsOf(form: HTMLFormElement): readonly HTMLInputElement[] {
  return [...form.querySelectorAll('input')].filter((input) => input.name !== '' && !input.readOnly)
}

function valuesOf(inputs: readonly HTMLInputElement[]): Values {
  return Object.fromEntries(
    inputs.map((input) => {
      // Spaces are part of a password; elsewhere they are slips of the thumb.
      const isSecret = input.autocomplete.endsWith('-password')
      return [input.name, isSecret ? input.value : valueOf(input)]
    }),
  )
}

function valueOf(input: HTMLInputElement): string {
  if (input.type === 'checkbox') return input.checked ? 'true' : ''
  return input.value.trim()
}

function check(inputs: readonly HTMLInputElement[], text: Text): Problem | null {
  const fields: Record<string, string> = {}
  for (const input of inputs) {
    const message = messageFor(input, text)
    if (message !== null) fields[input.name] = message
  }
  return Object.keys(fields).length === 0 ? null : { fields, form: null, codes: [] }
}

function messageFor(input: HTMLInputElement, { invalid }: Text): string | null {
  const value = valueOf(input)
  if (value === '') {
    if (!input.required) return null
    return invalid[`required__${input.dataset['kind']}` as 'required__code'] ?? invalid.required
  }
  if (input.type === 'email' && input.validity.typeMismatch) return invalid.emailAddress
  if (input.minLength > 0 && input.value.length < input.minLength) {
    return input.autocomplete === 'one-time-code'
      ? invalid.codeLength
      : format(invalid.passwordLength, { min: input.minLength })
  }
  return null
}
