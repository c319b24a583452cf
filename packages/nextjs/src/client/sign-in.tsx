'use client'

import { SignIn as ReactSignIn, type SignInProps } from '@core/react'
import type { ReactNode } from 'react'
import { useMountPath } from './use-mount-path.ts'

/**
 * Renders the sign-in. Steps are sub-paths of the page it is on, so put it into an optional catch-all
 * route such as `app/sign-in/[[...sign-in]]/page.tsx`.
 */
export function SignIn(props: SignInProps): ReactNode {
  const path = useMountPath()
  return (
    <ReactSignIn {...(props.routing === undefined ? { routing: 'path', path } : {})} {...props} />
  )
}
