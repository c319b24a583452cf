'use client'

/** Buttons without a look of their own. Each takes at most one element as its child. */

import type { RedirectToOptions, SignOutOptions } from '@core/js'
import type { SignInProps, SignUpProps } from '@core/ui'
import {
  Children,
  cloneElement,
  isValidElement,
  type MouseEvent,
  type MouseEventHandler,
  type ReactElement,
  type ReactNode,
} from 'react'
import { useClerk } from './use-resources.ts'

interface ButtonProps {
  /** One element, whose own `onClick` runs first; or a text. */
  readonly children?: ReactNode
}

interface Mode {
  /** Goes to the page, or opens a dialog above this one. Default `redirect`. */
  readonly mode?: 'redirect' | 'modal' | undefined
}

/** Looks and destinations of a {@link SignInButton}. */
export type SignInButtonProps = ButtonProps &
  Mode &
  Pick<
    SignInProps,
    | 'appearance'
    | 'fallbackRedirectUrl'
    | 'forceRedirectUrl'
    | 'initialValues'
    | 'signUpFallbackRedirectUrl'
    | 'signUpForceRedirectUrl'
  >

/** Leads to the sign-in. */
export function SignInButton({ children, mode, ...props }: SignInButtonProps): ReactNode {
  const clerk = useClerk()
  return withClick(children, 'Sign in', 'SignInButton', () => {
    if (mode === 'modal') return clerk.openSignIn(props)
    const to: RedirectToOptions = {
      signInForceRedirectUrl: props.forceRedirectUrl ?? undefined,
      signInFallbackRedirectUrl: props.fallbackRedirectUrl ?? undefined,
      signUpForceRedirectUrl: props.signUpForceRedirectUrl ?? undefined,
      signUpFallbackRedirectUrl: props.signUpFallbackRedirectUrl ?? undefined,
    }
    return clerk.redirectToSignIn(to)
  })
}

/** Looks and destinations of a {@link SignUpButton}. */
export type SignUpButtonProps = ButtonProps &
  Mode &
  Pick<
    SignUpProps,
    | 'appearance'
    | 'fallbackRedirectUrl'
    | 'forceRedirectUrl'
    | 'initialValues'
    | 'signInFallbackRedirectUrl'
    | 'signInForceRedirectUrl'
    | 'unsafeMetadata'
  >

/** Leads to the sign-up. */
export function SignUpButton({ children, mode, ...props }: SignUpButtonProps): ReactNode {
  const clerk = useClerk()
  return withClick(children, 'Sign up', 'SignUpButton', () => {
    if (mode === 'modal') return clerk.openSignUp(props)
    const to: RedirectToOptions = {
      signUpForceRedirectUrl: props.forceRedirectUrl ?? undefined,
      signUpFallbackRedirectUrl: props.fallbackRedirectUrl ?? undefined,
      signInForceRedirectUrl: props.signInForceRedirectUrl ?? undefined,
      signInFallbackRedirectUrl: props.signInFallbackRedirectUrl ?? undefined,
    }
    return clerk.redirectToSignUp(to)
  })
}

/** Which session a {@link SignOutButton} ends, and where it leads. */
export interface SignOutButtonProps extends ButtonProps {
  /** Where to go afterwards. Default `/`. */
  readonly redirectUrl?: string | undefined
  readonly signOutOptions?: SignOutOptions | undefined
}

/** Signs out. */
export function SignOutButton({
  children,
  redirectUrl,
  signOutOptions,
}: SignOutButtonProps): ReactNode {
  const clerk = useClerk()
  return withClick(children, 'Sign out', 'SignOutButton', () =>
    clerk.signOut({ redirectUrl, ...signOutOptions }),
  )
}

/** Puts an action behind the child's own, or behind a plain button where there is only text. */
function withClick(
  children: ReactNode,
  text: string,
  name: string,
  action: () => void | Promise<void>,
): ReactNode {
  const parts = Children.toArray(children)
  if (parts.length > 1) {
    throw new TypeError(`<${name}> takes one child. Wrap what is in it in one element.`)
  }
  const [child = text] = parts
  if (!isValidElement(child)) {
    return (
      <button type="button" onClick={() => void action()}>
        {child}
      </button>
    )
  }
  const element = child as ReactElement<{ onClick?: MouseEventHandler }>
  return cloneElement(element, {
    onClick: async (event: MouseEvent) => {
      // A handler may return a promise, whatever its type says; it runs to its end first.
      await (element.props.onClick?.(event) as unknown)
      await action()
    },
  })
}
