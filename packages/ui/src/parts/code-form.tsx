import type { ComponentChildren, JSX } from 'preact'
import { useState } from 'preact/hooks'
import { useHost } from '../host.ts'
import type { Task } from '../task.ts'
import { Status } from './alert.tsx'
import { SubmitButton } from './button.tsx'
import { CodeInput } from './code-input.tsx'
import { Form } from './form.tsx'
import { Resend } from './resend.tsx'

interface CodeFormProps {
  readonly task: Task
  readonly onSubmit: (code: string) => Promise<void>
  /** Sends another code. Resolves to whether it was sent. */
  readonly onResend: () => Promise<boolean>
  /** Further ways out, beside "Resend code". */
  readonly children?: ComponentChildren
}

/** Asks for a code from an e-mail, and offers to send another. */
export function CodeForm(props: CodeFormProps): JSX.Element {
  const { text } = useHost()
  const [wasResent, setResent] = useState(false)

  async function resend(): Promise<boolean> {
    setResent(false)
    const isSent = await props.onResend()
    setResent(isSent)
    return isSent
  }

  return (
    <Form task={props.task} onSubmit={({ code = '' }) => props.onSubmit(code)}>
      <CodeInput />
      <SubmitButton isBusy={props.task.isBusy}>{text.continue}</SubmitButton>
      <div class="core-actions">
        <Resend onResend={resend} />
        {props.children}
      </div>
      <Status>{wasResent ? text.resent : null}</Status>
    </Form>
  )
}
