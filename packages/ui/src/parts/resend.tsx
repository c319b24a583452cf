import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { useHost } from '../host.ts'
import { format } from '../text/format.ts'
import { LinkButton } from './button.tsx'

const COOLDOWN_IN_SECONDS = 30

interface ResendProps {
  readonly onResend: () => Promise<boolean>
  /** Can be pressed at once; default: the first one counts as just sent. */
  readonly isDue?: boolean
  /** What the button says; default: "Resend code". */
  readonly children?: ComponentChildren
}

/** Sends the code again, once in thirty seconds. */
export function Resend({ onResend, isDue = false, children }: ResendProps): JSX.Element {
  const { text } = useHost()
  const [left, setLeft] = useState(isDue ? 0 : COOLDOWN_IN_SECONDS)

  useEffect(() => {
    if (left === 0) return
    const timer = setTimeout(() => setLeft(left - 1), 1000)
    return () => clearTimeout(timer)
  }, [left])

  async function resend(): Promise<void> {
    if (await onResend()) setLeft(COOLDOWN_IN_SECONDS)
  }

  return (
    <LinkButton isDisabled={left > 0} onClick={() => void resend()}>
      {children ?? text.resend}
      {left > 0 && (
        <span class="core-countdown" aria-hidden="true">
          {format(text.resendWait, { seconds: left })}
        </span>
      )}
    </LinkButton>
  )
}
