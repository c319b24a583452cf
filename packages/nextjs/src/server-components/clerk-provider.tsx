import { resolveBrowserOptions } from '@core/backend/internal'
import type { InitialState } from '@core/react'
import type { ReactElement } from 'react'
import { BrowserClerkProvider } from '../client/clerk-provider.tsx'
import type { NextClerkProviderProps } from '../provider-props.ts'
import { readStateIfAny } from '../server/request-state.ts'

/**
 * Gives every hook and component below it the session and the user. Goes around the whole app, in the
 * root layout.
 *
 * @example
 * <ClerkProvider>
 *   <html lang="en">
 *     <body>{children}</body>
 *   </html>
 * </ClerkProvider>
 */
export async function ClerkProvider({
  dynamic = false,
  children,
  publishableKey,
  ...props
}: NextClerkProviderProps): Promise<ReactElement> {
  const initialState = dynamic ? await readInitialState() : undefined
  // Read now, not when the app was built: the same build serves any instance.
  const options = resolveBrowserOptions(process.env, 'NEXT_PUBLIC_')
  const key = publishableKey ?? options.publishableKey
  if (key === undefined) {
    throw new TypeError(
      '<ClerkProvider> needs a publishable key. Set NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY where the app runs and, unless the provider is `dynamic`, where it is built.',
    )
  }
  return (
    <BrowserClerkProvider {...options} {...props} publishableKey={key} initialState={initialState}>
      {children}
    </BrowserClerkProvider>
  )
}

async function readInitialState(): Promise<InitialState | undefined> {
  const current = await readStateIfAny()
  // A page that the middleware does not cover, such as "not found", knows nobody.
  if (current === null) return undefined
  const auth = current.state.toAuth({ treatPendingAsSignedOut: false })
  return { sessionClaims: auth?.sessionClaims ?? null }
}
