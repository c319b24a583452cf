import type { ComponentType } from 'preact'

/** A component and what it looks like. */
export interface Screen {
  readonly Component: ComponentType<object>
  readonly styles: readonly string[]
}
