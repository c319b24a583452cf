import type { ComponentType } from 'preact'
import type { Screen } from '../screen.ts'
import { AVATAR_CSS } from '../styles/avatar.ts'
import { USER_BUTTON_CSS } from '../styles/user-button.ts'
import { UserButton } from './user-button.tsx'

/** What is loaded for `<UserButton />`. */
export const screen: Screen = {
  Component: UserButton as ComponentType<object>,
  styles: [AVATAR_CSS, USER_BUTTON_CSS],
}
