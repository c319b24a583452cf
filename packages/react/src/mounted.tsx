'use client'

/** The prebuilt components, drawn by `@core/ui` into a node that React only keeps the place of. */

import type { Clerk } from '@core/js'
import type {
  SignInProps as SignInLooks,
  SignUpProps as SignUpLooks,
  UserButtonProps as UserButtonLooks,
} from '@core/ui'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { useClerkContext } from './clerk-context.ts'

interface Fallback {
  /** Shown until the component is there. */
  readonly fallback?: ReactNode
}

/** Looks and destinations of a {@link SignIn}. */
export type SignInProps = SignInLooks & Fallback
/** Looks and destinations of a {@link SignUp}. */
export type SignUpProps = SignUpLooks & Fallback
/** Looks of a {@link UserButton}. */
export type UserButtonProps = UserButtonLooks & Fallback

type Mount = (clerk: Clerk, node: HTMLElement, props: object) => () => void

/** Draws the sign-in. */
export function SignIn({ fallback, ...props }: SignInProps): ReactNode {
  return <Place caller="<SignIn>" mount={mountSignIn} props={props} fallback={fallback} />
}

/** Draws the sign-up. */
export function SignUp({ fallback, ...props }: SignUpProps): ReactNode {
  return <Place caller="<SignUp>" mount={mountSignUp} props={props} fallback={fallback} />
}

/** Draws the picture of the user with a menu behind it. */
export function UserButton({ fallback, ...props }: UserButtonProps): ReactNode {
  return <Place caller="<UserButton>" mount={mountUserButton} props={props} fallback={fallback} />
}

const mountSignIn: Mount = (clerk, node, props) => {
  clerk.mountSignIn(node, props)
  return () => clerk.unmountSignIn(node)
}

const mountSignUp: Mount = (clerk, node, props) => {
  clerk.mountSignUp(node, props)
  return () => clerk.unmountSignUp(node)
}

const mountUserButton: Mount = (clerk, node, props) => {
  clerk.mountUserButton(node, props)
  return () => clerk.unmountUserButton(node)
}

interface PlaceProps extends Fallback {
  readonly caller: string
  readonly mount: Mount
  readonly props: object
}

function Place({ caller, mount, props, fallback }: PlaceProps): ReactNode {
  const { clerk } = useClerkContext(caller)
  const node = useRef<HTMLDivElement>(null)
  const isDrawn = useIsFilled(node)

  useEffect(() => {
    const place = node.current
    if (!place) return
    const unmount = mount(clerk, place, props)
    return unmount
    // oxlint-disable-next-line react/exhaustive-deps -- later properties go the way below
  }, [clerk, mount])

  // Mounting again in the same place hands over new properties.
  useEffect(() => {
    if (node.current) mount(clerk, node.current, props)
  })

  return (
    <>
      {!isDrawn && fallback}
      <div ref={node} />
    </>
  )
}

/** Tells whether something was drawn into a node. */
function useIsFilled(node: { readonly current: HTMLElement | null }): boolean {
  const [isFilled, setFilled] = useState(false)
  useEffect(() => {
    const place = node.current
    if (!place) return
    const look = (): void => setFilled(place.childElementCount > 0)
    const observer = new MutationObserver(look)
    observer.observe(place, { childList: true })
    look()
    return () => observer.disconnect()
  }, [node])
  return isFilled
}
