'use client'

/** The prebuilt components, drawn by `@core/ui` into a node that React only keeps the place of. */

import type {
  CreateOrganizationProps as CreateOrganizationLooks,
  OrganizationListProps as OrganizationListLooks,
  OrganizationProfileProps as OrganizationProfileLooks,
  OrganizationSwitcherProps as OrganizationSwitcherLooks,
  SignInProps as SignInLooks,
  SignUpProps as SignUpLooks,
  UserButtonProps as UserButtonLooks,
  UserProfileProps as UserProfileLooks,
  WaitlistProps as WaitlistLooks,
} from '@core/ui'
import type { ComponentName } from '@core/js'
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
/** Looks of a {@link UserButton}, and where it leads. */
export type UserButtonProps = UserButtonLooks & Fallback
/** Looks of a {@link UserProfile}. */
export type UserProfileProps = UserProfileLooks & Fallback
/** Looks of an {@link OrganizationProfile}, and where leaving leads. */
export type OrganizationProfileProps = OrganizationProfileLooks & Fallback
/** Looks of an {@link OrganizationSwitcher}, and where its choices lead. */
export type OrganizationSwitcherProps = OrganizationSwitcherLooks & Fallback
/** Looks of an {@link OrganizationList}, and where its choices lead. */
export type OrganizationListProps = OrganizationListLooks & Fallback
/** Looks and destination of a {@link CreateOrganization}. */
export type CreateOrganizationProps = CreateOrganizationLooks & Fallback
/** Looks and destinations of a {@link Waitlist}. */
export type WaitlistProps = WaitlistLooks & Fallback

/** Looks of a {@link TaskChooseOrganization}, and where it leads. */
export type TaskChooseOrganizationProps = Pick<OrganizationListProps, 'appearance' | 'fallback'> & {
  /** Where to go with the organization. */
  readonly redirectUrlComplete: string
}

/** Draws the sign-in. */
export function SignIn(props: SignInProps): ReactNode {
  return <Place component="SignIn" {...props} />
}

/** Draws the sign-up. */
export function SignUp(props: SignUpProps): ReactNode {
  return <Place component="SignUp" {...props} />
}

/** Draws the picture of the user with a menu behind it. */
export function UserButton(props: UserButtonProps): ReactNode {
  return <Place component="UserButton" {...props} />
}

/** Draws the page on which people manage their account. */
export function UserProfile(props: UserProfileProps): ReactNode {
  return <Place component="UserProfile" {...props} />
}

/** Draws the page about the active organization. */
export function OrganizationProfile(props: OrganizationProfileProps): ReactNode {
  return <Place component="OrganizationProfile" {...props} />
}

/** Draws the active organization with a menu of the others behind it. */
export function OrganizationSwitcher(props: OrganizationSwitcherProps): ReactNode {
  return <Place component="OrganizationSwitcher" {...props} />
}

/** Draws the organizations that the user is in, is invited to, or may ask to join. */
export function OrganizationList(props: OrganizationListProps): ReactNode {
  return <Place component="OrganizationList" {...props} />
}

/** Draws the form that creates an organization. */
export function CreateOrganization(props: CreateOrganizationProps): ReactNode {
  return <Place component="CreateOrganization" {...props} />
}

/** Draws the form by which people ask for an account. */
export function Waitlist(props: WaitlistProps): ReactNode {
  return <Place component="Waitlist" {...props} />
}

/** Draws the choice of an organization, for sessions that need one before they count. */
export function TaskChooseOrganization(props: TaskChooseOrganizationProps): ReactNode {
  const { redirectUrlComplete, ...looks } = props
  const looksAndWay: OrganizationListProps = {
    ...looks,
    hidePersonal: true,
    afterSelectOrganizationUrl: redirectUrlComplete,
    afterCreateOrganizationUrl: redirectUrlComplete,
  }
  return <OrganizationList {...looksAndWay} />
}

function Place({
  component,
  fallback,
  ...props
}: Fallback & { readonly component: ComponentName }): ReactNode {
  const { clerk } = useClerkContext(`<${component}>`)
  const node = useRef<HTMLDivElement>(null)
  const isDrawn = useIsFilled(node)

  useEffect(() => {
    const place = node.current
    if (!place) return
    clerk[`mount${component}`](place, props)
    return () => clerk[`unmount${component}`](place)
    // oxlint-disable-next-line react/exhaustive-deps -- later properties go the way below
  }, [clerk, component])

  // Mounting again in the same place hands over new properties.
  useEffect(() => {
    if (node.current) clerk[`mount${component}`](node.current, props)
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
