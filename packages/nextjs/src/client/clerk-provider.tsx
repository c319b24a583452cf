'use client'

import { ClerkProvider as ReactClerkProvider, type ClerkProviderProps } from '@core/react'
import type { ReactNode } from 'react'
import type { NextClerkProviderProps } from '../provider-props.ts'
import { RefreshOnSessionChange } from './refresh-on-session-change.tsx'
import { useAwaitableRouter } from './use-awaitable-router.ts'

/**
 * The browser's half of `ClerkProvider`: navigates with the App Router and asks the server again when
 * the session changes.
 */
export function BrowserClerkProvider({ children, ...props }: ClerkProviderProps): ReactNode {
  const { push, replace } = useAwaitableRouter()
  return (
    <ReactClerkProvider routerPush={push} routerReplace={replace} {...props}>
      <RefreshOnSessionChange />
      {children}
    </ReactClerkProvider>
  )
}

/** `ClerkProvider` in a Client Component: what it is not given comes from the build. */
export function ClerkProvider({
  dynamic: _dynamic,
  publishableKey = process.env.NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY ?? '',
  signInUrl = process.env.NEXT_PUBLIC_CLERK_SIGN_IN_URL,
  signUpUrl = process.env.NEXT_PUBLIC_CLERK_SIGN_UP_URL,
  ...props
}: NextClerkProviderProps): ReactNode {
  return (
    <BrowserClerkProvider
      publishableKey={publishableKey}
      signInUrl={signInUrl}
      signUpUrl={signUpUrl}
      {...props}
    />
  )
}

// Next.js puts the values into the build, where these names are written out.
declare global {
  namespace NodeJS {
    interface ProcessEnv {
      readonly NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY?: string
      readonly NEXT_PUBLIC_CLERK_SIGN_IN_URL?: string
      readonly NEXT_PUBLIC_CLERK_SIGN_UP_URL?: string
    }
  }
}
