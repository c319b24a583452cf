import type { JSX } from 'preact'
import { useHost } from '../host.ts'

/** Says that something is on its way. */
export function Loading(): JSX.Element {
  const { text } = useHost()
  return (
    <output class="core-loading">
      <span class="core-spinner" aria-hidden="true" />
      <span class="core-hidden">{text.loading}</span>
    </output>
  )
}
