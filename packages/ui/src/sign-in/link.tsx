import type { SignInFactor } from '@core/js'
import type { JSX } from 'preact'
import { useHost } from '../host.ts'
import { LinkButton } from '../parts/button.tsx'
import { LinkWait } from '../parts/link-wait.tsx'
import { Step } from '../parts/step.tsx'
import { SentTo } from './code.tsx'
import type { SignInFlow } from './flow.ts'

/** Waits until the link that was sent is opened. */
export function LinkStep(props: {
  readonly flow: SignInFlow
  readonly factor: SignInFactor
}): JSX.Element {
  const { text } = useHost()
  const { flow, factor } = props
  const words = text.signIn.link

  return (
    <Step title={words.title} subtitle={<SentTo flow={flow} factor={factor} />}>
      <p class="core-stepText">{text.link.hint}</p>
      <LinkWait task={flow.task} look={flow.look} onResend={() => flow.send(factor)}>
        <LinkButton onClick={() => flow.show({ name: 'methods' })}>{words.otherMethod}</LinkButton>
      </LinkWait>
    </Step>
  )
}
