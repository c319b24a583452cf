import type { JSX } from 'preact'
import { useHost } from '../host.ts'
import { LinkButton } from '../parts/button.tsx'
import { CodeForm } from '../parts/code-form.tsx'
import type { Task } from '../task.ts'
import { format } from '../text/format.ts'

interface CodePanelProps {
  readonly task: Task
  /** Where the code was sent. */
  readonly address: string
  readonly onSubmit: (code: string) => Promise<void>
  /** Sends another code. Resolves to whether it was sent. */
  readonly onResend: () => Promise<boolean>
  readonly onClose: () => void
}

/** Asks in a panel for the code that proves an address. */
export function CodePanel({ task, address, ...props }: CodePanelProps): JSX.Element {
  const { text } = useHost()
  return (
    <>
      <p class="core-panelText">{format(text.codeSentTo, { address })}</p>
      <CodeForm task={task} onSubmit={props.onSubmit} onResend={props.onResend}>
        <LinkButton onClick={props.onClose}>{text.cancel}</LinkButton>
      </CodeForm>
    </>
  )
}
