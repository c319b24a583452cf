import type { JSX } from 'preact'
import { useHost } from '../host.ts'
import { ActionForm, Disclosure } from './disclosure.tsx'

interface RemovalProps {
  /** What is removed, in words: "Remove ada@example.com". */
  readonly title: string
  /** What follows from it. */
  readonly warning: string
  readonly onRemove: () => Promise<void>
}

/** Removes one of several things, after a warning. */
export function Removal({ title, warning, onRemove }: RemovalProps): JSX.Element {
  const { text } = useHost()
  return (
    <Disclosure label={text.remove} description={title} title={title} isDanger>
      {(close) => (
        <ActionForm submit={text.remove} isDanger onSubmit={onRemove} onClose={close}>
          <p class="core-panelText">{warning}</p>
        </ActionForm>
      )}
    </Disclosure>
  )
}
