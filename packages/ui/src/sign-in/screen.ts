import type { ComponentType } from 'preact'
import type { Screen } from '../screen.ts'
import { FORM_CSS } from '../styles/form.ts'
import { SignIn } from './sign-in.tsx'

/** What is loaded for `<SignIn />`. */
export const screen: Screen = {
  Component: SignIn as ComponentType<object>,
  styles: [FORM_CSS],
}
