import type { ComponentType } from 'preact'
import type { Screen } from '../screen.ts'
import { USER_BUTTON_CSS } from '../styles/user-button.ts'
import { UserButton } from './user-button.tsx'

/** What is loaded for `<UserButton />`. */
export const screen: Screen = {
  Component: UserButton as ComponentType<object>,
  styles: [USER_BUTTON_CSS],
}
