import type { ComponentChildren, JSX } from 'preact'
import { useHost } from '../host.ts'
import { Alert } from './alert.tsx'
import { Loading } from './loading.tsx'

interface CardProps {
  readonly footer?: ComponentChildren
  readonly children: ComponentChildren
}

/** The frame that stays while steps come and go inside it. */
export function Card({ footer, children }: CardProps): JSX.Element {
  return (
    <div class="core-cardBox">
      <div class="core-card">{children}</div>
      {footer !== undefined && <div class="core-footer">{footer}</div>}
    </div>
  )
}

/** Stands where a card will be. */
export function LoadingCard(): JSX.Element {
  return (
    <Card>
      <Loading />
    </Card>
  )
}

/** Stands where a card should be and cannot. */
export function FailedCard(props: {
  readonly message: string
  readonly onRetry: () => void
}): JSX.Element {
  const { text } = useHost()
  return (
    <Card>
      <div class="core-step">
        <Alert>{props.message}</Alert>
        <button class="core-formButtonPrimary" type="button" onClick={props.onRetry}>
          {text.retry}
        </button>
      </div>
    </Card>
  )
}
