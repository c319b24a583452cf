import type { JSX } from 'preact'
import { useHost } from '../host.ts'
import { LinkWait } from '../parts/link-wait.tsx'
import { Step } from '../parts/step.tsx'
import { SentTo } from './code.tsx'
import type { SignUpFlow } from './flow.ts'

/** Waits until the link that proves the address is opened. */
export function LinkStep({ flow }: { readonly flow: SignUpFlow }): JSX.Element {
  const { text } = useHost()
  return (
    <Step title={text.signUp.link.title} subtitle={<SentTo flow={flow} />}>
      <p class="core-stepText">{text.link.hint}</p>
      <LinkWait task={flow.task} look={flow.look} onResend={flow.resend} />
    </Step>
  )
}
