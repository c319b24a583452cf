import type { ComponentChildren, JSX } from 'preact'
import { useState } from 'preact/hooks'
import { useHost } from '../host.ts'
import { summaryOf, toProblem } from '../problem.ts'
import { Abandoned, type Task } from '../task.ts'
import { Alert, Status } from './alert.tsx'
import { Resend } from './resend.tsx'
import { usePoll } from './use-poll.ts'

/** What was seen of a link: nobody has opened it, it is over, or the flow has gone on. */
export type LinkState = 'waiting' | 'expired' | 'settled'

interface LinkWaitProps {
  readonly task: Task
  /** Asks the server about the link. */
  readonly look: () => Promise<LinkState>
  /** Sends another link. Resolves to whether it was sent. */
  readonly onResend: () => Promise<boolean>
  /** Further ways out, beside "Resend link". */
  readonly children?: ComponentChildren
}

/** Waits until a link in a mail was opened, here or elsewhere, and offers to send another. */
export function LinkWait({ task, look, onResend, children }: LinkWaitProps): JSX.Element {
  const { text } = useHost()
  const [isOver, setOver] = useState(false)
  const [wasResent, setResent] = useState(false)

  usePoll(!isOver, async () => {
    try {
      const state = await look()
      if (state === 'expired') setOver(true)
      return state === 'waiting'
    } catch (error) {
      if (error instanceof Abandoned) return false
      const problem = toProblem(error, [], text)
      // One answer that is lost is made up for by the next.
      if (problem.codes.length === 0) return true
      task.report(problem)
      setOver(true)
      return false
    }
  })

  async function resend(): Promise<boolean> {
    setResent(false)
    const isSent = await onResend()
    setResent(isSent)
    if (isSent) setOver(false)
    return isSent
  }

  return (
    <div class="core-form">
      <Alert>{summaryOf(task.problem) ?? (isOver ? text.link.expired.subtitle : null)}</Alert>
      {!isOver && (
        <div class="core-waiting">
          <span class="core-spinner" aria-hidden="true" />
          {text.link.waiting}
        </div>
      )}
      <div class="core-actions">
        <Resend key={String(isOver)} isDue={isOver} onResend={resend}>
          {text.resendLink}
        </Resend>
        {children}
      </div>
      <Status>{wasResent ? text.link.resent : null}</Status>
    </div>
  )
}
