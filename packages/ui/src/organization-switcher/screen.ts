import type { ComponentType } from 'preact'
import type { Screen } from '../screen.ts'
import { AVATAR_CSS } from '../styles/avatar.ts'
import { USER_BUTTON_CSS } from '../styles/user-button.ts'
import { OrganizationSwitcher } from './organization-switcher.tsx'

/** What is loaded for `<OrganizationSwitcher />`. */
export const screen: Screen = {
  Component: OrganizationSwitcher as ComponentType<object>,
  styles: [AVATAR_CSS, USER_BUTTON_CSS],
}
