import type { JSX } from 'preact'
import { useHost } from '../host.ts'
import { Field } from '../parts/field.tsx'
import { useTask } from '../task.ts'
import { format } from '../text/format.ts'
import { ActionForm } from './disclosure.tsx'

interface ConfirmationProps {
  /** What happens, in a sentence. */
  readonly warning: string
  /** What has to be typed before it does. */
  readonly phrase: string
  readonly submit: string
  readonly onConfirm: () => Promise<void>
  readonly onClose: () => void
}

/** Asks to type a phrase before something that cannot be undone. */
export function Confirmation(props: ConfirmationProps): JSX.Element {
  const { text } = useHost()
  const task = useTask()
  const { phrase, submit, onClose } = props

  async function confirm(typed: string): Promise<void> {
    if (typed === phrase) return props.onConfirm()
    throw new PhraseMismatch()
  }

  return (
    <ActionForm
      submit={submit}
      isDanger
      task={task}
      onSubmit={({ confirmation = '' }) => confirm(confirmation)}
      onClose={onClose}
    >
      <p class="core-panelText">{props.warning}</p>
      <Field
        name="confirmation"
        label={format(text.field.confirmation, { phrase })}
        autocomplete="off"
      />
    </ActionForm>
  )
}

/** In the shape of a refusal by the server, so that it is shown at its field. */
class PhraseMismatch extends Error {
  readonly errors = [
    { code: 'confirmation_mismatch', message: '', meta: { paramName: 'confirmation' } },
  ]
}
