/**
 * Prebuilt components, drawn into plain DOM nodes. This is the module that `@core/js` loads when a page first mounts one.
 *
 * @example
 * const clerk = new Clerk('pk_test_…', { loadUi: () => import('@core/ui') })
 * await clerk.load()
 * const place = document.querySelector<HTMLElement>('#sign-in')
 * if (place) clerk.mountSignIn(place)
 */

import type { UiModule } from '@core/js'
import { mount as mountComponent, openModal as openComponent } from './mount.tsx'

export type { Appearance, VariableName } from './appearance.ts'
export type { CreateOrganizationProps } from './create-organization/props.ts'
export type { OrganizationListProps } from './organization-list/props.ts'
export type { OrganizationProfileProps } from './organization-profile/props.ts'
export type { OrganizationSwitcherProps } from './organization-switcher/props.ts'
export type { SignInProps } from './sign-in/props.ts'
export type { SignUpProps } from './sign-up/props.ts'
export type { UserButtonProps } from './user-button/props.ts'
export type { UserProfileProps } from './user-profile/props.ts'
export type { WaitlistProps } from './waitlist/props.ts'

/** Draws a component into a node of the page. */
export const mount: UiModule['mount'] = mountComponent

/** Draws a component in a dialog above the page. */
export const openModal: UiModule['openModal'] = openComponent
