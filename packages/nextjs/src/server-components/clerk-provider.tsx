import { resolveBrowserOptions } from '@core/backend/internal'
import type { InitialState } from '@core/react'
import { connection } from 'next/server'
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
  ...props
}: NextClerkProviderProps): Promise<ReactElement> {
  const initialState = dynamic ? await readInitialState() : undefined
  // Read now, not when the app was built: the same build serves any instance.
  const { publishableKey = '', ...options } = resolveBrowserOptions(process.env, 'NEXT_PUBLIC_')
  return (
    <BrowserClerkProvider
      {...options}
      {...props}
      publishableKey={props.publishableKey ?? publishableKey}
      initialState={initialState}
    >
      {children}
    </BrowserClerkProvider>
  )
}

async function readInitialState(): Promise<InitialState | undefined> {
  await connection()
  // A page that the middleware does not cover, such as "not found", knows nobody.
  const state = await readStateIfAny()
  return state === null
    ? undefined
    : {
        sessionClaims:
          state.state.toAuth({ treatPendingAsSignedOut: false })?.sessionClaims ?? null,
      }
}
