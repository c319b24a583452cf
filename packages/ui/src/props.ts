import type { Appearance } from './appearance.ts'

/** Props that every component takes. */
export interface CommonProps {
  readonly appearance?: Appearance | undefined
  /**
   * Accepted for compatibility. Steps live in the component, not in the URL, so `path` and `hash` behave like `virtual`.
   */
  readonly routing?: 'path' | 'hash' | 'virtual' | undefined
  /** Accepted for compatibility. */
  readonly path?: string | undefined
}
