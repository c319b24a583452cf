import type { ClerkProviderProps } from '@core/react'

/** Props of `ClerkProvider`. What is left out comes from the environment (`NEXT_PUBLIC_CLERK_*`). */
export type NextClerkProviderProps = Omit<ClerkProviderProps, 'publishableKey' | 'initialState'> & {
  readonly publishableKey?: string | undefined
  /**
   * Whether pages are rendered for each request, with who is asking. Default: `false`, which lets them
   * be static; hooks then know who is signed in once the browser client has loaded.
   */
  readonly dynamic?: boolean | undefined
}
