'use client'

import { SignUp as ReactSignUp, type SignUpProps } from '@core/react'
import type { ReactNode } from 'react'
import { useMountPath } from './use-mount-path.ts'

/**
 * Renders the sign-up. Steps are sub-paths of the page it is on, so put it into an optional catch-all
 * route such as `app/sign-up/[[...sign-up]]/page.tsx`.
 */
export function SignUp(props: SignUpProps): ReactNode {
  const path = useMountPath()
  return (
    <ReactSignUp {...(props.routing === undefined ? { routing: 'path', path } : {})} {...props} />
  )
}
