import { protect } from '@core/backend/internal'
import type { ControlProps, ProtectProps, ShowProps } from '@core/react'
import type { ReactNode } from 'react'
import { auth } from '../server/auth.ts'

/** Shows its children while somebody is signed in. */
export async function SignedIn({ children, ...options }: ControlProps): Promise<ReactNode> {
  const { userId } = await auth(options)
  return userId === null ? null : children
}

/** Shows its children while nobody is signed in. */
export async function SignedOut({ children, ...options }: ControlProps): Promise<ReactNode> {
  const { userId } = await auth(options)
  return userId === null ? children : null
}

/** Shows its children when a condition holds, else the fallback. What is not shown is not sent. */
export async function Show({
  when,
  children,
  fallback,
  ...options
}: ShowProps): Promise<ReactNode> {
  const current = await auth(options)
  if (when === 'signed-out') return current.userId === null ? children : fallback
  const params = when === 'signed-in' ? undefined : when
  const outcome = protect(current, { kind: 'api', params, reason: null, signInUrl: () => '' })
  return outcome.type === 'allow' ? children : fallback
}

/** Shows its children to somebody who is signed in and meets the condition, else the fallback. */
export async function Protect(props: ProtectProps): Promise<ReactNode> {
  const { children, fallback, treatPendingAsSignedOut, condition, ...params } = props
  const isAsked = Object.keys(params).length > 0
  return Show({
    when: condition ?? (isAsked ? params : 'signed-in'),
    children,
    fallback,
    treatPendingAsSignedOut,
  })
}
