import type { JSX } from 'preact'
import type { LinkStatus } from '../arrival.ts'
import { useHost } from '../host.ts'
import { Step } from './step.tsx'

/** Says what became of a link, to whoever has opened it. */
export function LinkOpened(props: {
  readonly status: LinkStatus
  readonly onRetry: () => void
}): JSX.Element {
  const { text } = useHost()
  const words = text.link[props.status]
  return (
    <Step title={words.title} subtitle={words.subtitle}>
      {props.status !== 'verified' && (
        <button class="core-formButtonPrimary" type="button" onClick={props.onRetry}>
          {text.link.retry}
        </button>
      )}
    </Step>
  )
}
